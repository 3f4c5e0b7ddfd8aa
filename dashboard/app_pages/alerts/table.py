"""Putting the list of alerts on the screen."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard.app_pages.alerts import narrowing, orders, sending, ticks
from dashboard.app_pages.alerts.ticks import Tick
from dashboard.charts.style import BAND, shorten
from dashboard.i18n import Say
from dashboard.show import address, html, said, shell, words
from services import Context
from services.cases import CasePage
from services.names import Kind

ROW_HEIGHT = 100  # three reasons on five lines
TEAM_ROW_HEIGHT = 116  # the same in a narrower column
REASON_WIDTH, TEAM_REASON_WIDTH = 112, 92  # half-width characters that fit such a row
NAMES_TOLD = 10  # households named after an act; more are only counted


def how_to(here: Context, seen: bool, say: Say) -> None:
    """What can be done with the table."""
    told = [say("Click a cell to open its household."), orders.note(seen, say)]
    if not shell.is_past(here):
        told.insert(0, say("Tick rows on the left to dispatch several at once."))
    st.caption(say.pick("", " ").join(told))


def page_number(total_pages: int, say: Say) -> int:
    """Page number under the table."""
    if total_pages == 1:
        return 1
    left, _ = st.columns([1, 5])
    return int(
        left.number_input(
            say("Page, of {n}", n=say.number(total_pages)),
            1,
            total_pages,
            **address.bind("page", range(1, total_pages + 1)),
        )
    )


def table(
    here: Context, found: CasePage, seen: bool, say: Say
) -> tuple[tuple[Tick, ...], str | None]:
    """The page's alerts. Returns them as ticks, and the household whose cell was clicked.

    In an earlier month nothing can be ticked, because nothing can be done.
    """
    rows, rows_drawn = found.rows, ticks.drawn(found.rows)
    free = not shell.is_past(here) and services.cases.may_dispatch(here)
    kind = f"{'team' if seen else 'visit'}_{address.value('order')}"
    key = ticks.table_key(kind, rows_drawn)
    shown = frame(here, rows, seen, say)
    styled = shown.style.map(_band_style, subset=[say("Band")]).map(
        lambda v: f"color: {BAND['red']}" if say("overdue") in str(v) else "", subset=[say("Due")]
    )
    tall = TEAM_ROW_HEIGHT if seen else ROW_HEIGHT
    free_modes = ["multi-row"] if free else []
    event = st.dataframe(
        styled,
        hide_index=True,
        height=min(len(shown), 8) * tall + 38,
        row_height=tall,
        placeholder="–",
        column_config=_columns(seen, say),
        key=key,
        on_select=partial(_selected, key, rows_drawn, say),
        selection_mode=[*free_modes, "single-cell", "single-column"],
        selection_default=ticks.selection(key, rows_drawn) if free else None,
    )
    cells = event["selection"].get("cells", [])
    return rows_drawn, rows_drawn[cells[0][0]].household if cells else None


def _selected(key: str, shown: tuple[Tick, ...], say: Say) -> None:
    """Rows were ticked, or the header of a column was clicked."""
    if columns := st.session_state[key]["selection"].get("columns"):
        orders.clicked(columns[0], say)
    else:
        ticks.taker(key, shown)()


def frame(here: Context, rows: pd.DataFrame, seen: bool, say: Say) -> pd.DataFrame:
    """The list in the reader's words; what tells drawn visits apart only for those who may see."""
    reasons = rows[f"reasons_{say.language}"].str.split(say.pick("；", "; "))
    # English takes nearly twice the room: a third reason would be cut off.
    room = 3 if say.language == "zh" else 2
    width = TEAM_REASON_WIDTH if seen else REASON_WIDTH  # the household tells all
    told = {
        say("Band"): _marks(rows, say),
        say("Household"): [
            words.household(who, code, say)
            for who, code in zip(rows["who"], rows["household"], strict=True)
        ],
        say("Where"): _places(here, rows, say),
        say("Strongest reasons"): [
            shorten(say.pick("；", "; ").join(told[:room]), width) for told in reasons
        ],
        **({say("Question"): words.labels(Kind.QUESTION, rows["question"], say)} if seen else {}),
        say("Handling"): [say.label(services.names.handling(code)) for code in rows["handling"]],
    }
    if seen:
        told |= {
            say("Expected"): _percent(rows["expected"]),
            say("Score"): rows["rule_score"].astype("float64").tolist(),
        }
    return pd.DataFrame(
        told
        | {
            say("Coverage"): rows["coverage"].astype("float64").round(2).tolist(),
            say("Source"): [
                narrowing.source(code if seen else services.cases.blind(code), say)
                for code in rows["source"]
            ],
            say("State"): [words.state(row, say, "\n") for row in rows.to_dict("records")],
            say("Due"): [
                f"{say('overdue')}\n{say.day(day)}" if late else say.day(day)
                for day, late in zip(rows["due_on"], rows["late"], strict=True)
            ],
        }
    )


def _percent(values: pd.Series) -> list[float]:
    return (values.astype("float64") * 100).tolist()


def _marks(rows: pd.DataFrame, say: Say) -> list[str]:
    """Band as shape and word, with the urgent mark below."""
    return [
        f"{html.SHAPE.get(band, '–')} {words.label(Kind.BAND, band, say)}"
        + (f"\n!{say('urgent')}" if urgent else "")
        for band, urgent in zip(rows["band"], rows["urgent"], strict=True)
    ]


