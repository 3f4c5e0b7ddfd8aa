"""A whole synthetic county on disk: department files, standards, regions, sealed truth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from core.home import Home, month_end
from core.progress import Progress, quiet
from data.awaited import usual
from data.contracts import all_feeds
from simulator.world import assets, books, changes, geography, levels, relief, settings
from simulator.world.clock import Frame, Log, Now, month_number, month_text
from simulator.world.departments.desk import Desk, Papers
from simulator.world.departments.files import Post
from simulator.world.departments.offices import offices
from simulator.world.founding import new_world
from simulator.world.needs import NEEDS
from simulator.world.settings import SETTINGS
from simulator.world.state import State, load
from simulator.world.step import step
from simulator.world.truth import Truth
from simulator.world.visits import Found, meet

BURN_IN = 12


@dataclass(frozen=True)
class Visits:
    """Visits that workers make in one month: household rows, days, what each was sent for
    (rows x NEEDS) and the reason written on the form (codes ALERT or AUDIT)."""

    rows: np.ndarray
    on: np.ndarray
    suspected: np.ndarray
    reason: np.ndarray

    @classmethod
    def none(cls) -> Visits:
        """No visit."""
        empty = np.empty(0, "i8")
        days = np.empty(0, "datetime64[D]")
        return cls(empty, days, np.empty((0, len(NEEDS)), bool), empty)


@dataclass(frozen=True)
class Month:
    """One month as lived: the delivered folder (None before the first delivery or until the
    clerk has written it), what the visits found, and what became of needs found earlier."""

    text: str
    found: Found
    relief: Frame | None


class County:
    """A county on disk that lives month after month; visits may be made while it lives."""

    def __init__(self, home: Home, state: State, post: Post, truth: Truth) -> None:
        self.home, self.state, self.post, self.truth = home, state, post, truth
        self._papers = Papers()
        self._reporting = SETTINGS[state.setting].reporting

    @classmethod
    def found(
        cls, home: Home, households: int, first: int, seed: int, setting: str,
        delivered: Callable[[Path], None] | None = None,
        households_change: bool | Mapping[str, float] = False,
        withheld: Collection[str] = (),
    ) -> County:  # fmt: skip
        """A new county a year before `first`, the month of its first delivery."""
        wanted = settings.changes(households_change)
        state = new_world(seed, households, first - BURN_IN, first, setting)
        if wanted:
            state.extra[changes.WANTED] = wanted
        post = Post(home.incoming, seed, delivered, withheld=frozenset(withheld))
        return cls(home, state, post, Truth(home))

    @classmethod
    def resume(
        cls, home: Home, state_file: Path, delivered: Callable[[Path], None] | None = None
    ) -> County:
        """The county of a saved state, to live on exactly as a longer run would have.

        Feeds that the bureau never got (`withheld_of`) stay away.
        """
        state = load(state_file)
        withheld = frozenset(withheld_of(home))
        post = Post(home.incoming, state.seed, delivered, withheld=withheld)
        truth, month = Truth(home), state.month
        post.restore(waiting_file(state_file))
        post.sealed.resume(home.truth / "planted_errors.parquet", month_text(month))
        truth.resume(month_text(month))
        return cls(home, state, post, truth)

    def live(self, visits: Visits | None = None) -> Month:
        """The next month: life, visits, the help they set going, every office's files, truth."""
        visits = visits or Visits.none()
        now = step(self.state, log=Log())
        self._papers.extend(self.state)
        books.move(now)
        found = meet(now, visits.rows, visits.suspected)
        self._write_forms(now, visits, found)
        desk = Desk(now, self._papers, self._reporting)
        self._collect(desk, before_help=True)
        relief.ask(now, *_asked(visits, found))
        assets.move(now)
        self._collect(desk, before_help=False)
        if "book" in self.state.things:
            books.close_month(now)
        if self.state.month >= self.state.first:
            self.post.deliver(self.state.month, self.state)
        self.truth.note(self.state)
        return Month(month_text(self.state.month), found, now.log.get("relief"))

    def _collect(self, desk: Desk, *, before_help: bool) -> None:
        """Have the offices observe, those that do so before help is asked for or the others."""
        for office in offices(before_help=before_help):
            for feed, frames in office.hands_in(desk):
                self.post.hand_in(feed, frames)

    def _write_forms(self, now: Now, visits: Visits, found: Found) -> None:
        """Who was met is in the month's home visits, with what was found."""
        met = found.met & (self.state.h.n[visits.rows] > 0)
        rows = visits.rows[met]
        self.state.h.last_visit[rows] = now.month
        now.log.add(
            "visit", household=rows, reason=visits.reason[met], on=visits.on[met],
            found=found.need[met].astype("i1"),
        )  # fmt: skip

    def save(self, *, waiting: bool = True) -> Path:
        """Keep the state of this month in truth/states, with the undelivered rows to go on."""
        file = state_file(self.home, month_text(self.state.month))
        self.state.save(file)
        if waiting:
            self.post.save(waiting_file(file))
        return file

    def close(self) -> None:
        """Wait for the clerk and write the sealed truth."""
        self.post.settle()
        self.truth.write("need.parquet")
        _seal(self.home, self.post)
        books.seal(self.home, self.state)


