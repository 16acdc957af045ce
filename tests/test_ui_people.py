"""People who can help: first those for the danger she names, with numbers that can be tapped."""

import pytest

from ingest.settings import Settings
from service.content import load_content
from ui.people import tappable, without_answer
from ui.strings import available, strings

CONTENT = load_content(Settings().content)


def test_without_an_answer_the_danger_she_names_decides_whom_to_call_first():
    people = without_answer(CONTENT, "I have nowhere to sleep tonight", strings("en"))
    hrefs = [channel.href for person in people for channel in person.channels]
    assert hrefs[0] == "tel:115"
    assert {"tel:17", "tel:112", "sms:114"} <= set(hrefs)
    assert len({person.name for person in people}) == len(people)


@pytest.mark.parametrize("code", available())
def test_the_numbers_in_a_notice_can_be_tapped_in_every_language(code):
    notice = CONTENT.notice(code)
    for name, numbers in (
        ("service_down", {"tel:112", "tel:17", "tel:15", "sms:114"}),
        ("not_for_emergencies", {"tel:17", "tel:112", "sms:114"}),
    ):
        pieces = tappable(notice[name], CONTENT)
        assert "".join(text for text, _ in pieces) == notice[name]
        assert {href for _, href in pieces if href} == numbers


def test_a_number_inside_another_is_not_one():
    assert tappable("in 2017 or 1712", CONTENT) == (
        ("in ", ""),
        ("2017", ""),
        (" or ", ""),
        ("1712", ""),
    )
