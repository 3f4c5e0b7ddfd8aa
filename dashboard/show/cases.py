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
from dashboard.show import address, html, said, shell, ticks, words
from dashboard.show.ticks import Tick

VIEWS = {
    "open": mark("Still open"),
    "new": mark("New this month"),
    "near": mark("Due soon"),
    "late": mark("Overdue"),
    "year": mark("Twelve months"),
    "all": mark("All"),
}
SORTS = {
    "urgent": mark("Most urgent first"),
    "due": mark("By due day"),
    "newest": mark("Newest first"),
    "expected": mark("By expected finding"),
    "score": mark("By rule score"),
    "risk": mark("By risk"),
}
# What happened in the month, whenever the alert was raised, and how far alerts have come.
HAPPENED = {
    "checked": mark("checked this month"),
    "confirmed": mark("need confirmed this month"),
    "helped": mark("helped this month"),
}
REACHED = {
    "dispatched": mark("dispatched"),
    "checked": mark("checked"),
    "confirmed": mark("need confirmed"),
    "helped": mark("helped"),
}
ROW_HEIGHT = 100  # three reasons on five lines
TEAM_ROW_HEIGHT = 116  # the same in a narrower column
NAMES_TOLD = 10  # households named after an act; more are only counted
# Who reads the list. Without a sign-in the choice keeps an honest visitor blind, nobody else.
SIGHTS = {"visit": mark("For visits"), "team": mark("County monitoring team")}


def sighted(place: Any, say: Say) -> bool:
    """Whether the list is read by the county team, who may know which visits were drawn."""
    chosen = place.segmented_control(
        say("Who reads this list"), list(SIGHTS), required=True,
        format_func=lambda s: say(SIGHTS[s]), label_visibility="collapsed",
        **address.bind("sight", SIGHTS),
    )  # fmt: skip
    return chosen == "team"


def sight_note(seen: bool, say: Say) -> None:
    """Say what the list leaves out, or what must not leave the team."""
    if seen:
        st.caption(
            say(
                "For the county team: it names the visits drawn at random, whose visitors must not "
                "know it. Please pass on the list for visits only."
            )
        )
        return
    st.caption(
        say(
            "Some visits are drawn at random to measure what alerts miss, and whoever visits must "
            "not know which. So this list and its download write 'visit' for every source but "
            "facts and reports, and leave out expected finding, score and risk. There is no "
            "sign-in yet: the county team chooses its own view above."
        )
    )


def orders(seen: bool) -> list[str]:
    """The orders that a reader may choose from."""
    return list(services.cases.SORTS if seen else services.cases.BLIND_SORTS)


def filters(here: Here, say: Say) -> tuple[Any, bool]:
    """The filters: what they mean for the list, and whether the county team reads it."""
    shown, urgent_box, reader = st.columns([4, 1.3, 2.6], vertical_alignment="center")
    seen = sighted(reader, say)
    view = shown.segmented_control(
        say("Show"), list(VIEWS), required=True,
        format_func=lambda v: say(VIEWS[v]), label_visibility="collapsed",
        **address.bind("view", VIEWS),
    )  # fmt: skip
    options = services.cases.options(*here)
    _translate_sources(seen, options["sources"])
    fields = filter_fields(here, options, seen, say)
    further = any(address.value(name) for name, *_ in fields[4:])
    cells = st.columns(4)
    with st.expander(say("More filters"), expanded=further):
        cells += [*st.columns(4), *st.columns(4)[:2]]
    chosen = {
        name: _many(cell, name, label, codes, named, say)
        for cell, (name, label, codes, named) in zip(cells, fields, strict=True)
    }
    urgent = urgent_box.checkbox(say("Urgent only"), **address.bind("urgent", (False, True)))
    sight_note(seen, say)
    if view == "new":
        chosen["raised_from"] = here.as_of.replace(day=1)
    elif view == "year":
        chosen["raised_from"] = services.overview.year_start(here.as_of)
    elif view in {"near", "late"}:
        chosen["due"] = view
    narrowed = {"urgent_only": urgent or None, "open_only": view == "open" or None}
    return services.cases.choice(**chosen, **narrowed), seen


