"""The maintainers' page in Streamlit: its own app, opened with a key, talking to the API only.

The key lives in the memory of the visit and goes with it; nothing is stored in the browser.
"""

from collections.abc import Callable

import streamlit as st

from ingest.errors import KeyRefused, PasserelleError
from ui import (
    markup,
    staff_findings,
    staff_history,
    staff_live,
    staff_page,
    staff_quality,
    staff_sources,
)
from ui.staff_client import StaffClient
from ui.staff_parts import part, say, show

TABS: dict[str, Callable[[StaffClient], None]] = {
    "Live": staff_live.draw,
    "Sources": staff_sources.draw,
    "Findings": staff_findings.draw,
    "Page": staff_page.draw,
    "History": staff_history.draw,
    "Quality": staff_quality.draw,
}


def main() -> None:
    """Draw the page."""
    icon = markup.TEMPLATES / "icon.svg"
    st.set_page_config(page_title="Passerelle: pages", page_icon=str(icon), layout="wide")
    st.html(f"<style>{markup.style('cards.css', 'streamlit.css', 'staff.css')}</style>")
    client: StaffClient | None = st.session_state.get("client")
    if client is None:
        _sign_in()
        return
    with st.container(horizontal=True, vertical_alignment="center", key="staff-top"):
        show(part("brand"))
        st.button("Leave", on_click=st.session_state.clear, help="Forgets the key")
    tab = st.segmented_control(
        "What to look at",
        [*TABS],
        default="Live",
        required=True,
        key="tab",
        label_visibility="collapsed",
    )
    if problem := st.session_state.pop("problem", None):
        say(f"{problem}.", "down")
    try:
        TABS[tab](client)
    except KeyRefused as error:
        # Revoked meanwhile: nothing of what it opened stays on the screen.
        st.session_state.clear()
        st.session_state.refused = str(error)
        st.rerun()
    except PasserelleError as error:
        say(f"{error}.", "down")
        st.button("Try again")


def _sign_in() -> None:
    """Ask for the key; it is tried before anything is shown."""
    show(part("brand") + part("welcome"))
    with st.form("sign-in", border=False):
        key = st.text_input("Your key", type="password", autocomplete="off")
        sent = st.form_submit_button("Open", type="primary")
    if refused := st.session_state.pop("refused", None):
        say(f"{refused}.", "down")
    if not sent:
        return
    try:
        client = StaffClient(key)
        client.sources()
    except PasserelleError as error:
        say(f"{error}.", "down")
    else:
        st.session_state.client = client
        st.rerun()


if __name__ == "__main__":
    main()