def _asked(visits: Visits, found: Found) -> tuple[np.ndarray, np.ndarray]:
    """Households whose visit found a need, once each, and what was found."""
    need = np.flatnonzero(found.need)
    rows, first = np.unique(visits.rows[need], return_index=True)
    return rows, found.needs[need[first]]


def simulate(
    home: Home,
    households: int = 50_000,
    months: int = 36,
    seed: int = 7,
    end: str = "2026-06",
    progress: Progress = quiet,
    setting: str = "normal",
    save_every: int = 6,
    from_state: Path | None = None,
    delivered: Callable[[Path], None] | None = None,
    households_change: bool | Mapping[str, float] = False,
    withheld: Collection[str] = (),
) -> State:
    """Write a county's files for `months` months up to `end`, and what is true, below `home`.

    A year is lived before the first delivery, which carries full registers and that year's
    flows. Returns the state of the last month; states of every `save_every` months (and the
    last) are kept in truth/states. With `from_state`, a state file of this home, the county
    lives on from there exactly as a longer run would have; households, months, seed, setting and
    withheld feeds are then its own. `delivered` is told each month's folder once its files are all
    there. No file is written of the feeds in `withheld`; life and every other file are the same.
    With `households_change` households split, merge, get new numbers and those of others, at the
    rates of `settings.CHANGES` or at those given, and truth/household_events.parquet tells of it.
    Raises ValueError for an unknown setting, fewer than one month, or an `end` that the state has
    already lived.
    """
    if setting not in SETTINGS:
        raise ValueError(f"no setting '{setting}'; choose one of {', '.join(SETTINGS)}")
    if months < 1 or households < 1:
        raise ValueError("a county needs at least one household and one month")
    last = month_number(end)
    if from_state is None:
        first = last - months + 1
        county = County.found(
            home, households, first, seed, setting, delivered, households_change, withheld
        )
    else:
        county = County.resume(home, from_state, delivered)
        if county.state.month >= last:
            lived = month_text(county.state.month)
            raise ValueError(f"the saved state is of {lived}, not before {end}")
    state = county.state
    describe(home, state.first, last, county.post.withheld)
    start = state.month
    while state.month < last:
        county.live()
        if (last - state.month) % save_every == 0 and state.month >= state.first:
            county.save()
        progress(month_text(state.month), state.month - start, last - start)
    county.close()
    return state


def state_file(home: Home, month: str) -> Path:
    """Where the true state of a month like '2026-06' is kept."""
    return home.truth / "states" / f"{month}.npz"


def waiting_file(state_file: Path) -> Path:
    """Beside a saved state: the rows that departments had not delivered yet."""
    return state_file.with_name(f"waiting-{state_file.name}")


def _seal(home: Home, post: Post) -> None:
    """Write the list of planted errors."""
    table = {
        name: pa.array(values if name == "row" else values.astype(object))
        for name, values in post.sealed.table().items()
    }
    pq.write_table(pa.table(table), home.truth / "planted_errors.parquet")


def withheld_of(home: Home) -> tuple[str, ...]:
    """The feeds that the bureau of a county never gets although its offices have them."""
    return tuple(home.county.get("withheld", ())) if home.county_file.exists() else ()


def describe(home: Home, first: int, last: int, withheld: Collection[str] = ()) -> None:
    """county.yaml, standards.yaml and the regions of a county whose files end with `last`.

    A county that lacks feeds says so, and that it does not wait for them.
    """
    for folder in (home.data, home.incoming, home.truth):
        folder.mkdir(parents=True, exist_ok=True)
    county = {
        "region": levels.REGION, "name_zh": geography.COUNTY_ZH, "name_en": geography.COUNTY_EN,
        "synthetic": True, "currency_zh": "元", "currency_en": "yuan", "label": "rolls",
        "horizon_months": 6, "first_as_of": month_end(month_text(first)).isoformat(),
        "last_as_of": month_end(month_text(last)).isoformat(),
    }  # fmt: skip
    if withheld:
        county["withheld"] = sorted(withheld, key=all_feeds().index)
        county["feeds"] = [feed for feed in usual() if feed not in withheld]
    text = yaml.safe_dump(county, allow_unicode=True, sort_keys=False)
    home.county_file.write_text(text, encoding="utf-8")
    text = yaml.safe_dump(levels.standards(), allow_unicode=True, sort_keys=False)
    home.standards_file.write_text(text, encoding="utf-8")
    home.regions_file.write_text(geography.geojson(), encoding="utf-8")
    home.region_table.write_text(geography.region_table(), encoding="utf-8")