def filter_fields(
    here: Here, options: dict[str, list[str]], seen: bool, say: Say
) -> list[tuple[str, str, list[Any], Any]]:
    """The filters of several values: name, label, codes to choose from, how a code is called."""
    names = services.names
    return [
        ("questions", say("Question"), names.codes(Kind.QUESTION),
         words.named(Kind.QUESTION, say)),
        ("handlings", say("Handling"), names.handlings(),
         lambda code: say.label(names.handling(code))),
        ("bands", say("Band"), names.codes(Kind.BAND), words.named(Kind.BAND, say)),
        ("states", say("State"), names.codes(Kind.STATE), words.named(Kind.STATE, say)),
        ("sources", say("Source"), services.cases.sources(options["sources"], seen),
         lambda code: source(code, say)),
        ("departments", say("Department"), options["departments"],
         lambda code: say.label(names.department(code))),
        ("indicators", say("Indicator"), options["indicators"],
         lambda code: f"{code} {say.label(names.indicator(code, here.as_of))}"),
        ("outcomes", say("Outcome"), names.codes(Kind.OUTCOME), words.named(Kind.OUTCOME, say)),
        ("happened", say("What happened"), list(HAPPENED), lambda code: say(HAPPENED[code])),
        ("reached", say("Come as far as"), list(REACHED), lambda code: say(REACHED[code])),
    ]  # fmt: skip


def _translate_sources(seen: bool, codes: list[str]) -> None:
    """Keep the sources chosen in the other view of the list, in the words of this one."""
    chosen = address.value("sources")
    if chosen:
        blind = services.cases.blind
        kept = [c for c in codes if c in chosen or blind(c) in chosen]
        address.correct(sources=services.cases.sources(kept, seen))


def source(code: str, say: Say) -> str:
    """What a source is called."""
    if code == services.cases.VISIT:
        return say("Visit")
    return words.label(Kind.SOURCE, code, say)


def _many(place: Any, name: str, label: str, options: list[Any], named: Any, say: Say) -> list[Any]:
    return place.multiselect(
        label,
        options,
        format_func=named,
        placeholder=say("any"),
        **address.bind(name, options),
    )


def order_and_page(total_pages: int, say: Say) -> int:
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


def table(here: Here, found: CasePage, seen: bool, say: Say) -> tuple[tuple[Tick, ...], str | None]:
    """The page's alerts. Returns them as ticks, and the household whose cell was clicked.

    In an earlier month nothing can be ticked, because nothing can be done.
    """
    rows, rows_drawn = found.rows, ticks.drawn(found.rows)
    free = not shell.is_past(here)
    key = ticks.table_key("team" if seen else "visit", rows_drawn)
    shown = frame(here, rows, seen, say)
    styled = shown.style.map(_band_style, subset=[say("Band")]).map(
        lambda v: f"color: {BAND['red']}" if say("overdue") in str(v) else "", subset=[say("Due")]
    )
    tall = TEAM_ROW_HEIGHT if seen else ROW_HEIGHT
    event = st.dataframe(
        styled,
        hide_index=True,
        height=min(len(shown), 8) * tall + 38,
        row_height=tall,
        placeholder="–",
        column_config=_columns(seen, say),
        key=key,
        on_select=ticks.taker(key, rows_drawn),
        selection_mode=["multi-row", "single-cell"] if free else ["single-cell"],
        selection_default=ticks.selection(key, rows_drawn) if free else None,
    )
    cells = event["selection"].get("cells", [])
    return rows_drawn, rows_drawn[cells[0][0]].household if cells else None


def frame(here: Here, rows: pd.DataFrame, seen: bool, say: Say) -> pd.DataFrame:
    """The list in the reader's words; what tells drawn visits apart only for those who may see."""
    reasons = rows[f"reasons_{say.language}"].str.split(say.pick("；", "; "))
    # English takes nearly twice the room: a third reason would be cut off.
    room = 3 if say.language == "zh" else 2
    told = {
        say("Band"): _marks(rows, say),
        say("Household"): [
            words.household(who, code, say)
            for who, code in zip(rows["who"], rows["household"], strict=True)
        ],
        say("Village"): _places(here, rows, say),
        say("Strongest reasons"): reasons.str[:room].str.join(say.pick("；", "; ")).tolist(),
        say("Question"): words.labels(Kind.QUESTION, rows["question"], say),
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
                source(code if seen else services.cases.blind(code), say) for code in rows["source"]
            ],
            say("State"): _states(rows, say),
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


