"""Figures that a job makes apart from the page: asked for, followed, and why they failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import streamlit as st

from core.jobs import State
from core.words import Text
from dashboard.i18n import Say
from dashboard.show import said

Kind = Literal["primary", "secondary"]
LOOKED_EVERY = 2.0  # seconds between looks while the figures are being made


class Asked(Protocol):
    """What was asked for, as the use cases tell it."""

    @property
    def state(self) -> State:
        """Where the job stands."""

    @property
    def under_way(self) -> bool:
        """Whether the job waits or runs."""

    @property
    def step(self) -> Text:
        """What it does."""

    @property
    def done(self) -> int:
        """Steps done."""

    @property
    def total(self) -> int:
        """Steps in all; 0 before they are known."""

    @property
    def ahead(self) -> int:
        """Jobs it waits for, of whatever kind."""

    @property
    def why(self) -> Text | None:
        """Why it could not be made."""


@dataclass(frozen=True)
class Making:
    """The figures of one page: `topic` names its button and its messages; the use cases behind."""

    topic: str
    asked: Callable[[], Any]
    ask: Callable[[], Any]
    keep_going: Callable[[], Any]

    def follow(self, say: Say) -> bool:
        """How far they are, drawn anew by itself, where they are being made; whether they are."""
        if not _under_way(self.asked()):
            return False
        self.keep_going()

        @st.fragment(run_every=LOOKED_EVERY)
        def live() -> None:
            now: Asked | None = self.asked()
            if now is None or not now.under_way:
                st.rerun()
            share = min(1.0, now.done / now.total) if now.total else 0.0
            still = now.state is State.WAITING
            st.progress(share, waits(now.ahead, say) if still else say.label(now.step))

        live()
        return True

    def failed(self, say: Say) -> None:
        """Why they could not be made the last time."""
        last: Asked | None = self.asked()
        if last is not None and last.why is not None:
            st.warning(say("Not made: {why}", why=say.label(last.why)))

    def button(self, words: str, say: Say, kind: Kind = "primary") -> None:
        """The button that asks for them."""
        if st.button(words, key=f"{self.topic}_ask", type=kind):
            said.attempt(
                self.topic,
                self.ask,
                say("The figures are being made; they appear here by themselves."),
            )


def waits(ahead: int, say: Say) -> str:
    """What a job that has not begun waits for."""
    if not ahead:
        return say("It starts in a moment …")
    return say.many(
        "Waiting for {n} job before it to end …", "Waiting for {n} jobs before it to end …", ahead
    )


def first(making: Making, still: str, words: str, say: Say) -> None:
    """Nothing is made yet: follow it, or say `still`, how long it takes, and offer to make it."""
    if making.follow(say):
        return
    making.failed(say)
    st.info(still, icon=":material/info:")
    making.button(words, say)


def _under_way(asked: Asked | None) -> bool:
    return asked is not None and asked.under_way
