"""The probability that a visit finds an unmet need, corrected for whom visits went to.

The model's own probability is taken as the belief beforehand (slope one, no shift) and corrected
by what visits found: a logistic curve over its log-odds, the rule score, the watch group, whether
a fresh fact raised the family, and whether the visit was made for an alert, since who knows what
to look for finds more. The probability given is that of a visit to an alert. Visits that a family
asked for have no say; every other visit weighs the inverse of its probability
(`models.risk.selection`), so that the curve speaks of all families and not of those we chose.
Where the model had not answered, the rule score stands alone. With few visits the belief
beforehand stays; with many they decide. Months that another version of the model had answered
have a level and a slope of their own beside the common ones: what visits found of a bold version
says little of the one that replaced it.

The coming is judged by needs on record within six months, among families that an unasked visit
saw in that time: of the others silence is not "no need".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from alerts.laboratory.fates import drawn
from alerts.laboratory.links import HORIZON_DAYS, Linked, as_days, linked
from alerts.laboratory.material import Material
from alerts.laboratory.months import WATCHES, Bools, Floats, Ints, Month
from alerts.laboratory.record import QUESTIONS
from alerts.laboratory.replay import Raised
from alerts.selection import AT_RISK, SECURED, UNWATCHED
from alerts.states import Question

_EXISTING, _COMING = (QUESTIONS.index(q.value) for q in (Question.EXISTING, Question.COMING))
_AT_RISK, _SECURED, _UNWATCHED = (WATCHES.index(w) for w in (AT_RISK, SECURED, UNWATCHED))
_LEAST = 1e-4
# About so many household-months a month teach how likely a visit was.
SAMPLE = 6_000
# Fewer visits cannot tell how visits were chosen: then each counts one.
MIN_VISITS = 100
# Belief beforehand: mean and spread of each coefficient, on the log-odds scale. Columns: level,
# log-odds of the model, hundred points of the score, secured, unwatched, fresh fact,
# asked about the coming, to an alert, another version, its log-odds.
_BY_MODEL = (
    np.array([0, 1, 0, 0, 0, 0, 0, 0, 0, 0.0]),
    np.array([1, 0.5, 0.5, 0.5, 0.5, 1, 1, 0.5, 0.5, 0.3]),
)
_BY_SCORE = (
    np.array([-2, 0, 1.5, 0, 0, 0, 0, 0, 0, 0.0]),
    np.array([2, 1e-3, 1.5, 0.7, 0.7, 1, 1, 0.5, 1e-3, 1e-3]),
)
_OF_COMING = (np.array([0, 1.0]), np.array([1, 0.5]))


@dataclass(frozen=True)
class Curve:
    """A logistic curve: coefficients and their covariance; `visits` and findings behind it."""

    coefficients: Floats
    covariance: Floats
    visits: int
    found: int

    def of(self, design: Floats) -> Floats:
        """Probabilities of the rows of a design."""
        chance: Floats = expit(design @ self.coefficients)
        return chance

    def variance(self, design: Floats) -> float:
        """Variance of the sum of the probabilities that comes from the curve's own uncertainty."""
        chance = self.of(design)
        gradient = design.T @ (chance * (1 - chance))
        return float(gradient @ self.covariance @ gradient)


