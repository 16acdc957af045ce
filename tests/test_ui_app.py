"""The ask page around an answer: what is said of a quotation cannot take the answer away."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from ui import app


def draw() -> None:
    """Draw feedback on a quotation of a page with a long address, then the rest of the page."""
    import streamlit as st

    from tests.test_ui_view import answer, citation
    from ui.app import _feedback
    from ui.asked import look_at
    from ui.strings import strings
    from ui.view import view

    cited = citation(page_key="https://example.org/" + "a" * 3000)
    asked = look_at("x" * 5000, 10_000)
    shown = view(answer(citations=[cited]), strings("en"), asked)
    _feedback(shown.cards[0], shown, strings("en"))
    st.write("the rest of the answer")


def test_feedback_that_cannot_be_sent_leaves_the_rest_of_the_answer():
    page = AppTest.from_function(draw).run()
    assert not page.exception
    assert page.markdown[-1].value == "the rest of the answer"


@pytest.mark.parametrize(("length", "said"), [(2000, "feedback_thanks"), (2001, "feedback_failed")])
def test_a_body_is_made_when_it_is_sent_and_a_failure_is_said(monkeypatch, length, said):
    kept, state = [], {}
    monkeypatch.setattr(app, "_client", lambda: SimpleNamespace(feedback=kept.append))
    monkeypatch.setattr(app, "st", SimpleNamespace(session_state=state))
    body = {"kind": "unclear", "page_key": "a" * length, "page_digest": "x", "start": 0}
    app._say("1", body)
    assert state == {"said-1": said}
    assert len(kept) == (said == "feedback_thanks")
