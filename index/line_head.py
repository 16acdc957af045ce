"""What the bundled model's last layers add, so that questions about one section lie together.

Lines of what people ask are compared with one another and with a question; passages are not. For
that alone the model has a second head: its last layers with a low-rank change (LoRA, Hu et al.
2021) in each matrix, learned by `index.line_training` from the lines themselves.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.weights_file import Floats
from ingest.errors import ModelInvalid

BUNDLED_HEAD = Path(__file__).with_name("line_head.npz")


@dataclass(frozen=True, slots=True)
class LineHead:
    """A learned change of the layers above a branch.

    Attributes:
        branch: how many layers stay as they are.
        factors: by the name of a matrix (`l8.fi.w`), two factors (in, rank) and (rank, out) float32
            whose product is added to it.
        digest: content hash.
    """

    branch: int
    factors: Mapping[str, tuple[Floats, Floats]]
    digest: str

    def changes(self) -> dict[str, Floats]:
        """Return what is added to each matrix, (in, out) float32."""
        return {name: down @ up for name, (down, up) in self.factors.items()}


def head_bytes(branch: int, factors: Mapping[str, tuple[Floats, Floats]]) -> bytes:
    """Return a head as the file that `read_head` reads; factors are rounded to half precision."""
    arrays = {
        f"{name}.{part}": half.astype(np.float16)
        for name, pair in factors.items()
        for part, half in zip(("down", "up"), pair, strict=True)
    }
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, branch=np.array(branch), **arrays)
    return file.getvalue()


def read_head(path: Path | None = None) -> LineHead:
    """Read a head; by default the one that comes with us.

    Raises:
        ModelInvalid: the file is missing or is no head.
    """
    path = path or BUNDLED_HEAD
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            names = [name.removesuffix(".down") for name in arrays if name.endswith(".down")]
            factors = {
                name: (
                    arrays[f"{name}.down"].astype(np.float32),
                    arrays[f"{name}.up"].astype(np.float32),
                )
                for name in names
            }
            branch = int(arrays["branch"])
    # A damaged zip is none of the usual errors.
    except Exception as exc:
        raise ModelInvalid(
            f"The head for lines {path} cannot be read ({exc}). Make it again with "
            "passerelle tune-lines, or leave encoder.line_head out to use ours."
        ) from exc
    return LineHead(branch, factors, hashlib.sha256(content).hexdigest())
