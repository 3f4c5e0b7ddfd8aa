"""What anyone could have known: many futures lived from the true state, and the model beside them.

A saved state is used as it is; a month between two saved ones is lived again from the earlier and
used only if it then agrees with the truth file in every household.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pandas as pd

from simulator.study.capacity import top_hits, visits_of
from simulator.study.reading import Record
from simulator.study.truth import HORIZON, Truth
from simulator.world.clock import month_number, month_text
from simulator.world.futures import unmet_share
from simulator.world.state import State, load
from simulator.world.step import step

N_FUTURES = 100
MONTHS = 3
TOP5 = 0.05


def coming(record: Record, n_futures: int = N_FUTURES, workers: int = 2) -> dict[str, Any]:
    """The coming: model and oracle at the lane's capacity, and the share of the oracle reached.

    Only months whose next six are known, on households at risk, not in unmet need and not in
    process. The headline counts what came true (`coming_model`, `coming_oracle`). `_expected`
    takes the futures' own probabilities instead, ranked by one half and counted by the other:
    neither the luck of one year nor the help that followed an alert disturbs it. `_top5` visits
    five in a hundred.
    """
    states = usable_states(record)
    people = {month: _people(record, month) for month in states}
    asked = {month: part for month, part in people.items() if part is not None}
    worlds = [World(states[month], part["row"].to_numpy()) for month, part in asked.items()]
    halves = futures(worlds, n_futures, workers)
    rows = [
        _month(part, visits_of(record, month, "coming"), *half)
        for (month, part), half in zip(asked.items(), halves, strict=True)
    ]
    measured: dict[str, Any] = {
        "coming_months": [month_text(m) for m in asked],
        "coming_futures": n_futures,
    }
    for name in ("", "_expected", "_top5", "_top5_expected"):
        measured |= _pooled(name, rows)
    return measured


def usable_states(record: Record) -> dict[int, State]:
    """True states of up to three replayed months whose next six months are known."""
    wanted = [m for m in record.months if m + HORIZON <= record.truth.last]
    found = {m: s for m in wanted if (s := true_state(record, m)) is not None}
    months = list(found)
    if len(months) > MONTHS:
        places = np.linspace(0, len(months), MONTHS + 1)[1:].astype(int) - 1
        months = [months[p] for p in places]
    return {m: found[m] for m in months}


def true_state(record: Record, month: int) -> State | None:
    """The county's state of a month, saved or lived again; None when neither agrees with truth."""
    folder = record.home.truth / "states"
    saved = {month_number(p.stem): p for p in folder.glob("[0-9]*.npz")}
    earlier = [m for m in saved if m <= month]
    if not earlier:
        return None
    state = load(saved[max(earlier)])
    while state.month < month:
        step(state)
    return state if _agrees(state, record.truth) else None


def _agrees(state: State, truth: Truth) -> bool:
    here, rows = truth.rows(state.month, state.month), state_rows(truth)
    lives = rows < len(state.h.unmet)  # others are founded later
    unmet = np.zeros(len(rows), bool)
    unmet[lives] = state.h.unmet[rows[lives]]
    return len(here) == 1 and bool((unmet == here[0]).all())


def state_rows(truth: Truth) -> np.ndarray:
    """Row in the state of each family of the truth: told, or the last six digits of its number."""
    return np.array([int(str(family)[-6:]) for family in truth.families])


def _people(record: Record, month: int) -> pd.DataFrame | None:
    """Households at risk, not in unmet need and not in process: `coming`, `then`, `row`."""
    risk = record.risk(month)
    if risk is None:
        return None
    truth = record.truth
    column = truth.columns(risk["household"])
    there = risk[(risk["watch"] == "at_risk") & (column >= 0)]
    column = truth.columns(there["household"])
    there = there.assign(
        now=truth.rows(month, month)[0][column],
        then=truth.ever(month + 1, month + HORIZON)[column],
        row=state_rows(truth)[column],
    )
    there = there[~there["now"] & ~there["household"].isin(record.in_process(month))]
    return there.assign(coming=there["coming"].fillna(0.0))


