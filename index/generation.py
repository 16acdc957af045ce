"""One published index on disk: written beside the live one, checked, switched to, kept.

A generation is a folder that never changes once it has its name. One pointer file says which of
them is live; it is replaced in one step, so whoever reads it sees the old or the new, never half.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.adapter import Adapter
from index.asked import AskedIndex
from index.dense import DenseField
from index.encoder import Encoder
from index.lexical import LexicalIndex
from index.matching import other_heads, refuse_mismatch
from index.passage_table import PassageTable
from index.records import Manifest
from ingest.errors import DataUnusable, GenerationDamaged, IndexMissing
from ingest.settings import PassageSettings

# Titles and headings stand in the body, which is all that pays for a vector: docs/quality.md.
FIELDS = ("body",)
# What tuning leaves beside a generation's own files; the next generation begins with it.
TUNED = "calibration.toml"
TABLE = "passages.sqlite"
# Stands where the name of the live generation would, when nobody can tell it.
UNKNOWN = "unknown"
_MANIFEST = "manifest.json"
_POINTER = "live"
_NAME = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation: everything that a search needs."""

    manifest: Manifest
    dense: dict[str, DenseField]
    lexical: LexicalIndex
    asked: AskedIndex | None
    adapter: Adapter | None
    passages: PassageTable


def live_id(data: Path) -> str:
    """Return the name of the live generation.

    Raises:
        IndexMissing: nothing has been published yet.
        GenerationDamaged: the pointer cannot be read, or names no generation.
    """
    try:
        name = (data / _POINTER).read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(
            f"nothing has been published in {data}; run `passerelle ingest` first"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(data, getattr(error, "strerror", None) or "it is no text") from error
    if not _NAME.fullmatch(name):
        raise _unreadable(data, f"{name[:40]!r} is no name of a generation")
    return name


def live_manifest(data: Path) -> Manifest:
    """Return the manifest of the live generation.

    Raises:
        IndexMissing: nothing has been published yet.
        GenerationDamaged: the pointer or its manifest cannot be read.
    """
    return read_manifest(data, live_id(data))


def read_manifest(data: Path, name: str) -> Manifest:
    """Return the manifest of one generation.

    Raises:
        GenerationDamaged: it is missing or cannot be read.
    """
    file = folder_of(data, name) / _MANIFEST
    try:
        return Manifest(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(data, name, f"{file} cannot be read") from error


def folder_of(data: Path, name: str) -> Path:
    """Return where a generation is kept."""
    return data / "generations" / name


def generations(data: Path) -> list[str]:
    """Return the names of all kept generations, the one that was made first before the others."""
    folders = (data / "generations").glob("[!.]*")
    return [path.name for path in sorted(folders, key=_made)]


def earlier(data: Path, name: str) -> list[str]:
    """Return the names of the kept generations that were made before one of them, oldest first."""
    names = generations(data)
    return names[: names.index(name)] if name in names else names


def open_live(data: Path, encoder: Encoder, passages: PassageSettings | None = None) -> Generation:
    """Open the live generation for searching with a given encoder.

    Args:
        data: the data directory.
        encoder: that questions are encoded with.
        passages: how the settings want passages cut; None where it does not matter.

    Raises:
        IndexMissing: nothing has been published yet.
        GenerationDamaged: a file is missing, half copied or unreadable.
        GenerationMismatch: another version, encoder, heads or splitter made it.
    """
    return open_named(data, live_id(data), encoder, passages)


def open_named(
    data: Path, name: str, encoder: Encoder, passages: PassageSettings | None = None
) -> Generation:
    """Open a generation as it is served; who is about to make it live tries that first.

    Raises:
        GenerationDamaged, GenerationMismatch: as `open_live`.
    """
    manifest = read_manifest(data, name)
    refuse_mismatch(manifest, encoder, passages)
    check_sizes(data, manifest)
    opened = open_folder(folder_of(data, name), manifest)
    if opened.asked and opened.asked.encoder != encoder.lines_digest:
        opened.passages.close()
        raise other_heads(name, opened.asked.encoder, encoder)
    return opened


def open_folder(folder: Path, manifest: Manifest) -> Generation:
    """Open a generation's files without asking whether it is live.

    Raises:
        GenerationDamaged: a file is missing or cannot be read.
    """
    return Generation(
        manifest,
        {field: DenseField.load(folder, field) for field in FIELDS},
        LexicalIndex.load(folder / "lexical"),
        AskedIndex.load(folder),
        Adapter.load(folder),
        PassageTable(folder / TABLE),
    )


def verify(data: Path, name: str) -> Manifest:
    """Read every file of a generation and compare it with its checksum.

    Raises:
        GenerationDamaged: a file is missing or has changed.
    """
    manifest = read_manifest(data, name)
    for file in manifest.checksums:
        verify_file(data, manifest, file)
    return manifest


def verify_file(data: Path, manifest: Manifest, file: str) -> None:
    """Read one file of a generation and compare it with its checksum.

    Raises:
        GenerationDamaged: it is missing or has changed.
    """
    try:
        found = checksum(folder_of(data, manifest.id) / file)
    except OSError as error:
        raise _damaged(data, manifest.id, f"{file} is missing") from error
    if found != manifest.checksums.get(file):
        raise _damaged(data, manifest.id, f"{file} has changed since it was published")


def checksum(file: Path) -> str:
    """Return size and SHA-256 of a file, as manifests keep them."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return f"{file.stat().st_size}:{digest}"


def seal(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and make sure that the whole folder has reached the disk."""
    file = folder / _MANIFEST
    file.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True), "utf-8")
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def inherit(data: Path, folder: Path, encoder_digest: str) -> None:
    """Give a new folder what tuning left in the live one, if tuned for this encoder."""
    with contextlib.suppress(IndexMissing, GenerationDamaged, FileNotFoundError):
        live = live_manifest(data)
        if live.encoder_digest == encoder_digest:
            shutil.copyfile(folder_of(data, live.id) / TUNED, folder / TUNED)


