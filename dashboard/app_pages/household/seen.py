"""What a reader has seen of an alert, so that nobody acts on a page that has grown old.

The last event is remembered when the forms of a household are first drawn, and again after an act
or when the reader says to have seen what happened since. Every act carries it; the record itself
refuses an act that comes too late. What was typed stays until an act has gone through.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import services
from alerts.queries import AlertDetail
from core.errors import Told
from core.words import Text
from dashboard.i18n import Say
from dashboard.show import address, said, words
from services import Context

_SEEN, _DRAFT = "household_seen", "household_draft"
STEP_NOTE = 300  # characters


def event(found: AlertDetail) -> int:
    """The last event of the alert that this reader has seen."""
    alert, last = st.session_state.get(_SEEN, (None, None))
    if alert != found.alert.id or not address.stayed():  # leaving the page ends it
        last = found.last_event
        st.session_state[_SEEN] = (found.alert.id, last)
    return int(last)


def since(here: Context, found: AlertDetail) -> Text | None:
    """Who did what since then; None when the page is up to date."""
    return services.family.moved_on(here, found, event(found))


def key(name: str, found: AlertDetail) -> str:
    """Key of a field of this alert; another alert, or the next act, begins with an empty one.

    Keys reach the browser: the alert's number would tell the order of raising, and so the draws.
    """
    alert = f"{found.alert.household}_{found.alert.raised_on:%Y%m%d}"
    return f"household_{name}_{alert}_{st.session_state.get(_DRAFT, 0)}"


def submit(name: str, label: str, found: AlertDetail, since: Text | None, say: Say) -> bool:
    """The button of a form; whether it was pressed on a page that is up to date.

    On a page that has grown old it tells what happened, and offers to go on.
    """
    if since is not None:
        st.warning(
            say(
                "{story}. That was after you opened this page, so nothing of yours was recorded. "
                "The page now shows the newest state; what you wrote is kept.",
                story=words.plain(say.label(since)),
            ),
            icon=":material/update:",
        )
        st.form_submit_button(
            say("I have seen it, go on"),
            type="primary",
            key=f"household_{name}_look",
            on_click=_look_again,
            args=(found,),
        )
    old = since is not None
    pressed = st.form_submit_button(label, type="primary", key=f"household_{name}", disabled=old)
    return pressed and not old


def _look_again(found: AlertDetail) -> None:
    """The reader knows what happened. A note that no longer belongs to a result goes on as a note
    of the next step."""
    st.session_state[_SEEN] = (found.alert.id, found.last_event)
    note = st.session_state.get(key("note", found))
    if note and not services.family.awaits_result(found):
        st.session_state[key("step_note", found)] = note[:STEP_NOTE]


def attempt(act: Callable[[], None], place: str, told: str, say: Say) -> None:
    """Do it and draw the page again, or say why it was refused."""
    try:
        act()
    except services.AlertChanged:
        st.rerun()  # it happened this very moment: draw the new state and who did it
    except Told as refused:
        st.warning(words.plain(refused.text(say.language)))
        return
    st.session_state.pop(_SEEN, None)
    st.session_state[_DRAFT] = st.session_state.get(_DRAFT, 0) + 1
    said.keep(place, told)
    st.rerun()
