"""Pictures of a training for MLflow's own pages: drawn to PNG bytes without a browser.

In English, as MLflow is: a server seldom has Chinese fonts. The dashboard draws its own.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OWN, OTHER = "#0F6E6E", "#8A959B"
SHOWN = 20
Rows = Sequence[Mapping[str, Any]]


def pictures(content: Mapping[str, Any]) -> dict[str, bytes]:
    """Name -> PNG of what the report of a training holds; what it lacks is left out."""
    note = "synthetic county" if content.get("synthetic") else ""
    drawn = {
        "calibration.png": _calibration(content.get("reliability") or [], note),
        "precision_at_capacity.png": _precision(content.get("rows") or [], note),
        "importance.png": _importance(content.get("importance") or [], note),
        "months.png": _months(content.get("by_month") or [], note),
    }
    return {name: png for name, png in drawn.items() if png is not None}


def _canvas(title: str, note: str, height: float = 4.0) -> tuple[Any, Axes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(f"{title} ({note})" if note else title, loc="left", fontsize=11)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _png(figure: Any) -> bytes:
    kept = io.BytesIO()
    figure.savefig(kept, format="png", dpi=110)
    return kept.getvalue()


def _calibration(rows: Rows, note: str) -> bytes | None:
    points = [r for r in rows if r["scorer"] == "model"]
    if not points:
        return None
    figure, axes = _canvas("Promised and found, later months", note)
    top = max(max(r["mean_risk"], r["observed"]) for r in points) * 1.05
    axes.plot([0, top], [0, top], color=OTHER, linewidth=1, linestyle="--")
    sizes = [20 + 100 * r["n"] / max(p["n"] for p in points) for r in points]
    xs, ys = [r["mean_risk"] for r in points], [r["observed"] for r in points]
    axes.scatter(xs, ys, s=sizes, color=OWN)
    axes.set_xlabel("mean risk promised")
    axes.set_ylabel(f"share found in need (n={sum(r['n'] for r in points):,})")
    return _png(figure)


def _precision(rows: Rows, note: str) -> bytes | None:
    told = [r for r in rows if r["population"] == "all" and r.get("precision_at_k") is not None]
    if not told:
        return None
    told = sorted(told, key=lambda r: r["precision_at_k"])
    figure, axes = _canvas("Precision at the visits of the lane, 95% intervals", note)
    for place, row in enumerate(told):
        colour = OWN if row["scorer"] == "model" else OTHER
        low, high = row.get("precision_low"), row.get("precision_high")
        if low is not None and high is not None:
            axes.plot([low, high], [place, place], color=colour, linewidth=2)
        axes.plot(row["precision_at_k"], place, "o", color=colour)
    axes.set_yticks(range(len(told)), [_named(row) for row in told])
    axes.set_xlim(left=0)
    axes.set_xlabel("share of the picks found in need")
    return _png(figure)


def _named(row: Mapping[str, Any]) -> str:
    n = row.get("n_seen", row.get("k"))
    return f"{row['scorer']} (n={n:,.0f})" if n is not None else str(row["scorer"])


def _importance(rows: Rows, note: str) -> bytes | None:
    told = list(reversed(rows[:SHOWN]))
    if not told:
        return None
    figure, axes = _canvas("Influence, mean |SHAP| in log-odds", note, 0.26 * len(told) + 1.2)
    axes.barh([r["feature"] for r in told], [r["mean_abs_shap"] for r in told], color=OWN)
    axes.tick_params(axis="y", labelsize=8)
    return _png(figure)


def _months(rows: Rows, note: str) -> bytes | None:
    told = [r for r in rows if r.get("precision_at_k") is not None]
    if not told:
        return None
    figure, axes = _canvas("Precision by tested month, 95% intervals", note)
    for place, row in enumerate(told):
        axes.plot([place, place], [row["precision_low"], row["precision_high"]], color=OWN)
        axes.plot(place, row["precision_at_k"], "o", color=OWN)
    names = [f"{str(r['month'])[:7]}\nn={r['n_seen']}" for r in told]
    axes.set_xticks(range(len(told)), names, fontsize=8)
    axes.set_ylim(bottom=0)
    return _png(figure)
