"""The templates, in one place: plain pages whole, and the parts of them that Streamlit shows too.

Jinja escapes every value; the parts carry no style of their own.
"""

import base64
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ui.people import Helper, Tappable
from ui.strings import Strings
from ui.view import AnswerView, Card

TEMPLATES = Path(__file__).with_name("templates")


@cache
def environment() -> Environment:
    """Return the templates, escaping on; a value that a page forgot is an error, not a gap."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


@cache
def style(*names: str) -> str:
    """Return style sheets of ours, one after the other."""
    return "".join((TEMPLATES / name).read_text("utf-8") for name in names)


@cache
def icon() -> str:
    """Return the neutral icon as an address that needs no request."""
    drawn = (TEMPLATES / "icon.svg").read_bytes()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


def bar_html(words: Strings, neutral_site: str) -> str:
    """Return what stays in view: the short notice and the way out."""
    return _part("bar", words, neutral_site)


def title_html(words: Strings) -> str:
    """Return the one sentence that says what this is."""
    return _part("title", words)


def urgent_html(people: tuple[Helper, ...], words: Strings) -> str:
    """Return whom to call in a danger, or nothing."""
    return _part("urgent", people, words, "")


def head_html(answer: AnswerView, words: Strings, name: str) -> str:
    """Return the heading of an answer with its notice; `name` tells one answer from the next."""
    return _part("asked", answer, words) + _part("head", answer, words, name)


def heading_html(text: str) -> str:
    """Return a heading over what Streamlit draws itself."""
    return _part("heading", text)


def personal_html(text: str) -> str:
    """Return what is said of personal data in a question."""
    return _part("personal", text)


def card_html(card: Card, words: Strings, base: str, notice: str) -> str:
    """Return one quotation with what a hand can do; links to our own pages begin with `base`."""
    return _part("card", card, words, base, hands=True, copied=card.copied(base, notice))


def rest_html(parts: tuple[str, ...], words: Strings) -> str:
    """Return which parts of the question the pages do not answer, or nothing."""
    return _part("rest", parts, words)


def helpers_html(people: tuple[Helper, ...], words: Strings, danger: Tappable = ()) -> str:
    """Return the people who can help, with what to do in danger; or nothing."""
    return _part("helpers", people, words, danger)


def notice_html(text: str) -> str:
    """Return a notice, as it stands with every answer."""
    return _part("notice", text)


def down_html(pieces: Tappable) -> str:
    """Return what to do when the service does not answer."""
    return _part("down", pieces)


def print_html(words: Strings) -> str:
    """Return the button that prints."""
    return _part("print", words)


def safety_html(words: Strings) -> str:
    """Return what the page cannot do for someone who may be watched."""
    return _part("safety", words, keys=True)


@cache
def _parts() -> Template:
    return environment().get_template("parts.html")


def _part(name: str, *values: Any, **named: Any) -> str:
    return str(getattr(_parts().module, name)(*values, **named))
