"""The alert policy: thresholds, capacity, cool-down and deadlines, read from YAML.

The file in this folder is the default; a county's own lies at data/alert_policy.yaml in its home.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alerts.errors import PolicyError
from alerts.lifecycle import CLOSING, STEP
from alerts.states import Band, Outcome, Source, State
from core.home import Home
from core.rulebook.reading import in_force
from core.workflow import years
from core.workflow.deadlines import Timetable
from core.workflow.escalation import Ladder

URGENT = "urgent"
NOT_VISITED = "not_visited"
_CLOSING = frozenset(outcome.value for outcome in CLOSING)
DEFAULT_FILE = Path(__file__).with_name("policy.yaml")
# What the policy is called in a home and among the texts of a version.
POLICY = "alert_policy.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shares(_Strict):
    """Parts of the month's capacity kept for other ends than finding the existing need."""

    coming: float = Field(ge=0, le=1)
    audit: float = Field(ge=0, le=1)
    explore: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _within(self) -> Self:
        total = self.coming + self.audit + self.explore
        if total > 1 + 1e-9:
            raise ValueError(f"coming + audit + explore make {total:g}; at most 1")
        return self


class Escalation(_Strict):
    """When a late step is reported upwards; working days."""

    near_share: float = Field(gt=0, le=1)
    levels: tuple[int, int, int]
    return_after: int = Field(ge=0)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not 0 < self.levels[0] < self.levels[1] < self.levels[2]:
            raise ValueError("levels must rise, from one working day on")
        return self


class Deadline(_Strict):
    """Working days allowed for each step of one class of urgency."""

    dispatch: int = Field(ge=0)
    accept: int = Field(ge=0)
    check: int = Field(ge=0)
    measure: int = Field(ge=0)


class RegionDays(_Strict):
    """Working days for applications that hold in a region (its code, or that of a part of it) from
    a day on, up to and including `until`, by the document that says so."""

    region: str = Field(pattern=r"^\d{6,12}$")
    since: date
    until: date | None = None
    days: dict[str, int]
    document: str = ""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.days or min(self.days.values()) < 1:
            raise ValueError("days names kinds of need, with one working day at least")
        if self.until is not None and self.until < self.since:
            raise ValueError("until must not lie before since")
        return self

    def holds(self, need: str, place: str, on: date) -> bool:
        """Whether the row says how long a kind of need may take in a place on a day."""
        in_time = self.since <= on and (self.until is None or on <= self.until)
        return in_time and need in self.days and place.startswith(self.region)


