"""The ask page in Streamlit: one calm column, alone in its app, talking to the API only.

Nothing is stored: the question lives in the page's own state and goes when the page goes.
"""

from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ingest.errors import QuestionInvalid
from ingest.settings import load_settings
from service.api.schemas import AnswerOut, FeedbackIn
from service.content import Content, load_content
from ui import markup
from ui.asked import Asked, look_at
from ui.client import Client
from ui.people import Helper, danger_in, first_to_call, tappable, without_answer
from ui.strings import Strings, available, choose, strings
from ui.view import AnswerView, Card, personal, view

PATIENCE = 20.0


@dataclass(frozen=True)
class Wanted:
    """What was asked for last: the question, and how to go about it.

    `danger` is the kind found in what was typed before she took personal data out of it.
    """

    question: str
    situation: str | None = None
    keep: bool = False
    danger: str | None = None


@st.cache_resource  # type: ignore[untyped-decorator]
def _client() -> Client:
    """Return one client for all visitors; it holds nothing of theirs."""
    return Client(timeout=PATIENCE)


@st.cache_resource  # type: ignore[untyped-decorator]
def _content() -> Content:
    """Return notices and contacts, so that they can be shown when the API is down."""
    return load_content(load_settings().content)


def main() -> None:
    """Draw the page."""
    icon = markup.TEMPLATES / "icon.svg"
    st.set_page_config(page_title="Passerelle", page_icon=str(icon), layout="centered")
    words = _choose_language()
    _show(markup.bar_html(words, load_settings().service.neutral_site), words)
    first = st.empty()
    _show(markup.title_html(words), words)
    _form(words)
    wanted: Wanted | None = st.session_state.get("wanted")
    if wanted:
        _answer(wanted, words, first)
    else:
        _start(words)
    st.html(f"<style>{markup.style('cards.css', 'streamlit.css')}</style>")
    # Our own file, without any value in it: what it needs to know it reads from the page.
    script = f"<script>{markup.style('streamlit.js')}</script>"
    st.html(script, unsafe_allow_javascript=True)


def _choose_language() -> Strings:
    codes = list(available())
    guess = choose(st.query_params.get("lang"), st.context.headers.get("accept-language"))
    code = st.selectbox(
        "Language · Langue · اللغة",
        codes,
        index=codes.index(guess),
        format_func=available().__getitem__,
        key="language",
    )
    return strings(code)


def _form(words: Strings) -> None:
    """Show the question box; a new question forgets the case chosen for the last one."""
    with st.form("ask", border=False, enter_to_submit=False):
        question = st.text_area(words["question_label"], key="question", height=110)
        st.caption(words["question_hint"])
        asked = st.form_submit_button(words["ask"], type="primary")
        with st.expander(words["reading"]):
            st.pills(
                words["reading_hint"],
                list(available()),
                format_func=words.language,
                selection_mode="multi",
                key="reading",
            )
    if asked:
        st.session_state.wanted = Wanted(question)


def _start(words: Strings) -> None:
    """Show what can be asked, and the notice."""
    st.caption(words["examples"])
    for number in (1, 2, 3):
        example = words[f"example_{number}"]
        st.button(example, key=f"example-{number}", on_click=_want, args=(Wanted(example),))
    notice = _content().notice(words.code)["not_legal_advice"]
    _show(markup.notice_html(notice) + markup.safety_html(words), words)


def _want(wanted: Wanted) -> None:
    st.session_state.question = wanted.question
    st.session_state.wanted = wanted


def _answer(wanted: Wanted, words: Strings, first: DeltaGenerator) -> None:
    """Ask the API and show what it says; a failure shows what to do and who can help."""
    asked = look_at(wanted.question, load_settings().answers.max_question, keep=wanted.keep)
    danger = danger_in(wanted.question) or wanted.danger
    people = first_to_call(_content(), danger, words)
    _call_first(people, words, first)
    try:
        answer = _asked_api(wanted, asked, words)
    except QuestionInvalid:
        text = personal(asked, words) or words["too_long" if asked.text else "empty"]
        _show(markup.personal_html(text), words)
        _start(words)
        return
    except Exception:  # noqa: BLE001 - whatever failed, she is told what to do and whom to call
        _down(asked, words)
        return
    notice = _content().notice(words.code)
    why = notice.get(answer.outcome, "")
    beside = tappable(notice["not_for_emergencies"], _content())
    # Where all of it was searched, the service has read all of it, and by more than wordings.
    whole = asked.searched == wanted.question.strip() and not wanted.danger
    told = () if whole else people
    laid_out = view(answer, words, asked, wanted.situation, why=why, danger=beside, first=told)
    if not laid_out.urgent:
        first.empty()
    _lay_out(laid_out, wanted, words, first)


