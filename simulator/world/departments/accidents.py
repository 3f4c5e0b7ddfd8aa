"""灾情事故: fires, floods and accidents as they were reported, mostly in the month they happen.

Losses are estimated on the day and put right a month or two later in one case of five. What
insurers paid is told where anything was paid. Shares are assumed; none is a published figure.
"""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, due

REPORTED_BADLY, BETTER = 0.35, 0.55
INSURED, CORRECTED = 0.3, 0.2
GRADES = np.array(["未损坏", "一般损坏", "严重损坏", "倒塌"])


def observe(desk: Desk) -> list[Frame]:
    """What struck families this month, with first estimates, and corrections of them."""
    if desk.month < desk.state.first - 11:
        return []
    rng = desk.rng("accidents")
    return [*_disasters(desk, rng), *_accidents(desk, rng)]


def _told(desk: Desk, rng: np.random.Generator, households: np.ndarray) -> np.ndarray:
    return rng.random(len(households)) < REPORTED_BADLY + BETTER * desk.quality(households)


def _disasters(desk: Desk, rng: np.random.Generator) -> list[Frame]:
    struck = desk.now.log.get("disaster")
    if struck is None:
        return []
    told = _told(desk, rng, struck["household"])
    kind = np.where(struck["flood"][told], "洪涝", "火灾")
    grade = GRADES[np.clip(struck["grade"][told], 0, 3)]
    heads = desk.heads(struck["household"][told])
    return _reports(desk, rng, heads, kind, struck["loss"][told], struck["on"][told], grade, "受害")


def _accidents(desk: Desk, rng: np.random.Generator) -> list[Frame]:
    hurt = desk.now.log.get("accident")
    if hurt is None:
        return []
    p = desk.state.p
    told = _told(desk, rng, p.hh[hurt["person"]])
    persons = hurt["person"][told]
    at_work = (p.trade[persons] == c.BUILDING) & (rng.random(len(persons)) < 0.5)
    kind = np.where(at_work, "生产安全事故", "交通事故")
    grade = np.full(len(persons), "")
    return _reports(desk, rng, persons, kind, hurt["loss"][told], hurt["on"][told], grade, "责任")


def _reports(
    desk: Desk,
    rng: np.random.Generator,
    persons: np.ndarray,
    kind: np.ndarray,
    loss: np.ndarray,
    on: np.ndarray,
    grade: np.ndarray,
    part: str,
) -> list[Frame]:
    size = len(persons)
    guess = np.round(loss * np.exp(rng.normal(0, 0.25, size)), -2)
    liable = (part == "责任") & (rng.random(size) < 0.4)
    paid = np.where(
        rng.random(size) < INSURED, np.round(loss * rng.uniform(0.2, 0.9, size)), np.nan
    )
    first = desk.people(persons) | {
        "kind": kind,
        "part": np.where(liable, "责任方", "受灾受害"),
        "loss": np.where(liable, np.nan, guess),
        "liability": np.where(liable, guess, np.nan),
        "compensated": np.full(size, np.nan),
        "home_damage": grade,
        "event_on": on,
        "due": due(desk, rng.choice([0, 1], size, p=[0.85, 0.15])),
    }
    again = (rng.random(size) < CORRECTED) | ~np.isnan(paid)
    settled = {name: values[again] for name, values in first.items()}
    exact = np.round(loss[again])
    settled["loss"] = np.where(liable[again], np.nan, exact)
    settled["liability"] = np.where(liable[again], exact, np.nan)
    settled["compensated"] = paid[again]
    settled["due"] = due(desk, rng.choice([2, 3], int(again.sum())))
    # The first file tells what happened before it as it stands by then.
    late = np.ones(size, bool)
    late[again] = settled["due"] > first["due"][again]
    return [{name: values[late] for name, values in first.items()}, settled]
