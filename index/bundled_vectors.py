"""Vectors that come with us, so that a first start encodes the pages and little else.

Lines of what people ask and examples of danger are the same wherever we run, and encoding them
takes minutes. `make vectors` encodes them once and keeps a byte a number, which moves a vector by a
cosine of less than a ten-thousandth. A row is found by its text and its encoder: one that changed
is not found, and is encoded as if no file were there.
"""

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.weights_file import Floats
from ingest.records import digest_of

_LOG = logging.getLogger(__name__)

LINES = Path(__file__).with_name("line_vectors.npz")


def vector_key(digest: str, text: str) -> str:
    """Name the vector that the encoder with this digest makes of a text."""
    return digest_of(digest, text)


def read_vectors(path: Path, keys: Collection[str]) -> dict[str, Floats]:
    """Return the vectors of those keys that a file holds.

    Without the file, or with one that cannot be read, there are none, and what needs them encodes.
    """
    wanted = {key.encode(): key for key in keys}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            places = [n for n, key in enumerate(arrays["keys"]) if key in wanted]
            names = [wanted[key] for key in arrays["keys"][places]]
            rows = arrays["rows"][places].astype(np.float32)
    except FileNotFoundError:
        return {}
    except Exception as error:  # noqa: BLE001 - a damaged zip is none of the usual errors
        _LOG.warning("%s cannot be read (%s): its texts are encoded instead", path, error)
        return {}
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(names, rows, strict=True))


def write_vectors(path: Path, vectors: Mapping[str, Floats]) -> None:
    """Write vectors of length 1 by their keys, in the order of these, so that few bytes change."""
    keys = sorted(vectors)
    rows = np.stack([vectors[key] for key in keys])
    rows = np.rint(rows * (127 / np.abs(rows).max(axis=1, keepdims=True)))
    beside = path.with_suffix(f".{os.getpid()}.npz")
    # Not compressed: such numbers do not shrink, and whole rows can be told apart between versions.
    np.savez(beside, allow_pickle=False, keys=np.array(keys, np.bytes_), rows=rows.astype(np.int8))
    beside.replace(path)


def with_bundled(
    path: Path, digest: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Floats]
) -> Floats:
    """Return a row a text, from a file where it holds it, and encoded where it does not.

    Args:
        path: what `write_vectors` wrote, or nothing.
        digest: of the encoder.
        texts: what the rows are of.
        encode: what the encoder does.
    """
    keys = [vector_key(digest, text) for text in texts]
    known = read_vectors(path, keys)
    missing = [n for n, key in enumerate(keys) if key not in known]
    if missing:
        made = encode([texts[n] for n in missing])
        known.update((keys[n], row) for n, row in zip(missing, made, strict=True))
    return np.stack([known[key] for key in keys])
