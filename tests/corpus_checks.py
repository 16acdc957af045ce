"""What every file of a corpus folder is held to: each check names the faults that it finds.

A check takes the folder and returns findings, so that tests can run it on the corpus, which must
have none, and on a copy into which a fault was planted, which must have that one.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from markdown_it import MarkdownIt

from ingest import readers
from ingest.errors import PageUnreadable
from ingest.readers import front_matter
from ingest.records import RawPage
from service.content import KINDS, LANGUAGES
from tests.corpus_phones import phone_numbers

PAGE_LANGUAGES = ("en", "fr")
TOPICS = frozenset(
    [
        "ame",
        "ameli-account",
        "asylum-seekers-cover",
        "care-after-domestic-abuse",
        "carte-vitale",
        "change-of-situation",
        "childrens-cover",
        "complementaire-sante-solidaire",
        "disputes-with-insurance-fund",
        "emergencies",
        "emergency-accommodation",
        "european-health-card",
        "filing-a-complaint",
        "health-insurance-registration",
        "interpreters",
        "leaving-work-or-losing-cover",
        "legal-aid",
        "medecin-traitant",
        "mental-health",
        "mutuelle",
        "pass-clinics",
        "pregnancy",
        "protection-order",
        "reimbursement",
        "social-security-number",
        "who-can-help",
    ]
)
REQUIRED = ("title", "language", "slug", "topics", "modified_on", "licence", "based_on")
SOURCE = ("publisher", "title", "url", "consulted_on")
WORDS = range(250, 701)


class Page(NamedTuple):
    """One page of the corpus as its file has it."""

    key: str
    file: Path
    fields: dict[str, Any]
    body: str
    text: str


def word_count(text: str) -> int:
    """Count a text's words: what stands between white space and holds a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


def page_files(folder: Path) -> list[Path]:
    return sorted((folder / "pages").glob("*/*.md"))


@lru_cache(maxsize=512)
def _read(content: bytes) -> tuple[dict[str, Any], str, str]:
    """Return a page's front matter, body, and text as it is shown: no marks, headings stay."""
    page = readers.read(RawPage("page", "page.md", "text/markdown", content, "corpus"))
    fields, body, _ = front_matter.split(content.decode())
    return fields, body, page.text


def readable(folder: Path) -> Iterator[Page]:
    """Yield the pages that can be read; `front_matter_faults` names the others."""
    for file in page_files(folder):
        with suppress(PageUnreadable):
            yield Page(f"{file.parent.name}/{file.stem}", file, *_read(file.read_bytes()))


def topic_faults(folder: Path) -> list[str]:
    """Every topic of the corpus is there, in every language that pages are written in."""
    there = {f"{file.parent.name}/{file.stem}" for file in page_files(folder)}
    wanted = {f"{language}/{slug}" for language in PAGE_LANGUAGES for slug in TOPICS}
    # A topic that is added later needs both languages as well.
    wanted |= {f"{code}/{key.split('/')[1]}" for code in PAGE_LANGUAGES for key in there}
    return [f"{key} is missing" for key in sorted(wanted - there)]


def front_matter_faults(folder: Path) -> list[str]:
    """Fields are those of the schema, of their kind; nobody is said to have verified a page."""
    faults = []
    for file in page_files(folder):
        key = f"{file.parent.name}/{file.stem}"
        try:
            fields, _, _ = _read(file.read_bytes())
        except PageUnreadable as error:
            faults.append(f"{key}: {error}")
            continue
        faults += [f"{key}: {fault}" for fault in _field_faults(fields)]
        if (fields.get("language"), fields.get("slug")) != (file.parent.name, file.stem):
            faults.append(f"{key}: its language or slug names another file")
    return faults


def _field_faults(fields: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in REQUIRED if not fields.get(name))
    yield from (f"{name} is set" for name in fields if name.startswith("verified_"))
    if fields.get("licence") != "CC-BY-4.0":
        yield "its licence is not CC-BY-4.0, as corpus/LICENSE says"
    for number, source in enumerate(fields.get("based_on", ()), start=1):
        name = f"based_on[{number}]"
        yield from (f"{name} has no {part}" for part in SOURCE if not getattr(source, part))
        if not re.match(r"https?://[^/\s]+\.[^/\s]+", source.url or ""):
            yield f"{name}: url is no address"
        dates = [day for day in (source.published_on, source.consulted_on) if day]
        if dates != sorted(dates):
            yield f"{name} was published after it was consulted"


