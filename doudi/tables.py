"""Tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from doudi.progress import console

if TYPE_CHECKING:
    from data.ingest import IngestReport
    from data.manifest import Batch, Unrecognised
    from doudi.pipeline import MonthResult

WIDTH = 150


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], text: int = 1) -> None:
    """Print one table; the first `text` columns are words, the others right-aligned numbers."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for index, name in enumerate(columns):
        # A figure cut short is worse than a wide line: columns never shrink.
        table.add_column(name, justify="left" if index < text else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    wide = Console(width=max(console.width, WIDTH))
    wide.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def print_ingest(report: IngestReport) -> None:
    """The reconciliation: received = accepted + quarantined + duplicates, feed by feed."""
    rows = []
    for feed, sums in report.by_feed().items():
        parts = [sums[k] for k in ("received", "accepted", "quarantined", "duplicates", "repaired")]
        rows.append([feed, sums["batches"], *parts])
    show(
        "received = accepted + quarantined + duplicates",
        ["feed", "files", "received", "accepted", "quarantined", "duplicates", "repaired"],
        rows,
    )
    if report.skipped:
        console.print(
            f"[dim]{len(report.skipped)} files were here before and changed nothing.[/dim]"
        )
    print_odd(report.batches, report.unrecognised)


def print_odd(batches: Sequence[Batch], strangers: Sequence[Unrecognised] = ()) -> None:
    """One line each: what waits, what was refused, what is flagged, and what to do about it."""
    from data.checks import FLAGS
    from data.deliveries.words import ADVICE, what_to_do

    table = Table(
        title="what needs somebody", title_justify="left", header_style="bold", box=None,
        pad_edge=False,
    )  # fmt: skip
    for name in ("file", "state", "why", "what to do"):
        table.add_column(name, overflow="fold")
    for stranger in strangers:
        named = stranger.reason == "unknown_name"
        again = "give it its feed's name and send it again" if named else "send the table itself"
        table.add_row(stranger.file, "refused", stranger.message_en, again)
    for batch in batches:
        state = "waits" if batch.waits else "flagged" if batch.useful else "refused"
        if state != "flagged" and batch.message_en:
            table.add_row(batch.file, state, batch.message_en, what_to_do(batch).en)
        for flag in () if batch.waits else batch.flags:
            table.add_row(batch.file, "flagged", FLAGS[flag][1], ADVICE[flag].en)
    if table.row_count:
        Console(width=max(console.width, WIDTH)).print(table)


_LANES = ("event", "rule", "risk", "secured", "explore", "audit")


def print_months(results: Sequence[MonthResult]) -> None:
    """What the monthly runs raised, and in a second table what they left and why."""
    show(
        "alerts by month",
        ["month", "capacity", "raised", *_LANES, "coming", "joined", "again"],
        [
            [
                str(r.as_of),
                r.capacity,
                r.raised,
                *(r.by_source.get(lane, 0) for lane in _LANES),
                r.by_question.get("coming", 0),
                r.joined,
                len(r.rechecked),
            ]
            for r in results
        ],
    )
    show(
        "not raised (in process: followed; unanswered: in process beyond the limit 超期未答复)",
        [
            *("month", "waiting", "facts waiting", "below floor", "in process", "unanswered"),
            *("cooling", "late", "level 1", "level 2", "level 3", "lapsed"),
        ],
        [
            [
                str(r.as_of),
                sum(count for lane, count in r.waiting.items() if lane != "event"),
                sum(r.kinds.get("waiting", {}).values()),
                sum(r.below.values()),
                *(r.in_process, r.unanswered, r.cooling),
                *(r.overdue.get(k, 0) for k in ("late", "level_1", "level_2", "level_3", "lapsed")),
            ]
            for r in results
        ],
    )
    if len(results) == 1:
        last = results[0]
        told = {"waiting": last.waiting, "below the floor": last.below, "facts": last.kinds}
        for name, counts in told.items():
            console.print(f"{name}: {listed(counts)}", highlight=False)
    for line in dict.fromkeys(w for r in results for w in r.warnings):
        console.print(f"[yellow]note:[/yellow] {line}", highlight=False)


def listed(counts: Any) -> str:
    """Counts by name in one cell, such as 'rule 12, risk 40'; groups of them as 'held: A03 2'."""
    if not isinstance(counts, Mapping):
        return str(counts)
    parts = [
        f"{name}: {listed(count)}" if isinstance(count, Mapping) else f"{name} {count}"
        for name, count in counts.items()
        if count
    ]
    return ", ".join(parts) or "–"


def print_scorers(rows: Sequence[Mapping[str, Any]], *, synthetic: bool) -> None:
    """Model, scorecard and baselines in one table, same rows, same folds."""
    names = ["population", "scorer", "n_train", "n_test", "prevalence", "auc", "ap"]
    names += ["k", "precision_at_k", "recall_at_k", "brier", "ece"]
    title = "later months only" + (" · synthetic 合成数据" if synthetic else "")
    show(title, names, [[row.get(name) for name in names] for row in rows], text=2)
