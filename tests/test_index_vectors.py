"""The cache: encoded once, kept as it goes, kept as long as a text needs it."""

import numpy as np
import pytest

from index import vectors
from index.bundled_vectors import vector_key, write_vectors
from index.vectors import VectorCache
from ingest.errors import DataUnusable
from tests.fakes import FakeEncoder


def test_a_text_is_encoded_once(tmp_path):
    encoder = FakeEncoder()
    cache = VectorCache(tmp_path, encoder)
    first = cache.vectors(["a b", "c", "a b"])
    again = VectorCache(tmp_path, encoder).vectors(["c", "a b"])
    assert np.array_equal(first[[1, 0]], again)
    assert sorted(encoder.seen) == ["a b", "c"]


def test_a_line_that_comes_encoded_is_not_encoded_and_not_kept_again(tmp_path, monkeypatch):
    class Telling(FakeEncoder):
        def encode_lines(self, texts):
            return self.encode_passages(texts)

    encoder = Telling()
    row = encoder.encode_lines(["a b"])[0]
    write_vectors(tmp_path / "lines.npz", {vector_key(encoder.lines_digest, "a b"): row})
    monkeypatch.setattr(vectors, "LINES", tmp_path / "lines.npz")
    encoder.seen.clear()
    found = VectorCache(tmp_path, encoder).line_vectors(["a b", "c"])
    assert encoder.seen == ["c"]
    assert found[0] @ row > 0.9999
    (tmp_path / "lines.npz").write_bytes(b"no vectors")
    assert VectorCache(tmp_path, encoder).line_vectors(["a b", "c"])[0] @ row > 0.9999
    assert encoder.seen == ["c", "a b"]


def test_another_encoder_has_its_own_vectors(tmp_path):
    VectorCache(tmp_path, FakeEncoder()).vectors(["a"])
    other = FakeEncoder("fake-2")
    VectorCache(tmp_path, other).vectors(["a"])
    assert other.seen == ["a"]


def test_a_process_that_dies_goes_on_where_it_was(tmp_path):
    class Dying(FakeEncoder):
        def encode_passages(self, texts, progress=None):
            if self.seen:
                raise KeyboardInterrupt
            return super().encode_passages(texts, progress)

    texts = [f"text {n}" for n in range(600)]
    with pytest.raises(KeyboardInterrupt):
        VectorCache(tmp_path, Dying()).vectors(texts)
    encoder = FakeEncoder()
    assert VectorCache(tmp_path, encoder).vectors(texts).shape == (600, 64)
    assert len(encoder.seen) == 600 - 256


def test_no_text_gives_no_row(tmp_path):
    assert VectorCache(tmp_path, FakeEncoder()).vectors([]).shape == (0, 64)


def test_a_directory_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataUnusable, match="nowhere"):
        VectorCache(tmp_path / "nowhere", FakeEncoder())


def test_progress_counts_the_new_texts(tmp_path):
    told = []
    cache = VectorCache(tmp_path, FakeEncoder())
    cache.vectors(["a"])
    cache.vectors(["a", "b", "c"], lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]
