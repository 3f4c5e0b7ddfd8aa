"""Trainings as a workbook, and the configuration of one as a file: no households in either."""

from __future__ import annotations

from typing import Any

import services
from core.access.links import LinkRefused
from dashboard.app_pages.training import words
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context
from services.training import Finding, Shown
from services.workbook import Column, Kind, Sheet, workbook


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """Every training listed on the page, one row for each question."""
    rows = [(job, one) for job in services.training.queue(here) for one in job.found or (None,)]
    sheet = Sheet(say("Retrain"), _columns(rows, say))
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    front = cover.cover(here, say("Retrain"), readers, f"{sheet.name} {sheet.rows}", say)
    return workbook(front, [sheet])


def _columns(rows: list[tuple[Shown, Finding | None]], say: Say) -> list[Column]:
    def of(name: str) -> list[Any]:
        return [getattr(one, name) if one else None for _, one in rows]

    asked = [words.question(one.question, say) if one else None for _, one in rows]
    return [
        Column(say("Training"), [job.number for job, _ in rows], Kind.COUNT),
        Column(say("Asked for"), [words.title(job.config, say) for job, _ in rows]),
        Column(say("By"), [job.asked_by for job, _ in rows]),
        Column(say("When"), [words.moment(job.asked_at, say) for job, _ in rows]),
        Column(say("Took"), [words.lasting(job.seconds, say) for job, _ in rows]),
        Column(say("State"), [say.label(job.state) for job, _ in rows]),
        Column(say("Question"), asked),
        Column(say("Version"), of("version")),
        Column(say("of them visited"), of("n"), Kind.COUNT),
        Column(say("Precision at k"), of("precision"), Kind.SHARE),
        Column(say("Low"), of("low"), Kind.SHARE, say("Lower end of the 95% interval.")),
        Column(say("High"), of("high"), Kind.SHARE, say("Upper end of the 95% interval.")),
        Column(say("What came of it"), [words.outcome(job, say) for job, _ in rows], Kind.LONG),
        Column("SHA-256", [job.config.digest for job, _ in rows], Kind.TEXT,
               say("Of the configuration: the same asked twice has the same.")),
    ]  # fmt: skip


def configuration(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The configuration of one training as YAML, which the page and the command line read."""
    found = [job for job in services.training.queue(here) if job.number == asked["job"]]
    if not found:
        raise LinkRefused("no such training")
    return found[0].config.as_yaml().encode()
