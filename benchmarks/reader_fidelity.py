"""What survives in HTML, PDF and DOCX: pages of the corpus, saved, read back and counted.

    python benchmarks/reader_fidelity.py [--pages 15] [--show]

For each of the first pages in English and the same ones in French, and for one page with tables:
of the headings, sentences, list items and table cells of the source, the share that a reader gives
back word for word, as what they were and in order; and of what it gives back, the share that is in
the source.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.saving import printer, to_docx, to_html
from ingest import readers
from ingest.readers import front_matter
from ingest.records import Page, RawPage
from ingest.sentences import sentence_spans

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "corpus" / "pages"
WITH_TABLES = ROOT / "tests" / "documents" / "everything.md"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = ("headings", "sentences", "items", "cells")
_MARKER = re.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+")
Units = dict[str, list[str]]
Counts = Counter[tuple[str, str, str]]


def units(page: Page) -> Units:
    """Return what a page is made of, by kind and in order, without white space and list markers."""
    found: Units = {kind: [] for kind in KINDS}
    found["headings"] = [_folded(section.path[-1]) for section in page.sections if section.path]
    for block in page.blocks:
        text = page.text[block.start : block.end]
        if block.kind in {"header", "row"}:
            found["cells"] += [_folded(cell) for cell in text.split(" | ")]
        elif block.kind == "item":
            found["items"].append(_folded(_MARKER.sub("", text, count=1)))
        else:
            found["sentences"] += [_folded(text[a:b]) for a, b in sentence_spans(text)]
    return found


def _folded(text: str) -> str:
    return " ".join(text.split())


def survivors(source: Sequence[str], read: Sequence[str]) -> int:
    """Return the length of the longest common subsequence: how many survive in order."""
    above = [0] * (len(read) + 1)
    for unit in source:
        row = [0]
        for position, other in enumerate(read, start=1):
            row.append(above[position - 1] + 1 if unit == other else max(above[position], row[-1]))
        above = row
    return above[-1]


def read_back(content: bytes, media_type: str) -> Units:
    """Read a saved page and take it apart."""
    return units(readers.read(RawPage("page", "page", media_type, content, "benchmark")))


def count(counts: Counts, name: str, source: Units, read: Units, *, show: bool) -> None:
    """Add one page, saved in one format, to the counts."""
    for kind in KINDS:
        kept = survivors(source[kind], read[kind])
        counts[name, kind, "kept"] += kept
        counts[name, kind, "source"] += len(source[kind])
        counts[name, kind, "read"] += len(read[kind])
        if show and kept < max(len(source[kind]), len(read[kind])):
            lost = [unit for unit in source[kind] if unit not in read[kind]]
            new = [unit for unit in read[kind] if unit not in source[kind]]
            print(f"{name}, {kind}\n  lost {lost}\n  new  {new}")


def chosen(pages: int) -> list[Path]:
    """Return the first pages in English, the same ones in French, and the one with tables."""
    english = sorted((PAGES / "en").glob("*.md"))[:pages]
    return [*english, *(PAGES / "fr" / path.name for path in english), WITH_TABLES]


def report(counts: Counts) -> None:
    """Print a row a format and kind."""
    print(f"{'format':14}{'kind':12}{'source':>8}{'kept':>8}{'share':>8}{'new':>8}")
    for name, kind in dict.fromkeys((name, kind) for name, kind, _ in counts):
        kept, source, read = (counts[name, kind, part] for part in ("kept", "source", "read"))
        share = kept / source if source else 1
        print(f"{name:14}{kind:12}{source:8}{kept:8}{share:8.3f}{read - kept:8}")


def main() -> None:
    """Save, read back, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=15)
    parser.add_argument("--show", action="store_true", help="print what is lost and what is new")
    arguments = parser.parse_args()
    counts: Counts = Counter()
    with printer() as chromium:
        for path in chosen(arguments.pages):
            content = path.read_bytes()
            source = read_back(content, "text/markdown")
            fields, body, _ = front_matter.split(content.decode())
            page = (fields["title"], fields["language"], body)
            saved: dict[str, tuple[str, Callable[[], bytes]]] = {
                "HTML": ("text/html", lambda p=page: to_html(*p).encode()),
                "PDF, tagged": ("application/pdf", lambda p=page: chromium.to_pdf(*p, tagged=True)),
                "PDF, looks": ("application/pdf", lambda p=page: chromium.to_pdf(*p, tagged=False)),
                "DOCX": (DOCX, lambda p=page: to_docx(p[0], p[2])),
            }
            for name, (media_type, save) in saved.items():
                read = read_back(save(), media_type)
                count(counts, name, source, read, show=arguments.show)
    report(counts)


if __name__ == "__main__":
    main()
