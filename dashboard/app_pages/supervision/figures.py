"""Putting supervision on the screen: sentences, pictures and tables of one month's figures."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.i18n import Say, mark
from dashboard.show import drawing, html, words
from services import Context
from services.names import Kind
from services.supervision import Supervision

STEPS = {
    "dispatch": mark("Dispatch (from raising)"),
    "accept": mark("Accept (from dispatch)"),
    "check": mark("Visit and result (from dispatch)"),
    "retry": mark("Try again (from the last try)"),
    "measure": mark("First help or clear answer (from dispatch)"),
}
KINDS = {
    "level_1": mark("Level 1, township leader"),
    "level_2": mark("Level 2, county bureau"),
    "level_3": mark("Level 3, county mechanism"),
    "urgent": mark("A new urgent fact while help was under way"),
    "by_hand": mark("By hand"),
}


def sentence(found: Supervision, say: Say) -> str:
    """The month in one sentence; for the public without means of few cases."""
    told = say(
        "{month}: {open} alerts are open; {late} are past their due day, {near} fall due within "
        "two working days; {owed} families are still to be visited.",
        month=found.month,
        open=say.number(found.open),
        late=say.number(found.late),
        near=say.number(found.near),
        owed=say.number(found.owed),
    )
    check = found.steps[found.steps["step"] == "check"]
    if check.empty:
        return told
    row = check.iloc[0]
    if not all(say.may_tell(n, n) for n in (row["n_now"], row["n_before"])):
        return told
    took = say(
        "From dispatch to the visit's result: {now} working days on average (n={n}); last month "
        "{before} (n={n_before}).",
        now=say.number(row["mean_now"], 1),
        n=say.number(row["n_now"]),
        before=say.number(row["mean_before"], 1),
        n_before=say.number(row["n_before"]),
    )
    return told + say.pick("", " ") + took


def since(found: Supervision, say: Say) -> str:
    """What has been done since the month's end; '' for nothing."""
    if not any(found.since.values()):
        return ""
    return say(
        "Acts of the month count up to the end of {month}; what is open and late stands as of now. "
        "Since then, to be counted in the next month: steps {steps}, of these visits {visits}; "
        "reports upwards {reported}.",
        month=found.month,
        **{name: say.number(count) for name, count in found.since.items()},
    )


def place_rows(here: Context, found: Supervision, say: Say) -> pd.DataFrame:
    """Load by township (by village inside one) with names."""
    labels = [place(here, code, say) for code in found.places["group"]]
    return found.places.assign(label=labels)


def place(here: Context, code: str, say: Say) -> str:
    """A place's name; alerts without one say so."""
    return say("place unknown") if code == "unknown" else words.place(here, code, say)


def places(here: Context, found: Supervision, say: Say) -> None:
    """Stacked bars beside the table with capacity."""
    rows = place_rows(here, found, say)
    left, right = st.columns([2, 3], gap="large")
    with left:
        chart = charts.load_bars(rows[["label", "late", "near", "open"]], say)
        drawing.chart(chart, "supervision_places", say("Load by place"), say)
    with right:
        st.html(place_table(rows, say))
        st.caption(_capacity(found, say))


def place_table(rows: pd.DataFrame, say: Say) -> str:
    """Load by place as markup."""
    names = ("open", "late", "near", "owed", "new", "sent", "visited")
    told = [
        [
            r["label"],
            *(say.number(r[n]) for n in names),
            words.room(None if pd.isna(r["capacity"]) else r["capacity"], r["ceiling"], say),
        ]
        for r in rows.to_dict("records")
    ]
    headers = [
        say("Place"),
        say("Open cases"),
        say("Past due"),
        say("Due soon"),
        say("Visit owed"),
        say("New this month"),
        say("Sent this month"),
        say("Visits this month"),
        say("Places a month"),
    ]
    return html.table(headers, told, right=range(1, 9), nowrap=(0,))


def _capacity(found: Supervision, say: Say) -> str:
    if found.capacity is None:
        county = say("The month's run kept no number of visits for the county.")
    else:
        county = say(
            "The county's policy gives {n} ranked visits a month (facts and reports stand beside "
            "them).",
            n=say.number(found.capacity),
        )
    return county + say.pick("", " ") + words.load_explained(say)


def step_rows(found: Supervision, say: Say) -> pd.DataFrame:
    """Days per step with their names."""
    return found.steps.assign(label=[say(STEPS[step]) for step in found.steps["step"]])


def steps(found: Supervision, say: Say) -> None:
    """The table of both months, and bars beside the limits: side by side they are cut off."""
    rows = step_rows(found, say)
    if rows.empty:
        st.caption(say("No step was done in this month or the last."))
        return
    st.html(step_table(rows, say("Step"), say))
    left, right = st.columns(2, gap="large")
    with left:
        names = ["label", "mean_now", "mean_before", "limit_least", "limit_most"]
        chart = charts.step_bars(rows[names], say)
        drawing.chart(chart, "supervision_steps", say("Working days per step"), say)
    with right:
        st.caption(
            say(
                "Working days with make-up Saturdays, counted by the clock that the deadline runs "
                "by. Limits differ by band and class: the strictest and the mildest are shown, and "
                "each step is held against its own."
            )
            + say.pick("", " ")
            + say(
                "Help counts up to the first measure or clear answer for the most urgent need; "
                "once its department has taken it up, the limit is that of the application."
            )
        )


