"""Pages of our own saved in the formats that other people write: HTML, PDF and DOCX.

Apart from the benchmark because a test keeps a page that was saved so.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import docx
from docx.document import Document
from markdown_it import MarkdownIt
from markdown_it.token import Token
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_PARSER = MarkdownIt("commonmark").enable("table")
_STYLE = (
    "body { font: 11pt/1.4 'DejaVu Serif', serif; text-align: justify; hyphens: auto }"
    "table { border-collapse: collapse } th, td { border: 1px solid; padding: 4pt }"
)
_HEAD = "<div style='font-size:8pt;margin:auto'>Passerelle, a page of the corpus</div>"
_FOOT = "<div style='font-size:8pt;margin:auto'><span class=pageNumber></span> / 99</div>"


def to_html(title: str, language: str, markdown: str) -> str:
    """Return a page as a site would publish it, with what a site puts around its content."""
    return (
        f"<!doctype html><html lang={language}><head><meta charset=utf-8><title>{title} - Site"
        f"</title><style>{_STYLE}</style></head><body><header>Site</header><nav><ul><li>Menu</ul>"
        f"</nav><main><h1>{title}</h1>{_PARSER.render(markdown)}</main><footer>Foot</footer></body>"
        "</html>"
    )


class Printer:
    """Chromium, printing: with tags, or without them and with a head and page numbers."""

    def __init__(self, browser: Browser) -> None:
        self._page = browser.new_page()

    def to_pdf(self, title: str, language: str, markdown: str, *, tagged: bool) -> bytes:
        """Print a page; justified, with words cut at line ends, on A4."""
        self._page.set_content(
            f"<!doctype html><html lang={language}><title>{title}</title><style>{_STYLE}</style>"
            f"<h1>{title}</h1>{_PARSER.render(markdown)}"
        )
        return self._page.pdf(
            format="A4",
            tagged=tagged,
            display_header_footer=not tagged,
            header_template=_HEAD,
            footer_template=_FOOT,
            margin={"top": "2cm", "bottom": "2cm", "left": "2.5cm", "right": "2.5cm"},
        )


@contextmanager
def printer() -> Iterator[Printer]:
    """Open a browser to print with."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield Printer(browser)
        browser.close()


def to_docx(title: str, markdown: str) -> bytes:
    """Return a page as python-docx writes it, in the styles of its own template."""
    document = docx.Document()
    document.add_heading(title, 0)
    _Writer(document).blocks(_PARSER.parse(markdown))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._lists: list[str] = []
        self._quotes = 0

    def blocks(self, tokens: Sequence[Token]) -> None:
        """Write every heading, paragraph, item and table."""
        tables = [n for n, token in enumerate(tokens) if token.type == "table_open"]
        ends = [n for n, token in enumerate(tokens) if token.type == "table_close"]
        for position, token in enumerate(tokens):
            if position in tables:
                self._table(tokens[position : ends[tables.index(position)]])
            elif token.type == "heading_open":
                self._document.add_heading(plain(tokens[position + 1]), int(token.tag[1]) - 1)
            elif token.type == "paragraph_open":
                self._paragraph(tokens[position + 1])
            elif token.type.startswith(("bullet_list", "ordered_list", "blockquote")):
                self._nest(token)

    def _nest(self, token: Token) -> None:
        if token.type.startswith("blockquote"):
            self._quotes += token.nesting
        elif token.nesting > 0:
            self._lists.append("List Bullet" if token.tag == "ul" else "List Number")
        else:
            self._lists.pop()

    def _paragraph(self, inline: Token) -> None:
        style = "Intense Quote" if self._quotes else "Normal"
        if self._lists:
            depth = len(self._lists)
            style = self._lists[-1] + (f" {depth}" if depth > 1 else "")
        paragraph = self._document.add_paragraph(style=style)
        bold = False
        for child in inline.children or ():
            bold = child.type == "strong_open" or (bold and child.type != "strong_close")
            if words := _words(child):
                paragraph.add_run(words).bold = bold

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(plain(token))
        table = self._document.add_table(len(rows), len(rows[0]))
        for row, words in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, words, strict=True):
                cell.text = text


def plain(inline: Token) -> str:
    """Return the words of an inline token."""
    return "".join(_words(child) for child in inline.children or ())


def _words(token: Token) -> str:
    return " " if token.type == "softbreak" else token.content if token.type == "text" else ""
