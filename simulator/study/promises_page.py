"""The counties' promises together: how many came true, how far off on the whole; and the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from core.atomic import write_text
from data.intervals import wilson
from simulator.study.table import BY_HAND

Row = dict[str, Any]
# Seventeen of twenty, and two points: what issue 8 asks of the promise. Fewer than twenty
# counties settle neither.
ASKED_OF, LEAST_INSIDE, MOST_BIAS = 20, 17 / 20, 2.0
ERRORS = (
    "error_points",
    "error_points_raised",
    "naive_error_points",
    "naive_error_points_raised",
)
_INTRO = """# {number} What the laboratory promises, and what came

**Synthetic 合成数据.** Every county here is invented. The figures say how the promise fares in \
worlds of the same making as those it was built in, not how it would fare in a real county.

Made by `doudi study promises`: {counties} small counties. Each is lived up to a quarter before \
the end of its year; the promise is made that day; then the quarter is lived. Definitions stand \
in `simulator/study/promises.py`. Precisions are finds per alert, so every error in points stands \
on the alerts of one quarter in one small county.
"""


def summary(rows: Sequence[Row]) -> Row:
    """All counties together: `inside` of `counties` with its Wilson 95 % interval, and for each
    error its mean over the counties, the standard error of that mean and the mean size.

    `reached_inside`, `reached_bias`: whether what was asked is met; None with fewer than twenty
    counties, which settle neither. `pooled_…_points`: all promised finds ÷ all promised alerts,
    minus all found ÷ all settled. `width`: mean width of the interval ÷ promised finds.
    """
    inside = sum(row["inside"] for row in rows)
    naive = [row["naive_inside"] for row in rows if row["naive_inside"] is not None]
    low, high = wilson(inside, len(rows))
    found: Row = {
        "synthetic": True,
        "counties": len(rows),
        "inside": inside,
        "inside_low": low,
        "inside_high": high,
        "naive_counties": len(naive),
        "naive_inside": sum(naive),
    }
    for name in ERRORS:
        found |= _mean(name, [row[name] for row in rows if row[name] is not None])
    bias, enough = found["mean_error_points"], len(rows) >= ASKED_OF
    found["reached_inside"] = inside >= LEAST_INSIDE * len(rows) if enough else None
    found["reached_bias"] = abs(bias) <= MOST_BIAS if enough and bias is not None else None
    widths = [(row["high"] - row["low"]) / row["promised"] for row in rows if row["promised"]]
    found["width"] = fmean(widths) if widths else None
    return found | _pooled(rows)


def _mean(name: str, values: Sequence[float]) -> Row:
    many = len(values) > 1
    return {
        f"mean_{name}": fmean(values) if values else None,
        f"se_{name}": stdev(values) / sqrt(len(values)) if many else None,
        f"size_{name}": fmean(map(abs, values)) if values else None,
    }


def _pooled(rows: Sequence[Row]) -> Row:
    names = ("promised_alerts", "promised", "naive", "alerts", "settled", "found")
    total = {name: sum(row[name] or 0 for row in rows) for name in names}
    known = bool(total["settled"] and total["promised_alerts"])
    came = total["found"] / total["settled"] if known else 0.0

    def off(name: str) -> float | None:
        return 100 * (total[name] / total["promised_alerts"] - came) if known else None

    sums = {f"sum_{name}": value for name, value in total.items()}
    return sums | {"pooled_error_points": off("promised"), "pooled_naive_points": off("naive")}


def write_page(out: Path, rows: Sequence[Row]) -> None:
    """Write the page to `out`; hand-written text below the mark is kept."""
    old = out.read_text(encoding="utf-8") if out.exists() else ""
    kept = old.split(BY_HAND, 1)[1] if BY_HAND in old else "\n\n"
    intro = _INTRO.format(number=out.stem.split("-")[0], counties=len(rows))
    body = "\n".join([intro, *_asked(summary(rows)), *_counties(rows)])
    write_text(out, f"{body}\n{BY_HAND}{kept}")


def _asked(found: Row) -> Iterator[str]:
    """What was asked, what the promise reached, and the naive promise beside it."""
    number = found["counties"]
    interval = f"95 %: {_share(found['inside_low'])} – {_share(found['inside_high'])}"
    yield "## What was asked\n"
    yield "| measure | asked | promise | naive promise | |\n|---|---|---|---|---|"
    yield (
        f"| finds inside the promised 90 % interval | ≥ 17 of 20 | {found['inside']} of {number} "
        f"({interval}) | {found['naive_inside']} of {found['naive_counties']} | "
        f"{_verdict(found['reached_inside'])} |"
    )
    yield (
        f"| mean bias of the precision, points: finds ÷ alerts promised − found ÷ settled | "
        f"≤ 2 either way | {_bias(found, 'error_points')} | {_bias(found, 'naive_error_points')} | "
        f"{_verdict(found['reached_bias'])} |"
    )
    raised = (_bias(found, f"{kind}error_points_raised") for kind in ("", "naive_"))
    yield f"| the same against found ÷ alerts raised | – | {' | '.join(raised)} | |"
    sizes = (_signed(found[f"size_{kind}error_points"]) for kind in ("", "naive_"))
    yield f"| mean size of the error, points | – | {' | '.join(s.lstrip('+') for s in sizes)} | |"
    pooled = (_signed(found[name]) for name in ("pooled_error_points", "pooled_naive_points"))
    yield f"| bias of all counties as one, points | – | {' | '.join(pooled)} | |"
    sums = (f"{found[name]:,.0f}" for name in ("sum_promised", "sum_naive"))
    yield f"| finds promised in all (came: {found['sum_found']:,}) | – | {' | '.join(sums)} | |"
    yield f"| width of the interval ÷ finds promised, mean | – | {_share(found['width'])} | – | |\n"


def _counties(rows: Sequence[Row]) -> Iterator[str]:
    yield "## The counties\n"
    yield (
        "| setting | seed | households | alerts promised | finds promised (90 %) | alerts | "
        "settled | found | inside | precision promised | came | error, points | "
        "naive finds (90 %) | inside | naive error, points |"
    )
    yield f"|{'---|' * 15}"
    for row in rows:
        naive = _finds(row, "naive", "naive_") if row["naive"] is not None else "–"
        cells = [
            row["setting"],
            row["seed"],
            f"{row['households']:,}",
            f"{row['promised_alerts']:.0f}",
            _finds(row, "promised", ""),
            row["alerts"],
            row["settled"],
            row["found"],
            _yes(row["inside"]),
            _share(row["precision_promised"]),
            _share(row["precision"]),
            _signed(row["error_points"]),
            naive,
            _yes(row["naive_inside"]),
            _signed(row["naive_error_points"]),
        ]
        yield f"| {' | '.join(map(str, cells))} |"
    yield ""


def _finds(row: Row, name: str, ends: str) -> str:
    return f"{row[name]:.1f} ({row[f'{ends}low']:.1f} – {row[f'{ends}high']:.1f})"


def _bias(found: Row, name: str) -> str:
    error = found[f"se_{name}"]
    doubt = "" if error is None else f" (standard error {error:.1f})"
    return f"{_signed(found[f'mean_{name}'])}{doubt}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.1f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _yes(value: bool | None) -> str:
    return "–" if value is None else "yes" if value else "**no**"


def _verdict(reached: bool | None) -> str:
    return "too few counties to say" if reached is None else "reached" if reached else "**missed**"
