"""The queue as everybody sees it: what runs and how far it is, what waits, what has ended."""

from __future__ import annotations

import streamlit as st

import services
from dashboard.app_pages.training import words
from dashboard.i18n import Say
from dashboard.show import address, files, html, making, said, shell
from services import Context
from services.training import Shown, State

ALIVE, QUIET = 2.0, 6.0  # seconds between looks: while something is going on, and else


def section(here: Context, say: Say) -> None:
    """The queue, drawn anew by itself; whoever else looks sees the same."""
    services.training.keep_going(here)
    busy = any(services.training.may_cancel(one.state) for one in services.training.queue(here))

    @st.fragment(run_every=ALIVE if busy else QUIET)
    def live() -> None:
        found = services.training.queue(here)
        going = any(services.training.may_cancel(one.state) for one in found)
        if going != busy:
            st.rerun()  # look more or less often from now on
        _now(here, found, say)
        with shell.section(say("Trainings that have ended")):
            _ended(here, found, say)

    live()


def _now(here: Context, found: tuple[Shown, ...], say: Say) -> None:
    running = [one for one in found if one.state is State.RUNNING]
    waiting = [one for one in reversed(found) if one.state is State.WAITING]
    if not running and not waiting:
        st.html(html.answer(say("No training is running.")))
        return
    if running:
        text = say("Training {n} is running; {m} wait.", n=running[0].number, m=len(waiting))
    else:
        text = say("{m} wait. {why}", m=len(waiting), why=making.waits(waiting[0].ahead, say))
    st.html(html.answer(text))
    for one in running:
        _running(here, one, say)
    for place, one in enumerate(waiting, 1):
        left, right = st.columns([6, 1], vertical_alignment="center")
        told = say("{place}. Training {n}: {title}, asked by {who}, {when}", place=place,
                   n=one.number, title=words.title(one.config, say), who=one.asked_by,
                   when=words.moment(one.asked_at, say))  # fmt: skip
        left.html(html.block(html.text(told)))
        with right:
            _cancel(here, one, say)


def _running(here: Context, one: Shown, say: Say) -> None:
    left, right = st.columns([6, 1], vertical_alignment="center")
    with left:
        step = say("Stopping…") if one.stopping else say.label(one.step)
        count = f" ({one.done}/{one.total})" if one.total else ""
        share = min(1.0, one.done / one.total) if one.total else 0.0
        told = say("{title}, asked by {who}: {step}{count}; {time} so far", count=count, step=step,
                   title=words.title(one.config, say), who=one.asked_by,
                   time=words.lasting(one.seconds, say))  # fmt: skip
        st.progress(share, text=told)
    with right:
        if not one.stopping:
            _cancel(here, one, say)


def _cancel(here: Context, one: Shown, say: Say) -> None:
    with st.popover(say("Cancel"), width="stretch", key=f"training_cancel_{one.number}"):
        st.write(say("Stop training {n}? Nothing of it will be registered.", n=one.number))
        if st.button(say("Yes, stop it"), key=f"training_stop_{one.number}", type="primary"):
            said.attempt(
                "training",
                lambda: services.training.cancel(here, one.number),
                say("Training {n} was asked to stop.", n=one.number),
            )


def _ended(here: Context, found: tuple[Shown, ...], say: Say) -> None:
    ended = [one for one in found if not services.training.may_cancel(one.state)]
    if not ended:
        st.info(
            say("No training has ended here yet. Ask for one below; its figures then stand here."),
            icon=":material/info:",
        )
        return
    headers = [say("Training"), say("Asked for"), say("By"), say("When"), say("Took"),
               say("State"), say("What came of it")]  # fmt: skip
    rows = [
        [
            one.number,
            words.title(one.config, say),
            one.asked_by,
            words.moment(one.asked_at, say),
            words.lasting(one.seconds, say),
            say.label(one.state),
            words.outcome(one, say),
        ]
        for one in ended
    ]
    st.html(html.table(headers, rows, right=(0, 4), nowrap=(3, 4, 5)))
    place = st.container(horizontal=True, vertical_alignment="bottom")
    files.link(here, "training", {}, say("Download Excel"), say, place=place, named=say("Retrain"))
    if any(one.found for one in ended):
        with place:
            address.link(address.to("model"), say("To the Model page"), "training_model")
    number = st.selectbox(
        say("Configuration of training"), [one.number for one in ended], key="training_which"
    )
    chosen = next(one for one in ended if one.number == number)
    with st.expander(say("Show its configuration")):
        st.code(chosen.config.as_yaml(), language="yaml")
    files.link(here, "training_config", {"job": number}, say("Download YAML"), say,
               named=f"training-{number}")  # fmt: skip
