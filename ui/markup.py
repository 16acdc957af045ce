"""The templates, in one place: plain pages whole, and the parts of them that Streamlit shows too.

Jinja escapes every value; the parts carry no style of their own.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template

from ui.strings import Strings
from ui.view import AnswerView, Helper

# A site that anyone may have open, and that says nothing about whoever opens it.
NEUTRAL_SITE = "https://www.wikipedia.org/"

TEMPLATES = Path(__file__).with_name("templates")


@cache
def environment() -> Environment:
    """Return the templates, escaping on."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)


def style(name: str) -> str:
    """Return a style sheet of ours."""
    return (TEMPLATES / name).read_text("utf-8")


def urgent_html(answer: AnswerView, words: Strings) -> str:
    """Return the contacts for a danger, or nothing."""
    return _part("urgent", answer, words)


def head_html(answer: AnswerView, words: Strings) -> str:
    """Return the heading of an answer with its notice."""
    return _part("head", answer, words)


def cards_html(answer: AnswerView, words: Strings, base: str) -> str:
    """Return the quotations; links to our own pages begin with `base`."""
    return "".join(_part("card", card, words, base) for card in answer.cards)


def helpers_html(people: tuple[Helper, ...], words: Strings) -> str:
    """Return the people who can help, or nothing."""
    return _part("helpers", people, words)


def notice_html(text: str) -> str:
    """Return a notice, as it stands with every answer."""
    return _part("notice", text)


def title_html(words: Strings) -> str:
    """Return the one sentence that says what this is."""
    return _part("title", words)


def leave_html(words: Strings) -> str:
    """Return the way out of the page."""
    return _part("leave", words, NEUTRAL_SITE)


def safety_html(words: Strings) -> str:
    """Return what the page cannot do for someone who may be watched."""
    return _part("safety", words)


@cache
def _parts() -> Template:
    return environment().get_template("parts.html")


def _part(name: str, *values: Any) -> str:
    return str(getattr(_parts().module, name)(*values))
