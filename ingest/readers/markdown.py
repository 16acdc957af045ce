"""Markdown with optional front matter: the form in which our own pages are written.

The page's text is what a reader sees: markup goes, words stay, list markers stay because they are
words to a person who reads "step 2".
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborHTMLParser

from ingest.errors import PageUnreadable
from ingest.language import detect
from ingest.readers import front_matter, struck
from ingest.readers.decoding import decode
from ingest.readers.outline import PageBuilder
from ingest.records import BlockKind, Page, RawPage

_NOTE = re.compile(
    r"\W*(?:warning|caution|important|note|please note|attention|avertissement|à noter|à savoir|"
    r"remarque|rappel)\b",
    re.IGNORECASE,
)

_STRIKE = re.compile(rf"<(/?)(?:{'|'.join(struck.TAGS)})\b", re.IGNORECASE)


def read(raw: RawPage) -> Page:
    """Read a Markdown page; a `slug` in its front matter makes its key `<language>/<slug>`.

    Raises:
        PageUnreadable: it is empty, not UTF-8, without a title, or its front matter is broken.
    """
    fields, body, _ = front_matter.split(decode(raw.content))
    tokens = _parser().parse(body.replace("\x00", ""))
    strikes = sum(_strike_out(token) for token in tokens)
    title = fields.pop("title", None) or _title(tokens)
    if not title:
        raise PageUnreadable(
            "the page has no title; add title: to its front matter, or a # heading"
        )
    walk = _Walk(title)
    walk.blocks(tokens)
    if strikes:
        walk.builder.lose(struck.loss(strikes))
    language = fields.pop("language", None) or detect(walk.builder.text or title)
    slug = fields.pop("slug", None)
    inherited = {"url": raw.url, "publisher": raw.publisher, "licence": raw.licence}
    page_fields: dict[str, Any] = {**inherited, **fields}
    return walk.builder.build(
        key=f"{language}/{slug}" if slug else raw.key,
        title=title,
        language=language,
        source=raw.source,
        **page_fields,
    )


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _strike_out(block: Token) -> int:
    """Take out what is struck out, and return how many stretches that were."""
    if block.type == "html_block":
        tree = LexborHTMLParser(block.content)
        found = len(tree.css(", ".join(struck.TAGS)))
        if found and tree.html is not None:
            tree.strip_tags([*struck.TAGS])
            block.content = tree.html
        return found
    depth, found, kept = 0, 0, []
    for token in block.children or ():
        tag = _STRIKE.match(token.content) if token.type == "html_inline" else None
        if token.type == "s_open" or (tag and not tag[1]):
            found += not depth
            depth += 1
        elif token.type == "s_close" or tag:
            depth = max(depth - 1, 0)
        elif not depth:
            kept.append(token)
    block.children = kept if found else block.children
    return found


def _title(tokens: Sequence[Token]) -> str | None:
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return _visible(tokens[position + 1]).strip() or None
    return None


class _Walk:
    """One pass over the parser's tokens, in the order of the page."""

    def __init__(self, title: str) -> None:
        self.builder = PageBuilder()
        self._title: str | None = title
        self._lists = 0
        self._group = 0
        self._marker = ""
        self._quote: list[bool] = []

    def blocks(self, tokens: Sequence[Token]) -> None:
        """Append every block that `tokens` hold."""
        for position, token in enumerate(tokens):
            match token.type:
                case "heading_open":
                    self._heading(token, tokens[position + 1])
                case "paragraph_open":
                    self._add(_visible(tokens[position + 1]))
                case "code_block" | "fence":
                    self._add(token.content)
                case "html_block":
                    self._add(_stripped(token.content))
                case "tr_open":
                    self._row(tokens, position)
                case "table_open":
                    self._group = self._group if self._lists else self.builder.new_group()
                case "blockquote_open":
                    self._quote.append(_is_note(tokens[position + 1 :]))
                    self._group = self._group if self._lists else self.builder.new_group()
                case "blockquote_close":
                    self._quote.pop()
                case _:
                    self._list(token)

    def _list(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                if not self._lists:
                    self._group = self.builder.new_group()
                self._lists += 1
            case "bullet_list_close" | "ordered_list_close":
                self._lists -= 1
            case "list_item_open":
                self._marker = f"{token.info}{token.markup} "
            case "list_item_close":
                self._marker = ""

    def _heading(self, token: Token, inline: Token) -> None:
        heading = " ".join(_visible(inline).split())
        if token.level:
            self._add(heading)
        elif token.tag == "h1" and heading == self._title:
            self._title = None
        elif heading:
            self.builder.open_section(heading, level=int(token.tag[1:]))

    def _add(self, text: str) -> None:
        kind: BlockKind = "paragraph"
        if self._lists:
            kind = "item"
            text = self._marker + text.strip() if text.strip() else ""
            self._marker = "" if text else self._marker
        elif self._quote and self._quote[-1]:
            kind = "note"
        group = self._group if kind != "paragraph" else 0
        self.builder.add(kind, text, group=group, level=max(self._lists - 1, 0))

    def _row(self, tokens: Sequence[Token], position: int) -> None:
        cells: list[str] = []
        for token in tokens[position + 1 :]:
            if token.type == "tr_close":
                break
            if token.type == "inline":
                cells.append(" ".join(_visible(token).split()))
        is_header = tokens[position + 1].type == "th_open"
        if any(cells):
            row = " | ".join(cells)
            self.builder.add("header" if is_header else "row", row, group=self._group)


def _is_note(tokens: Sequence[Token]) -> bool:
    first = next((token for token in tokens if token.type == "inline"), None)
    return first is not None and _NOTE.match(_visible(first)) is not None


def _visible(inline: Token) -> str:
    """Return the words of an inline token: no targets, no emphasis marks, no tags."""
    return "".join(_piece(child) for child in inline.children or ())


def _piece(token: Token) -> str:
    match token.type:
        case "text" | "code_inline" | "image":
            return token.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if re.match(r"<br\b", token.content, re.IGNORECASE) else ""
        case _:
            return ""


def _stripped(markup: str) -> str:
    tree = LexborHTMLParser(markup)
    tree.strip_tags(["script", "style", "template"])
    lines = (tree.body.text(separator="\n") if tree.body else "").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())
