"""A whole synthetic county on disk: department files, standards, regions, sealed truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from data.home import Home, month_end
from simulator.world import geography, levels
from simulator.world.clock import Log, month_number, month_text
from simulator.world.departments import (
    assistance_rolls,
    deaths,
    disability_certificates,
    employment,
    home_visits,
    housing,
    medical_claims,
    population_register,
    school_rolls,
)
from simulator.world.departments.desk import Desk, Papers
from simulator.world.departments.files import Post
from simulator.world.founding import new_world
from simulator.world.settings import SETTINGS
from simulator.world.state import State, load
from simulator.world.step import step
from simulator.world.truth import Truth

BURN_IN = 12
OFFICES = {
    "population_register": population_register, "assistance_rolls": assistance_rolls,
    "medical_claims": medical_claims, "disability_certificates": disability_certificates,
    "school_rolls": school_rolls, "employment": employment, "housing": housing, "deaths": deaths,
}  # fmt: skip
Report = Callable[[str, int, int], None]


def simulate(
    home: Home,
    households: int = 50_000,
    months: int = 36,
    seed: int = 7,
    end: str = "2026-06",
    progress: Report | None = None,
    setting: str = "normal",
    save_every: int = 6,
    from_state: Path | None = None,
    delivered: Callable[[Path], None] | None = None,
) -> State:
    """Write a county's files for `months` months up to `end`, and what is true, below `home`.

    A year is lived before the first delivery, which carries full registers and that year's
    flows. Returns the state of the last month; states of every `save_every` months (and the
    last) are kept in truth/states. With `from_state`, a state file of this home, the county
    lives on from there exactly as a longer run would have; households, months, seed and setting
    are then the state's own. `delivered` is told each month's folder once its files are all there.
    Raises ValueError for an unknown setting, fewer than one month, or an `end` that the state has
    already lived.
    """
    if setting not in SETTINGS:
        raise ValueError(f"no setting '{setting}'; choose one of {', '.join(SETTINGS)}")
    if months < 1 or households < 1:
        raise ValueError("a county needs at least one household and one month")
    last = month_number(end)
    truth, post = Truth(home), Post(home.incoming, seed, delivered)
    if from_state is None:
        first = last - months + 1
        state = new_world(seed, households, first - BURN_IN, first, setting)
    else:
        state = load(from_state)
        if state.month >= last:
            raise ValueError(f"the saved state is of {month_text(state.month)}, not before {end}")
        post = Post(home.incoming, state.seed, delivered)
        post.restore(waiting_file(from_state))
        post.sealed.resume(home.truth / "planted_errors.parquet", month_text(state.month))
        truth.resume(month_text(state.month))
    _describe(home, state.first, last)
    return _live(home, state, post, truth, last, progress, save_every)


def waiting_file(state_file: Path) -> Path:
    """Beside a saved state: the rows that departments had not delivered yet."""
    return state_file.with_name(f"waiting-{state_file.name}")


def _live(home: Home, state: State, post: Post, truth: Truth, last: int,
          progress: Report | None, save_every: int) -> State:  # fmt: skip
    papers = Papers()
    start = state.month
    reporting = SETTINGS[state.setting].reporting
    while state.month < last:
        log = Log()
        now = step(state, log=log)
        papers.extend(state)
        desk = Desk(now, papers, reporting)
        for feed, office in OFFICES.items():
            post.hand_in(feed, office.observe(desk))
        for feed, frames in home_visits.observe(desk).items():
            post.hand_in(feed, frames)
        if state.month >= state.first:
            post.deliver(state.month, state)
        truth.note(state)
        if (last - state.month) % save_every == 0 and state.month >= state.first:
            file = home.truth / "states" / f"{month_text(state.month)}.npz"
            state.save(file)
            post.save(waiting_file(file))
        if progress:
            progress(month_text(state.month), state.month - start, last - start)
    post.settle()
    truth.write("need.parquet")
    _seal(home, post)
    return state


def _seal(home: Home, post: Post) -> None:
    """Write the list of planted errors."""
    table = {
        name: pa.array(values if name == "row" else values.astype(object))
        for name, values in post.sealed.table().items()
    }
    pq.write_table(pa.table(table), home.truth / "planted_errors.parquet")


def _describe(home: Home, first: int, last: int) -> None:
    """county.yaml, standards.yaml, regions.geojson."""
    for folder in (home.data, home.incoming, home.truth):
        folder.mkdir(parents=True, exist_ok=True)
    county = {
        "region": levels.REGION, "name_zh": geography.COUNTY_ZH, "name_en": geography.COUNTY_EN,
        "synthetic": True, "currency_zh": "元", "currency_en": "yuan", "label": "rolls",
        "horizon_months": 6, "first_as_of": month_end(month_text(first)).isoformat(),
        "last_as_of": month_end(month_text(last)).isoformat(),
    }  # fmt: skip
    text = yaml.safe_dump(county, allow_unicode=True, sort_keys=False)
    home.county_file.write_text(text, encoding="utf-8")
    text = yaml.safe_dump(levels.standards(), allow_unicode=True, sort_keys=False)
    home.standards_file.write_text(text, encoding="utf-8")
    home.regions_file.write_text(geography.geojson(), encoding="utf-8")
