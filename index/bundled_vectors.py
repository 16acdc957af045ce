"""Vectors that come with us, so that a first start encodes the pages and little else.

Lines of what people ask and examples of danger are the same wherever we run, and encoding them
takes minutes. `make vectors` encodes them once and keeps a byte a number, which moves a vector by a
cosine of less than a ten-thousandth. A row is found by its text and its encoder: one that changed
is not found, and is encoded as if no file were there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from index.weights_file import Floats
from ingest.errors import ModelInvalid
from ingest.records import digest_of

LINES = Path(__file__).with_name("line_vectors.npz")

# Bytes of a digest that tell some ten thousand texts apart beyond doubt.
_KEY = "S16"


def vector_key(digest: str, text: str) -> str:
    """Name the vector that the encoder with this digest makes of a text."""
    return digest_of(digest, text)


def read_vectors(path: Path, keys: Collection[str]) -> dict[str, Floats]:
    """Return the vectors of those keys that a file holds; none where there is no file.

    Raises:
        ModelInvalid: the file is damaged.
    """
    short = {key[:16].encode(): key for key in keys}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            places = [n for n, key in enumerate(arrays["keys"]) if key in short]
            names = [short[key] for key in arrays["keys"][places]]
            rows = arrays["rows"][places].astype(np.float32)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelInvalid(f"{path} cannot be read ({error}); install Passerelle again") from error
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(names, rows, strict=True))


def write_vectors(path: Path, vectors: Mapping[str, Floats]) -> None:
    """Write vectors of length 1 by their keys, in the order of these, so that few bytes change."""
    keys = sorted(vectors)
    rows = np.stack([vectors[key] for key in keys])
    rows = np.rint(rows * (127 / np.abs(rows).max(axis=1, keepdims=True)))
    short = np.array([key[:16].encode() for key in keys], _KEY)
    # Not compressed: such numbers do not shrink, and whole rows can be told apart between versions.
    np.savez(path, allow_pickle=False, keys=short, rows=rows.astype(np.int8))


def with_bundled(
    path: Path, digest: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Floats]
) -> Floats:
    """Return a row a text, from a file where it holds it, and encoded where it does not.

    Args:
        path: what `write_vectors` wrote, or nothing.
        digest: of the encoder.
        texts: what the rows are of.
        encode: what the encoder does.

    Raises:
        ModelInvalid: the file is damaged.
    """
    keys = [vector_key(digest, text) for text in texts]
    known = read_vectors(path, keys)
    missing = [n for n, key in enumerate(keys) if key not in known]
    if missing:
        made = encode([texts[n] for n in missing])
        known.update((keys[n], row) for n, row in zip(missing, made, strict=True))
    return np.stack([known[key] for key in keys])
