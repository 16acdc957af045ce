"""The head for lines of what people ask: kept as factors, learned from lines."""

from pathlib import Path

import numpy as np
import pytest

from index import bundled_model, line_training
from index.encoder import BundledEncoder, TokenGraph
from index.line_head import head_bytes, read_head
from index.weights_file import WeightsFile
from ingest.errors import ModelInvalid


@pytest.fixture(scope="module")
def serving(models_folder: Path) -> BundledEncoder:
    return BundledEncoder(bundled_model.build(models_folder))


def test_a_head_is_read_as_it_was_written(tmp_path):
    down, up = np.ones((4, 2), np.float32), np.full((2, 3), 0.5, np.float32)
    (tmp_path / "head.npz").write_bytes(head_bytes(8, {"l8.fi.w": (down, up)}))
    head = read_head(tmp_path / "head.npz")
    assert head.branch == 8
    assert head.changes().keys() == {"l8.fi.w"}
    assert (head.changes()["l8.fi.w"] == 1.0).all()


def test_another_head_has_another_digest(tmp_path):
    for name, value in (("a", 1.0), ("b", 2.0)):
        pair = np.full((2, 1), value, np.float32), np.ones((1, 2), np.float32)
        (tmp_path / name).write_bytes(head_bytes(8, {"l8.fi.w": pair}))
    assert read_head(tmp_path / "a").digest != read_head(tmp_path / "b").digest


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_head_is_named_with_the_way_out(tmp_path, content):
    file = tmp_path / "head.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelInvalid, match=r"head\.npz .* passerelle tune-lines"):
        read_head(file)


def test_a_question_is_the_same_line_alone_in_company_and_after_being_asked(
    serving: BundledEncoder,
) -> None:
    texts = ["how do I get a carte vitale?", "кто платит врачу", "numéro de sécu provisoire"]
    together = serving.encode_lines(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, line in zip(texts, together, strict=True):
        assert serving.encode_lines([text])[0] @ line > 0.9999
        as_question = serving.encode_questions([text])
        assert serving.encode_lines([text])[0] @ line > 0.9999
        assert as_question[0] @ line < 0.999
    assert serving.encode_lines([]).shape == (0, serving.dimension)


def test_lines_of_two_sections_grow_apart_by_learning(models_folder, tmp_path):
    first = [
        "how do I get the card",
        "je veux la carte",
        "كيف أحصل على البطاقة",
        "kart nasıl alınır",
    ]
    second = [
        "when will I get my card",
        "quand arrive la carte",
        "متى تصل البطاقة",
        "kart ne zaman",
    ]
    texts = (first + second) * 24
    belongs = np.zeros((len(texts), 2), np.float32)
    belongs[np.arange(len(texts)), np.arange(len(texts)) // 4 % 2] = 1
    folder = bundled_model.build(models_folder)
    weights = WeightsFile(bundled_model.weights_path())
    told = []
    factors = line_training.learn(
        TokenGraph(folder), weights, texts, belongs, lambda *done: told.append(done)
    )
    assert told[-1] == (len(told), len(told))
    (tmp_path / "head.npz").write_bytes(head_bytes(line_training.BRANCH, factors))
    learned = BundledEncoder(bundled_model.build(tmp_path, head_file=tmp_path / "head.npz"))
    plain = BundledEncoder(folder)
    assert (learned.digest, learned.lines_digest) != (plain.digest, plain.lines_digest)
    assert learned.digest == plain.digest

    def apart(vectors):
        likeness = vectors @ vectors.T
        return (likeness[:4, :4].mean() + likeness[4:, 4:].mean()) / 2 - likeness[:4, 4:].mean()

    assert apart(learned.encode_lines(texts[:8])) > apart(plain.encode_questions(texts[:8]))


def test_a_question_is_not_held_once_it_was_compared(serving: BundledEncoder) -> None:
    serving.encode_questions(["a question of somebody who is watched"])
    assert serving._last
    serving.encode_lines(["a question of somebody who is watched"])
    assert serving._last is None
