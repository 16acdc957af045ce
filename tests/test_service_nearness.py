"""Nearness to examples: its margin, what is kept between starts, and what its failure costs."""

from collections import Counter

import numpy as np
import pytest

from index.ensemble import Ensemble
from index.opening import open_encoder
from ingest.language import detect
from ingest.settings import EncoderSettings
from service.content import LANGUAGES
from service.danger import KINDS, urgent_kind
from service.nearness import Nearness, examples
from tests.fakes import FakeEncoder
from tests.test_service_danger import FOURTH, QUESTIONS, SECOND, THIRD, rows_of


def test_examples_cover_every_kind_in_every_language_and_repeat_no_question():
    pairs = examples()
    assert {kind for kind, _ in pairs} == {*KINDS, "none", "everyday"}
    assert len({text for _, text in pairs}) == len(pairs)
    held = {row["question"] for row in [*QUESTIONS, *SECOND, *THIRD, *FOURTH]}
    assert not {text for _, text in pairs} & held


def test_an_example_is_near_to_its_own_kind(tmp_path):
    encoder = FakeEncoder()
    near = Nearness(encoder, tmp_path)
    own = [(k, near.kind(v)) for (k, _), v in zip(examples(), vectors(encoder), strict=True)]
    danger = [(kind, found) for kind, found in own if kind in KINDS]
    assert sum(kind == found for kind, found in danger) / len(danger) > 0.5
    harmless = [found for kind, found in own if kind not in KINDS]
    assert harmless.count(None) / len(harmless) > 0.7


def vectors(encoder) -> np.ndarray:
    return encoder.encode_passages([text for _, text in examples()])


def test_what_was_encoded_is_read_at_the_next_start(tmp_path):
    first = FakeEncoder()
    Nearness(first, tmp_path).kind(np.ones(64, np.float32))
    again = FakeEncoder()
    Nearness(again, tmp_path).kind(np.ones(64, np.float32))
    assert first.seen
    assert again.seen == []
    other = FakeEncoder("fake-2")
    Nearness(other, tmp_path).kind(np.ones(64, np.float32))
    assert other.seen


def test_a_damaged_file_is_made_again(tmp_path):
    Nearness(FakeEncoder(), tmp_path).kind(np.ones(64, np.float32))
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"no vectors")
    encoder = FakeEncoder()
    Nearness(encoder, tmp_path).kind(np.ones(64, np.float32))
    assert encoder.seen


def test_a_folder_that_cannot_be_written_costs_only_the_next_start(tmp_path):
    near = Nearness(FakeEncoder(), tmp_path / "missing")
    found = [near.kind(vector) for vector in vectors(FakeEncoder())]
    assert any(found)


def test_an_encoder_that_fails_leaves_the_wordings(tmp_path):
    class Broken(FakeEncoder):
        def encode_passages(self, texts, progress=None):
            raise RuntimeError("no memory")

    assert Nearness(Broken(), tmp_path).kind(np.ones(64, np.float32)) is None


@pytest.fixture(scope="module")
def near_of(models_folder):
    """What nearness alone says of a question, with the encoder that is the default."""
    encoder = open_encoder(EncoderSettings(), models_folder, ingesting=False)
    assert isinstance(encoder, Ensemble)
    near = Nearness(encoder, models_folder)
    near._thread.join()

    def kind(text: str) -> str | None:
        vector = encoder.encode_questions([text])[0]
        return near.kind(encoder.without_unknown(vector, detect(text, default="fr")))

    return kind


def test_look_alikes_stay_quiet_with_nearness_too(near_of):
    rows = [row["question"] for row in QUESTIONS if row["kind"] == "none"]
    false = [text for text in rows if urgent_kind(text, lambda text=text: near_of(text))]
    assert len(false) / len(rows) < 0.02


def test_nearness_alone_finds_most_danger(near_of):
    # A third of the set is enough here: each has to be encoded.
    rows = [row for row in QUESTIONS if row["kind"] != "none" and row["split"] == "tune"]
    found = sum(near_of(row["question"]) is not None for row in rows)
    assert found / len(rows) > 0.7


def test_wordings_and_nearness_keep_to_the_second_set(near_of):
    def kind(row: dict[str, str]) -> str | None:
        return urgent_kind(row["question"], lambda: near_of(row["question"]))

    urgent = [row for row in SECOND if row["kind"] != "none"]
    missed = [row["id"] for row in urgent if kind(row) is None]
    assert len(missed) / len(urgent) <= 0.02, missed
    # A third of the look-alikes is enough here: each has to be encoded.
    rows = [row for row in SECOND if row["kind"] == "none" and row["split"] == "gate"]
    false = [row["id"] for row in rows if kind(row)]
    assert len(false) / len(rows) <= 0.1, false


def test_wordings_and_nearness_keep_to_the_third_set(near_of):
    def kind(row: dict[str, str]) -> str | None:
        return urgent_kind(row["question"], lambda: near_of(row["question"]))

    urgent = [row for row in THIRD if row["kind"] != "none"]
    missed = Counter(row["language"] for row in urgent if kind(row) is None)
    assert missed.total() / len(urgent) <= 0.03, missed
    assert max(missed.values(), default=0) / 24 <= 0.1, missed
    rows = [row for row in THIRD if row["kind"] == "none" and row["split"] == "gate"]
    false = [row["id"] for row in rows if kind(row)]
    assert len(false) / len(rows) <= 0.05, false


def test_wordings_and_nearness_keep_to_the_fourth_set(near_of):
    def kind(row: dict[str, str]) -> str | None:
        return urgent_kind(row["question"], lambda: near_of(row["question"]))

    urgent = [row for row in FOURTH if row["kind"] != "none"]
    found = Counter(row["language"] for row in urgent if kind(row))
    assert found.total() / len(urgent) >= 0.72, found
    assert min(found[language] for language in LANGUAGES) >= 12, found
    # A third of what is no danger is enough here: each has to be encoded.
    rows = [row for row in FOURTH if row["kind"] == "none"][::3]
    false = [row["id"] for row in rows if kind(row)]
    assert len(false) / len(rows) <= 0.09, false


@pytest.mark.parametrize(
    "text",
    [
        "Qui a gagné la coupe du monde ?",
        "comment faire une pizza",
        "zxcv mnbv lkjh",
        "hola",
        "Wie wird das Wetter?",
        "сколько лет президенту",
        "carte vitale",
        "?",
    ],
)
def test_what_is_near_to_nothing_is_near_to_no_danger(near_of, text):
    assert near_of(text) is None


def test_questions_far_from_any_topic_are_near_to_no_danger(near_of):
    rows = [row for language in LANGUAGES for row in rows_of(f"{language}.jsonl")]
    far = [
        row["question"]
        for row in rows
        if row["kind"] in ("out_of_scope/plain", "hostile/plain") and row["split"] == "dev"
    ]
    false = [text for text in far if near_of(text)]
    assert len(far) > 20
    assert len(false) <= 1, false
