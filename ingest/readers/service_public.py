"""Sheets of the national guide (schema 3.3): XML becomes a page with its cases, boxes and tables.

What a visitor reads is text; links to other pages are furniture; and what the site adds around
every sheet (breadcrumb, menu, audience) or points to outside it (laws) is left out.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby

from lxml import etree

from ingest.errors import PageUnreadable
from ingest.readers.outline import PageBuilder
from ingest.readers.service_public_tables import Table, table_lines
from ingest.readers.service_public_xml import parse, words, words_of
from ingest.records import BlockKind, Page, RawPage

_DC = "{http://purl.org/dc/elements/1.1/}"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHEET = re.compile(r"[FN]\d+")
# Links for associations or firms lead into their guides, whose sheets this archive does not hold.
_AUDIENCE = "Particuliers"

_SECTIONS = ("Chapitre", "SousChapitre", "Situation", "Cas")
_NOTES = ("ANoter", "ASavoir", "Attention", "Rappel")
_CONTACTS = ("OuSAdresser", "ServiceEnLigne")
_GLOSSARY = ("Definition", "Abreviation")
_TEASERS = (
    "QuestionReponse",
    "CommentFaireSi",
    "RechercheGuidee",
    "VoirAussi",
    "PourEnSavoirPlus",
    "Fiche",
    "Dossier",
)
_CONTENTS = ("SousDossier", "SousTheme")
_CONTAINERS = (
    "Introduction",
    "Texte",
    "ListeSituations",
    "BlocCas",
    "FragmentConditionne",
    "ContenuIllustre",
    "Contenu",
    "Commentaire",
    "Problematiques",
    "Questionnaire",
    "Description",
)
# A table or an address inside a box stands for itself, after what the box said before it.
_OUT_OF_BOX = frozenset({"Tableau", "OuSAdresser", "ServiceEnLigne"})
_UNSEEN_IN_CONTACT = frozenset({"Source", "PivotLocal", "RessourceWeb", "LienWeb", "Condition"})


def read(raw: RawPage) -> Page:
    """Read one sheet.

    Raises:
        PageUnreadable: it is no well-formed XML, or has no title or no text.
    """
    root = parse(raw.content)
    title = words_of(root.find(f"{_DC}title"))
    if not title:
        raise PageUnreadable("the sheet has no dc:title; fetch the archive again")
    walk = _Walk()
    walk.sheet(root)
    return walk.builder.build(
        key=raw.key,
        title=title,
        language="fr",
        source=raw.source,
        url=raw.url or root.get("spUrl"),
        publisher=raw.publisher,
        licence=raw.licence,
        modified_on=_modified_on(root),
        topics=_topics(root),
        related=_related(root, raw.key),
    )


def _modified_on(root: etree._Element) -> date | None:
    found = _DAY.search(words_of(root.find(f"{_DC}date")))
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None


def _topics(root: etree._Element) -> tuple[str, ...]:
    paths = ("Theme/Titre", "SousThemePere", "DossierPere/Titre", "SousDossierPere")
    found = (words_of(element) for path in paths for element in root.findall(path))
    return tuple(dict.fromkeys(topic for topic in found if topic))


def _related(root: etree._Element, key: str) -> tuple[str, ...]:
    found = (
        link.get("LienPublication") or ""
        for link in root.iter("LienInterne")
        if link.get("audience", _AUDIENCE) == _AUDIENCE
    )
    return tuple(dict.fromkeys(k for k in found if _SHEET.fullmatch(k) and k != key))


class _Walk:
    """Visits a sheet from top to bottom; each method takes one kind of element."""

    def __init__(self) -> None:
        self.builder = PageBuilder()
        # Inside a box every paragraph is of the box's kind.
        self._kind: BlockKind = "paragraph"
        self._visit: dict[str, Callable[[etree._Element], None]] = {
            **dict.fromkeys(_SECTIONS, self._section),
            **dict.fromkeys(_NOTES, self._note),
            **dict.fromkeys(_CONTACTS, self._contact),
            **dict.fromkeys(_GLOSSARY, self._glossary),
            **dict.fromkeys(_TEASERS, self._teaser),
            **dict.fromkeys(_CONTENTS, self._contents),
            **dict.fromkeys(_CONTAINERS, self.children),
            "Paragraphe": self._paragraph,
            "Liste": self._list,
            "Tableau": self._table,
            "Image": self._image,
            "Illustration": self._image,
            "Avertissement": self._warning,
            "LienExterneCommente": self._commented_link,
            "Problematique": self._branch,
            "Branche": self._branch,
            "Aide": self._help,
            "Question": self._form,
        }

    def sheet(self, root: etree._Element) -> None:
        """Visit the whole sheet.

        The addresses that close it get a section without a heading, since they belong to the
        page and not to its last words.
        """
        for is_contact, run in groupby(root, lambda child: child.tag in _CONTACTS):
            if is_contact:
                self.builder.open_section("")
            for child in run:
                self._one(child)
            if is_contact:
                self.builder.close_section()

    def children(self, element: etree._Element) -> None:
        for child in element:
            self._one(child)

    def _one(self, element: etree._Element) -> None:
        visit = self._visit.get(str(element.tag))
        if visit is not None:
            visit(element)

    def _section(self, element: etree._Element) -> None:
        case = element.tag in {"Situation", "Cas"}
        heading = words_of(element.find("Titre"))
        self.builder.open_section(heading, kind="case" if case else "heading")
        self.children(element)
        self.builder.close_section()

    def _paragraph(self, element: etree._Element) -> None:
        self.builder.add(self._kind, words(element))
        for image in element.iter("Image"):
            self._image(image)

    def _list(self, element: etree._Element, group: int = 0, level: int = 0) -> None:
        group = group or self.builder.new_group()
        kind: BlockKind = "item" if self._kind == "paragraph" else self._kind
        for item in element.iterfind("Item"):
            marker = _marker(item)
            lines: list[str] = []
            for child in (*item, None):
                if child is not None and child.tag != "Liste":
                    lines.extend(_lines(child))
                    continue
                if text := "\n".join(lines).strip():
                    self.builder.add(kind, marker + text, group=group, level=level)
                    marker = ""
                lines.clear()
                if child is not None:
                    self._list(child, group, level + 1)

    def _table(self, element: etree._Element) -> None:
        group = self.builder.new_group()
        for line in table_lines(Table.of(element)):
            self.builder.add(line.kind, line.text, group=group, level=line.level)

    def _image(self, element: etree._Element) -> None:
        parts = ("Legende", "TexteDeRemplacement", "Description")
        lines = [words_of(element.find(part)) for part in parts]
        self.builder.add(self._kind, "\n".join(dict.fromkeys(filter(None, lines))))

    def _note(self, element: etree._Element) -> None:
        lines = list[str]()
        for child in element:
            if child.tag in _OUT_OF_BOX:
                self._add_note(lines)
                self._one(child)
            else:
                lines.extend(_lines(child))
        self._add_note(lines)

    def _add_note(self, lines: list[str]) -> None:
        kind: BlockKind = "note" if self._kind == "paragraph" else self._kind
        self.builder.add(kind, "\n".join(lines))
        lines.clear()

    def _warning(self, element: etree._Element) -> None:
        self.builder.open_section(words_of(element.find("Titre")))
        self._kind = "warning"
        self.children(element)
        self._kind = "paragraph"
        self.builder.close_section()

    def _contact(self, element: etree._Element) -> None:
        self.builder.add("contact", "\n".join(_contact_lines(element)))

    def _glossary(self, element: etree._Element) -> None:
        self.builder.open_section(words_of(element.find("Titre")))
        self._note_of(element.find("Texte"))
        self.builder.close_section()

    def _help(self, element: etree._Element) -> None:
        self._note_of(element)

    def _note_of(self, element: etree._Element | None) -> None:
        if element is not None:
            self.builder.add("note", "\n".join(_lines(element)))

    def _teaser(self, element: etree._Element) -> None:
        for title in element.findall("Titre") or element.findall("*/Titre") or [element]:
            self.builder.add("furniture", words_of(title))

    def _contents(self, element: etree._Element) -> None:
        self.builder.open_section(words_of(element.find("Titre")))
        for entry in element:
            if entry.tag in {"Fiche", "Dossier"}:
                self.builder.add("furniture", words_of(entry))
        self.builder.close_section()

    def _commented_link(self, element: etree._Element) -> None:
        self.children(element)
        self.builder.add("contact", words_of(element.find("LienExterne")))

    def _branch(self, element: etree._Element) -> None:
        if element.find("Branche") is None and element.find("Aide") is None:
            self.builder.add("furniture", words_of(element.find("Titre")))
            return
        self.builder.open_section(words_of(element.find("Titre")), kind="case")
        self.children(element)
        self.builder.close_section()

    def _form(self, element: etree._Element) -> None:
        self.builder.add("furniture", words_of(element.find("Titre")))
        for line in element.iterfind("Aide"):
            self.builder.add("furniture", words_of(line))
        for choice in element.iterfind("Choix/Titre"):
            self.builder.add("furniture", words_of(choice))


def _lines(element: etree._Element) -> Iterator[str]:
    """Yield the text of an element line by line: one for each paragraph or title below it."""
    if element.tag in {"Paragraphe", "Complement", "NoticeLiee"}:
        yield words(element)
    elif element.tag == "Titre":
        yield words_of(element)
    elif marker := _marker(element):
        for line in (line for child in element for line in _lines(child) if line):
            yield marker + line
            marker = ""
    else:
        for child in element:
            if child.tag not in _UNSEEN_IN_CONTACT:
                yield from _lines(child)


def _marker(item: etree._Element) -> str:
    """Return what a visitor sees before an item of a numbered list, and nothing elsewhere."""
    above = item.getparent()
    if item.tag != "Item" or above is None or above.get("type") != "numero":
        return ""
    return f"{1 + sum(1 for _ in item.itersiblings('Item', preceding=True))}. "


def _contact_lines(element: etree._Element) -> list[str]:
    return [line for line in _lines(element) if line]