class Policy(_Strict):
    """What opens an alert, how many a month, and by when each step is due.

    Scores are points, expected findings probabilities (0..1), capacity and budget new alerts a
    month per 1,000 households, deadlines working days. policy.yaml says what each is for.
    """

    version: str
    capacity_per_1000_households: float = Field(gt=0)
    township_capacity: dict[str, int] = Field(default_factory=dict)
    event_budget_per_1000: float = Field(ge=0)
    event_window_days: int = Field(ge=1)
    event_patience_months: int = Field(ge=1)
    event_memory_months: int = Field(ge=0)
    shares: Shares
    open_existing: float = Field(ge=0, le=1)
    open_coming: float = Field(ge=0, le=1)
    open_unwatched: float = Field(ge=0, le=1)
    coming_existing_below: float = Field(ge=0, le=1)
    close_existing: float = Field(ge=0, le=1)
    bands: tuple[Band, ...]
    open_score: float
    close_score: float
    strata: tuple[float, ...]
    sample_seed: str
    cool_down_months: dict[str, int]
    watch_review_months: int = Field(ge=1)
    answer_months: int = Field(ge=1)
    unreachable_tries: int = Field(ge=1)
    retry_working_days: int = Field(ge=1)
    escalation: Escalation
    band_from: dict[Band, float]
    stale_working_days: int = Field(ge=1)
    complex_departments: int = Field(ge=2)
    warm_up_months: int = Field(ge=0)
    deadlines: dict[str, Deadline]
    # Later additions: a version of the rules from before them goes without.
    approval_working_days: int = Field(default=2, ge=1)
    referral_working_days: int = Field(default=10, ge=1)
    referral_pass_on_days: int = Field(default=2, ge=1)
    second_person: dict[Outcome, tuple[str, ...]] = Field(default_factory=dict)
    longest_suspension_days: int = Field(default=90, ge=1)
    photo_months: int = Field(default=12, ge=1)
    application_days: dict[str, int] = Field(default_factory=lambda: {"default": 20})
    application_hard_days: dict[str, int] = Field(default_factory=dict)
    application_regions: tuple[RegionDays, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.close_score > self.open_score or self.close_existing > self.open_existing:
            raise ValueError("a closing threshold must not lie above its opening threshold")
        if any(part <= 0 for part in self.strata) or sum(self.strata) >= 1:
            raise ValueError("strata are parts of the county and leave a rest below 1")
        wanted = {URGENT, Source.EVENT.value, *(band.value for band in Band)}
        if set(self.deadlines) != wanted:
            raise ValueError(f"deadlines must name exactly: {', '.join(sorted(wanted))}")
        bars = [self.band_from.get(band, -1.0) for band in (Band.RED, Band.ORANGE, Band.YELLOW)]
        if len(self.band_from) != len(bars) or not 1 >= bars[0] > bars[1] > bars[2] >= 0:
            raise ValueError("band_from needs red, orange and yellow, falling, each from 0 to 1")
        if any(places < 0 for places in self.township_capacity.values()):
            raise ValueError("township_capacity counts visits a month: zero or more")
        self._check_later(wanted)
        known = {"default", NOT_VISITED, *(outcome.value for outcome in Outcome)}
        if "default" not in self.cool_down_months or not known >= set(self.cool_down_months):
            raise ValueError("cool_down_months needs 'default' and may name outcomes only")
        return self

    def _check_later(self, levels: set[str]) -> None:
        if strange := {outcome.value for outcome in self.second_person} - _CLOSING:
            raise ValueError(
                f"second_person: {', '.join(sorted(strange))} does not close a case; it may name "
                f"{', '.join(sorted(_CLOSING))}"
            )
        if strange := {level for named in self.second_person.values() for level in named} - levels:
            raise ValueError(f"second_person: there is no level {', '.join(sorted(strange))}")
        if "default" not in self.application_days or min(self.application_days.values()) < 1:
            raise ValueError("application_days needs 'default', and one working day at least")
        if min(self.application_hard_days.values(), default=1) < 1:
            raise ValueError("application_hard_days counts working days, one at least")

    def second_person_for(
        self, outcome: Outcome, band: str, source: str, urgent: bool = False
    ) -> bool:
        """Whether a result of such an alert waits for the approval of a second person."""
        return self.level(band, source, urgent) in self.second_person.get(outcome, ())

    def application_limit(self, need: str, place: str, on: date, *, hard: bool = False) -> int:
        """Working days a department has for a kind of need, from taking it up on a day.

        `place` is the code of the household's village or township, `hard` a case decided one by
        one: its own limit holds everywhere.
        """
        if hard and need in self.application_hard_days:
            return self.application_hard_days[need]
        rows = [row for row in self.application_regions if row.holds(need, place, on)]
        if rows:
            return max(rows, key=lambda row: (len(row.region), row.since)).days[need]
        return self.application_days.get(need, self.application_days["default"])

    def capacity(self, households: int) -> int:
        """New alerts a month for a county of so many households, at least one."""
        return max(1, round(households * self.capacity_per_1000_households / 1000))

    def slots(self, households: int) -> dict[str, int]:
        """Visits a month for each question, what is drawn at random left out; at least one."""
        places, coming = self.capacity(households), self.coming_places(households)
        drawn = round(places * self.shares.audit) + round(places * self.shares.explore)
        return {"existing": max(1, places - coming - drawn), "coming": max(1, coming)}

    def coming_places(self, households: int) -> int:
        """Of the capacity, the visits kept for families who will be in need soon."""
        return round(self.capacity(households) * self.shares.coming)

    def event_budget(self, households: int) -> int:
        """Alerts a month for fresh facts, beside the capacity."""
        return round(households * self.event_budget_per_1000 / 1000)

    def band_of(self, expected: float) -> Band:
        """Band of an alert whose visit is expected to find need with this probability."""
        return next((band for band, bar in self.band_from.items() if expected >= bar), Band.BLUE)

    def cool_down(self, outcome: str | None) -> int:
        """Months of cool-down after an alert closed with this outcome (None: never visited)."""
        return self.cool_down_months.get(outcome or NOT_VISITED, self.cool_down_months["default"])

    def level(self, band: str, source: str, urgent: bool = False) -> str:
        """Whose deadlines an alert has: an urgent fact's, the event lane's, else its band's."""
        if urgent:
            return URGENT
        return Source.EVENT.value if source == Source.EVENT else band

    def limits(self, band: str, source: str, urgent: bool = False) -> Deadline:
        """The deadlines of an alert, by its level."""
        return self.deadlines[self.level(band, source, urgent)]

    @cached_property
    def timetable(self) -> Timetable[State]:
        """Working days of every step, by level."""
        retry = {"retry": self.retry_working_days, "approve": self.approval_working_days}
        limits = {level: limit.model_dump() | retry for level, limit in self.deadlines.items()}
        return Timetable(STEP, limits)

    @cached_property
    def ladder(self) -> Ladder:
        """When late steps are reported upwards."""
        return Ladder(self.escalation.levels, self.escalation.near_share)


def read_policy(path: Path) -> Policy:
    """Read one policy file.

    Raises PolicyError naming the file and the value that is wrong.
    """
    return parse_policy(path.name, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def parse_policy(name: str, text: str) -> Policy:
    """The policy that a text says; `name` is what errors call it. Raises PolicyError."""
    try:
        return Policy.model_validate(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(error)
        what = " ".join(what.split()).lstrip(": ")
        raise PolicyError(f"{name} 有误：{what}", f"{name}: {what}") from error


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """The policy shipped with Doudi."""
    return read_policy(DEFAULT_FILE)


def policy_text(home: Home | None = None) -> str:
    """The text of the county's own policy file if its home has one, else of the one shipped."""
    own = home.data / POLICY if home else None
    return (own if own and own.exists() else DEFAULT_FILE).read_text(encoding="utf-8")


def load_policy(home: Home, on: date) -> Policy:
    """The policy that holds in a home for the month of a day.

    It is part of the version of the rules that the home's store holds for the month; where it
    holds none, the county's own file, else the one shipped with Doudi.
    """
    years.follow(home)  # deadlines count the working days that the county entered
    found = in_force(home, on)
    if found is None:
        return parse_policy(POLICY, policy_text(home))
    return policy_of(found.texts)


def policy_of(texts: Mapping[str, str]) -> Policy:
    """The alert policy among a version's texts. Raises PolicyError naming the value."""
    if POLICY not in texts:
        raise PolicyError(f"缺少 {POLICY}，请补上", f"{POLICY} is missing; add it")
    return parse_policy(POLICY, texts[POLICY])
