"""Nearness to examples: its margin, what is kept between starts, and what its failure costs."""

from collections import Counter
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from index.bundled_vectors import vector_key, write_vectors
from index.ensemble import Ensemble
from index.opening import open_encoder
from index.weights_file import Floats
from ingest.language import detect
from ingest.settings import EncoderSettings
from service import nearness
from service.content import KINDS, LANGUAGES
from service.danger import urgent_kind
from service.nearness import Nearness, examples
from tests.fakes import FakeEncoder
from tests.test_service_danger import FIFTH, FOURTH, QUESTIONS, SECOND, SIXTH, THIRD, rows_of


def test_examples_cover_every_kind_in_every_language_and_repeat_no_question():
    pairs = examples()
    assert {kind for kind, _ in pairs} == {*KINDS, "none", "everyday"}
    assert len({text for _, text in pairs}) == len(pairs)
    held = {row["question"] for row in [*QUESTIONS, *SECOND, *THIRD, *FOURTH, *FIFTH, *SIXTH]}
    assert not {text for _, text in pairs} & held


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learning takes seconds on a busy machine, and no test here is about its being late."""
    monkeypatch.setattr(nearness, "_PATIENCE_S", 120.0)


KIND_OF = {text: kind for kind, text in examples()}
AXES = [*KINDS, "none", "everyday"]
EVERYDAY = np.eye(FakeEncoder.dimension, dtype=np.float32)[AXES.index("everyday")]


class Meanings(FakeEncoder):
    """Examples of a kind are alike, and whatever is no example is everyday."""

    def encode_questions(self, texts):
        self.seen += texts
        axes = [AXES.index(KIND_OF.get(text, "everyday")) for text in texts]
        return np.eye(self.dimension, dtype=np.float32)[axes]


@pytest.mark.parametrize("kind", AXES)
def test_an_example_is_near_to_its_own_kind(kind, tmp_path):
    encoder = Meanings()
    near = Nearness(encoder, tmp_path)
    text = next(text for text in KIND_OF if KIND_OF[text] == kind)
    found = near.kind(text, "en", encoder.encode_questions([text])[0])
    assert found == (kind if kind in KINDS else None)


def test_what_was_encoded_is_read_at_the_next_start(tmp_path):
    first = Meanings()
    Nearness(first, tmp_path).kind("", "en", EVERYDAY)
    again = Meanings()
    Nearness(again, tmp_path).kind("", "en", EVERYDAY)
    assert first.seen
    assert again.seen == []
    other = Meanings("fake-2")
    Nearness(other, tmp_path).kind("", "en", EVERYDAY)
    assert other.seen


def test_examples_that_come_encoded_are_not_encoded(tmp_path, monkeypatch):
    encoder = Meanings()
    keys = [vector_key(encoder.digest, text) for text in KIND_OF]
    rows = encoder.encode_questions(KIND_OF)
    write_vectors(tmp_path / "examples.npz", dict(zip(keys, rows, strict=True)))
    monkeypatch.setattr(nearness, "EXAMPLE_VECTORS", tmp_path / "examples.npz")
    encoder.seen.clear()
    danger = next(iter(KIND_OF))
    found = Nearness(encoder, tmp_path).kind(danger, "en", rows[0])
    assert (found, encoder.seen) == (KIND_OF[danger], [])


def test_a_damaged_file_is_made_again(tmp_path):
    Nearness(Meanings(), tmp_path).kind("", "en", EVERYDAY)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"no vectors")
    encoder = Meanings()
    Nearness(encoder, tmp_path).kind("", "en", EVERYDAY)
    assert encoder.seen


def test_a_folder_that_cannot_be_written_costs_only_the_next_start(tmp_path):
    danger = next(iter(KIND_OF))
    vector = Meanings().encode_questions([danger])[0]
    assert Nearness(Meanings(), tmp_path / "missing").kind(danger, "en", vector) == KIND_OF[danger]


def test_an_encoder_that_fails_leaves_the_wordings_and_says_so(tmp_path, caplog):
    class Broken(Meanings):
        def encode_questions(self, texts):
            raise RuntimeError("no memory")

    near = Nearness(Broken(), tmp_path)
    assert near.kind("", "en", EVERYDAY) is None
    assert "wordings alone" in (near.error or "")
    assert "no memory" in caplog.text
    working = Nearness(Meanings(), tmp_path)
    working._thread.join()
    assert working.error is None


@pytest.mark.parametrize("asked", ["who pays the dentist, {}?", "{}\nwho pays the dentist"])
def test_danger_in_one_clause_of_an_everyday_question_is_found(asked, tmp_path):
    near = Nearness(Meanings(), tmp_path)
    danger = "when he comes home drunk I hide in the bathroom until he sleeps"
    assert near.kind(asked.format(danger), "en", EVERYDAY) == KIND_OF[danger] == "violence"
    assert near.kind(asked.format("and who the glasses"), "en", EVERYDAY) is None


def test_part_of_a_question_is_held_against_the_examples_by_its_clauses_alone(tmp_path):
    near = Nearness(Meanings(), tmp_path)
    danger = "when he comes home drunk I hide in the bathroom until he sleeps"
    assert near.kind(danger, "en", None) == "violence"
    assert near.kind(f"who pays the dentist\n{danger}", "en", None) == "violence"
    assert near.kind("who pays the dentist", "en", None) is None
    assert near.kind("", "en", None) is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (
            "How much is an ambulance? the lady keeps my bank card and takes all my wages out",
            "watched_or_held",
        ),
        ("ce dossier me tue, je me cache dans la salle de bains quand il rentre", "violence"),
    ],
)
def test_a_harmless_word_in_one_clause_hides_no_danger_in_another(near_of, question, kind):
    assert urgent_kind(question) is None
    assert urgent_kind(question, partial(near_of, question)) == kind


def test_a_wording_in_a_question_that_is_clearly_everyday_only_sounds_like_danger(tmp_path):
    near = Nearness(Meanings(), tmp_path)
    danger = "when he comes home drunk I hide in the bathroom until he sleeps"
    asked = "I want to kill myself laughing at this form"
    assert near.calm(asked, "en", EVERYDAY, ())
    assert not near.calm(f"who pays the dentist, {danger}", "en", EVERYDAY, ())
    assert urgent_kind(asked) == "suicide"
    assert urgent_kind(asked, calm=partial(near.calm, asked, "en", EVERYDAY)) is None


def test_without_the_examples_a_wording_stands(tmp_path):
    class Broken(Meanings):
        def encode_questions(self, texts):
            raise RuntimeError("no memory")

    assert not Nearness(Broken(), tmp_path).calm(
        "I want to kill myself", "en", EVERYDAY, ("kill myself",)
    )


def test_clauses_are_not_encoded_when_the_whole_question_is_near(tmp_path):
    encoder = Meanings()
    near = Nearness(encoder, tmp_path)
    danger = next(iter(KIND_OF))
    vector = encoder.encode_questions([danger])[0]
    near._thread.join()
    encoder.seen.clear()
    assert near.kind(f"who pays the dentist, {danger}", "en", vector) == KIND_OF[danger]
    assert encoder.seen == []


def test_clauses_that_cannot_be_encoded_leave_the_whole_question(tmp_path):
    class Broken(Meanings):
        def encode_questions(self, texts):
            if len(texts) < len(KIND_OF):
                raise RuntimeError("no memory")
            return super().encode_questions(texts)

    near = Nearness(Broken(), tmp_path)
    danger = next(iter(KIND_OF))
    question = f"who pays the dentist, {danger}"
    assert near.kind(question, "en", EVERYDAY) is None
    vector = Meanings().encode_questions([danger])[0]
    assert near.kind(question, "en", vector) == KIND_OF[danger]


class ByDefault:
    """What nearness alone says of a question, with the encoder that is the default."""

    def __init__(self, models: Path) -> None:
        encoder = open_encoder(EncoderSettings(), models, ingesting=False)
        assert isinstance(encoder, Ensemble)
        self._encoder, self._near = encoder, Nearness(encoder, models)
        self._near._thread.join()
        # A question is looked at from several sides, and encoding it is what takes time.
        self._seen = cache(self._encoded)

    def __call__(self, text: str, read: str | None = None) -> str | None:
        if read not in (None, text):
            return self._near.kind(read, detect(text, default="fr"), None)
        return self._near.kind(text, *self._seen(text))

    def calm(self, text: str, worded: tuple[str, ...]) -> bool:
        return self._near.calm(text, *self._seen(text), worded)

    def _encoded(self, text: str) -> tuple[str, Floats]:
        language = detect(text, default="fr")
        vector = self._encoder.encode_questions([text])[0]
        return language, self._encoder.without_unknown(vector, language)


@pytest.fixture(scope="module")
def near_of(models_folder: Path) -> ByDefault:
    return ByDefault(models_folder)


@pytest.mark.parametrize("front", [True, False])
@pytest.mark.parametrize(
    "asked", ["Comment obtenir une carte Vitale ?", "Як отримати carte Vitale?"]
)
@pytest.mark.parametrize(
    "danger",
    [
        "mon mari me frappe",
        "my husband beats me",
        "mi marido me pega",
        "муж меня бьет",
        "زوجي يضربني",
        "дитина задихається",
        "je veux mourir",
    ],
)
def test_an_everyday_question_in_one_breath_drowns_no_danger(near_of, danger, asked, front):
    text = f"{danger} {asked}" if front else f"{asked} {danger}"
    assert urgent_kind(text, partial(near_of, text), partial(near_of.calm, text))


def test_look_alikes_stay_quiet_with_nearness_too(near_of):
    rows = [row["question"] for row in QUESTIONS if row["kind"] == "none"]
    false = [text for text in rows if urgent_kind(text, partial(near_of, text))]
    assert len(false) / len(rows) < 0.02


def test_nearness_alone_finds_most_danger(near_of):
    # A third of the set is enough here: each has to be encoded.
    rows = [row for row in QUESTIONS if row["kind"] != "none" and row["split"] == "tune"]
    found = sum(near_of(row["question"]) is not None for row in rows)
    assert found / len(rows) > 0.7


def test_wordings_and_nearness_keep_to_the_second_set(near_of):
    def kind(row: dict[str, str]) -> str | None:
        return urgent_kind(row["question"], partial(near_of, row["question"]))

    urgent = [row for row in SECOND if row["kind"] != "none"]
    missed = [row["id"] for row in urgent if kind(row) is None]
    assert len(missed) / len(urgent) <= 0.02, missed
    # A third of the look-alikes is enough here: each has to be encoded.
    rows = [row for row in SECOND if row["kind"] == "none" and row["split"] == "gate"]
    false = [row["id"] for row in rows if kind(row)]
    assert len(false) / len(rows) <= 0.13, false


def test_wordings_and_nearness_keep_to_the_third_set(near_of):
    def kind(row: dict[str, str]) -> str | None:
        return urgent_kind(row["question"], partial(near_of, row["question"]))

    urgent = [row for row in THIRD if row["kind"] != "none"]
    missed = Counter(row["language"] for row in urgent if kind(row) is None)
    assert missed.total() / len(urgent) <= 0.03, missed
    assert max(missed.values(), default=0) / 24 <= 0.1, missed
    rows = [row for row in THIRD if row["kind"] == "none" and row["split"] == "gate"]
    false = [row["id"] for row in rows if kind(row)]
    assert len(false) / len(rows) <= 0.07, false


@pytest.mark.parametrize(
    ("rows", "share", "each", "false"),
    # Every third question of what the wordings know by now.
    [(FOURTH[::3], 0.98, 7, 0.03), (FIFTH[::3], 0.98, 7, 0.03), (SIXTH, 0.95, 21, 0.07)],
)
def test_wordings_and_nearness_keep_to_sets_by_other_hands(near_of, rows, share, each, false):
    def kind(row: dict[str, str]) -> str | None:
        text = row["question"]
        return urgent_kind(text, partial(near_of, text), partial(near_of.calm, text))

    urgent = [row for row in rows if row["kind"] != "none"]
    found = Counter(row["language"] for row in urgent if kind(row))
    assert found.total() / len(urgent) >= share, found
    assert min(found[language] for language in LANGUAGES) >= each, found
    # A third of what is no danger is enough here: each has to be encoded.
    others = [row for row in rows if row["kind"] == "none"][::3]
    alarms = [row["id"] for row in others if kind(row)]
    assert len(alarms) / len(others) <= false, alarms


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