def _call_first(people: tuple[Helper, ...], words: Strings, first: DeltaGenerator) -> None:
    """Show whom to call; before anything is searched, by the rules alone."""
    if people:
        with first:
            _show(markup.urgent_html(people, words), words)


def _asked_api(wanted: Wanted, asked: Asked, words: Strings) -> AnswerOut:
    """Return the answer; the same thing is not asked twice when the page is drawn again."""
    reading = tuple(st.session_state.get("reading") or ())
    key = (wanted, words.code, reading)
    kept: tuple[object, AnswerOut] | None = st.session_state.get("answer")
    if kept and kept[0] == key:
        return kept[1]
    with st.spinner(words["working"]):
        answer: AnswerOut = _client().ask(
            asked.searched, words.code, wanted.situation, reading_languages=reading
        )
    st.session_state.answer = (key, answer)
    st.session_state.answers = st.session_state.get("answers", 0) + 1
    return answer


def _lay_out(
    answer: AnswerView,
    wanted: Wanted,
    words: Strings,
    first: DeltaGenerator,
) -> None:
    """Show an answer: whom to call first, its heading, cases to choose from, quotations, people."""
    _call_first(answer.urgent, words, first)
    _show(markup.head_html(answer, words, str(st.session_state.get("answers"))), words)
    if answer.personal:
        _show(markup.personal_html(answer.personal), words)
        danger = danger_in(wanted.question) or wanted.danger
        removed = Wanted(answer.asked.searched, wanted.situation, danger=danger)
        st.button(words["personal_remove"], on_click=_want, args=(removed,), type="primary")
        st.button(words["personal_keep"], on_click=_want, args=(replace(wanted, keep=True),))
    if answer.situations:
        _show(markup.heading_html(words["situations"]), words)
    for name, label in answer.situations:
        chosen = replace(wanted, situation=name)
        st.button(
            label,
            key=f"situation-{name}",
            on_click=_want,
            args=(chosen,),
            type="primary" if label == answer.situation else "secondary",
        )
    base = load_settings().service.public_url or _client().url
    for card in answer.cards:
        _show(markup.card_html(card, words, base, answer.notice), words)
        if answer.feedback:
            _feedback(card, answer, words)
    _show(
        markup.rest_html(answer.not_found_parts, words)
        + markup.helpers_html(answer.support, words, answer.danger)
        + (markup.print_html(words) if answer.cards else "")
        + markup.safety_html(words),
        words,
    )


def _feedback(card: Card, answer: AnswerView, words: Strings) -> None:
    """Ask what someone thinks of a quotation; her question goes along only if she ticks it."""
    name = f"{st.session_state.get('answers')}-{card.number}"
    with st.expander(words["feedback"]):
        done = st.session_state.get(f"said-{name}")
        if done:
            _show(markup.personal_html(words[done]), words)
            return
        along = st.checkbox(words["feedback_question"], key=f"along-{name}")
        for kind, label in words.tables["feedback_kinds"].items():
            said = {
                "kind": kind,
                "page_key": card.page_key,
                "page_digest": card.page_digest,
                "start": card.start,
                "question": answer.asked.searched if along else None,
                "language": words.code,
            }
            st.button(label, key=f"{kind}-{name}", on_click=_say, args=(name, said))


def _say(name: str, said: dict[str, object]) -> None:
    try:
        _client().feedback(FeedbackIn.model_validate(said))
    except Exception:  # noqa: BLE001 - feedback that fails must not take the answer away
        st.session_state[f"said-{name}"] = "feedback_failed"
    else:
        st.session_state[f"said-{name}"] = "feedback_thanks"


def _down(asked: Asked, words: Strings) -> None:
    """Say what to do without the API, and show first whom to call for what she says."""
    notice = _content().notice(words.code)
    people = without_answer(_content(), asked.text, words)
    _show(
        markup.down_html(tappable(notice["service_down"], _content()))
        + markup.helpers_html(people, words)
        + markup.notice_html(notice["not_legal_advice"]),
        words,
    )


def _show(html: str, words: Strings) -> None:
    st.html(f'<div class="passerelle" lang="{words.code}" dir="{words.direction}">{html}</div>')


if __name__ == "__main__":
    main()