def step_table(rows: pd.DataFrame, first: str, say: Say) -> str:
    """Days of both months as markup: n, mean, median, late."""
    told = []
    for r in rows.to_dict("records"):
        least, most = (say.number(r[name]) for name in ("limit_least", "limit_most"))
        limit = least if least == most else f"{least}–{most}"
        both = [
            [
                say.number(r[f"n_{when}"]),
                say.number(r[f"mean_{when}"], 1),
                say.number(r[f"median_{when}"], 1),
                say.number(r[f"late_{when}"]),
            ]
            for when in ("now", "before")
        ]
        told.append([r["label"], limit, *both[0], *both[1]])
    once = [say("mean"), say("median"), say("past due")]
    before = [say("last month: n"), *once]
    headers = [first, say("Limit"), say("this month: n"), *once, *before]
    return html.table(headers, told, right=range(1, 10), nowrap=(0, 1))


def department_rows(found: Supervision, say: Say) -> pd.DataFrame:
    """Needs by department with names."""
    labels = [say.label(services.names.department(d)) for d in found.departments["department"]]
    return found.departments.assign(label=labels)


def departments(found: Supervision, say: Say) -> None:
    """Needs that wait for help by department, and needs met this month and last."""
    rows = department_rows(found, say)
    if rows.empty:
        st.caption(say("No confirmed need waits for a department, and none was met in two months."))
        return
    chart = charts.load_bars(rows.loc[rows["open"] > 0, ["label", "late", "near", "open"]], say)
    drawing.chart(chart, "supervision_departments", say("Needs by department"), say)
    names = ("open", "late", "near", "met_now", "met_before")
    told = [[r["label"], *(say.number(r[n]) for n in names)] for r in rows.to_dict("records")]
    headers = [say("Department"), say("Waiting"), say("Past due"), say("Due soon"),
               say("Met this month"), say("Last month")]  # fmt: skip
    with st.expander(say("Figures")):
        # English names are long: kept whole they push the last column out of the box.
        whole = (0,) if say.language == "zh" else ()
        st.html(html.table(headers, told, right=range(1, 6), nowrap=whole))
        st.caption(
            say(
                "Each need has its own day: until it is taken up that of the case's first help, "
                "from then on that of its application."
            )
        )


def band_rows(found: Supervision, say: Say) -> pd.DataFrame:
    """Load by band in the order of urgency, with names."""
    order = list(services.names.codes(Kind.BAND))
    rows = found.bands.sort_values("group", key=lambda c: c.map(order.index), ignore_index=True)
    return rows.assign(label=[words.label(Kind.BAND, code, say) for code in rows["group"]])


def bands(found: Supervision, say: Say) -> None:
    """Load by band."""
    rows = band_rows(found, say)
    drawing.chart(
        charts.load_bars(rows[["label", "late", "near", "open"]], say),
        "supervision_bands",
        say("By band"),
        say,
    )


def persons(found: Supervision, say: Say) -> None:
    """Load by the person who took the case on."""
    if found.persons.empty:
        st.caption(say("Nobody holds an open visit by name: dispatched cases wait to be accepted."))
        return
    names = ("open", "late", "near", "visited")
    told = [
        [r["group"], *(say.number(r[n]) for n in names)] for r in found.persons.to_dict("records")
    ]
    headers = [say("Account"), say("Taken on"), say("Past due"), say("Due soon"),
               say("Results this month")]  # fmt: skip
    st.html(html.table(headers, told, right=range(1, 5), nowrap=(0,)))
    st.caption(say("Who accepted the case last and has not recorded a result yet."))


def reported(here: Context, found: Supervision, say: Say) -> None:
    """Alerts reported upwards by kind, this month and last, and those by hand with their reason."""
    told = [
        [say(name), say.number(found.reported[kind]), say.number(found.reported_before[kind])]
        for kind, name in KINDS.items()
    ]
    headers = [say("Reported"), say("alerts this month"), say("Last month")]
    st.html(html.table(headers, told, right=(1, 2), nowrap=(0,)))
    if found.by_hand.empty:
        return
    numbers = services.cases.numbers(here, tuple(found.by_hand["alert_id"]))
    rows = [
        [number, say.day(r["at"]), r["actor"], r["note"]]
        for number, r in zip(numbers, found.by_hand.to_dict("records"), strict=True)
    ]
    headers = [say("Alert"), say("On"), say("By"), say("Reason")]
    st.html(html.table(headers, rows, nowrap=(0, 1, 2)))
