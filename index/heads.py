"""What the bundled model's last layers add for what they were not made for: lines, and queries.

The model itself makes vectors of passages and of questions. Two more heads, its last layers with a
low-rank change (LoRA, Hu et al. 2021) in each matrix, make two more of a question: one to compare
with lines of what people ask, and one, the query, to find passages by. `index.head_training` learns
both from the lines; with them comes what tells from the first whether anybody could answer.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.weights_file import Floats
from ingest.errors import ModelInvalid

BUNDLED_HEADS = Path(__file__).with_name("heads.npz")

# By the name of a matrix (`l8.fi.w`), two factors (in, rank) and (rank, out) float32 whose product
# is added to it.
Factors = Mapping[str, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Heads:
    """Two learned changes of the layers above a branch, and a discriminant over what one makes.

    Attributes:
        branch: how many layers stay as they are.
        lines: the change that brings questions about one section together.
        queries: the change that brings a question nearer to the passages that answer it.
        off_domain: (dimension + 1,) float32, what `index.off_domain` learned by the head for lines.
        digest: content hash.
        lines_digest: the same of what lines are encoded by.
    """

    branch: int
    lines: Factors
    queries: Factors
    off_domain: Floats
    digest: str
    lines_digest: str


def stacked(changes: Sequence[Factors], shapes: Mapping[str, tuple[int, int]]) -> dict[str, Floats]:
    """Return changes as the tunable head takes them, `l8.fi.w.down` and `l8.fi.w.up`.

    Args:
        changes: one for each text of a batch, or one for all; a matrix that one lacks stays.
        shapes: (in, out) of every matrix above the branch, by its name.

    Returns:
        (changes, in, rank) and (changes, rank, out) float32 by name, rank 0 where none changes it.

    Raises:
        ModelInvalid: a change is of no matrix there, or of one of another shape.
    """
    pairs = [(name, *pair) for factors in changes for name, pair in factors.items()]
    for name, down, up in pairs:
        found, within = (down.shape[0], up.shape[-1]), (down.shape[1:], up.shape[:-1])
        if found != shapes.get(name) or within[0] != within[1] or down.ndim != 2:
            raise ModelInvalid(
                f"The heads change {name} by {down.shape} times {up.shape}, which does not fit "
                "the bundled model. Leave encoder.heads out to use ours."
            )
    rank = max((up.shape[0] for _, _, up in pairs), default=0)
    inputs: dict[str, Floats] = {}
    for name, (into, out) in shapes.items():
        downs = np.zeros((len(changes), into, rank), np.float32)
        ups = np.zeros((len(changes), rank, out), np.float32)
        for number, factors in enumerate(changes):
            if name in factors:
                down, up = factors[name]
                downs[number, :, : len(up)], ups[number, : len(up)] = down, up
        inputs |= {f"{name}.down": downs, f"{name}.up": ups}
    return inputs


def heads_bytes(branch: int, lines: Factors, queries: Factors, off_domain: Floats) -> bytes:
    """Return heads as the file that `read_heads` reads; factors are rounded to half precision."""
    arrays = {
        f"{head}.{name}.{part}": half.astype(np.float16)
        for head, factors in (("lines", lines), ("queries", queries))
        for name, pair in factors.items()
        for part, half in zip(("down", "up"), pair, strict=True)
    }
    file = io.BytesIO()
    whole = {"branch": np.array(branch), "off_domain": off_domain}
    np.savez(file, allow_pickle=False, **whole, **arrays)
    return file.getvalue()


def read_heads(path: Path) -> Heads:
    """Read heads.

    Raises:
        ModelInvalid: the file is missing or holds no heads.
    """
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            numbers = {name: arrays[name].astype(np.float32) for name in arrays}
        branch, off_domain = int(numbers.pop("branch")), numbers.pop("off_domain", None)
        read = {
            head: {
                name.removeprefix(f"{head}.").removesuffix(".down"): (
                    numbers[name],
                    numbers[name.removesuffix("down") + "up"],
                )
                for name in numbers
                if name.startswith(f"{head}.") and name.endswith(".down")
            }
            for head in ("lines", "queries")
        }
        if not all(read.values()):
            raise ValueError("one of two heads is missing")
        if off_domain is None:
            raise ValueError("an earlier version made it: it does not tell what is off domain")
    # A damaged zip is none of the usual errors.
    except Exception as exc:
        raise ModelInvalid(
            f"The heads {path} cannot be read ({exc}). Make them again with "
            "passerelle tune-heads, or leave encoder.heads out to use ours."
        ) from exc
    return Heads(
        branch,
        read["lines"],
        read["queries"],
        off_domain,
        hashlib.sha256(content).hexdigest(),
        _digest(branch, read["lines"]),
    )


def _digest(branch: int, factors: Factors) -> str:
    found = hashlib.sha256(str(branch).encode())
    for name, pair in sorted(factors.items()):
        found.update(name.encode())
        for factor in pair:
            found.update(factor.tobytes())
    return found.hexdigest()
