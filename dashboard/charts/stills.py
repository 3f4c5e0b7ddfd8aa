"""Pictures that stand still: the house style in Matplotlib, for notebooks and documents.

Every picture is titled by what it says and carries a note: what was counted, how many, whether it
is synthetic. Bars start at zero, values stand beside their marks, a share never comes without its
n and interval. A `Picture` shows itself in a notebook; `png()` gives its bytes. Pyplot is not
used, so no picture leaves any state behind.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import BboxBase

from dashboard.charts.style import ACCENT, GREY, INK, LINE, MID, PALE, SLATE, SOFT, VIOLET

# Chinese first: these fonts hold Latin letters as well. A collection goes by its first name here.
FONTS = (
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "SimHei",
    "DejaVu Sans",
)
WIDTH, DPI, TITLE_WRAP, NOTE_WRAP = 7.6, 110, 92, 146
SERIES = (ACCENT, SLATE, VIOLET, MID, GREY)
ROLE = {"train": ACCENT, "calibrate": MID, "test": SLATE}


@dataclass(frozen=True)
class Picture:
    """A finished figure with its title and its note."""

    figure: Figure
    title: str
    note: str

    def png(self) -> bytes:
        """The picture as PNG."""
        with mpl.rc_context(_settings()):
            held = io.BytesIO()
            self.figure.savefig(held, format="png", dpi=DPI, bbox_inches="tight", pad_inches=0.12)
            return held.getvalue()

    def __repr__(self) -> str:
        return self.title

    def _repr_png_(self) -> bytes:
        return self.png()


@cache
def _settings() -> dict[str, object]:
    known = set(font_manager.get_font_names())
    return {
        "font.family": [name for name in FONTS if name in known] or ["DejaVu Sans"],
        "font.size": 9.5,
        "text.color": INK,
        "axes.labelcolor": SOFT,
        "axes.unicode_minus": False,
        "xtick.color": SOFT,
        "ytick.color": INK,
    }


def _begin(height: float) -> tuple[Figure, Axes]:
    """A figure and one pair of bare axes that fill it."""
    with mpl.rc_context(_settings()):
        figure = Figure(figsize=(WIDTH, height), layout="none", dpi=DPI)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    return figure, axes


def _finish(figure: Figure, axes: Axes, title: str, note: str) -> Picture:
    """Make room for what stands beside the axes, then write the title above and the note below.

    All pictures come out equally wide, with title and note at the left edge, however long the
    names on the axis are.
    """
    with mpl.rc_context(_settings()):
        left, right = _overhang(figure, axes)
        axes.set_position((left, 0.0, 1.0 - left - right, 1.0))
        box = _extent(figure, axes)
        below, above = box.y0 - 0.12 * DPI, max(box.y1, figure.bbox.y1) + 0.12 * DPI
        said = "\n".join(textwrap.wrap(title, TITLE_WRAP))
        figure.text(0, above / figure.bbox.y1, said, fontsize=11.5, fontweight="bold", va="bottom")
        told = "\n".join(textwrap.wrap(note, NOTE_WRAP))
        figure.text(0, below / figure.bbox.y1, told, fontsize=8, color=SOFT, va="top")
    return Picture(figure, title, note)


def _extent(figure: Figure, axes: Axes) -> BboxBase:
    """The axes with all that is written beside them, in pixels."""
    return axes.get_tightbbox(FigureCanvasAgg(figure).get_renderer()) or figure.bbox


def _overhang(figure: Figure, axes: Axes) -> tuple[float, float]:
    """What reaches beyond the axes to the left and the right, as shares of the width."""
    box, width = _extent(figure, axes), figure.bbox.x1
    return max(0.0, -box.x0) / width, max(0.0, box.x1 - width) / width


def _tall(rows: int, each: float = 0.3, frame: float = 0.3) -> float:
    return max(1.2, rows * each + frame)


def _shares_on(axes: Axes, along: str, top: float) -> None:
    """An axis of shares in whole percents, from zero to `top`."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    axis.set_major_formatter(lambda value, _: f"{value:.0%}")
    (axes.set_xlim if along == "x" else axes.set_ylim)(0, top)
    axes.grid(axis=along, color=PALE)  # type: ignore[arg-type]


