"""The past run again under other rules and another policy, month by month, as it was known then.

Per month: fresh facts take the budget of the event lane, the coming and the existing lane share
the capacity as `alerts.selection` says (a ceiling, for the county and where asked for per
township), a household with an open case is joined, one in its cool-down or in process is left
alone. What cannot be known of a past that did not happen is modelled as `alerts.laboratory.fates`
says. The audit and exploration draws take their places of the capacity but name no household.

Not modelled: a fact whose need was met by an earlier case (few), the depth limit of the model's
list, an urgent fact's re-opening of a watch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, Protocol

import numpy as np

from alerts.laboratory.fates import Fates, cool_downs, ended, fates
from alerts.laboratory.lanes import BANDS, Counts, Lanes, Offers, Settings, Standing
from alerts.laboratory.material import Material
from alerts.laboratory.months import Bools, Floats, Ints, Month, calendar_month
from alerts.laboratory.record import SOURCES, STILL_OPEN, Alerts, ByMonth
from alerts.policy import Policy
from alerts.states import Source
from models.risk.findings import FOUND_MONTHS
from models.scorecard import RuleSet

By = Literal["both", "rules", "model"]
_LONG_AGO = -1000
# What a visit finds where nothing is expected in numbers.
_UNKNOWN = 0.3


class Chance(Protocol):
    """Says what a visit to an alert finds (`chances.Chances`)."""

    def now(self, month: Month, rows: Ints, question: Ints) -> Floats:
        """Probability of a find at the visit, by row and question asked (places in QUESTIONS)."""


@dataclass(frozen=True)
class Raised:
    """The alerts of a replay, one row each, in the order of months.

    `month` and `row` say where to look it up (`Material.months`), `household`, `township`,
    `village` and `groups` are as there. `source` is a place in SOURCES, `question` in QUESTIONS,
    `band` in `Band`. `expected`: what the policy expected of the visit, NaN where nothing.
    """

    month: Ints
    row: Ints
    household: Ints
    township: Ints
    village: Ints
    groups: Ints
    source: Ints
    question: Ints
    band: Ints
    expected: Floats

    def only(self, mask: Bools | Ints) -> Raised:
        """The alerts under a yes/no mask."""
        return Raised(*(getattr(self, f.name)[mask] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.household)


@dataclass(frozen=True)
class Replayed:
    """What one setting would have done on the material's months."""

    material: Material
    raised: Raised
    counts: tuple[Counts, ...]
    fates: Fates = field(repr=False)

    @property
    def per_month(self) -> Ints:
        """Alerts raised in each month, draws left out."""
        return np.bincount(self.raised.month, minlength=len(self.material.months))


def replay(
    material: Material,
    rules: RuleSet,
    policy: Policy,
    *,
    by: By = "both",
    townships: Mapping[str, int] | None = None,
    chance: Chance | None = None,
    unlimited: Collection[str] = (),
) -> Replayed:
    """Run the months again under `rules` (bars, indicators in force) and `policy`.

    The material must carry the scores of `rules` (`rescoring.rescore`). `by`: the rules and the
    model together, the rules' bands alone (no floor of expected finding, no coming lane), or the
    model alone. `townships`: visits a month that a township can make, by code. `chance`: what a
    visit finds (`chances.learn`), for the ends of cases; default: what the policy expects.
    `unlimited`: lanes (existing, coming) without a ceiling, to count what a cut-off alone names.
    """
    townships = policy.township_capacity if townships is None else townships
    ceilings, kinds = _ceilings(material, townships), _kinds(material, rules)
    settings = Settings(policy, rules, by, ceilings, frozenset(unlimited), kinds)
    known = fates(material.record.alerts, material.place(len(material.months) - 1))
    state = _State(material, policy, known)
    parts, counts = [], []
    for number in range(len(material.months)):
        chosen, count = _month(state, settings, number, chance)
        parts.append(chosen)
        counts.append(count)
    return Replayed(material, _joined(parts), tuple(counts), known)


def _ceilings(material: Material, townships: Mapping[str, int] | None) -> Ints | None:
    if not townships:
        return None
    # A township that is not named has no ceiling of its own.
    return np.array([townships.get(code, STILL_OPEN) for code in material.townships], np.int32)


def _kinds(material: Material, rules: RuleSet) -> Bools:
    """Which kinds of facts still are events: in force, in the lane, with points to give."""
    found = [rules.indicators.get(kind) for kind in material.kinds]
    return np.array(
        [
            i is not None and i.source.event_lane and any(t.points > 0 for t in i.tiers)
            for i in found
        ],
        dtype=bool,
    )


