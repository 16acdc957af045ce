"""What a source yields and what it becomes: raw page, page, passage. All frozen, ids are hashes.

Everything that is quoted, encoded or shown later is a slice of one `Page.text`, so this module is
where the promise of exact quotation begins. Offsets are Unicode code points throughout.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

SectionKind = Literal["heading", "case"]
BlockKind = Literal["paragraph", "item", "header", "row", "note", "warning", "contact", "furniture"]


def digest_of(*parts: str) -> str:
    """Return the first 16 hex digits of SHA-256 over `parts`, kept apart by a separator."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as its source gave it, before any reading.

    Attributes:
        key: the stable name that the source gives it; a reader may refine it (front matter).
        origin: where a maintainer finds it: a file path, or an archive's path and member.
        media_type: which reader it needs, such as `text/markdown` or `application/pdf`.
        content: the bytes.
        source: the identity of the source; ingesting one source never touches another's pages.
        url: the page's public address, when the source knows it.
        asked: the TOML file of what people ask when its sections answer; empty without one.
    """

    key: str
    origin: str
    media_type: str
    content: bytes
    source: str
    url: str | None = None
    publisher: str | None = None
    licence: str | None = None
    asked: bytes = b""

    @property
    def digest(self) -> str:
        """The content hash of everything that reading depends on."""
        head = digest_of(
            *(self.key, self.media_type),
            *(self.url or "", self.publisher or "", self.licence or ""),
        )
        return hashlib.sha256(head.encode() + self.content + self.asked).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Basis:
    """A source that a text of our own was written from."""

    publisher: str
    title: str | None = None
    url: str | None = None
    published_on: date | None = None
    consulted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a page under one heading or one case ("At 16", "By post").

    Attributes:
        path: headings from the top of the page down to this one, without the page's title.
        kind: `case` when the heading is a condition of what stands under it.
        heading_start, heading_end: the heading's own slice of the page's text (equal when the
            section has no heading of its own, as the text before the first heading).
        start, end: the section's extent, heading and sub-sections included. What stands after a
            block of cases belongs to the parent again, so blocks name their section themselves.
        parent: position of the enclosing section in `Page.sections`, or None.
    """

    path: tuple[str, ...]
    kind: SectionKind
    heading_start: int
    heading_end: int
    start: int
    end: int
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest unit a passage is made of: a paragraph, list item, table row, or boxed text.

    Attributes:
        kind: `header` is a table's header row; `note` a boxed remark; `warning` a notice about
            the page itself; `contact` an office or address; `furniture` is text of the page that
            is no content (teasers, repeated footers) and never becomes a passage.
        start, end: its slice of the page's text.
        section: position of its section in `Page.sections`.
        group: blocks of one list, one table or one box share a number; 0 stands alone.
        level: depth of a list item, 0 at the outside.
    """

    kind: BlockKind
    start: int
    end: int
    section: int
    group: int = 0
    level: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What someone asks, in her own words, when a section answers. Searched, never shown.

    Attributes:
        section: position in `Page.sections`.
        language: of the line; any, whatever the page's.
    """

    section: int
    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """One page as text with its structure and its provenance.

    `text` holds each character of the source once, in order; headings are part of it.
    `verified_by`/`verified_on` are set only when that organisation checked this very text;
    `based_on` says what a text of our own was written from. The two are never mixed. `lost` says
    what stands on the source and could not be kept, a line each.
    """

    key: str
    title: str
    language: str
    text: str
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    source: str
    url: str | None = None
    publisher: str | None = None
    licence: str | None = None
    translation_of: str | None = None
    published_on: date | None = None
    modified_on: date | None = None
    verified_by: str | None = None
    verified_on: date | None = None
    based_on: tuple[Basis, ...] = ()
    topics: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    lost: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Names this version of the page: text and structure, not metadata."""
        structure = json.dumps(
            [asdict(s) for s in self.sections] + [asdict(b) for b in self.blocks]
        )
        return digest_of(self.key, self.title, self.language, self.text, structure)

    @cached_property
    def full_digest(self) -> str:
        """Changes with anything at all, metadata included."""
        return digest_of(page_to_json(self))


@dataclass(frozen=True, slots=True)
class Context:
    """Words that a passage needs and that stand elsewhere on its page: `page.text[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where else the same passage stands word for word."""

    page_key: str
    section: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A quotable stretch of a page: `page.text[start:end] == text`, and its context likewise."""

    id: str
    page_key: str
    page_digest: str
    start: int
    end: int
    text: str
    context: tuple[Context, ...]
    section: tuple[str, ...]
    title: str
    language: str
    kind: BlockKind
    cases: tuple[str, ...] = ()
    also_on: tuple[Place, ...] = ()

    def fields(self) -> dict[str, str]:
        """Return the texts that a question is compared with, by field name.

        `body` is the whole passage with everything that gives it meaning, and is encoded; `title`
        and `heading` are words of their own for the lexical leg.
        """
        heading = " - ".join((*reversed(self.section), self.title))
        words = [self.title, *self.section, *(c.text for c in self.context), self.text]
        return {"title": self.title, "heading": heading, "body": "\n".join(words)}


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a refresh found: page keys by what happened to them, and what could not be read.

    `unreadable` maps an origin to its one-line reason. An unreadable page keeps its last version.
    """

    source: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unreadable: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything that is served would change."""
        return bool(self.added or self.changed or self.removed)


def corpus_digest(full_digests: Mapping[str, str]) -> str:
    """Name a set of pages as they stand, metadata included, from their full digests by key."""
    return digest_of(*(part for pair in sorted(full_digests.items()) for part in pair))


def section_ancestry(page: Page, section: int) -> Iterator[Section]:
    """Yield the section and its ancestors, innermost first."""
    position: int | None = section
    while position is not None:
        found = page.sections[position]
        yield found
        position = found.parent


def page_to_json(page: Page) -> str:
    """Serialise a page; `page_from_json` gives back an equal one."""
    fields = {name: getattr(page, name) for name in Page.__dataclass_fields__}
    fields["sections"] = [asdict(s) for s in page.sections]
    fields["blocks"] = [[b.kind, b.start, b.end, b.section, b.group, b.level] for b in page.blocks]
    fields["based_on"] = [asdict(b) for b in page.based_on]
    fields["asked"] = [[a.section, a.language, a.text] for a in page.asked]
    # Left out when empty, so that pages that lose nothing keep the digest that they had without it.
    if not page.lost:
        del fields["lost"]
    return json.dumps(fields, ensure_ascii=False, default=date.isoformat)


def page_from_json(text: str) -> Page:
    """Rebuild the page that `page_to_json` wrote."""
    raw: dict[str, Any] = json.loads(text)
    for name in ("published_on", "modified_on", "verified_on"):
        raw[name] = _day(raw[name])
    raw["sections"] = tuple(Section(**{**s, "path": tuple(s["path"])}) for s in raw["sections"])
    raw["blocks"] = tuple(Block(*b) for b in raw["blocks"])
    raw["based_on"] = tuple(
        Basis(
            **{
                **b,
                "published_on": _day(b["published_on"]),
                "consulted_on": _day(b["consulted_on"]),
            }
        )
        for b in raw["based_on"]
    )
    raw["topics"], raw["related"] = tuple(raw["topics"]), tuple(raw["related"])
    # A catalogue made before pages had lines still opens.
    raw["asked"] = tuple(Asked(*a) for a in raw.get("asked", ()))
    raw["lost"] = tuple(raw.get("lost", ()))
    return Page(**raw)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