def _places(here: Here, rows: pd.DataFrame, say: Say) -> list[str]:
    return [
        "\n".join(words.place(here, code, say) for code in (village, town) if code and code == code)
        for village, town in zip(rows["village_code"], rows["township_code"], strict=True)
    ]


def _states(rows: pd.DataFrame, say: Say) -> list[str]:
    """State in words; a family not met yet with the number of tries."""
    return [
        words.label(Kind.STATE, state, say)
        + (f"\n{say('not met {n}×', n=say.number(tries))}" if tries and retried else "")
        for state, tries, retried in zip(
            rows["state"], rows["tries"], rows["state"] != "closed", strict=True
        )
    ]


def _band_style(text: str) -> str:
    for code, shape in html.SHAPE.items():
        if text.startswith(shape):
            ink = "#7A6200" if code == "yellow" else BAND[code]
            return f"color: {ink}; font-weight: 600"
    return ""


def _columns(seen: bool, say: Say) -> dict[str, Any]:
    """Widths that fill a desk's screen: the county team's two figures take room from reasons."""
    config, zh = st.column_config, say.language == "zh"
    return {
        say("Band"): config.TextColumn(width=74),
        say("Household"): config.TextColumn(width=84),
        say("Village"): config.TextColumn(width=82 if zh else 92),
        say("Strongest reasons"): config.TextColumn(width=188 if seen else 272),
        say("Question"): config.TextColumn(
            width=74 if zh else 68,
            help=say(
                "What the visit is asked to find: a need there now, or one that comes within six "
                "months. A dash: a fact or report, which asks both."
            ),
        ),
        say("Handling"): config.TextColumn(width=94 if seen else 104),
        say("Expected"): config.NumberColumn(
            format="%.0f%%",
            width=70,
            help=say(
                "Probability, when raised, that the visit finds an unmet need; for a need soon: "
                "at the visit or within six months."
            ),
        ),
        say("Score"): config.NumberColumn(
            format="%.1f", width=68 if zh else 54, help=say("Rule score")
        ),
        say("Coverage"): config.ProgressColumn(
            format="percent", min_value=0, max_value=1, width=70
        ),
        say("Source"): config.TextColumn(width=78),
        say("State"): config.TextColumn(width=80 if zh else 86),
        say("Due"): config.TextColumn(width=104),
    }


def dispatch_form(here: Here, shown: tuple[Tick, ...], say: Say) -> None:
    """Name the ticked households and send them out; a refusal is told for each that could not go.

    `shown` are the rows of the table above.
    """
    said.show("alerts_dispatch")
    _refusals(say)
    ticks.lost_note(say)
    if not ticks.ticked():
        st.caption(
            say(
                "Tick rows on the left to dispatch several at once; click a cell to open a "
                "household."
            )
        )
        return
    with st.container(border=True, key="alerts_dispatch_box"):
        named = ticks.names(here, shown, say)
        with st.form("alerts_dispatch", border=False):
            actor, role = shell.actor_fields("alerts", words.ROLES["dispatch"], say)
            go = st.form_submit_button(
                say("Dispatch these {n}", n=say.number(len(named))),
                type="primary",
                key="alerts_dispatch_go",
                on_click=ticks.hold,
                args=(named,),
            )
        if go and not actor:
            st.warning(say("Write your name or account first: every step is recorded with it."))
        elif go:
            _dispatch(here, ticks.agreed(), actor, role, say)


def _dispatch(here: Here, chosen: list[Tick], actor: str, role: str, say: Say) -> None:
    seen_events = {tick.alert: tick.last_event for tick in chosen}
    result = services.cases.dispatch(*here, seen_events, actor, role)
    called = {tick.alert: ticks.called(tick, say) for tick in chosen}
    ticks.clear()
    if result.done:
        told = say("Households dispatched: {n}.", n=say.number(len(result.done)))
        if len(result.done) <= NAMES_TOLD:
            told += " " + say(", ").join(called[alert] for alert in result.done)
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
    left, right, _ = st.columns([3, 1, 3], vertical_alignment="bottom")
    names = dict(zip(found.rows["household"], found.rows["who"], strict=True))
    chosen = left.selectbox(
        say("Open a household of this page"),
        list(names),
        format_func=lambda code: words.household(names[code], code, say),
        key=f"alerts_open_which_{found.rows['id'].iloc[0]}",
    )
    there = address.to("household", household=chosen)
    address.link(there, say("Open"), "alerts_open", right)
