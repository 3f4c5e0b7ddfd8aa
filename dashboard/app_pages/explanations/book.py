"""The explanations of a version as a workbook: figures of features, no households."""

from __future__ import annotations

from typing import Any

import services
from dashboard.app_pages.explanations import wording
from dashboard.app_pages.explanations.wording import DIRECTIONS, Overview
from dashboard.i18n import Say
from dashboard.show import cover
from services import Context, NothingYet
from services.workbook import Column, Kind, Sheet, workbook


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The workbook that a link asks for. Raises NothingYet when the explanation is gone."""
    found = services.explanations.overview(here, str(asked["question"]), str(asked["version"]))
    if found is None:
        raise NothingYet("model")
    return book(here, found, say)


def book(here: Context, found: Overview, say: Say) -> bytes:
    """Features, pairs, and how many households keep which share of their reasons."""
    sheets = [
        Sheet(say("Features"), _features(here, found, say)),
        Sheet(say("What acts together"), _pairs(here, found, say)),
    ]
    if found.stability is not None:
        sheets.append(Sheet(say("Whether the reasons hold"), _steady(found, say)))
    told = [wording.sentence(found, say), wording.made_of(found, say), say(wording.HOW_TO_READ)]
    readers = say("Figures only, no households: it may be passed on within the bureau.")
    rows = say(", ").join(f"{sheet.name} {sheet.rows}" for sheet in sheets)
    front = cover.cover(here, say("Explanations of the model"), readers, rows, say,
                        more=[(say("What the figures mean"), "\n".join(told))])  # fmt: skip
    return workbook(front, sheets)


def _features(here: Context, found: Overview, say: Say) -> list[Column]:
    rows = wording.labelled(found.weights, say)
    labels = services.names.categories(here.home, here.as_of)
    return [
        Column(say("Feature"), rows["label"].tolist()),
        Column(say("Category"), [say.label(labels.get(c, labels["X"])) for c in rows["category"]]),
        Column(say("Mean effect (log-odds)"), rows["weight"].tolist(), Kind.FINE),
        Column(say("Direction"), [say(DIRECTIONS[d]) for d in rows["direction"]]),
        Column(say("Unknown"), rows["unknown"].tolist(), Kind.SHARE),
        Column(say("Acts most with"), [wording.feature(here, p, say) for p in rows["partner"]]),
    ]


def _pairs(here: Context, found: Overview, say: Say) -> list[Column]:
    return [
        Column(say("Feature"), [wording.feature(here, one, say) for one in found.pairs["first"]]),
        Column(
            say("Acts with"), [wording.feature(here, one, say) for one in found.pairs["second"]]
        ),
        Column(say("Mean effect (log-odds)"), found.pairs["strength"].tolist(), Kind.FINE),
    ]


def _steady(found: Overview, say: Say) -> list[Column]:
    shares = found.stability.shares
    named = [f"{tenth * 10}–{tenth * 10 + 10}%" for tenth in range(len(shares))]
    return [
        Column(say("reasons that stay"), named),
        Column(say("Households"), list(shares), Kind.COUNT),
    ]