class World:
    """A state and the rows of it that are asked about; picklable, for the pool."""

    def __init__(self, state: State, rows: np.ndarray) -> None:
        # Where a household's luck is its own, it can be lived without its neighbours.
        self._alone = hasattr(state, "part")
        self._state = state.part(rows) if self._alone else state
        self._rows = rows

    def share(self, n_futures: int, seed: int) -> np.ndarray:
        """Share of futures with unmet need within the horizon, per row asked about."""
        shares = unmet_share(self._state, HORIZON, n_futures, seed)
        return shares if self._alone else shares[self._rows]


def futures(
    worlds: Sequence[World], n_futures: int, workers: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per world: the share of unmet futures in each of two halves with luck of their own."""
    if n_futures < 2:
        raise ValueError("the oracle needs at least two futures, one to rank and one to count")
    sizes = (n_futures - n_futures // 2, n_futures // 2)
    jobs = [(world, n, seed) for world in worlds for seed, n in enumerate(sizes, start=1)]
    if workers < 2 or len(jobs) < 2:
        shares = [World.share(*job) for job in jobs]
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            shares = list(pool.map(World.share, *zip(*jobs, strict=True)))
    return list(zip(shares[::2], shares[1::2], strict=True))


def _month(
    people: pd.DataFrame, visits: int, first: np.ndarray, second: np.ndarray
) -> dict[str, tuple[int, float, float]]:
    """Visits, hits of the model and hits of the oracle, by way of counting."""
    near = people.assign(first=first, second=second)
    five = round(TOP5 * len(near))
    return {
        "": _realised(near, visits),
        "_top5": _realised(near, five),
        "_expected": _expected(near, visits),
        "_top5_expected": _expected(near, five),
    }


def _realised(rows: pd.DataFrame, visits: int) -> tuple[int, float, float]:
    """Visits, hits of the model, hits of the oracle: families whose need did come."""
    came = rows["then"].to_numpy(float)
    both = (rows["first"] + rows["second"]).to_numpy()
    visits = min(visits, len(rows))
    model = top_hits(rows["coming"].to_numpy(float), came, visits)
    return visits, model, top_hits(both, came, visits)


def _expected(rows: pd.DataFrame, visits: int) -> tuple[int, float, float]:
    """The same with probabilities for hits; the oracle is counted by futures it did not rank by."""
    one, two = rows["first"].to_numpy(float), rows["second"].to_numpy(float)
    visits = min(visits, len(rows))
    model = top_hits(rows["coming"].to_numpy(float), (one + two) / 2, visits)
    oracle = (top_hits(one, two, visits) + top_hits(two, one, visits)) / 2
    return visits, model, oracle


def _pooled(name: str, rows: Sequence[dict[str, tuple[int, float, float]]]) -> dict[str, Any]:
    visits = sum(row[name][0] for row in rows)
    model, oracle = (sum(row[name][place] for row in rows) for place in (1, 2))
    return {
        f"coming_model{name}": model / visits if visits else None,
        f"coming_oracle{name}": oracle / visits if visits else None,
        f"coming_visits{name}": visits,
        f"coming_share_of_oracle{name}": model / oracle if oracle else None,
    }


def existing(record: Record) -> dict[str, Any]:
    """The existing: model at the capacity of the ranking lanes, against the truth of the month.

    Every replayed month, on households at risk and not in process. The oracle knows the truth: it
    finds as many families as there are, up to capacity.
    """
    visits, hits, best, cases = 0, 0.0, 0, 0
    for month in record.months:
        risk = record.risk(month)
        if risk is None:
            continue
        near = risk[(risk["watch"] == "at_risk") & risk["existing"].notna()]
        near = near[~near["household"].isin(record.in_process(month))]
        need = record.truth.at(near["household"], [month] * len(near))
        places = min(visits_of(record, month, "existing"), len(near))
        visits, cases = visits + places, cases + int(need.sum())
        best += min(places, int(need.sum()))
        hits += top_hits(near["existing"].to_numpy(float), need, places)
    return {
        "existing_model": hits / visits if visits else None,
        "existing_oracle": best / visits if visits else None,
        "existing_visits": visits,
        "existing_cases": cases,
        "existing_share_of_oracle": hits / best if best else None,
    }
