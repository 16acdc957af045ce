"""The adapter: learned from titles, the same every time, where it can learn."""

import numpy as np
import pytest

from index import adapter
from index.adapter import Adapter, pairs_of, train
from ingest.errors import GenerationDamaged
from ingest.passages import cut
from ingest.settings import PassageSettings
from tests.fakes import CARD, RENT


def test_each_title_finds_the_passages_below_it():
    passages = [p for page in (CARD, RENT) for p in cut(page, PassageSettings())]
    pairs = pairs_of(passages)
    below = {
        text: pairs.rows[pairs.first[n] : pairs.first[n + 1]].tolist()
        for n, text in enumerate(pairs.texts)
    }
    assert below == {"The health card": [0, 1], "Renting a flat": [2]}
    assert pairs.page.tolist() == [0, 0, 1]


def test_questions_turn_half_the_way_to_their_passages_and_always_alike(monkeypatch):
    """Questions are the passages seen askew; training undoes a part of it."""
    random = np.random.default_rng(1)
    passages = random.normal(size=(300, 32)).astype(np.float32)
    passages /= np.linalg.norm(passages, axis=1, keepdims=True)
    turn = np.eye(32, dtype=np.float32) + 0.23 * random.normal(size=(32, 32)).astype(np.float32)
    texts = passages @ turn
    number = np.arange(300)
    pairs = adapter.Pairs([""] * 300, number, np.arange(301), number)
    learned = train(pairs, texts, passages)

    def found(vectors):
        return float(np.mean(np.argmax(vectors @ passages.T, axis=1) == number))

    assert found(texts) < 0.92
    assert found(learned(texts)) > 0.98
    assert np.linalg.norm(learned(texts[0])) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(learned.matrix, train(pairs, texts, passages).matrix)
    monkeypatch.setattr(adapter, "_SHARE", 1.0)
    moved = train(pairs, texts, passages).matrix - np.eye(32)
    assert np.allclose(learned.matrix - np.eye(32), moved / 2, atol=1e-5)


def test_what_was_learned_is_kept_and_damage_is_named(tmp_path):
    assert Adapter.load(tmp_path) is None
    matrix = np.eye(4, dtype=np.float32)
    Adapter(matrix).save(tmp_path)
    kept = Adapter.load(tmp_path)
    assert kept is not None
    assert np.array_equal(kept.matrix, matrix)
    (tmp_path / "adapter.npy").write_bytes(b"x")
    with pytest.raises(GenerationDamaged, match=r"adapter\.npy"):
        Adapter.load(tmp_path)