def bars(
    values: pd.Series,
    title: str,
    note: str = "",
    *,
    form: str = "{:,.0f}",
    colours: Mapping[str, str] | None = None,
) -> Picture:
    """Horizontal bars from zero, first on top; unknown ones are left out. Negative ones point
    left. `form` writes the value beside its bar, `colours` gives single bars their own."""
    values = values.astype(float).dropna()
    figure, axes = _begin(_tall(len(values)))
    names, numbers = [str(n) for n in values.index], values.to_numpy(float)
    shade = [(colours or {}).get(name, ACCENT) for name in names]
    with mpl.rc_context(_settings()):
        drawn = axes.barh(range(len(names)), numbers, color=shade, height=0.62)
        axes.bar_label(drawn, [form.format(v) for v in numbers], padding=4, fontsize=8.5)
        axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xticks([])
    reach = float(np.abs(numbers).max()) if len(numbers) else 1.0
    lowest = float(numbers.min(initial=0.0))
    axes.set_xlim(lowest - 0.15 * reach if lowest < 0 else 0.0, reach * 1.18)
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=LINE, linewidth=1)
    return _finish(figure, axes, title, note)


def shares(
    frame: pd.DataFrame, title: str, note: str = "", *, overall: float | None = None
) -> Picture:
    """A dot and its interval per row (frame: label, share, low, high, n), first row on top.

    Rows whose share is unknown are left out. Hollow are those of a true `small`, or, where the
    frame has no such column, with fewer than ten cases.
    `overall` is drawn as a line.
    """
    rows = frame.dropna(subset=["share"])
    figure, axes = _begin(_tall(len(rows)))
    place, small = np.arange(len(rows)), _small(rows)
    share, low, high = (rows[c].to_numpy(float) for c in ("share", "low", "high"))
    with mpl.rc_context(_settings()):
        axes.hlines(place, low, high, color=GREY, linewidth=1.6)
        axes.scatter(
            share,
            place,
            s=46,
            zorder=3,
            linewidths=1.6,
            c=np.where(small, "#FFFFFF", ACCENT),
            edgecolors=np.where(small, GREY, ACCENT),
        )
        if overall is not None:
            axes.axvline(overall, color=LINE, linewidth=2, zorder=0)
        top = max(0.05, float(np.nanmax(high, initial=0.0)))
        for y, s, n in zip(place, share, rows["n"], strict=True):
            axes.text(top * 1.04, y, f"{s:.0%}  n={n:,.0f}", va="center", fontsize=8.5)
        axes.set_yticks(place, [str(label) for label in rows["label"]])
        _shares_on(axes, "x", top * 1.02)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    return _finish(figure, axes, title, note)


def _small(rows: pd.DataFrame) -> np.ndarray:
    told = rows["small"] if "small" in rows.columns else rows["n"] < 10
    return told.to_numpy(dtype=bool)


def lines(
    frame: pd.DataFrame,
    title: str,
    note: str = "",
    *,
    band: tuple[Sequence[float], Sequence[float]] | None = None,
    share: bool = True,
    across: str = "",
) -> Picture:
    """One line per column over the index, each named at its end.

    `band` (low, high) shades the first column's interval; with `share` the height is read in
    percent; `across` names the index.
    """
    figure, axes = _begin(2.7)
    x = frame.index.to_numpy()
    with mpl.rc_context(_settings()):
        if band is not None:
            axes.fill_between(x, *band, color=ACCENT, alpha=0.15, linewidth=0)
        for name, colour in zip(frame.columns, SERIES, strict=False):
            axes.plot(x, frame[name], color=colour, linewidth=2, marker="o", markersize=4)
        _end_names(axes, frame)
        axes.grid(axis="y", color=PALE)
        highest = float(np.nanmax([frame.to_numpy(float).max(), *(band[1] if band else ())]))
        axes.set_ylim(0, highest * 1.1)
        if share:
            _shares_on(axes, "y", min(1.02, highest * 1.1))
        axes.set_xlabel(across)
    return _finish(figure, axes, title, note)