def _places(here: Context, rows: pd.DataFrame, say: Say) -> list[str]:
    return [
        "\n".join(words.place(here, code, say) for code in (town, village) if code and code == code)
        for town, village in zip(rows["township_code"], rows["village_code"], strict=True)
    ]


def _band_style(text: str) -> str:
    for code, shape in html.SHAPE.items():
        if text.startswith(shape):
            ink = "#7A6200" if code == "yellow" else BAND[code]
            return f"color: {ink}; font-weight: 600"
    return ""


def _columns(seen: bool, say: Say) -> dict[str, Any]:
    """Columns of at least these widths; what a wider screen has to spare is shared out evenly.

    Without scrolling sideways they fit a screen of 1280 pixels, the county team's one of 1366.
    """
    config, zh = st.column_config, say.language == "zh"
    reasons = (186 if zh else 166) if seen else (220 if zh else 206)
    return {
        say("Band"): config.TextColumn(orders.header("Band", say), width=66 if zh else 84),
        say("Household"): config.TextColumn(width=82),
        say("Where"): config.TextColumn(orders.header("Where", say), width=78 if zh else 94),
        say("Strongest reasons"): config.TextColumn(width=reasons),
        say("Question"): config.TextColumn(
            width=74 if zh else 66,
            help=say(
                "What the visit is asked to find: a need there now, or one that comes within six "
                "months. A dash: a fact or report, which asks both."
            ),
        ),
        say("Handling"): config.TextColumn(width=92),
        say("Expected"): config.NumberColumn(
            orders.header("Expected", say),
            format="%.0f%%",
            width=70,
            help=say(
                "Probability, when raised, that the visit finds an unmet need; for a need soon: "
                "at the visit or within six months."
            ),
        ),
        say("Score"): config.NumberColumn(
            orders.header("Score", say),
            format="%.1f",
            width=68 if zh else 54,
            help=say("Rule score"),
        ),
        say("Coverage"): config.ProgressColumn(
            orders.header("Coverage", say), format="percent", min_value=0, max_value=1, width=72
        ),
        say("Source"): config.TextColumn(width=70),
        say("State"): config.TextColumn(width=74 if zh else 92),
        say("Due"): config.TextColumn(orders.header("Due", say), width=90),
    }


def dispatch_form(here: Context, shown: tuple[Tick, ...], say: Say) -> None:
    """Name the ticked households and send them out; a refusal is told for each that could not go.

    `shown` are the rows of the table above.
    """
    said.show("alerts_dispatch")
    _refusals(say)
    ticks.lost_note(say)
    if not services.cases.may_dispatch(here):
        return
    loads = services.handing.loads(here)
    if not ticks.ticked():
        sending.in_hand(here, loads, say)
        return
    with st.container(border=True, key="alerts_dispatch_box"):
        named = ticks.names(here, shown, say)
        to = sending.recipient(here, named, say)
        room = sending.warned(here, sending.crowded(loads, named), say)
        with st.form("alerts_dispatch", border=False):
            go = st.form_submit_button(
                say("Dispatch these {n}", n=say.number(len(named))),
                type="primary",
                key="alerts_dispatch_go",
                on_click=ticks.hold,
                args=(named,),
                disabled=not room,
            )
        if go:
            _dispatch(here, ticks.agreed(), to, say)
    sending.in_hand(here, loads, say)


def _dispatch(here: Context, chosen: list[Tick], to: sending.Recipient, say: Say) -> None:
    seen_events = {tick.alert: tick.last_event for tick in chosen}
    result = services.cases.dispatch(here, seen_events, *to)
    called = {tick.alert: ticks.called(tick, say) for tick in chosen}
    ticks.clear()
    if result.done:
        told = say("Households dispatched: {n}.", n=say.number(len(result.done)))
        if len(result.done) <= NAMES_TOLD:
            told += say.pick("", " ") + say(", ").join(called[alert] for alert in result.done)
        said.keep("alerts_dispatch", told)
    st.session_state["alerts_refused"] = [(called[alert], error) for alert, error in result.refused]
    st.rerun()


def _refusals(say: Say) -> None:
    """Households that could not be dispatched, each with who did what in between."""
    refused = st.session_state.pop("alerts_refused", [])
    if not refused:
        return
    lines = [
        f"- {words.plain(f'{who} – {error.text(say.language)}')}"
        for who, error in refused[:NAMES_TOLD]
    ]
    if more := len(refused) - len(lines):
        lines.append(f"- {say('and {n} more', n=say.number(more))}")
    head = say("Not dispatched: {n}", n=say.number(len(refused)))
    st.warning("\n".join([f"**{head}**", "", *lines]), icon=":material/update:")


def opener(found: CasePage, say: Say) -> None:
    """A household of this page chosen by name: the way in for keyboards and screen readers."""
    with st.container(key="alerts_opener"):
        left, right, _ = st.columns([3, 1, 3], vertical_alignment="bottom")
    names = dict(zip(found.rows["household"], found.rows["who"], strict=True))
    chosen = left.selectbox(
        say("Open a household of this page"),
        list(names),
        format_func=lambda code: words.household(names[code], code, say),
        key=f"alerts_open_which_{found.rows['household'].iloc[0]}",
    )
    there = address.to("household", household=chosen)
    address.link(there, say("Open"), "alerts_open", right)
