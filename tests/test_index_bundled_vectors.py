"""Vectors that come with us: near what the encoder makes, found by text and encoder, and whole."""

import random
from functools import partial

import numpy as np
import pytest

from index.bundled_vectors import LINES, read_vectors, vector_key, with_bundled, write_vectors
from index.heads import BUNDLED_HEADS, read_heads
from index.opening import open_encoder
from ingest.settings import Settings
from service.nearness import EXAMPLE_VECTORS, examples
from ui.bundling import SAME, bundled_lines, bundled_off_domain


def unit(rows):
    rows = np.array(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def file(tmp_path):
    rows = unit(np.random.default_rng(1).normal(size=(3, 384)))
    keys = [vector_key("encoder", text) for text in "abc"]
    write_vectors(tmp_path / "v.npz", dict(zip(keys, rows, strict=True)))
    return tmp_path / "v.npz", rows


def test_a_row_comes_back_at_length_one_and_all_but_the_same(file):
    path, rows = file
    found = read_vectors(path, [vector_key("encoder", text) for text in "cab"])
    for text, row in zip("abc", rows, strict=True):
        back = found[vector_key("encoder", text)]
        assert np.linalg.norm(back) == pytest.approx(1, abs=1e-5)
        assert back @ row > 0.9999


def test_to_write_what_was_read_changes_no_byte(file):
    path, _ = file
    before = path.read_bytes()
    write_vectors(path, read_vectors(path, [vector_key("encoder", text) for text in "bca"]))
    assert path.read_bytes() == before


def test_only_what_the_file_lacks_is_encoded(file):
    path, rows = file
    asked = []

    def encode(texts):
        asked.extend(texts)
        return unit(np.ones((len(texts), 384)))

    found = with_bundled(path, "encoder", ["new", "b"], encode)
    assert asked == ["new"]
    assert found[1] @ rows[1] > 0.9999
    with_bundled(path, "another encoder", ["b"], encode)
    assert asked == ["new", "b"]


def test_without_a_file_everything_is_encoded(tmp_path):
    assert read_vectors(tmp_path / "none.npz", ["key"]) == {}


@pytest.mark.parametrize("keep", [0, 100, -30])
def test_a_damaged_file_is_named_and_costs_only_time(file, keep, caplog):
    path, _ = file
    path.write_bytes(path.read_bytes()[:keep])
    assert read_vectors(path, [vector_key("encoder", "a")]) == {}
    assert "v.npz cannot be read" in caplog.text


@pytest.fixture(scope="module")
def encoder(models_folder):
    return open_encoder(Settings().encoder, models_folder, ingesting=False)


def test_nearly_every_line_and_example_of_ours_comes_encoded(encoder):
    # A few may be newer than the file; many make a first start slow: run `make vectors`.
    for path, digest, texts in (
        (LINES, encoder.lines_digest, bundled_lines(Settings())),
        (EXAMPLE_VECTORS, encoder.questions_digest, [text for _, text in examples()]),
    ):
        known = read_vectors(path, [vector_key(digest, text) for text in texts])
        assert len(known) >= 0.95 * len(set(texts))


def test_they_are_what_the_encoder_makes(encoder):
    choose = random.Random(4).sample
    for path, digest, texts, encode in (
        (LINES, encoder.lines_digest, bundled_lines(Settings()), encoder.encode_lines),
        (
            EXAMPLE_VECTORS,
            encoder.questions_digest,
            [text for _, text in examples()],
            encoder.encode_questions,
        ),
    ):
        some = choose(texts, 40)
        known = read_vectors(path, [vector_key(digest, text) for text in some])
        assert known
        for text, made in zip(some, encode(some), strict=True):
            if (row := known.get(vector_key(digest, text))) is not None:
                assert row @ made > 0.9999, text


def test_what_is_off_domain_was_learned_from_the_lines_as_they_stand(encoder):
    # After a change of lines run `make vectors`.
    known = partial(with_bundled, LINES, encoder.lines_digest, encode=encoder.encode_lines)
    learned = bundled_off_domain(Settings(), known)
    assert np.allclose(learned, read_heads(BUNDLED_HEADS).off_domain, atol=SAME)
