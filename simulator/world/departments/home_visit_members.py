"""入户调查成员: the members a visitor lists, with their work and pay."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, yes_no

AS_CSV = True  # too many rows for a spreadsheet
SCHOOLING = np.array(["无", "小学", "初中", "高中", "大学"])
UNFINISHED = np.array(["无", "小学未完", "初中未完", "高中未完", "大学未完"])


def rows(desk: Desk, households: np.ndarray, number: np.ndarray, on: np.ndarray,
         due_month: np.ndarray) -> Frame:  # fmt: skip
    """One row per present member of the visited `households`."""
    state, p = desk.state, desk.state.p
    place = np.full(len(state.h.n), -1)
    place[households] = np.arange(len(households))
    persons = np.flatnonzero(state.present() & (place[p.hh] >= 0))
    persons = persons[np.argsort(place[p.hh[persons]], kind="stable")]
    visit = place[p.hh[persons]]
    age = state.age()[persons].astype("i8")
    return (
        desk.people(persons)
        | {
            "visit_no": number[visit],
            "household_no": desk.numbers(p.hh[persons]),
            "relation": c.RELATION[p.relation[persons]],
            "age": age,
            "sex": np.where(p.sex[persons] == 1, "男", "女"),
            "marital": c.MARITAL[p.marital[persons]],
            "attends_school": yes_no(p.stage[persons] > 0),
            "private_school": np.where(p.stage[persons] > 0, yes_no(p.fee[persons] > 20_000), ""),
            "health_cover": np.where(_covered(desk, persons), "有", "无"),
            "visited_on": on[visit],
            "due": due_month[visit],
        }
        | _schooling(desk, persons)
        | _activity(desk, persons, age)
        | _pay(desk, persons)
    )


def _covered(desk: Desk, persons: np.ndarray) -> np.ndarray:
    p = desk.state.p
    return p.insured[persons] | np.isin(p.work[persons], (c.FORMAL, c.PUBLIC))


def _schooling(desk: Desk, persons: np.ndarray) -> Frame:
    p = desk.state.p
    stage = p.stage[persons]
    now = np.select([stage <= 1, stage == 2, stage == 3, stage <= 5], [0, 1, 2, 3], 4)
    return {
        "schooling": np.where(stage > 0, UNFINISHED[now], SCHOOLING[p.educ[persons]]),
    }


def _activity(desk: Desk, persons: np.ndarray, age: np.ndarray) -> Frame:
    """Activity state and kind of job in the survey's words."""
    p = desk.state.p
    rng = desk.rng("activity")
    work, stage = p.work[persons], p.stage[persons]
    busy = work > 0
    seeking = ~busy & (p.jobless[persons] > 0) & (age >= 16)
    ill = (
        (p.health[persons] == c.SEVERE) | (p.dis_grade[persons] == 1) | (p.dis_grade[persons] == 2)
    )
    activity = np.select([age < 14, busy, seeking], ["儿童", "就业", "失业"], "非劳动力")
    why = np.select(
        [age < 6, stage > 0, (age >= 60) | (p.pension[persons] > 0), ill, p.sex[persons] == 0],
        ["学龄前", "学生", "退休", "病残", "料理家务"], "其他",
    )  # fmt: skip
    own = (work == c.FARM) | ((work == c.INFORMAL) & (rng.random(len(work)) < 0.28))
    helper = (work == c.FARM) & (p.relation[persons] != c.HEAD) & (rng.random(len(work)) < 0.4)
    domestic = (work == c.INFORMAL) & (p.sex[persons] == 0) & (p.trade[persons] == c.SERVICES)
    kind = np.where(helper, "家庭帮工", np.where(own, "自营", "雇员"))
    insured = np.isin(work, (c.FORMAL, c.PUBLIC, c.FLEXIBLE))
    return {
        "activity": activity,
        "inactive_kind": np.where(activity == "非劳动力", why, ""),
        "job_kind": np.where(busy, kind, ""),
        "job_insured": np.where(busy, yes_no(insured), ""),
        "job_public": np.where(busy, yes_no(np.isin(work, (c.PUBLIC, c.PUBLIC_POST))), ""),
        "job_domestic": np.where(busy, yes_no(domestic & (rng.random(len(work)) < 0.2)), ""),
        "job_tenure_months": np.where(busy, np.round(p.tenure[persons], -1), np.nan),
        "under_employed": np.where(
            busy, yes_no((work == c.INFORMAL) & (rng.random(len(work)) < 0.15)), ""
        ),
    }


def _pay(desk: Desk, persons: np.ndarray) -> Frame:
    """Each member's income as told; farm work counts by its usual worth."""
    p = desk.state.p
    rng = desk.rng("member pay")
    size = len(persons)
    ill = np.where(p.health[persons] == c.SEVERE, 0.4, 1)
    main = np.round(p.wage[persons] * ill * np.exp(rng.normal(0, 0.18, size)), -1)
    extra = np.where((rng.random(size) < 0.04) & (p.work[persons] > 0), np.round(main * 0.2, -1), 0)
    pension = np.round(p.pension[persons].astype(float), -1)
    grave = p.certified[persons] & (p.dis_grade[persons] <= 2)
    transfer = np.where(grave, 170.0, np.where(p.certified[persons], 60.0, 0))
    silent = rng.random(size) < 0.04
    told = {
        "main_income": main, "other_job_income": extra, "pension_income": pension,
        "transfer_income": transfer, "total_income": main + extra + pension + transfer,
    }  # fmt: skip
    return {name: np.where(silent, np.nan, value) for name, value in told.items()}
