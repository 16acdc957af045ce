"""The words of a DOCX paragraph as a reader of the finished document sees them.

Apart from the walk over blocks because here it is decided what is seen: deleted, hidden and field
codes are not, inserted text, links and results of fields are.
"""

from dataclasses import dataclass, field

from lxml import etree

from ingest.readers.docx_styles import inside, local, value

_UNSEEN = frozenset(
    {"pPr", "del", "moveFrom", "delText", "instrText", "delInstrText", "Fallback", "rt", "sdtPr"}
)
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "ptab": "\t"}
_LOSSES = {
    "pict": "picture",
    "drawing": "picture",
    "object": "embedded object",
    "altChunk": "embedded document",
    "chart": "chart",
}


@dataclass(slots=True)
class Line:
    """The words of one paragraph, and what hangs on it.

    Attributes:
        boxes: text boxes that are anchored in it.
        notes: ids of its footnotes (`footnote 2`) and endnotes, in order.
        losses: kinds of things in it that have no words.
        strikes: how many stretches of it are struck out; none of their words are in it.
    """

    parts: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    strikes: int = 0

    @property
    def text(self) -> str:
        """The words; runs of white space are one space, line breaks stay."""
        lines = "".join(self.parts).split("\n")
        # No-break spaces hold numbers together and stay.
        folded = (" ".join(filter(None, line.replace("\t", " ").split(" "))) for line in lines)
        return "\n".join(folded).strip()


def read_line(paragraph: etree._Element) -> Line:
    """Read one paragraph."""
    line = Line()
    _gather(paragraph, line)
    return line


def _gather(element: etree._Element, line: Line) -> None:
    in_strike = False
    for child in element:
        name = local(child)
        if name in _UNSEEN or (name == "r" and _has(child, "vanish")):
            continue
        # Word processors cut one stretch into many runs.
        before, in_strike = in_strike, name == "r" and _has(child, "strike", "dstrike")
        if in_strike:
            line.strikes += not before
            continue
        if name == "t":
            line.parts.append(child.text or "")
        elif name in _CHARACTERS:
            # A page or column break ends no sentence.
            is_layout = name == "br" and value(child, "type") in {"page", "column"}
            line.parts.append(" " if is_layout else _CHARACTERS[name])
        elif name in {"footnoteReference", "endnoteReference"}:
            line.notes.append(f"{name.removesuffix('Reference')} {value(child, 'id')}")
        elif name == "txbxContent":
            line.boxes.append(child)
        elif name in _LOSSES and not _has_box(child):
            line.losses.append(_LOSSES[name])
        else:
            _gather(child, line)


def _has(run: etree._Element, *names: str) -> bool:
    """Whether a run is set in one of these ways."""
    found = (inside(run, "rPr", name) for name in names)
    return any(e is not None and value(e) not in {"0", "false", "off"} for e in found)


def _has_box(element: etree._Element) -> bool:
    return any(local(found) == "txbxContent" for found in element.iter(etree.Element))
