"""What people ask when a passage answers: lines in any language, and what is learned from them.

A line is in the asker's own words and language, so it is near to a question that the passage itself
is far from. Lines are learned from and never shown.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from index.dense import Rows
from index.line_model import LineModel
from index.weights_file import Floats
from ingest.errors import GenerationDamaged
from ingest.records import Page, Passage, digest_of

FILE = "asked.npz"
# The group of a passage that no line leads to.
_NO_GROUP = -1

Encode = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the rows of the passages in the section that it leads to."""

    language: str
    text: str
    rows: tuple[int, ...]


def lines_of(passages: Sequence[Passage], pages: Iterable[Page]) -> list[Line]:
    """Return the lines of all pages with the rows that they lead to; the same words stand once."""
    by_section: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, passage in enumerate(passages):
        by_section.setdefault((passage.page_key, passage.section), []).append(row)
        for place in passage.also_on:
            by_section.setdefault((place.page_key, place.section), []).append(row)
    rows_of: dict[tuple[str, str], set[int]] = {}
    for page in pages:
        for line in page.asked:
            rows = by_section.get((page.key, page.sections[line.section].path), ())
            rows_of.setdefault((line.language, line.text), set()).update(rows)
    return [Line(*key, tuple(sorted(rows))) for key, rows in rows_of.items() if rows]


def names_of(passage: Passage, page: Page) -> set[str]:
    """Return the digests of the lines that lead to a passage from the page that it is cut from."""
    return {
        digest_of(line.text)
        for line in page.asked
        if page.sections[line.section].path == passage.section
    }


@dataclass(frozen=True, slots=True)
class AskedScores:
    """How well the lines say that a question is answered, and where.

    Attributes:
        rows: (passages,) float32, about 1 where the question is a line itself, less the less it is
            like one, about 0 for the others; a passage that no line leads to has the mean of the
            others: no line is no evidence.
        led_to: (passages,) bool, whether a line leads to the passage.
        elsewhere: the score of what no page answers.
    """

    rows: Floats
    led_to: npt.NDArray[np.bool_]
    elsewhere: float


class AskedIndex:
    """What was learned from the lines of one generation.

    Args:
        model: scores of groups of passages, the last one of what no page answers.
        group_of: (passages,) the group of each passage row, -1 without one.
        digest: names what was learned from.
        encoder: digest of what makes the vectors of lines and questions.
    """

    def __init__(self, model: LineModel, group_of: Rows, digest: str, encoder: str) -> None:
        self._model = model
        self._group_of = group_of
        self._digest = digest
        self.encoder = encoder

    @classmethod
    def build(
        cls,
        lines: Sequence[Line],
        elsewhere: Sequence[str],
        size: int,
        encode: Encode,
        encoder: str,
        live: "AskedIndex | None" = None,
    ) -> "AskedIndex":
        """Learn from lines, or take what the live generation learned from the same ones.

        Args:
            lines: at least one.
            elsewhere: lines that no page answers.
            size: how many passages there are.
            encode: texts to (texts, dimension) float32, length 1.
            encoder: digest that names what `encode` does.
            live: what is served now.
        """
        group_of, belongs = groups_of(lines, len(elsewhere), size)
        texts = [line.text for line in lines] + list(elsewhere)
        learned = (f"{text}\n{row.nonzero()[0]}" for text, row in zip(texts, belongs, strict=True))
        digest = digest_of(encoder, *learned)
        if live is not None and live._digest == digest and live._model.named:
            return cls(live._model, group_of, digest, encoder)
        return cls(LineModel.fit(texts, encode(texts), belongs), group_of, digest, encoder)

    def scores(self, question: str, vector: Floats) -> AskedScores:
        """Score every passage for a question.

        Args:
            question: as asked.
            vector: what the encoder's `encode_lines` makes of it.
        """
        found = self._model.scores(question, vector)
        rows = found[self._group_of]
        known = self._group_of != _NO_GROUP
        rows[~known] = rows[known].mean()
        return AskedScores(rows, known, float(found[-1]))

    def holding(self, names: Collection[str]) -> set[str]:
        """Return which of these digests are of lines that were learned from."""
        return self._model.holding(names)

    def save(self, folder: Path) -> None:
        """Write `asked.npz` into `folder`."""
        np.savez(
            folder / FILE,
            allow_pickle=False,
            group_of=self._group_of,
            digest=self._digest,
            encoder=self.encoder,
            **self._model.arrays(),
        )

    @classmethod
    def load(cls, folder: Path) -> "AskedIndex | None":
        """Read what `save` wrote; None when the folder has no lines.

        Raises:
            GenerationDamaged: the file cannot be read.
        """
        try:
            with np.load(folder / FILE) as arrays:
                model = LineModel.of_arrays(arrays)
                return cls(model, arrays["group_of"], str(arrays["digest"]), str(arrays["encoder"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise GenerationDamaged(f"{folder}: {FILE} cannot be read: {error}") from error


def groups_of(lines: Sequence[Line], elsewhere: int, size: int) -> tuple[Rows, Floats]:
    """Put passages that the same lines lead to into one group, and say which groups a line has.

    Returns:
        (size,) the group of each row; (lines + elsewhere, groups + 1) float32, 1 where a line leads
        to a group, the last one being that of what no page answers.
    """
    leading: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        for row in line.rows:
            leading.setdefault(row, []).append(number)
    groups = {key: n for n, key in enumerate(sorted({tuple(key) for key in leading.values()}))}
    group_of = np.full(size, _NO_GROUP, np.int64)
    belongs = np.zeros((len(lines) + elsewhere, len(groups) + 1), np.float32)
    for row, key in leading.items():
        group_of[row] = groups[tuple(key)]
        belongs[list(key), group_of[row]] = 1
    belongs[len(lines) :, -1] = 1
    return group_of, belongs