class _State:
    """Every household's standing while the months pass; it starts from the record."""

    def __init__(self, material: Material, policy: Policy, known: Fates) -> None:
        size = len(material.households)
        self.material, self.fates, self.cool = material, known, cool_downs(policy)
        # Months on the record's count: open before `open_until`, cooling up to `cool_until`, in
        # process up to `found_until`; the band of the last closed alert.
        self.open_until = np.full(size, _LONG_AGO, np.int16)
        self.cool_until = np.full(size, _LONG_AGO, np.int16)
        self.found_until = np.full(size, _LONG_AGO, np.int16)
        self.band = np.full(size, len(BANDS) - 1, np.int8)
        self.told = np.full(max(1, material.pairs), _LONG_AGO, np.int16)
        recorded = material.record.alerts
        self._keep(recorded.only(recorded.month < material.start))
        self.reports = recorded.only(recorded.source == SOURCES.index(Source.REPORT))
        self.recorded = ByMonth(recorded)
        self._tell(material)

    def _tell(self, material: Material) -> None:
        """Facts told before the first month; `told` counts calendar months since 1970."""
        if not material.record.told:
            return
        pairs: dict[tuple[int, int], int] = {}
        for month in material.months:
            told = month.facts
            keys = zip(month.household[told.row].tolist(), told.kind.tolist(), strict=True)
            pairs.update(zip(keys, told.pair.tolist(), strict=True))
        zero = calendar_month(material.months[0].as_of) - material.start
        for household, kind, at in material.record.told:
            number = material.kinds.index(kind) if kind in material.kinds else -1
            if (place := pairs.get((household, number))) is not None:
                self.told[place] = max(self.told[place], at + zero)

    def _keep(self, alerts: Alerts) -> None:
        """Alerts raised outside the replay, in the order of the record."""
        h = alerts.household
        self.open_until[h] = np.minimum(alerts.closed, STILL_OPEN)
        self.cool_until[h] = np.minimum(alerts.closed + self.cool[alerts.outcome], STILL_OPEN)
        self.band[h] = alerts.band
        found = h[alerts.found]
        self.found_until[found] = (alerts.month + FOUND_MONTHS)[alerts.found]

    def begin(self, number: int) -> int:
        """A month begins: what people reported in it is open whatever the policy. Its place."""
        place = self.material.place(number)
        self._keep(self.reports.only(self.reports.month == place))
        return place

    def keep(self, place: int, offers: Offers, chance: Floats) -> None:
        """The month's new alerts, with the ends that the record or the draw gives them."""
        h = offers.household
        months, outcome, found = ended(self.fates, h, place, chance)
        real, at = self.recorded.find(h, place)
        until = place + months
        past = self.recorded.alerts
        until[real], outcome[real] = past.closed[at], past.outcome[at]
        found[real] = past.found[at]
        self.open_until[h], self.band[h] = until, offers.band
        self.cool_until[h] = np.minimum(until + self.cool[outcome], STILL_OPEN)
        self.found_until[h[found]] = place + FOUND_MONTHS


def _month(
    state: _State, settings: Settings, number: int, chance: Chance | None
) -> tuple[Raised, Counts]:
    place = state.begin(number)
    month = state.material.months[number]

    def standing(rows: Ints) -> Standing:
        h = month.household[rows]
        busy = month.in_process[rows] & ~month.by_alert[rows]
        # Visited in the month after: so long the finding keeps a family in process.
        busy |= state.found_until[h] >= place
        return Standing(
            busy, state.open_until[h] > place, state.cool_until[h] >= place, state.band[h]
        )

    lanes_of = Lanes(month, settings, standing, state.material.expected[number])
    today = calendar_month(month.as_of)
    remembered = today - settings.policy.event_memory_months
    chosen, counts, told = lanes_of.choose(state.told, remembered)
    state.told[told] = today
    expected = np.nan_to_num(chosen.expected, nan=_UNKNOWN)
    find = expected if chance is None else chance.now(month, chosen.row, chosen.question)
    state.keep(place, chosen, find)
    return _raised(month, number, chosen), counts


def _raised(month: Month, number: int, chosen: Offers) -> Raised:
    row = chosen.row
    return Raised(
        np.full(len(row), number, np.int16),
        row,
        chosen.household,
        month.township[row],
        month.village[row],
        month.groups[row],
        chosen.source,
        chosen.question,
        chosen.band,
        chosen.expected,
    )


def _joined(parts: list[Raised]) -> Raised:
    names = [f.name for f in fields(Raised)]
    return Raised(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
