"""The maintainers' page in Streamlit: its own app, opened with a key, talking to the API only.

The key lives in the memory of the visit and goes with it, as does the language chosen; nothing is
stored in the browser.
"""

from collections.abc import Callable

import streamlit as st

from ingest.errors import KeyRefused, PasserelleError
from ui import (
    markup,
    staff_erase,
    staff_findings,
    staff_history,
    staff_live,
    staff_page,
    staff_quality,
    staff_sources,
)
from ui.staff_client import StaffClient
from ui.staff_parts import part, say_failure, show
from ui.staff_words import StaffWords, choose_staff, staff_languages, staff_words

TABS: dict[str, Callable[[StaffClient, StaffWords], None]] = {
    "live": staff_live.draw,
    "sources": staff_sources.draw,
    "findings": staff_findings.draw,
    "page": staff_page.draw,
    "history": staff_history.draw,
    "erase": staff_erase.draw,
    "quality": staff_quality.draw,
}


def main() -> None:
    """Draw the page."""
    guess = choose_staff(
        st.session_state.get("language"), st.context.headers.get("accept-language")
    )
    words = staff_words(guess)
    icon = markup.TEMPLATES / "icon.svg"
    st.set_page_config(page_title=words("page.window"), page_icon=str(icon), layout="wide")
    st.html(f"<style>{markup.style('cards.css', 'streamlit.css', 'staff.css')}</style>")
    # What Streamlit draws itself is in this language as well; the code is one of ours.
    script = f"<script>document.documentElement.lang='{words.code}'</script>"
    st.html(script, unsafe_allow_javascript=True)
    client: StaffClient | None = st.session_state.get("client")
    _top(words, client)
    if client is None:
        _sign_in(words)
        return
    tab = st.segmented_control(
        words("page.tabs"),
        [*TABS],
        format_func=lambda name: words(f"tabs.{name}"),
        default="live",
        required=True,
        key="tab",
        label_visibility="collapsed",
    )
    if problem := st.session_state.pop("problem", None):
        say_failure(words, problem)
    try:
        TABS[tab](client, words)
    except KeyRefused as error:
        # Revoked meanwhile: nothing of what it opened stays on the screen.
        _forget()
        st.session_state.refused = error
        st.rerun()
    except PasserelleError as error:
        say_failure(words, error)
        st.button(words("page.try_again"))


def _top(words: StaffWords, client: StaffClient | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="staff-top"):
        show(words, part(words, "brand"))
        st.segmented_control(
            words("page.language"),
            [*staff_languages()],
            format_func=staff_languages().__getitem__,
            default=words.code,
            required=True,
            key="language",
            label_visibility="collapsed",
        )
        if client:
            st.button(words("page.leave"), on_click=_forget, help=words("page.leave_help"))


def _forget() -> None:
    """Forget everything of the visit but the language."""
    for name in [name for name in st.session_state if name != "language"]:
        del st.session_state[name]


def _sign_in(words: StaffWords) -> None:
    """Ask for the key; it is tried before anything is shown."""
    show(words, part(words, "welcome"))
    with st.form("sign-in", border=False):
        key = st.text_input(words("page.key"), type="password", autocomplete="off")
        sent = st.form_submit_button(words("page.open"), type="primary")
    if refused := st.session_state.pop("refused", None):
        say_failure(words, refused)
    if not sent:
        return
    try:
        client = StaffClient(key)
        client.sources()
    except PasserelleError as error:
        say_failure(words, error)
    else:
        st.session_state.client = client
        st.rerun()


if __name__ == "__main__":
    main()
