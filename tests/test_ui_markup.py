"""What others wrote is text in every part of a page, in Streamlit and in plain HTML alike."""

import re
from html.parser import HTMLParser

import pytest

from service.api.schemas import ContactOut
from tests.test_ui_view import answer, citation
from ui import markup
from ui.asked import look_at
from ui.people import helper
from ui.strings import available, strings
from ui.view import card, view

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><svg onload=alert(1)>",
)


class Reader(HTMLParser):
    """Notes every element and attribute that a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


def harmless(html):
    reader = Reader()
    reader.feed(html)
    assert not reader.tags & {"script", "img", "svg", "style"}
    assert not [name for name in reader.attributes if name.startswith("on")]


def test_the_reader_sees_what_would_run():
    for attack in ATTACKS[:2]:
        with pytest.raises(AssertionError):
            harmless(f'<p title="{attack}">{attack}</p>')


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_citation_is_text(attack):
    hostile = citation(
        quote=attack,
        highlights=[(0, len(attack))],
        page_title=attack,
        section=[attack],
        source=attack,
        page_key=f"en/{attack}",
        also_on=[{"page_key": attack, "section": [attack]}],
        context=[{"start": 0, "end": 1, "text": attack}],
        terms=[{"term": attack, "explanation": attack, "language": "en"}],
        licence=attack,
    )
    harmless(markup.card_html(card(hostile, strings("en")), strings("en"), "http://x", attack))


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_a_question_a_case_and_a_contact_is_text(attack):
    contact = ContactOut(
        id="x",
        name=attack,
        purpose=attack,
        emergency=True,
        channels=[{"kind": "call", "value": attack}, {"kind": "web", "value": f"https://{attack}"}],
        cost=attack,
        languages=[attack],
        source=None,
        source_url=None,
        source_date=None,
    )
    words = strings("en")
    shown = view(answer(not_found_parts=[attack], notice=attack), words, look_at(attack, 4000))
    people = (helper(contact, words),)
    harmless(markup.head_html(shown, words, "1"))
    harmless(markup.rest_html(shown.not_found_parts, words))
    harmless(markup.helpers_html(people, words, ((attack, ""),)))
    harmless(markup.urgent_html(people, words))
    harmless(markup.down_html(((attack, ""),)))


@pytest.mark.parametrize("code", available())
def test_every_part_can_be_drawn_in_every_language(code):
    words = strings(code)
    shown = view(answer(), words, look_at("06 12 34 56 78 card", 4000), "s1")
    for html in (
        markup.bar_html(words, "https://example.org/"),
        markup.title_html(words),
        markup.head_html(shown, words, "1"),
        markup.card_html(shown.cards[0], words, "", shown.notice),
        markup.personal_html(shown.personal),
        markup.rest_html(("x",), words),
        markup.print_html(words),
        markup.safety_html(words),
        markup.notice_html("x"),
    ):
        assert "{" not in html


def test_the_script_has_no_value_in_it_and_stores_nothing():
    script = markup.style("streamlit.js")
    assert "{{" not in script
    assert not re.search(r"(localStorage|sessionStorage|indexedDB|cookie)\.?\w*\s*=", script)
    assert "setItem(" not in script
    assert "fetch(" not in script
