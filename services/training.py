"""Trainings of the risk model: asked for, followed, cancelled; done by a process apart."""

from __future__ import annotations

from core import jobs
from core.access.roles import Action
from core.db import open_session, upgrade
from core.jobs import JobError, State
from core.words import Text
from models.risk.bench.config import (
    CANDIDATES,
    POPULATIONS,
    USABLE,
    ConfigError,
    TrainingConfig,
    parse,
)
from models.risk.bench.config import read as read_config
from services import record, works
from services.context import Context
from services.reads import training as reads
from services.reads.base import home_at
from services.reads.training import Choices, Finding, Shown
from services.use_case import acting, reading

__all__ = [
    "CANDIDATES",
    "POPULATIONS",
    "USABLE",
    "Choices",
    "ConfigError",
    "Finding",
    "JobError",
    "Shown",
    "State",
    "TrainingConfig",
    "ask",
    "cancel",
    "choices",
    "estimate",
    "keep_going",
    "may_cancel",
    "parse",
    "queue",
    "read_config",
    "title_of",
]

choices = reading(Action.TRAIN_MODEL, reads.choices)
queue = reading(Action.TRAIN_MODEL, reads.queue)
estimate = reading(Action.TRAIN_MODEL, reads.estimate)


@acting(Action.TRAIN_MODEL)
def ask(context: Context, config: TrainingConfig) -> int:
    """Put a training in the queue and see that somebody works on it; its number.

    Raises ConfigError where the county cannot give what is asked.
    """
    reads.check(context.home, config)
    home = home_at(context.home)
    upgrade(home)
    with open_session(home) as session:
        number = jobs.ask_within(
            session, reads.KIND, title_of(config).en, config.plain(), context.principal.account
        )
        detail = {"sha256": config.digest}
        record.add(context, session, "ask_training", "job", str(number), detail=detail)
    works.start(home)
    return number


@acting(Action.TRAIN_MODEL)
def cancel(context: Context, number: int) -> State:
    """Take a training out of the queue, or ask it to stop. Raises JobError when it has ended."""
    home = home_at(context.home)
    verb = works.CANCELLED[jobs.find(home, number).kind]
    with open_session(home) as session:
        state = jobs.cancel_within(session, number, context.principal.account)
        record.add(context, session, verb, "job", str(number))
    return state


@acting(Action.TRAIN_MODEL)
def keep_going(context: Context) -> bool:
    """Start the runner again where trainings wait and it is gone, as after a restart."""
    return works.start(home_at(context.home))


def may_cancel(state: State) -> bool:
    """Whether a training in this state can be cancelled."""
    return state in (State.WAITING, State.RUNNING)


def title_of(config: TrainingConfig) -> Text:
    """A training in a few words: its questions, and until when what was known teaches."""
    names = [reads.QUESTIONS[q] for q in config.questions]
    zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
    if config.months:
        span = f"{config.months.first:%Y-%m}–{config.months.last:%Y-%m}"
        return Text(f"{zh}；{span}", f"{en}; {span}")
    if config.known_by:
        day = f"{config.known_by:%Y-%m}"
        return Text(f"{zh}；截至 {day}", f"{en}; known by {day}")
    return Text(zh, en)
