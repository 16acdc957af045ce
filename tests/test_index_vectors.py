"""The cache: encoded once, kept as it goes, kept as long as a text needs it."""

import numpy as np
import pytest

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