@dataclass(frozen=True)
class Chances:
    """The curves of a material: existing by the model, existing by the score alone, coming.

    `version`: the model's version that the common part of `by_model` speaks of.
    """

    by_model: Curve
    by_score: Curve
    coming: Curve
    version: str = ""

    def __call__(self, month: Month, rows: Ints, question: Ints) -> Floats:
        """Probability for each row of a month asked a question (places in QUESTIONS)."""
        return self._of(self._parts(month, rows, question), len(rows))

    def now(self, month: Month, rows: Ints, question: Ints) -> Floats:
        """Probability of a find at the visit, for alerts about the coming too."""
        return self._of(self._parts(month, rows, question, at_visit=True), len(rows))

    @staticmethod
    def _of(parts: list[tuple[Bools, Curve, Floats]], size: int) -> Floats:
        found = np.empty(size)
        for mask, curve, rows in parts:
            found[mask] = curve.of(rows)
        return found

    def variance(self, material: Material, raised: Raised, at_visit: bool = False) -> float:
        """Variance of the sum over alerts that comes from the curves' uncertainty."""
        month, row, question = raised.month, raised.row, raised.question
        designs: dict[int, tuple[Curve, list[Floats]]] = {}
        for number in np.unique(month):
            here = month == number
            rows = row[here], question[here]
            found = self._parts(material.months[int(number)], *rows, at_visit)
            for _, curve, rows_of in found:
                designs.setdefault(id(curve), (curve, []))[1].append(rows_of)
        return sum(curve.variance(np.concatenate(parts)) for curve, parts in designs.values())

    def _parts(
        self, month: Month, rows: Ints, question: Ints, at_visit: bool = False
    ) -> list[tuple[Bools, Curve, Floats]]:
        """The rows by the curve that speaks for them."""
        asked = question == _COMING
        later = asked & (not at_visit)
        modelled = ~np.isnan(month.existing[rows])
        event = ~asked & (question != _EXISTING)
        found = []
        for mask, curve in (
            (modelled & ~later, self.by_model),
            (~modelled & ~later, self.by_score),
        ):
            marks = Marks(event[mask], asked[mask], np.ones(int(mask.sum()), bool))
            found.append((mask, curve, design(month, rows[mask], marks, self.version)))
        return [*found, (later, self.coming, coming_design(month, rows[later]))]


def learn(material: Material, months: Collection[int] | None = None) -> Chances:
    """The curves from the visits that followed some months (default: all of the material)."""
    seen = linked(material, months)
    seen = seen.only(~_of(material, seen, "in_process"))
    weight = weights(material, seen)
    modelled = ~np.isnan(_of(material, seen, "existing"))
    newest = len(material.months) - 1 if months is None else max(months, default=0)
    version = material.months[newest].model
    rows = _stacked(material, seen, version)
    home = _of(material, seen, "household")
    found, known = seen.found, (weight[modelled], home[modelled])
    by_model = _fit(rows[modelled], found[modelled], *known, _BY_MODEL)
    # Where the model answered, the curve by score learns too: it stands in where it did not.
    alone = rows.copy()
    alone[:, [1, -2, -1]] = 0.0
    by_score = _fit(alone, found, weight, home, _BY_SCORE)
    return Chances(by_model, by_score, _coming(material, months), version)


@dataclass(frozen=True)
class Marks:
    """How visits came about: for a fresh fact, asked about the coming, to an alert."""

    event: Bools
    coming: Bools
    to_alert: Bools


def design(month: Month, rows: Ints, marks: Marks, version: str) -> Floats:
    """Columns of the existing question; see the belief beforehand. `version`: the one in use."""
    existing = np.clip(np.nan_to_num(month.existing[rows], nan=0.5), _LEAST, 1 - _LEAST)
    watch = month.watch[rows]
    modelled = ~np.isnan(month.existing[rows])
    # What the stored score adds to the model; without it the score looked at speaks.
    score = np.where(modelled, month.known_score[rows], month.score[rows])
    margin = logit(existing.astype(float))
    columns = [np.ones(len(rows)), margin, score / 100]
    columns += [watch == _SECURED, watch == _UNWATCHED]
    columns += [marks.event, marks.coming, marks.to_alert]
    other = np.full(len(rows), float(month.model != version))
    columns += [other, other * margin]
    return np.column_stack(columns).astype(float)


def coming_design(month: Month, rows: Ints) -> Floats:
    """Columns of the coming question: level and log-odds of need now or within the horizon."""
    now = np.nan_to_num(month.existing[rows].astype(float))
    either = now + (1 - now) * np.nan_to_num(month.coming[rows].astype(float))
    return np.column_stack([np.ones(len(rows)), logit(np.clip(either, _LEAST, 1 - _LEAST))])


def weights(material: Material, seen: Linked) -> Floats:
    """Stabilised inverse probability of each visit; 0 for those that the family asked for."""
    asked = seen.asked
    if len(seen) - int(asked.sum()) < MIN_VISITS:
        return np.where(asked, 0.0, 1.0)
    # LightGBM takes a second to load, and a page that only replays does not need it.
    from models.risk.selection import learn_propensity

    frames, marks = [], []
    for number in np.unique(seen.month):
        month = material.months[int(number)]
        kept = drawn(month.household, 0, 3) < SAMPLE / max(1, len(month))
        rows = np.flatnonzero(kept & ~month.in_process)
        visited = seen.row[(seen.month == number) & ~asked]
        frames.append(_frame(month, rows))
        marks.append(np.isin(rows, visited))
    frame = pd.concat(frames, ignore_index=True)
    chance = learn_propensity(frame, list(frame.columns), np.concatenate(marks))
    own = [_frame(material.months[m], seen.row[seen.month == m]) for m in np.unique(seen.month)]
    order = np.argsort(seen.month, kind="stable")
    told = pd.concat(own, ignore_index=True).assign(
        reason=np.where(asked[order], "application", "round"), inclusion=seen.inclusion[order]
    )
    found = np.empty(len(seen))
    found[order] = chance.weight(told)
    return found


