"""Putting the list of alerts on the screen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import services
from dashboard.charts.style import BAND
from dashboard.i18n import Say, mark
from dashboard.services import Here
from dashboard.services.cases import CasePage
from dashboard.services.names import Kind
from dashboard.show import html, shell, words

VIEWS = {
    "open": mark("Still open"),
    "new": mark("New this month"),
    "near": mark("Due soon"),
    "late": mark("Overdue"),
    "all": mark("All"),
}
SORTS = {
    "urgent": mark("Most urgent first"),
    "due": mark("By due day"),
    "newest": mark("Newest first"),
    "score": mark("By rule score"),
    "risk": mark("By risk"),
}
ROW_HEIGHT = 86  # three reasons on four lines


def apply_preset() -> None:
    """Filters another page asked for; they replace all that was chosen here before."""
    preset = st.session_state.pop("alerts_preset", None)
    if preset is None:
        return
    for key in [k for k in st.session_state if str(k).startswith("alerts_f_")]:
        del st.session_state[key]
    st.session_state["alerts_view"] = "all"
    for key, value in preset.items():
        st.session_state[f"alerts_{key}"] = value


def filters(here: Here, say: Say) -> Any:
    """One line of filters; returns what they mean for the list."""
    view = st.segmented_control(
        say("Show"), list(VIEWS), default="open", required=True, key="alerts_view",
        format_func=lambda v: say(VIEWS[v]), label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    options = services.cases.options(*here)
    cells = st.columns(6)
    chosen = {
        "bands": _many(cells[0], "bands", say("Band"), services.names.codes(Kind.BAND),
                       words.named(Kind.BAND, say), say),
        "states": _many(cells[1], "states", say("State"), services.names.codes(Kind.STATE),
                        words.named(Kind.STATE, say), say),
        "sources": _many(cells[2], "sources", say("Source"), options["sources"],
                         words.named(Kind.SOURCE, say), say),
        "departments": _many(cells[3], "departments", say("Department"), options["departments"],
                             lambda c: say.label(services.names.department(c)), say),
        "indicators": _many(cells[4], "indicators", say("Indicator"), options["indicators"],
                            lambda c: f"{c} {say.label(services.names.indicator(c, here.as_of))}",
                            say),
        "outcomes": _many(cells[5], "outcomes", say("Outcome"),
                          services.names.codes(Kind.OUTCOME), words.named(Kind.OUTCOME, say), say),
    }  # fmt: skip
    if view == "new":
        chosen["raised_from"] = here.as_of.replace(day=1)
    elif view in {"near", "late"}:
        chosen["due"] = view
    return services.cases.choice(**chosen, open_only=view == "open" or None)


def _many(place: Any, name: str, label: str, options: list[str], named: Any, say: Say) -> list[str]:
    return place.multiselect(
        label,
        options,
        format_func=named,
        key=f"alerts_f_{name}",
        placeholder=say("any"),
        persist_state="session",
    )


def order_and_page(total_pages: int, say: Say) -> int:
    """Page number under the table."""
    if total_pages == 1:
        return 1
    left, _ = st.columns([1, 5])
    return int(
        left.number_input(
            say("Page, of {n}", n=say.number(total_pages)), 1, total_pages, key="alerts_page"
        )
    )


def table(here: Here, found: CasePage, say: Say) -> tuple[list[int], str | None]:
    """The page's alerts. Returns ids of ticked rows, and the household whose cell was clicked."""
    rows = found.rows
    shown = frame(here, rows, say)
    styled = shown.style.map(_band_style, subset=[say("Band")]).map(
        lambda v: f"color: {BAND['red']}" if say("overdue") in str(v) else "", subset=[say("Due")]
    )
    event = st.dataframe(
        styled,
        hide_index=True,
        height=min(len(shown), 8) * ROW_HEIGHT + 38,
        row_height=ROW_HEIGHT,
        placeholder="–",
        column_config=_columns(say),
        key=f"alerts_table_{found.number}",
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
    )
    selection = (event or {}).get("selection", {})
    ticked = [int(rows["id"].iloc[i]) for i in selection.get("rows", []) if i < len(rows)]
    cells = selection.get("cells", [])
    clicked = None
    if cells and cells[0][0] < len(rows):
        clicked = str(rows["household"].iloc[cells[0][0]])
    return ticked, clicked


