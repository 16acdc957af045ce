"""The ask page in Streamlit: one calm column, alone in its app, talking to the API only.

Nothing is stored: the question lives in the page's own state and goes when the page goes.
"""

import streamlit as st

from ingest.errors import PasserelleError, QuestionInvalid
from ingest.settings import load_settings
from service.api.wire import contact_out
from service.content import Content, load_content
from ui import markup
from ui.client import Client
from ui.strings import Strings, available, choose, strings
from ui.view import AnswerView, helper, view


@st.cache_resource  # type: ignore[untyped-decorator]
def _client() -> Client:
    """Return one client for all visitors; it holds nothing of theirs."""
    return Client()


@st.cache_resource  # type: ignore[untyped-decorator]
def _content() -> Content:
    """Return notices and contacts, so that they can be shown when the API is down."""
    return load_content(load_settings().content)


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Passerelle", page_icon=":material/menu_book:", layout="centered")
    words = _choose_language()
    _show(f"<style>{markup.style('streamlit.css')}</style>" + markup.leave_html(words), words)
    _show(markup.title_html(words), words)
    with st.form("ask", border=False, enter_to_submit=False):
        question = st.text_area(words["question_label"], key="question", height=110)
        st.caption(words["question_hint"])
        asked = st.form_submit_button(words["ask"], type="primary")
    if asked:
        st.session_state.situation = None
    if asked or st.session_state.get("situation"):
        _answer(question, words, st.session_state.get("situation"))
    else:
        _start(words)


def _choose_language() -> Strings:
    codes = list(available())
    guess = choose(None, st.context.headers.get("accept-language"))
    code = st.selectbox(
        "Language · Langue",
        codes,
        index=codes.index(guess),
        format_func=available().__getitem__,
        key="language",
    )
    return strings(code)


def _start(words: Strings) -> None:
    """Show what can be asked, and the notice."""
    st.caption(words["examples"])
    for number in (1, 2, 3):
        example = words[f"example_{number}"]
        st.button(example, key=f"example-{number}", on_click=_take, args=(example,))
    notice = _content().notice(words.code)["not_legal_advice"]
    _show(markup.notice_html(notice) + markup.safety_html(words), words)


def _take(example: str) -> None:
    st.session_state.question = example


def _answer(question: str, words: Strings, situation: str | None) -> None:
    """Ask the API and show what it says; a failure shows what to do and who can help."""
    try:
        with st.spinner(words["working"]):
            answer = view(_client().ask(question, words.code, situation), words)
    except QuestionInvalid:
        st.warning(words["too_long" if question.strip() else "empty"])
        _start(words)
        return
    except PasserelleError:
        st.error(words["down"])
        _helpers(words)
        return
    _show(markup.urgent_html(answer, words) + markup.head_html(answer, words), words)
    _situations(answer, words)
    _show(markup.cards_html(answer, words, _client().url), words)
    _show(markup.helpers_html(answer.support, words) + markup.safety_html(words), words)


def _situations(answer: AnswerView, words: Strings) -> None:
    if answer.situations:
        st.caption(words["situations"])
    for name, label in answer.situations:
        st.button(label, key=f"situation-{name}", on_click=_steer, args=(name,))


def _steer(name: str) -> None:
    st.session_state.situation = name


def _helpers(words: Strings) -> None:
    """Show the emergency numbers first, then who can help, without the API."""
    content = _content()
    people = content.emergency_first
    laid_out = tuple(helper(contact_out(c, words.code), words) for c in people)
    notice = content.notice(words.code)["not_legal_advice"]
    _show(markup.helpers_html(laid_out, words) + markup.notice_html(notice), words)


def _show(html: str, words: Strings) -> None:
    st.html(f'<div class="passerelle" lang="{words.code}" dir="{words.direction}">{html}</div>')


if __name__ == "__main__":
    main()
