"""The dense leg: exact cosines, shared vectors, and files that say when they are broken."""

from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np
import pytest

from index.dense import DenseField, shared
from ingest.errors import GenerationDamaged

VECTORS = np.eye(3, dtype=np.float32)


@pytest.fixture
def field():
    return DenseField(VECTORS, [0, 1, 0, 2])


def test_rows_that_share_a_vector_come_together(field):
    assert field.best_rows(VECTORS[0], 1).tolist() == [0, 2]
    assert field.best_rows(VECTORS[1], 1).tolist() == [1]


def test_cosines_are_exact_and_in_the_order_of_the_rows(field):
    query = np.array([0.6, 0.8, 0.0], np.float32)
    assert np.allclose(field.cosines(query, np.array([3, 1, 0])), [0.0, 0.8, 0.6])
    assert field.cosines(query, np.zeros(0, np.int64)).shape == (0,)


def test_whatever_thread_searches_does_it_alone(field):
    def threads_after_a_search():
        field.best_rows(VECTORS[0], 1)
        return faiss.omp_get_max_threads()

    with ThreadPoolExecutor(1) as workers:
        assert workers.submit(threads_after_a_search).result() == 1


def test_an_empty_field_finds_nothing():
    empty = DenseField(np.zeros((0, 3), np.float32), [])
    assert empty.best_rows(VECTORS[0], 5).shape == (0,)


@pytest.mark.parametrize("file", ["body.faiss", "body-rows.npy"])
@pytest.mark.parametrize("count", [3, 50_000])
def test_a_full_disk_is_an_error_of_the_system_whatever_was_written(tmp_path, file, count):
    (tmp_path / file).symlink_to("/dev/full")
    field = DenseField(np.resize(VECTORS, (count, 3)), np.arange(count))
    with pytest.raises(OSError, match=r"No space left|written"):
        field.save(tmp_path, "body")


def test_what_was_saved_finds_the_same(field, tmp_path):
    field.save(tmp_path, "body")
    loaded = DenseField.load(tmp_path, "body")
    assert loaded.best_rows(VECTORS[0], 3).tolist() == field.best_rows(VECTORS[0], 3).tolist()


@pytest.mark.parametrize("file", ["body.faiss", "body-rows.npy"])
def test_a_broken_file_is_named(field, tmp_path, file):
    field.save(tmp_path, "body")
    (tmp_path / file).write_bytes(b"no index")
    with pytest.raises(GenerationDamaged, match="body cannot be read"):
        DenseField.load(tmp_path, "body")


def test_equal_texts_share_a_place():
    assert shared(["a", "b", "a"]) == (["a", "b"], [0, 1, 0])


def test_half_precision_moves_no_cosine_by_what_is_said():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(500, 896)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    field = DenseField(vectors, np.arange(500))
    exact = vectors @ vectors[0]
    assert np.abs(field.cosines(vectors[0], np.arange(500)) - exact).max() < 0.0005
    assert field.best_rows(vectors[0], 1).tolist() == [0]