def frame(here: Here, rows: pd.DataFrame, say: Say) -> pd.DataFrame:
    """The list in the reader's words."""
    reasons = rows[f"reasons_{say.language}"].str.split(say.pick("；", "; "))
    # English takes nearly twice the room: a third reason would be cut off.
    room = 3 if say.language == "zh" else 2
    reasons = reasons.str[:room].str.join(say.pick("；", "; "))
    due = [
        f"{say('overdue')} {say.day(day)}" if late else say.day(day)
        for day, late in zip(rows["due_on"], rows["late"], strict=True)
    ]
    household = [
        words.household(who, code, say)
        for who, code in zip(rows["who"], rows["household"], strict=True)
    ]
    marks = [f"{html.SHAPE.get(b, '–')} {words.label(Kind.BAND, b, say)}" for b in rows["band"]]
    place = [
        "\n".join(words.place(here, c, say) for c in (village, town) if c and c == c)
        for village, town in zip(rows["village_code"], rows["township_code"], strict=True)
    ]
    return pd.DataFrame(
        {
            say("Band"): marks,
            say("Household"): household,
            say("Village"): place,
            say("Strongest reasons"): reasons.tolist(),
            say("Rule score"): rows["rule_score"].astype("float64").tolist(),
            say("Risk"): (rows["risk"].astype("float64") * 100).tolist(),
            say("Coverage"): rows["coverage"].astype("float64").round(2).tolist(),
            say("Source"): words.labels(Kind.SOURCE, rows["source"], say),
            say("State"): words.labels(Kind.STATE, rows["state"], say),
            say("Due"): due,
        }
    )


def _band_style(text: str) -> str:
    for code, shape in html.SHAPE.items():
        if text.startswith(shape):
            ink = "#7A6200" if code == "yellow" else BAND[code]
            return f"color: {ink}; font-weight: 600"
    return ""


def _columns(say: Say) -> dict[str, Any]:
    config = st.column_config
    return {
        say("Band"): config.TextColumn(width=62),
        say("Household"): config.TextColumn(width=96),
        say("Village"): config.TextColumn(width=98),
        say("Strongest reasons"): config.TextColumn(width=292),
        say("Rule score"): config.NumberColumn(format="%.1f", width=72),
        say("Risk"): config.NumberColumn(format="%.0f%%", width=60),
        say("Coverage"): config.ProgressColumn(
            format="percent", min_value=0, max_value=1, width=88
        ),
        say("Source"): config.TextColumn(width=78),
        say("State"): config.TextColumn(width=88),
        say("Due"): config.TextColumn(width=104),
    }


def dispatch_form(here: Here, ids: list[int], say: Say) -> None:
    """Send the ticked alerts out; a refusal is shown for each alert that could not go."""
    if not ids:
        st.caption(
            say(
                "Tick rows on the left to dispatch several at once; click a cell to open a "
                "household."
            )
        )
        return
    with st.form("alerts_dispatch", border=True):
        actor, role = shell.actor_fields("alerts", words.ROLES["dispatch"], say)
        go = st.form_submit_button(
            say("Dispatch the {n} chosen", n=say.number(len(ids))), type="primary",
            key="alerts_dispatch_go",
        )  # fmt: skip
    if not go:
        return
    if not actor:
        st.warning(say("Write your name or account first: every step is recorded with it."))
        return
    done, refused = services.cases.dispatch(*here, ids, actor, role)
    for error in refused[:5]:
        st.warning(error.text(say.language))
    if done and not refused:
        shell.flash(say("{n} alerts were dispatched.", n=say.number(done)))
        st.rerun()
    elif done:
        st.success(say("{n} alerts were dispatched.", n=say.number(done)))


def opener(found: CasePage, say: Say) -> str | None:
    """A household of this page chosen by name: the way in for keyboards and screen readers."""
    left, right, _ = st.columns([3, 1, 3], vertical_alignment="bottom")
    names = dict(zip(found.rows["household"], found.rows["who"], strict=True))
    chosen = left.selectbox(
        say("Open a household of this page"),
        list(names),
        format_func=lambda code: words.household(names[code], code, say),
        key=f"alerts_open_which_{found.rows['id'].iloc[0]}",
    )
    return chosen if right.button(say("Open"), key="alerts_open", width="stretch") else None


def download(here: Here, where: Any, sort: str, say: Say) -> bytes:
    """The filtered list as Excel, households masked."""
    rows = services.cases.everything(*here, where, sort)
    return services.cases.workbook({say("Alerts"): frame(here, rows, say)})
