"""A citation that is not the page's own words cannot be made."""

import pytest

from ingest.records import Block, Context, Page, Section
from service.records import Citation

TEXT = "Who can have it?\n\nThe card is free."
PAGE = Page(
    key="en/card",
    title="The card",
    language="en",
    text=TEXT,
    sections=(Section(("Who can have it?",), "heading", 0, 16, 0, len(TEXT)),),
    blocks=(Block("paragraph", 18, len(TEXT), 0),),
    source="test",
)


def cite(**changes: object) -> Citation:
    fields = {
        "page": PAGE,
        "start": 18,
        "end": 35,
        "quote": "The card is free.",
        "highlights": ((0, 17),),
        "context": (Context(0, 16, "Who can have it?"),),
        "section": ("Who can have it?",),
        "also_on": (),
        "score": 1.0,
    }
    return Citation(**{**fields, **changes})


def test_a_slice_of_the_page_is_a_quotation():
    assert cite().quote == TEXT[18:35]


@pytest.mark.parametrize(
    "changes",
    [
        {"quote": "The card is FREE."},
        {"start": 17},
        {"quote": "", "start": 3, "end": 3, "highlights": ()},
        {"context": (Context(0, 16, "Who may have it?"),)},
        {"highlights": ((0, 18),)},
        {"highlights": ((5, 5),)},
        {"highlights": ((-1, 4),)},
    ],
)
def test_anything_else_is_refused(changes: dict[str, object]):
    with pytest.raises(ValueError, match=r"not a quotation|outside its quotation"):
        cite(**changes)