def translation_faults(folder: Path) -> list[str]:
    """Both languages of a topic have the same sections and sources, and one names the other."""
    pages = {page.key: (page.fields, page.body) for page in readable(folder)}
    faults = []
    for key, (fields, body) in pages.items():
        language, slug = key.split("/")
        other = f"{'fr' if language == 'en' else 'en'}/{slug}"
        names = fields.get("translation_of")
        if names is not None and names != other:
            faults.append(f"{key}: translation_of is {names}; expected {other}")
        if language != PAGE_LANGUAGES[0] or other not in pages:
            continue
        fields_of_other, body_of_other = pages[other]
        if (names, fields_of_other.get("translation_of")) not in {(other, None), (None, key)}:
            faults.append(f"{key}: translation_of must link it to {other}, once, from one side")
        ours, theirs = heading_levels(body), heading_levels(body_of_other)
        if ours != theirs:
            faults.append(f"{key}: headings at levels {ours}, but {theirs} in {other}")
        if _urls(fields) != _urls(fields_of_other):
            faults.append(f"{key}: based_on names other sources than {other}")
    return faults


def _urls(fields: Mapping[str, Any]) -> list[str]:
    return sorted(source.url for source in fields.get("based_on", ()))


def heading_levels(body: str) -> list[int]:
    tokens = MarkdownIt("commonmark").parse(body)
    return [int(token.tag[1:]) for token in tokens if token.type == "heading_open"]


def link_faults(folder: Path) -> list[str]:
    """Every link leads to a page of the same language, or out by https."""
    faults = []
    for page in readable(folder):
        for target in link_targets(page.body):
            if target.startswith("https://"):
                continue
            reached = (page.file.parent / target.partition("#")[0]).resolve()
            if not (reached.is_file() and reached.parent == page.file.parent.resolve()):
                faults.append(f"{page.key}: the link to {target} leads nowhere")
    return faults


def link_targets(body: str) -> list[str]:
    inline = [t for t in MarkdownIt("commonmark").parse(body) if t.type == "inline"]
    children = [child for token in inline for child in token.children or ()]
    return [str(child.attrGet("href")) for child in children if child.type == "link_open"]


def length_faults(folder: Path) -> list[str]:
    """A page has 250 to 700 words, headings included, front matter and targets of links not."""
    counts = {page.key: word_count(page.text) for page in readable(folder)}
    return [
        f"{key}: {count} words; expected {WORDS.start} to {WORDS.stop - 1}"
        for key, count in counts.items()
        if count not in WORDS
    ]


def contact_numbers(folder: Path) -> set[str]:
    """Return the numbers of all contacts, without spaces."""
    raw = tomllib.loads((folder / "contacts.toml").read_text("utf-8"))
    return {
        channel["value"].replace(" ", "")
        for contact in raw["contacts"]
        for channel in contact["channels"]
        if channel["kind"] in {"call", "text", "fax"}
    }


def phone_faults(folder: Path) -> list[str]:
    """Every number that a page says to call or text is a contact's."""
    known = contact_numbers(folder)
    return [
        f"{page.key}: {number} is no number of a contact in contacts.toml"
        for page in readable(folder)
        for number in phone_numbers(f"{page.fields['title']}\n{page.text}")
        if number not in known
    ]


def notice_faults(folder: Path) -> list[str]:
    """Notices say the same things, with the same placeholders, in every language."""
    faults = [
        f"notices/{code}.toml is missing"
        for code in LANGUAGES
        if not (folder / "notices" / f"{code}.toml").exists()
    ]
    found = {
        file.stem: tomllib.loads(file.read_text("utf-8"))
        for file in sorted((folder / "notices").glob("*.toml"))
    }
    wanted = {key: _placeholders(text) for key, text in found["en"].items()}
    for code, notices in found.items():
        name = f"notices/{code}.toml"
        faults += [f"{name}: {key} is missing" for key in wanted.keys() - notices.keys()]
        faults += [f"{name}: {key} is not in en.toml" for key in notices.keys() - wanted.keys()]
        for key in wanted.keys() & notices.keys():
            text = notices[key]
            if not isinstance(text, str) or not text.strip():
                faults.append(f"{name}: {key} is empty")
            elif _placeholders(text) != wanted[key]:
                faults.append(f"{name}: {key} has other placeholders than en.toml")
    return faults


def _placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def danger_faults(folder: Path) -> list[str]:
    """Every kind of danger that a question can show has its contacts, once, and no other has."""
    raw = tomllib.loads((folder / "contacts.toml").read_text("utf-8"))
    kinds = Counter(entry["kind"] for entry in raw["danger"])
    faults = [f"contacts.toml: danger {kind} stands twice" for kind, n in kinds.items() if n > 1]
    faults += [f"contacts.toml: danger {kind} is missing" for kind in set(KINDS) - kinds.keys()]
    return faults + [
        f"contacts.toml: danger {kind} is none that service.danger finds"
        for kind in kinds.keys() - set(KINDS)
    ]
