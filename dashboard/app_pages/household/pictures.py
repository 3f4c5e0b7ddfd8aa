"""The photos of a household's visits: a link to each, which is recorded when it is opened."""

from __future__ import annotations

from typing import Any

import streamlit as st

import services
from dashboard.i18n import Say
from dashboard.show import files, html, said, words
from services import Context
from services.photos import Photo


def section(here: Context, household: str, say: Say, closed: bool) -> None:
    """The photos with day, visitor and how long they are kept; nothing where there are none.

    `closed`: nothing can be removed now.
    """
    said.show("household_photo")
    found = services.photos.of_household(here, household)
    if not found:
        return
    st.subheader(say("Photos of visits"), anchor=False)
    st.caption(say("Every look at a photo is recorded. They are not printed with the history."))
    for number, photo in enumerate(found, start=1):
        _line(here, household, number, photo, say)
    if not closed and services.photos.may_remove(here):
        _remover(here, household, found, say)


def called(number: int, photo: Photo, say: Say) -> str:
    """What a photo is called: its number in the list and its day."""
    return say("Photo {n}, {day}", n=number, day=say.day(photo.at))


def _line(here: Context, household: str, number: int, photo: Photo, say: Say) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        there = files.address(
            here, "photo", {"household": household, "photo": photo.id}, say("Photos of visits"), say
        )
        st.html(
            f'<a class="dd-file" href="{html.text(there)}" target="_blank" rel="noopener">'
            f"{html.text(called(number, photo, say))}</a>",
            width="content",
        )
        st.caption(
            words.plain(
                say(
                    "{who}, alert {number}; kept until {day}",
                    who=photo.by,
                    number=photo.alert,
                    day=say.day(photo.until),
                )
            )
        )


def _remover(here: Context, household: str, found: tuple[Photo, ...], say: Say) -> None:
    """Take away a photo that should not be there."""
    names = {photo.id: called(n, photo, say) for n, photo in enumerate(found, start=1)}
    with st.expander(say("Remove a photo")), st.form("household_photo_form", border=False):
        chosen = st.selectbox(
            say("Which one"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            key=f"household_photo_{household}",
            placeholder=say("choose"),
        )
        go = st.form_submit_button(say("Remove it for good"), key="household_photo_go")
    if go and chosen:
        said.attempt(
            "household_photo",
            lambda: services.photos.remove(here, household, chosen),
            say("Removed: {photo}.", photo=names[chosen]),
        )


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The photo that a link asks for; recorded."""
    found: bytes = services.photos.look(here, str(asked["household"]), str(asked["photo"]))
    return found
