"""`passerelle doctor`: one finding a thing that answering needs, each checked for real."""

import platform
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from index.generation import generations, open_live, verify
from index.opening import open_encoder
from ingest.catalogue import Catalogue, translated
from ingest.errors import PasserelleError
from ingest.settings import Settings
from service.content import load_content


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, whether it is sound, and what was seen."""

    what: str
    sound: bool
    detail: str


def check_all(settings: Settings) -> list[Finding]:
    """Check model, data directory, content and every generation.

    Nothing that is there is changed; a data directory and the bundled model are made where missing,
    since answering needs them and whether they can be made is what is checked.
    """
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("python", lambda _: platform.python_version()),
        ("data directory", _data),
        ("content", _content),
        ("encoder", _encoder),
        ("live generation", _live),
    ]
    findings = [_check(name, check, settings) for name, check in checks]
    return findings + [
        _check(f"generation {name}", partial(_generation, name), settings)
        for name in generations(settings.data)
    ]


def _check(what: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(what, sound=True, detail=check(settings))
    except PasserelleError as error:
        return Finding(what, sound=False, detail=str(error))


def _generation(name: str, settings: Settings) -> str:
    manifest = verify(settings.data, name)
    return f"{manifest.counts['passages']} passages, every checksum right"


def _data(settings: Settings) -> str:
    with translated(settings.data), closing(Catalogue(settings.data)) as catalogue:
        pages = len(catalogue.known())
    return f"{settings.data}, {pages} pages in the catalogue"


def _content(settings: Settings) -> str:
    content = load_content(settings.content)
    return f"{len(content.notices)} languages, {len(content.contacts)} contacts"


def _live(settings: Settings) -> str:
    """Open what is live as a service would: it may be whole and of another encoder."""
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    opened = open_live(settings.data, encoder, settings.passages)
    opened.passages.close()
    return opened.manifest.id


def _encoder(settings: Settings) -> str:
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    return f"{encoder.name} {encoder.digest}, {encoder.dimension} dimensions"