def take_name(data: Path, folder: Path, name: str) -> None:
    """Give a finished folder its name; a damaged one that has it already makes room."""
    final = folder_of(data, name)
    if final.exists():
        shutil.rmtree(final)
    folder.rename(final)
    _sync(final.parent)


def switch(data: Path, name: str) -> None:
    """Make a generation live, in one step.

    Raises:
        GenerationDamaged: it is not there.
        DataUnusable: the pointer cannot be written.
    """
    read_manifest(data, name)
    fresh = data / f".{_POINTER}-{os.getpid()}"
    try:
        fresh.write_text(name + "\n", "utf-8")
        _sync(fresh)
        fresh.replace(data / _POINTER)
        _sync(data)
    except OSError as error:
        raise DataUnusable(f"{data} cannot be written: {error.strerror}") from error


def drop(data: Path, names: Iterable[str]) -> None:
    """Remove generations; the live one always stays."""
    live = live_id(data)
    for name in {*names} - {live}:
        shutil.rmtree(folder_of(data, name), ignore_errors=True)


def check_sizes(data: Path, manifest: Manifest) -> None:
    """Compare the size of every file; reading every byte at each start would take too long.

    Raises:
        GenerationDamaged: a file is missing or has another size.
    """
    folder = folder_of(data, manifest.id)
    for file, known in manifest.checksums.items():
        path = folder / file
        if not path.exists() or path.stat().st_size != int(known.split(":")[0]):
            raise _damaged(data, manifest.id, f"{file} is missing or has the wrong size")


def _made(folder: Path) -> tuple[str, int]:
    """Return what generations are ordered by; tuning touches a folder, and is no making of it."""
    touched = folder.stat().st_mtime_ns
    try:
        made = str(json.loads((folder / _MANIFEST).read_text("utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        made = datetime.fromtimestamp(touched / 1e9, UTC).isoformat(timespec="milliseconds")
    return made, touched


def _damaged(data: Path, name: str, what: str) -> GenerationDamaged:
    others = earlier(data, name) or [other for other in generations(data) if other != name]
    way = f"`passerelle rollback {others[-1]}`, or " if others else ""
    return GenerationDamaged(
        f"generation {name} is damaged: {what}; {way}`passerelle ingest` builds it again"
    )


def _unreadable(data: Path, reason: str) -> GenerationDamaged:
    kept = generations(data)
    way = f"`passerelle rollback {kept[-1]}` goes back to the newest one, or " if kept else ""
    return GenerationDamaged(
        f"{data / _POINTER} does not say which generation is live: {reason}; {way}"
        "`passerelle ingest` publishes again"
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
