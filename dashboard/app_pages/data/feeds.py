"""Putting feeds and deliveries on the screen."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import services
from dashboard.i18n import Say, mark
from dashboard.show import files, html
from services import Context, NothingYet
from services.purpose import stated

STATES = {
    "fresh": mark("● on time"),
    "late": mark("◐ late"),
    "silent": mark("◌ no longer reporting, taken as unknown"),
    "missing": mark("○ not reported"),
    "not_awaited": mark("– not reported to this county"),
}
REASONS_SHOWN = 3


def overview(here: Context, frame: pd.DataFrame, say: Say) -> None:
    """The answer and the table of all feeds, and as of when they are."""
    st.html(html.answer(sentence(frame, say)))
    st.html(table(frame, say))
    st.caption(
        say(
            "The table is as of {day}; files that came after it are listed further down.",
            day=say.day(here.as_of),
        )
    )
    st.caption(
        say("Feeds without a file are unknown to profiles and scores; nothing is taken for zero.")
    )


def strangers(frame: pd.DataFrame, say: Say) -> None:
    """Files that belong to no feed, and why."""
    told = frame["message_zh"] if say.language == "zh" else frame["message_en"]
    st.html(html.table([say("File"), say("Why")], list(zip(frame["file"], told, strict=True))))


def sentence(frame: pd.DataFrame, say: Say) -> str:
    """How complete the data is."""
    count = frame["state"].value_counts()
    received = int(frame["received"].sum())
    if not received:
        raise NothingYet("feeds")
    told = say(
        "Feeds on time: {fresh} of {all}; late: {late}; never reported: {missing}. Rows received: "
        "{received}; accepted: {accepted}; returned for correction: {quarantined}; exact "
        "duplicates: {duplicates}.",
        fresh=int(count.get("fresh", 0)),
        all=len(frame) - int(count.get("not_awaited", 0)),
        late=int(count.get("late", 0)),
        missing=int(count.get("missing", 0)),
        received=say.number(received),
        accepted=say.number(frame["accepted"].sum()),
        quarantined=say.number(frame["quarantined"].sum()),
        duplicates=say.number(frame["duplicates"].sum()),
    )
    if silent := int(count.get("silent", 0)):
        told += say.pick("", " ") + say(
            "Feeds that stopped reporting for longer than their limit: {n}. What they would have "
            "told is unknown to profiles and scores, not zero.",
            n=silent,
        )
    return told


def table(frame: pd.DataFrame, say: Say) -> str:
    """One row a feed, as markup."""
    rows = []
    for r in frame.to_dict("records"):
        colour = {
            "late": "#9A4A05",
            "silent": "#B3261E",
            "missing": "#B3261E",
            "not_awaited": "#5B6470",
        }.get(r["state"], "#0F6E6E")
        state = f'<span style="color:{colour}">{html.text(say(STATES[r["state"]]))}</span>'
        absent = r["state"] in ("missing", "not_awaited")
        numbers = [
            say.number(None if absent else r[k])
            for k in ("received", "accepted", "quarantined", "duplicates", "repaired")
        ]
        rows.append(
            [
                html.text(say.label(services.names.feed(r["feed"]))),
                f'<span class="dd-owner">{html.text(_owner(r["feed"], say))}</span>',
                state,
                html.text(r["last_period"] or "–"),
                say.day(r["last_delivery"]),
                say.day(r["expected_by"]),
                say.number(r["batches"]),
                *numbers,
            ]
        )
    headers = [say("Feed"), say("Owner"), say("State"), say("Newest period"), say("Last reported"),
               say("Next expected by"), say("Files"), say("Rows"), say("Accepted"),
               say("Returned for correction"), say("Duplicates"), say("Repaired")]  # fmt: skip
    # Chinese may break after every character: narrow columns would stand upright, and headers of
    # numbers lose their last one. Owners are long and have a least width instead. English states
    # are long, and kept whole they leave the names no room.
    whole = [c for c in range(12) if c != 1] if say.language == "zh" else range(3, 6)
    return html.table(headers, rows, right=range(6, 12), raw=range(12), nowrap=whole)


def _owner(feed: str, say: Say) -> str:
    return say.label(services.names.owner(feed))


def strip(here: Context, say: Say) -> pd.DataFrame:
    """The freshness strip with labels and what to say about each mark."""
    frame = services.deliveries.strip(here)
    labels = {f: say.label(services.names.feed(f)) for f in frame["feed"].unique()}
    told = [
        say(
            "reported on {day}, rows: {rows}",
            rows=say.number(r["rows"]),
            day=say.day(r["delivered_on"]),
        )
        if r["state"] in {"delivered", "late"}
        else ""
        for r in frame.to_dict("records")
    ]
    return frame.assign(label=frame["feed"].map(labels), told=told)


def batches(here: Context, say: Say) -> None:
    """The reconciliation of every delivery, newest first. The table is the whole list, so a click
    on a header sorts all of it."""
    feeds = sorted(services.deliveries.batches(here)["feed"].unique())
    chosen = st.columns([1, 3])[0].selectbox(
        say("Feed"),
        ["", *feeds],
        format_func=lambda f: say.label(services.names.feed(f)) if f else say("All"),
        key="data_feed",
    )
    frame = services.deliveries.batches(here, chosen or None)
    shown = pd.DataFrame(
        {
            say("Feed"): [say.label(services.names.feed(f)) for f in frame["feed"]],
            say("Period"): [f"{p[:4]}-{p[4:]}" if p else "–" for p in frame["period"]],
            say("Reported on"): frame["delivered_on"].tolist(),
            say("File"): frame["file"].tolist(),
            say("Rows"): frame["received"].tolist(),
            say("Accepted"): frame["accepted"].tolist(),
            say("Returned for correction"): frame["quarantined"].tolist(),
            say("Duplicates"): frame["duplicates"].tolist(),
            say("Repaired"): frame["repaired"].tolist(),
            say("Checked: adds up"): ["✓" if b else "✕" for b in frame["balanced"]],
            say("Note"): [_note(r, say) for r in frame.to_dict("records")],
        }
    )
    counted = st.column_config.NumberColumn(format="localized")
    columns = dict.fromkeys(shown.select_dtypes("number").columns, counted)
    st.dataframe(shown, hide_index=True, height=420, column_config=columns, key="data_batches")


def _note(row: dict, say: Say) -> str:
    if row["status"] != "accepted":
        return say.pick(row["message_zh"], row["message_en"]) or str(row["status"])
    if row["superseded_by"] and row["superseded_by"] == row["superseded_by"]:
        return say("replaced by a later report")
    if any(until is None for _, until in row["withdrawn"]):
        return say("undone")
    return reasons(row["reasons"] or {}, say)


def reasons(counts: dict[str, int], say: Say) -> str:
    """Why rows were returned, the most frequent first, each with its number of rows."""
    top = sorted(counts.items(), key=lambda item: -item[1])[:REASONS_SHOWN]
    colon = say.pick("：", ": ")
    return say("; ").join(f"{reason(code, say)}{colon}{say.number(n)}" for code, n in top)


def reason(code: str, say: Say) -> str:
    """A quarantine reason in words."""
    return say.label(services.deliveries.reason_words(code))


def quarantine(here: Context, say: Say) -> None:
    """Rows to give back to their department, behind a stated purpose."""
    if not services.deliveries.may_take(here):
        st.caption(say("The rows hold personal data: only a data steward can take them."))
        return
    frame = services.deliveries.quarantined(here)
    if frame.empty:
        st.caption(say("No row waits to be corrected."))
        return
    periods = {(r["feed"], r["batch"]): r["period"] for r in frame.to_dict("records")}
    labels = {
        (r["feed"], r["batch"]): " · ".join(
            [
                say.label(services.names.feed(r["feed"])),
                f"{str(r['period'])[:4]}-{str(r['period'])[4:]}",
                say.many("{n} row", "{n} rows", int(r["quarantined"])),
            ]
        )
        for r in frame.to_dict("records")
    }
    st.html(
        html.warning(
            say(
                "The list holds names and ID numbers so that the department can correct them. Who "
                "takes it and why is in the record."
            )
        )
    )
    with st.form("data_quarantine_form"):
        chosen = st.selectbox(
            say("Delivery"), list(labels), format_func=labels.get, key="data_quarantine"
        )
        purpose = st.text_input(say("What for"), key="data_purpose", max_chars=200)
        go = st.form_submit_button(say("Prepare the list"), key="data_prepare")
    if not go:
        return
    feed, batch = chosen
    asked = {"feed": feed, "batch": batch, "purpose": stated(purpose)}
    files.link(
        here,
        "quarantine",
        asked,
        say("Download the rows to be corrected (Excel)"),
        say,
        exact=services.deliveries.returned_name(here, feed, periods[chosen]),
    )