def _frame(month: Month, rows: Ints) -> pd.DataFrame:
    names = ("existing", "coming", "known_score", "watch", "groups", "township")
    return pd.DataFrame({name: getattr(month, name)[rows].astype(float) for name in names})


def _coming(material: Material, months: Collection[int] | None) -> Curve:
    """The curve of the coming, from months whose six months have passed."""
    ends, visits, needs = as_days(material), material.record.visits, material.record.needs
    last = int(visits.day.max()) if len(visits.day) else 0
    designs, labels, homes = [], [], []
    for number, month in enumerate(material.months):
        if ends[number] + HORIZON_DAYS > last or (months is not None and number not in months):
            continue
        flags = [
            _within(len(material.households), table.household, table.day, ends[number])
            for table in (visits.unasked, needs)
        ]
        lane = (month.watch == _AT_RISK) & ~month.in_process & (month.coming >= 0.1)
        rows = np.flatnonzero(lane & flags[0][month.household])
        designs.append(coming_design(month, rows))
        labels.append(flags[1][month.household[rows]])
        homes.append(month.household[rows])
    if not designs:
        none = np.empty(0)
        return _fit(np.empty((0, 2)), none, none, none.astype(int), _OF_COMING)
    found, home = np.concatenate(labels), np.concatenate(homes)
    return _fit(np.concatenate(designs), found, np.ones(len(found)), home, _OF_COMING)


def _within(size: int, household: Ints, day: Ints, end: int) -> Bools:
    """Households with a row within six months after a day."""
    flags = np.zeros(size, bool)
    flags[household[(day > end) & (day <= end + HORIZON_DAYS)]] = True
    return flags


def _of(material: Material, seen: Linked, name: str) -> np.ndarray:
    """A column of the months at the rows of visits."""
    found = np.empty(len(seen), getattr(material.months[0], name).dtype)
    for number in np.unique(seen.month):
        here = seen.month == number
        found[here] = getattr(material.months[int(number)], name)[seen.row[here]]
    return found


def _stacked(material: Material, seen: Linked, version: str) -> Floats:
    rows = np.empty((len(seen), len(_BY_MODEL[0])))
    for number in np.unique(seen.month):
        here = seen.month == number
        marks = Marks(seen.event[here], seen.coming[here], seen.to_alert[here])
        rows[here] = design(material.months[int(number)], seen.row[here], marks, version)
    return rows


def _fit(
    rows: Floats, found: np.ndarray, weight: Floats, home: Ints, belief: tuple[Floats, Floats]
) -> Curve:
    """Weighted logistic curve with a normal belief beforehand, by Newton's method.

    The covariance is the sandwich with households as clusters (Huber 1967; Liang and Zeger 1986),
    the belief counted as data. Weights are scaled to Kish's effective number of visits.
    """
    mean, spread = belief
    prior, found = np.diag(1 / spread**2), np.asarray(found, float)
    used = weight > 0
    rows, found, weight, home = rows[used], found[used], weight[used], home[used]
    if len(found):
        weight = weight * weight.sum() / (weight**2).sum()
    at = mean.astype(float).copy()
    for _ in range(30):
        chance = expit(rows @ at)
        slope = rows.T @ (weight * (found - chance)) - prior @ (at - mean)
        curved = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + prior
        step = np.linalg.solve(curved, slope)
        at += step
        if np.abs(step).max() < 1e-8:
            break
    inverse = np.linalg.inv(curved)
    scores = rows * (weight * (found - expit(rows @ at)))[:, None]
    names = np.unique(home, return_inverse=True)[1] if len(home) else np.empty(0, int)
    sums = np.zeros((int(names.max()) + 1 if len(names) else 0, rows.shape[1]))
    np.add.at(sums, names, scores)
    covariance = inverse @ (sums.T @ sums + prior) @ inverse
    return Curve(at, covariance, len(found), int(found.sum()))
