"""What every tab of the maintainers' page is made of: templates, remarks, what a button does."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from ingest.errors import KeyRefused, PasserelleError
from ui.markup import environment
from ui.staff_words import StaffWords, staff_words


def part(words: StaffWords, name: str, *values: object, **named: object) -> str:
    """Return one part of the page as HTML; every value in it is escaped."""
    return str(getattr(_macros(words.code), name)(*values, **named))


def show(words: StaffWords, html: str) -> None:
    """Draw a part."""
    st.html(f'<div class="passerelle staff" lang="{words.code}">{html}</div>')


def say(words: StaffWords, text: str, kind: str = "caution", detail: str = "") -> None:
    """Draw a remark: `caution` is to know, `notice` to mind, `down` that something failed.

    Args:
        words: the language of the text.
        text: the remark.
        kind: how grave it is.
        detail: what the service said itself, in English.
    """
    show(words, part(words, "remark", text, kind, detail))


def head(words: StaffWords, tab: str) -> str:
    """Return the heading of a tab and the line under it."""
    return part(words, "head", words(f"{tab}.title"), words(f"{tab}.about"))


def heading(words: StaffWords, name: str) -> None:
    """Draw a heading within a tab."""
    show(words, part(words, "heading", words(name)))


def failure(words: StaffWords, error: PasserelleError) -> tuple[str, str]:
    """Return what to say of an error, and what the service said itself where that is foreign."""
    lead = words.told("problems", type(error).__name__) or words("problems.other")
    if not lead:
        return f"{error}.", ""
    return lead, "" if isinstance(error, KeyRefused) else f"{error}."


def say_failure(words: StaffWords, error: PasserelleError) -> None:
    """Draw why something could not be done."""
    text, detail = failure(words, error)
    say(words, text, "down", detail)


def attempt(action: Callable[..., object], *values: object, **named: object) -> None:
    """Do what a button asks for; why it could not be done is told when the page is drawn."""
    try:
        action(*values, **named)
    except PasserelleError as error:
        st.session_state.problem = error


def visitor_zone() -> tzinfo:
    """Return the time zone of the browser; UTC where it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def matches(wanted: str, *texts: str | None) -> bool:
    """Whether every word that is looked for stands in one of the texts, in any case."""
    said = " ".join(filter(None, texts)).casefold()
    return all(word in said for word in wanted.casefold().split())


@cache
def _macros(code: str) -> Any:
    return environment().get_template("staff.html").make_module({"w": staff_words(code)})