def _end_names(axes: Axes, frame: pd.DataFrame) -> None:
    """The names of the lines at their right ends, moved apart where the ends are close."""
    ends = frame.ffill().iloc[-1].sort_values()
    gap, last = 0.075 * float(np.nanmax(frame.to_numpy(float))), -np.inf
    colour = dict(zip(frame.columns, SERIES, strict=False))
    for name, value in ends.items():
        last = max(float(value), last + gap)
        axes.annotate(
            str(name),
            (frame.index[-1], last),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=colour.get(name, GREY),
            annotation_clip=False,
        )


def spread(
    values: pd.Series,
    title: str,
    note: str = "",
    *,
    bins: int = 30,
    marks: Mapping[str, float] | None = None,
    across: str = "",
) -> Picture:
    """How often which value occurs, unknown ones left out; `marks` are named upright lines."""
    figure, axes = _begin(2.4)
    with mpl.rc_context(_settings()):
        axes.hist(values.dropna().to_numpy(float), bins=bins, color=ACCENT, rwidth=0.92)
        top = axes.get_ylim()[1]
        for name, place in (marks or {}).items():
            axes.axvline(place, color=INK, linewidth=1, linestyle="--")
            axes.text(place, top, f" {name}", fontsize=8.5, va="top", color=INK)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.grid(axis="y", color=PALE)
        axes.set_xlabel(across)
    return _finish(figure, axes, title, note)


def cloud(
    x: pd.Series, y: pd.Series, title: str, note: str = "", *, across: str = "", up: str = ""
) -> Picture:
    """A dot per case: `y` over `x`; a line marks zero height."""
    figure, axes = _begin(2.7)
    with mpl.rc_context(_settings()):
        axes.axhline(0, color=LINE, linewidth=1)
        axes.scatter(
            x.to_numpy(float), y.to_numpy(float), s=14, color=ACCENT, alpha=0.45, linewidths=0
        )
        axes.grid(axis="y", color=PALE)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
    return _finish(figure, axes, title, note)


def calibration(frame: pd.DataFrame, title: str, note: str = "") -> Picture:
    """Promised against found (frame: promised, found, low, high), the diagonal is right."""
    figure, axes = _begin(3.2)
    rows = frame.dropna(subset=["promised", "found"])
    top = min(1.0, float(rows[["promised", "high"]].max().max()) * 1.08) if len(rows) else 1.0
    with mpl.rc_context(_settings()):
        axes.plot([0, top], [0, top], color=GREY, linewidth=1, linestyle="--")
        axes.vlines(rows["promised"], rows["low"], rows["high"], color=GREY, linewidth=1.6)
        axes.plot(rows["promised"], rows["found"], color=ACCENT, marker="o", linewidth=1.6)
        _shares_on(axes, "x", top)
        _shares_on(axes, "y", top)
        axes.set_xlabel("risk that was promised")
        axes.set_ylabel("share found in need")
    return _finish(figure, axes, title, note)


def months(spans: pd.DataFrame, title: str, note: str = "") -> Picture:
    """Which months teach, calibrate and test (spans: row, role, begins, ends as dates)."""
    rows = list(dict.fromkeys(spans["row"]))
    figure, axes = _begin(_tall(len(rows), each=0.34))
    begins, ends = pd.to_datetime(spans["begins"]), pd.to_datetime(spans["ends"])
    with mpl.rc_context(_settings()):
        for role in dict.fromkeys(spans["role"]):
            mine = (spans["role"] == role).to_numpy()
            axes.barh(
                [rows.index(r) for r in spans["row"][mine]],
                (ends - begins)[mine],
                left=begins[mine],
                height=0.5,
                color=ROLE.get(role, GREY),
                label=role,
                edgecolor="white",
            )
        axes.set_yticks(range(len(rows)), rows)
        axes.legend(
            frameon=False,
            ncols=3,
            fontsize=8.5,
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            borderaxespad=0.1,
        )
    axes.invert_yaxis()
    axes.grid(axis="x", color=PALE)
    return _finish(figure, axes, title, note)
