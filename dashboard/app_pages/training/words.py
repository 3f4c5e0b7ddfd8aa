"""What questions, households and candidates of a training are called, and its figures in words."""

from __future__ import annotations

from datetime import UTC, datetime

import services
from core.workflow.calendar import county_time
from dashboard.app_pages.model.figures import QUESTIONS, SCORERS
from dashboard.i18n import Say, mark
from services import Context
from services.training import Finding, Shown, State, TrainingConfig

POPULATIONS = {
    "watched": mark("Watched"),
    "secured": mark("On Dibao or Tekun"),
    "unwatched": mark("Not watched"),
}


def question(name: str, say: Say) -> str:
    """A question in words."""
    return say(QUESTIONS[name])


def population(name: str, say: Say) -> str:
    """A kind of household in words."""
    return say(POPULATIONS[name])


def candidate(name: str, say: Say) -> str:
    """A candidate in words."""
    return say(SCORERS[name])


def category(here: Context, code: str, count: int, say: Say) -> str:
    """A category with how many features it has."""
    label = services.names.categories(here.home, here.as_of).get(code)
    return f"{say.label(label) if label else code} ({count})"


def moment(value: datetime, say: Say) -> str:
    """A moment kept in UTC as the office's clock shows it."""
    local = county_time(value.replace(tzinfo=UTC))
    return say.day(local.replace(second=0, microsecond=0))


def lasting(seconds: float | None, say: Say) -> str:
    """A span of time, rounded as one would say it."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return say("{n} s", n=say.number(seconds))
    return say("{n} min", n=say.number(seconds / 60, 1 if seconds < 600 else 0))


def title(config: TrainingConfig, say: Say) -> str:
    """A training in a few words."""
    told = say.label(services.training.title_of(config))
    return told[0].upper() + told[1:]


def outcome(job: Shown, say: Say) -> str:
    """What came of a training: its main figures and the gate, or why there are none."""
    if job.why is not None:
        return say.label(job.why)
    if job.state is State.CANCELLED:
        return say("Stopped by {who}; nothing was registered.", who=job.stopped_by or "–")
    return say("; ").join(finding(one, say) for one in job.found)


def finding(one: Finding, say: Say) -> str:
    """One question's version: precision at capacity with n and interval, then the gate."""
    name = say("{question}, version {v}", question=question(one.question, say), v=one.version)
    if one.precision is None:
        told = say("{name}: tested on no later month yet", name=name)
    else:
        told = say(
            "{name}: of {n} picks that visits saw, {share} were in need (95% interval {interval})",
            name=name,
            n=say.number(one.n),
            share=say.percent(one.precision, 1),
            interval=say.interval(one.low, one.high),
        )
    if one.faults:
        why = say(", ").join(say.label(fault) for fault in one.faults)
        return told + say("; may not be promoted: {why}", why=why)
    if one.doubts:
        why = say(", ").join(say.label(doubt) for doubt in one.doubts)
        return told + say("; a written reason and a second person are needed: {why}", why=why)
    return told + say("; nothing speaks against it")
