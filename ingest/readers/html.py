"""HTML: the main content of a web page, without the site around it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.errors import PageUnreadable
from ingest.language import detect
from ingest.readers import struck
from ingest.readers.decoding import decode
from ingest.readers.html_depth import TOO_DEEP, nests_without_end
from ingest.readers.html_lists import Numbering
from ingest.readers.html_unseen import banner_loss, is_banner, take_out_unseen, unseen_loss
from ingest.readers.list_numbers import marked
from ingest.readers.outline import PageBuilder
from ingest.records import BlockKind, Page, RawPage

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]|$)", re.IGNORECASE)
_NOTE = re.compile(r"(?:^|[\s_-])(?:alert|warning|notice)", re.IGNORECASE)
_SITE_TAGS = (
    "head script style template noscript nav footer aside form button select input textarea svg "
    "iframe object video audio canvas map dialog -comment"
)
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark q samp "
    "small span strong sub sup time tt u var wbr"
)
_NEVER, _INLINE = frozenset(_SITE_TAGS.split()), frozenset(_INLINE_TAGS.split())
_EMBEDDED = {
    "iframe": "an embedded page",
    "object": "an embedded object",
    "video": "a video",
    "audio": "a recording",
}


def read(raw: RawPage) -> Page:
    """Read an HTML page.

    The content is `main` or a single `article`, else the body without navigation, header, footer,
    sidebars, forms and scripts. The title is the first `h1`, else `title`.

    Raises:
        PageUnreadable: it is empty, without a title, or not in the character set that it declares.
    """
    if nests_without_end(raw.content):
        raise PageUnreadable(TOO_DEEP)
    tree = LexborHTMLParser(characters(raw.content))
    tree.strip_tags(["script", "style", "noscript"])
    content, is_whole_body = _content(tree)
    strikes = _strike_out(tree, content)
    heading = content.css_first("h1") or tree.css_first("h1")
    unseen = take_out_unseen(tree, content, heading, _NEVER)
    walk = _Walk(heading, _labels(content), skip_header=is_whole_body)
    try:
        walk.children(content)
    except RecursionError as error:
        raise PageUnreadable(TOO_DEEP) from error
    walk.flush()
    if strikes:
        walk.builder.lose(struck.loss(strikes))
    if unseen:
        walk.builder.lose(unseen_loss(unseen))
    title = _words(heading) if heading else ""
    title = title or _words(tree.css_first("title"))
    if not title:
        raise PageUnreadable("the page has no title; give it an <h1> or a <title>")
    return walk.builder.build(
        key=raw.key,
        title=title,
        language=_language(tree) or detect(walk.builder.text),
        source=raw.source,
        url=raw.url,
        publisher=raw.publisher,
        licence=raw.licence,
    )


def characters(content: bytes) -> str:
    """Return the characters of an HTML file, by what it says of its character set.

    Raises:
        PageUnreadable: it is not in the character set that it declares.
    """
    declared = _CHARSET.search(content[:2048])
    return decode(content, declared[1].decode("ascii") if declared else None)


def _content(tree: LexborHTMLParser) -> tuple[LexborNode, bool]:
    main = tree.css_first("main, [role=main]")
    articles = tree.css("article")
    if main is None and len(articles) == 1:
        main = articles[0]
    if main is not None and _words(main):
        return main, False
    if tree.body is None:
        raise PageUnreadable("the page is empty; give it some text, or remove it")
    return tree.body, True


def _strike_out(tree: LexborHTMLParser, content: LexborNode) -> int:
    """Take out what is struck out, and return how often that was in the content."""
    found = sum(bool(_words(node)) for node in content.css(", ".join(struck.TAGS)))
    tree.strip_tags([*struck.TAGS])
    return found


def _language(tree: LexborHTMLParser) -> str | None:
    root = tree.css_first("html")
    found = _LANGUAGE.match((root.attributes.get("lang") if root else None) or "")
    return found[1].lower() if found else None


def _labels(content: LexborNode) -> dict[str, str]:
    """Return what tabs, and buttons that unfold a part, say of that part, by its id."""
    found = {}
    for control in content.css("[role=tab][aria-controls], button[aria-expanded][aria-controls]"):
        above = control.parent
        # A button inside a heading is one already.
        if above is None or not re.fullmatch(r"h[1-6]", above.tag or ""):
            found[_attribute(control, "aria-controls")] = _words(control)
    return found


class _Walk:
    """One pass over the elements, in the order of the page."""

    def __init__(
        self, title: LexborNode | None, labels: dict[str, str], *, skip_header: bool
    ) -> None:
        self.builder = PageBuilder()
        self._title = title
        self._labels = labels
        self._never = _NEVER | {"header"} if skip_header else _NEVER
        self._line: list[str] = []
        self._kind: BlockKind = "paragraph"
        self._group = 0
        self._level = -1
        self._numbering = Numbering()
        self._marker = ""

    def children(self, node: LexborNode) -> None:
        """Append what stands inside `node`."""
        for child in node.iter(include_text=True):
            self._visit(child)

    def flush(self) -> None:
        """End the current line of text as a block."""
        text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self._line))
        self._line.clear()
        group = self._group if self._kind != "paragraph" else 0
        text = self._marked(text.strip())
        self.builder.add(self._kind, text, group=group, level=max(self._level, 0))

    def _marked(self, text: str) -> str:
        """Put the number of the item before its first words, and before no others."""
        marker, self._marker = self._marker, "" if text else self._marker
        return marked(marker, text)

    def _visit(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
        elif tag == "br":
            self._line.append("\n")
        elif tag in _INLINE:
            self.children(node)
        elif self._is_site(node, tag):
            self._lose(node, tag)
        else:
            self.flush()
            self._labelled(node, tag)
            self.flush()

    def _lose(self, node: LexborNode, tag: str) -> None:
        # What counts visitors is embedded too, in a frame that nobody sees.
        is_seen = not {_attribute(node, "width"), _attribute(node, "height")} & {"0", "1"}
        if tag in _EMBEDDED and is_seen:
            what = _EMBEDDED[tag]
            self.builder.lose(f"{what} is left out; if words stand there, write them in the text")
        is_box = tag not in self._never and is_banner(node, self._title)
        if is_box and (words := banner_loss(node)):
            self.builder.lose(words)

    def _text(self, text: str) -> None:
        # No-break spaces stay: they are the page's own characters, other runs are layout.
        text = re.sub(r"[ \t\n\r\f]+", " ", text)
        if not self._line or self._line[-1][-1:] in " \n":
            text = text.lstrip(" ")
        if text:
            self._line.append(text)

    def _is_site(self, node: LexborNode, tag: str) -> bool:
        if _attribute(node, "role") == "tablist" or is_banner(node, self._title):
            return True
        # Some publishing systems wrap the whole page in one form.
        wraps_page = tag == "form" and node.css_first("h1, main, article") is not None
        return tag in self._never and not wraps_page

    def _labelled(self, node: LexborNode, tag: str) -> None:
        label = self._labels.pop(_attribute(node, "id"), "") if self._kind == "paragraph" else ""
        if label:
            self.builder.open_section(label)
        self._block(node, tag)
        if label:
            self.flush()
            self.builder.close_section()

    def _block(self, node: LexborNode, tag: str) -> None:
        is_note = _NOTE.search(_attribute(node, "class")) or _attribute(node, "role") == "alert"
        if re.fullmatch(r"h[1-6]", tag):
            self._heading(node, int(tag[1]))
        elif tag == "table" and not _is_layout(node):
            self._table(node)
        elif tag in {"ul", "ol", "menu", "dl"}:
            self._list(node)
        elif tag == "li":
            self._item(node)
        elif tag == "dd":
            self._inside(node, "item", self._group, self._level + 1)
        elif tag == "details":
            self._accordion(node)
        elif is_note and self._kind == "paragraph":
            self._inside(node, "note", self.builder.new_group(), self._level)
        else:
            self.children(node)

    def _heading(self, node: LexborNode, level: int) -> None:
        if self._title is not None and node.mem_id == self._title.mem_id:
            return
        if self._kind == "note":
            self.children(node)
        elif words := _words(node):
            self.builder.open_section(self._marked(words), level=level)

    def _list(self, node: LexborNode) -> None:
        is_nested = self._kind == "item"
        group = self._group if is_nested else self.builder.new_group()
        self._inside(node, "item", group, self._level + 1)

    def _item(self, node: LexborNode) -> None:
        self._marker = self._numbering.marker(node)
        self.children(node)
        self.flush()
        self._marker = ""

    def _accordion(self, node: LexborNode) -> None:
        summary = next((c for c in node.iter() if c.tag == "summary"), None)
        self.builder.open_section(_words(summary))
        for child in node.iter(include_text=True):
            if child.tag != "summary":
                self._visit(child)
        self.flush()
        self.builder.close_section()

    def _table(self, node: LexborNode) -> None:
        group = self.builder.new_group()
        for caption in node.css("caption"):
            self.builder.add("paragraph", _words(caption))
        for row in node.css("tr"):
            cells = [cell for cell in row.iter() if cell.tag in {"th", "td"}]
            words = [_words(cell, self._numbering) for cell in cells]
            if any(words):
                is_header = all(cell.tag == "th" for cell in cells)
                self.builder.add("header" if is_header else "row", " | ".join(words), group=group)

    def _inside(self, node: LexborNode, kind: BlockKind, group: int, level: int) -> None:
        outside = self._kind, self._group, self._level
        self._kind, self._group, self._level = kind, group, level
        self.children(node)
        self.flush()
        self._kind, self._group, self._level = outside


def _is_layout(table: LexborNode) -> bool:
    nests = table.css_first("td table, th table, td h1, td h2, td h3") is not None
    return nests or _attribute(table, "role") in {"presentation", "none"}


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


def _words(node: LexborNode | None, numbering: Numbering | None = None) -> str:
    """Return the words in an element; elements that are no part of a line keep them apart."""
    parts = (_piece(n, numbering) for n in (node.traverse(include_text=True) if node else ()))
    return " ".join(re.split(r"[ \t\n\r\f]+", "".join(parts))).strip()


def _piece(node: LexborNode, numbering: Numbering | None) -> str:
    if node.tag == "-text":
        return node.text_content or ""
    if node.tag == "li" and numbering is not None:
        return f" {numbering.marker(node)} "
    return "" if node.tag in _INLINE else " "
