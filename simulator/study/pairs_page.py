"""The page of the pairs: each seed with and without the feeds, means, and how little they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.atomic import write_text
from simulator.study.feeds import named
from simulator.study.pairs import MEASURES, Pair, compared, together
from simulator.study.rows import NEITHER, Row
from simulator.study.runs import Run
from simulator.study.table import BY_HAND, number

_INTRO = """# {number} What some departments' files do to the alerts

**Synthetic 合成数据.** Every county here is invented; its truth is sealed and only judges. The \
figures say what the files of some departments were worth in a world whose rules the authors of \
the scorecard and the model did not look at, not what they would be worth in a real county.

Made by `doudi study pairs`: {counties}. Each county is lived twice from the same state with the \
same luck, offices and workers. In one half every department's files arrive; in the other no file \
of the named feeds ever reaches the bureau, neither in the months from which the model learns nor \
in the lived year. Each half fits its bands and teaches its models from what it has. Before the \
first alert nothing else differs: the truth is the same byte for byte. Then each half sends its \
own visits, and where a worker comes, help changes a family's life.

Brackets hold n and the Wilson 95 % interval of the one county. A difference is with every feed \
minus without. Its interval is over seeds (Student's t, 95 %); it covers the luck of counties of \
this setting and size, nothing else. There are {measures} measures in a table, and of twenty such \
intervals one leaves zero by chance alone. Urgent facts are those that the half's own feeds tell \
of: n differs where the feeds left out would have told of some. The oracle of *avoided* has the \
visits that the half really made.
"""


def write_page(out: Path, pairs: Sequence[Pair], unfinished: Sequence[Run] = ()) -> None:
    """Write the page to `out`; hand-written text below the mark is kept.

    `unfinished` are counties that were asked for and have no result: the page names them.
    """
    old = out.read_text(encoding="utf-8") if out.exists() else ""
    kept = old.split(BY_HAND, 1)[1] if BY_HAND in old else "\n\n"
    counties = "; ".join(_told(some) for some in together(pairs))
    intro = _INTRO.format(number=out.stem.split("-")[0], counties=counties, measures=len(MEASURES))
    body = [intro]
    if unfinished:
        names = "; ".join(str(half) for half in unfinished)
        body += [f"**Not finished**, and in no figure here: {names}.\n"]
    for some in together(pairs):
        body += [*_group(some)]
    write_text(out, "\n".join(body) + f"\n{BY_HAND}{kept}")


def says(n: int) -> str:
    """How much so many seeds can say, in a sentence."""
    if n == 1:
        return (
            "**One seed.** A difference of one county has no interval over counties and says "
            "nothing of the next one."
        )
    chance = 2 * 0.5**n
    told = (
        f"**{n} seeds.** Even if a feed did nothing, all {n} differences would point the same way "
        f"in {100 * chance:.2g} of 100 such studies"
    )
    if chance > 0.05:
        return f"{told}: too few to tell a direction, and the intervals rest on a normal spread."
    return f"{told}."


def _told(pairs: Sequence[Pair]) -> str:
    withheld, setting, households = pairs[0].kind
    seeds = ", ".join(str(pair.seed) for pair in pairs)
    return f"{setting}, {households:,} households, without {named(withheld)} (seeds {seeds})"


def _group(pairs: Sequence[Pair]) -> Iterator[str]:
    withheld, setting, households = pairs[0].kind
    yield f"## {setting}, {households:,} households, without {named(withheld)}\n"
    yield f"Left out: {', '.join(withheld)}.\n"
    yield says(len(pairs)) + "\n"
    yield (
        "| measure | with every feed | without | difference | 95 % over seeds | seeds | "
        "better with |"
    )
    yield f"|{'---|' * 7}"
    for row in MEASURES:
        yield f"| {_label(row)} | {' | '.join(_mean_cells(compared(pairs, row), row))} |"
    yield "\n### By seed\n"
    yield f"| seed | | {' | '.join(_label(row) for row in MEASURES)} |"
    yield f"|{'---|' * (len(MEASURES) + 2)}"
    for pair in pairs:
        for name, half in (("with", pair.whole), ("without", pair.apart)):
            cells = (_cell(half, row) for row in MEASURES)
            yield f"| {pair.seed} | {name} | {' | '.join(cells)} |"
        gaps = (_signed(pair.difference(row.key), row) for row in MEASURES)
        yield f"| {pair.seed} | difference | {' | '.join(gaps)} |"
    yield ""


def _label(row: Row) -> str:
    return f"{row.label} (`{row.key}`)"


def _mean_cells(found: dict[str, Any], row: Row) -> Iterator[str]:
    for half in ("with", "without"):
        yield "–" if found[half] is None else number(found[half], row)
    yield _signed(found["difference"], row)
    low, high = found["low"], found["high"]
    yield "–" if low is None else f"{_signed(low, row)} to {_signed(high, row)}"
    yield str(found["n"])
    yield "–" if row.better == NEITHER else f"{found['better']} of {found['n']}"


def _cell(half: dict[str, Any], row: Row) -> str:
    """A measure of one county with its n and interval, where it is a counted share."""
    value = half.get(row.key)
    if value is None:
        return "–"
    told, n = number(value, row), half.get(f"{row.key}_n")
    if n is None:
        return told
    low, high = half.get(f"{row.key}_low"), half.get(f"{row.key}_high")
    span = f"; {100 * low:.1f} – {100 * high:.1f}" if low is not None and high is not None else ""
    return f"{told} (n {n:,}{span})"


def _signed(value: float | None, row: Row) -> str:
    """A difference: points of a share, or a plain number."""
    if value is None:
        return "–"
    return f"{100 * value:+.1f} points" if row.share else f"{value:+,.1f}".removesuffix(".0")
