"""The study's page: means and spreads of many counties, before and after, and what got worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from core.atomic import write_text
from simulator.study.rows import AIMED_AT, TABLES, Row, reached

# What stands below this line in the file was written by hand and is kept.
BY_HAND = "<!-- below: by hand, kept when the table is made again -->"
_INTRO = """# {title}

**Synthetic 合成数据.** Every county here is invented; its truth is sealed and only judges. The \
figures say how the method fares in a world whose rules its authors did not look at, not how it \
would fare in a real county.

Made by `doudi study run-all` and `doudi study table`: {counties}. Definitions stand in the code \
beside each measure (`simulator/study/`). Cells give the mean over the counties of a setting ± \
standard deviation (lowest – highest); – where the version or the county cannot give the figure.
"""
Result = dict[str, Any]


@dataclass(frozen=True)
class Spread:
    """Values of one measure over the counties of a setting."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float | None:
        """Mean of those that have a value."""
        return fmean(self.values) if self.values else None

    def text(self, row: Row) -> str:
        """Mean ± sd (min – max), as shares or plain numbers."""
        if not self.values:
            return "–"
        mean = number(fmean(self.values), row)
        if len(self.values) == 1:
            return mean
        spread = number(stdev(self.values), row)
        low, high = number(min(self.values), row), number(max(self.values), row)
        return f"{mean} ± {spread} ({low} – {high})"


def spread(results: Sequence[Result], key: str) -> Spread:
    """A measure's values; `recall_audit_holds` is worked out from its interval."""
    values = [_holds(r) if key == "recall_audit_holds" else r.get(key) for r in results]
    return Spread(tuple(float(v) for v in values if v is not None))


def write_study(out: Path, after: Sequence[Result], before: Sequence[Result] = ()) -> None:
    """Write the page to `out`; hand-written text below the mark is kept."""
    number = out.stem.split("-")[0]
    title = f"{number} The alerts against the sealed truth, over several counties"
    old = out.read_text(encoding="utf-8") if out.exists() else ""
    kept = old.split(BY_HAND, 1)[1] if BY_HAND in old else "\n\n"
    intro = _INTRO.format(title=title, counties=_counties(after, before))
    body = "\n".join([intro, *_aims(after), *_tables(after, before), *_worse(after, before)])
    write_text(out, f"{body}\n{BY_HAND}{kept}")


def _counties(after: Sequence[Result], before: Sequence[Result]) -> str:
    said = [
        f"{len(part)} {setting} (seeds {', '.join(str(r.get('seed')) for r in part)}; "
        f"{part[0].get('households'):,} households)"
        for setting, part in _by_setting(after)
    ]
    told = "; ".join(said)
    return f"{told}; {len(before)} counties of the version before" if before else told


def _aims(after: Sequence[Result]) -> Iterator[str]:
    """What was aimed at in the calm setting, and how far we are."""
    calm = [r for r in after if r.get("setting") == AIMED_AT]
    yield f"## Aims ({AIMED_AT} setting)\n"
    yield "| measure | aim | mean ± sd (lowest – highest) | |\n|---|---|---|---|"
    for row in _aimed():
        found = spread(calm, row.key)
        assert row.aim is not None  # noqa: S101 - chosen for having one
        sign = "≥" if row.better > 0 else "≤"
        aim = f"{sign} {number(row.aim, row)}"
        yield f"| {row.label} | {aim} | {found.text(row)} | {_verdict(row, found)} |"
    yield ""


def _verdict(row: Row, found: Spread) -> str:
    if found.mean is None or row.aim is None:
        return "not measured"
    if reached(row, found.mean):
        return "reached"
    gap = abs(found.mean - row.aim)
    points = f"{100 * gap:.1f} points" if row.share else number(gap, row)
    return f"**missed by {points}**"


def _aimed() -> Iterator[Row]:
    return (row for _, rows in TABLES for row in rows if row.aim is not None)


def _tables(after: Sequence[Result], before: Sequence[Result]) -> Iterator[str]:
    """Every measure, by setting, the version before beside this one."""
    settings = [name for name, _ in _by_setting(after)]
    earlier = dict(_by_setting(before))
    later = dict(_by_setting(after))
    heads = []
    for name in settings:
        heads += [f"{name}, before", name] if name in earlier else [name]
    other = [name for name in earlier if name not in later]
    heads += [f"{name}, before" for name in other]
    for title, rows in TABLES:
        yield f"## {title}\n"
        yield f"| measure | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}"
        for row in rows:
            cells = []
            for name in settings:
                if name in earlier:
                    cells.append(spread(earlier[name], row.key).text(row))
                cells.append(spread(later[name], row.key).text(row))
            cells += [spread(earlier[name], row.key).text(row) for name in other]
            yield f"| {row.label} | {' | '.join(cells)} |"
        yield ""
    yield from _months(after)


def _months(after: Sequence[Result]) -> Iterator[str]:
    """Precision by month, every lane, as the mean over the counties of a setting."""
    parts = _by_setting(after)
    months = sorted({m["month"] for r in after for m in r.get("precision_by_month") or []})
    if not months:
        return
    yield "## Precision by month of the replayed year, every lane\n"
    yield f"| setting | {' | '.join(months)} |\n|---|{'---|' * len(months)}"
    plain = Row("precision", "")
    for name, results in parts:
        cells = []
        for month in months:
            rows = [m for r in results for m in r.get("precision_by_month") or []]
            cells.append(spread([m for m in rows if m["month"] == month], "precision").mean)
        told = (number(c, plain) if c is not None else "–" for c in cells)
        yield f"| {name} | {' | '.join(told)} |"
    yield ""


def _worse(after: Sequence[Result], before: Sequence[Result]) -> Iterator[str]:
    """Every measure whose mean got worse in a setting that both versions lived."""
    if not before:
        return
    yield "## What got worse\n"
    earlier = dict(_by_setting(before))
    lines = [
        f"- {name}: {row.label}, {number(old, row)} → {number(new, row)}"
        for name, results in _by_setting(after)
        for row in (row for _, rows in TABLES for row in rows)
        if (old := spread(earlier.get(name, []), row.key).mean) is not None
        and (new := spread(results, row.key).mean) is not None
        and (new - old) * row.better < 0
    ]
    yield "\n".join(lines) if lines else "Nothing of what both versions could measure."
    yield ""


def _by_setting(results: Sequence[Result]) -> list[tuple[str, list[Result]]]:
    names = list(dict.fromkeys(str(r.get("setting")) for r in results))
    order = {"calm": 0, "recession": 1, "poor_data": 2}
    names.sort(key=lambda n: (order.get(n, 9), n))
    return [(name, [r for r in results if str(r.get("setting")) == name]) for name in names]


def _holds(result: Result) -> float | None:
    low, high, true = (result.get(f"recall_{k}") for k in ("audit_low", "audit_high", "true"))
    if low is None or high is None or true is None:
        return None
    return float(low <= true <= high)


def number(value: float, row: Row) -> str:
    """Shares as percentages with one decimal; other numbers as they are."""
    if row.share:
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}".removesuffix(".0")
