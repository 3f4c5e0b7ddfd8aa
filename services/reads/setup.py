"""Reads of the set-up: what the home holds, which versions were replaced, the figures in force."""

from __future__ import annotations

from dataclasses import dataclass

from data import notices
from data.notices import Notice
from data.setup import writing
from data.setup.answers import Answers
from data.setup.writing import Kept
from services.reads.base import home_at


@dataclass(frozen=True)
class Standing:
    """The county as it is set up.

    `entered` are standards entered on a page since, oldest first; `run` says that a month was run,
    from when on standards are only added.
    """

    answers: Answers
    previous: tuple[Kept, ...]
    entered: tuple[Notice, ...]
    run: bool


def standing(home: str) -> Standing:
    """What the home holds; empty answers where it holds no county yet."""
    folder = home_at(home)
    return Standing(
        writing.current(folder),
        tuple(writing.previous(folder)),
        tuple(notices.known(folder)),
        bool(folder.months("profile")),
    )


def preview(home: str, answers: Answers) -> writing.Preview:
    """What saving answers would do; nothing is written."""
    return writing.preview(home_at(home), answers)
