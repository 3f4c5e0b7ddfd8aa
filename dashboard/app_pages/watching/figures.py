"""Putting a month's watch on the screen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from dashboard import charts
from dashboard.app_pages.model import shadow
from dashboard.i18n import Say, mark
from dashboard.show import drawing, html, making, said
from services import Context

GROUPS = {
    "county": mark("All households"),
    "at_risk": mark("At risk"),
    "secured": mark("On Dibao or Tekun"),
    "unwatched": mark("Not watched"),
}
QUESTIONS = {"existing": mark("In need now"), "coming": mark("In need soon")}
SIZES = {
    "none": mark("none"),
    "small": mark("small"),
    "medium": mark("medium"),
    "large": mark("large"),
}
FAULTS = {
    "waiting": mark("a delivery waits to be decided on"),
    "silent": mark("silent"),
    "short": mark("far fewer rows"),
    "refused": mark("more rows refused"),
    "unknown": mark("values became unknown"),
}
SHOWN = 15
MEANINGS = (
    mark(
        "Effect: the chance that a household of now lies above one of then, minus the chance that "
        "it lies below (Cliff's delta, −1 to +1); ±0.15 counts as small, ±0.33 as medium, ±0.47 as "
        "large. Of values in words: the share of households that would have to change theirs."
    ),
    mark(
        "Compared with a sample of months that the model learned from; what looked the same in "
        "this month a year ago is marked as the season's and raises nothing."
    ),
)


def report(here: Context, say: Say) -> dict[str, Any] | None:
    """The kept report of the month; None where nobody has asked for it, and how to ask."""
    said.show("watching")
    found: dict[str, Any] | None = services.watching.watched(here)
    if found is None:
        st.html(html.answer(say("This month has not been watched yet.")))
        still = say(
            "It takes a minute: features are compared with "
            "those the model learned from, deliveries with earlier ones, promises with what "
            "visits found. It is made apart from this page; you may close it."
        )
        making.first(_job(here), still, say("Watch this month"), say)
    return found


def again(here: Context, say: Say) -> None:
    """Offer to make the report anew, since visits have come in."""
    job = _job(here)
    if not job.follow(say):
        job.failed(say)
        job.button(say("Watch again"), say, "secondary")


def _job(here: Context) -> making.Making:
    return making.Making(
        "watching",
        lambda: services.watching.asked(here),
        lambda: services.watching.ask(here),
        lambda: services.watching.keep_going(here),
    )


def sentence(found: dict[str, Any], say: Say) -> str:
    """The verdict in the reader's language."""
    return str(found["verdict"][say.language])


def about(found: dict[str, Any], say: Say) -> str:
    """Which versions, and what they were compared with."""
    months = say(", ").join(str(month)[:7] for month in found["reference"])
    weight = found["weight_moved"]
    versions = shadow.named(found["version"], say)
    told = say("Versions: {v}. Compared with {months}.", v=versions, months=months)
    if weight is not None:
        told += say(" {share} of the model's weight lies on features that have moved.",
                    share=say.percent(weight))  # fmt: skip
    return told


def notices(found: dict[str, Any], say: Say) -> None:
    """What passed a bound; the verdict itself stands above."""
    kinds = {found["verdict"]["kind"]}
    for notice in found["notices"]:
        if notice["code"] in kinds:
            continue
        st.warning(notice[say.language], icon=":material/visibility:")


def expected(found: dict[str, Any], say: Say) -> None:
    """The picks of each month: expected share of finds, and what came."""
    rows = pd.DataFrame(found["expected"])
    if rows.empty or rows["said_share"].isna().all():
        st.caption(say("No month has picks that can be looked at yet."))
        return
    ripe = {row["as_of"]: row["ripe"] for row in found["ripening"]["existing"]}
    frame = pd.DataFrame(
        {
            "month": [str(one)[:7] for one in rows["as_of"]],
            "said": rows["said_share"],
            "said_low": rows["said_low"],
            "said_high": rows["said_high"],
            "found": rows["came_share"],
            "low": rows["came_low"],
            "high": rows["came_high"],
            "n": rows["came_n"],
            "ripe": [ripe.get(one, False) for one in rows["as_of"]],
        }
    )
    title = say("Share of the {n} highest risks in need: said beforehand, and found",
                n=say.number(rows["said_n"].max()))  # fmt: skip
    drawing.chart(charts.promised(frame, say), "watching_expected", title, say)
    st.caption(
        say(
            "{n} households a month, not in process, with the highest risk of being in need now. "
            "Said on the month's last day, from the risks and from what visits of earlier months "
            "had found by then; the band holds the luck of single visits. Only some of them are "
            "visited.",
            n=say.number(rows["said_n"].max()),
        )
    )


def ripening(found: dict[str, Any], say: Say) -> None:
    """Both questions side by side, and how long visits take."""
    columns = st.columns(2, gap="large")
    for column, (question, rows) in zip(columns, found["ripening"].items(), strict=False):
        with column:
            st.subheader(say(QUESTIONS[question]), anchor=False)
            frame = pd.DataFrame(rows)
            frame = frame.assign(month=frame["as_of"].str[:7], said=frame["promised"],
                                 said_low=None, said_high=None)  # fmt: skip
            if frame["found"].isna().all():
                st.caption(say("No month's outcome is known yet."))
                continue
            title = say("Promised and found by month")
            drawing.chart(charts.promised(frame, say), f"watching_{question}", title, say)
            st.caption(say("{n} visits in these months.", n=say.number(frame["n"].sum())))
    days = found["delay"]
    if days:
        st.caption(
            say(
                "Half of the visits are made within {median} days after the month's end "
                "({quarter}–{three} for the middle half, n={n}).",
                median=say.number(days["median"]),
                quarter=say.number(days["quarter"]),
                three=say.number(days["three_quarters"]),
                n=say.number(days["n"]),
            )
        )


def shift_rows(found: dict[str, Any], group: str, say: Say) -> pd.DataFrame:
    """The shifts of one group in words, the largest effect first."""
    rows = pd.DataFrame([one for one in found["shifts"] if one["group"] == group])
    if rows.empty:
        return rows
    labels = [say.label(services.names.feature(name)) for name in rows["feature"]]
    rows = rows.assign(label=labels, far=rows["delta"].abs().fillna(0.0))
    return rows.sort_values(["far", "feature"], ascending=[False, True], ignore_index=True)


def moved(found: dict[str, Any], group: str, say: Say) -> None:
    """Bars of the largest effects, and a table of all."""
    rows = shift_rows(found, group, say)
    if rows.empty:
        st.caption(say("There is no feature to compare in this group."))
        return
    known = rows.dropna(subset=["delta"]).head(SHOWN)
    if len(known):
        title = say("Features that moved the most, against the months learned from")
        drawing.chart(charts.moved(known, say), "watching_moved", title, say)
    for words in MEANINGS:
        st.caption(say(words))
    with st.expander(say("All {n} features", n=say.number(len(rows)))):
        st.html(_table(rows, say))


def _table(rows: pd.DataFrame, say: Say) -> str:
    headers = [say("Feature"), say("Effect"), say("Size"), say("unknown then"),
               say("unknown now"), say("Season")]  # fmt: skip
    cells = [
        [
            row["label"],
            "–" if pd.isna(row["delta"]) else f"{row['delta']:+.2f}",
            say(SIZES[row["size"]]),
            say.percent(row["unknown_then"], 1),
            say.percent(row["unknown_now"], 1),
            say("season") if row["season"] else "",
        ]
        for row in rows.to_dict("records")
    ]
    return html.table(headers, cells, right=(1, 3, 4))


def deliveries(found: dict[str, Any], say: Say) -> None:
    """Newest delivery of each feed against the usual one, and how many of its features moved."""
    moved_of = {one["feed"]: one for one in found["moved"]}
    headers = [say("Feed"), say("Period"), say("Rows"), say("usually"), say("Change"),
               say("Features moved"), say("Remark")]  # fmt: skip
    cells = []
    for one in found["volumes"]:
        feed, change = one["feed"], one["change"]
        own = moved_of.get(feed, {"moved": [], "compared": 0})
        fault = found["verdict"]["feeds"].get(feed)
        cells.append(
            [
                say.label(services.names.feed(feed)),
                f"{one['period'][:4]}-{one['period'][4:]}",
                say.number(one["rows"]),
                say.number(one["usual"]),
                "–" if change is None else say("{n}%", n=say.number(change * 100, sign=True)),
                say("{n} of {all}", n=len(own["moved"]), all=own["compared"]),
                say(FAULTS[fault]) if fault else "",
            ]
        )
    st.html(html.table(headers, cells, right=(2, 3, 4, 5)))


def least_told(found: dict[str, Any], say: Say) -> str:
    """From which rise on job losses would be told in a county of this size; '' where the report
    does not know."""
    parts = [
        say(
            "{kind} by {rise}",
            kind=say.pick(one["zh"], one["en"]),
            rise=say.percent(one["least_rise"]),
        )
        for one in found["flows"]
        if one.get("jobs_lost") and one.get("least_rise") is not None
    ]
    if not parts:
        return ""
    return say(
        "A recession is told by these records first. In a county of this size two of them must "
        "rise in half a year, to be told from chance: {parts}. A smaller change goes untold.",
        parts=say(", ").join(parts),
    )


def risks(found: dict[str, Any], group: str, say: Say) -> None:
    """Distribution of both risks by month."""
    rows = pd.DataFrame([one for one in found["scores"] if one["group"] == group])
    columns = st.columns(2, gap="large")
    for column, question in zip(columns, QUESTIONS, strict=True):
        part = rows[(rows["question"] == question)].dropna(subset=["q50"])
        with column:
            st.subheader(say(QUESTIONS[question]), anchor=False)
            if part.empty:
                st.caption(say("No risk of this kind was stored."))
                continue
            frame = part.assign(month=[str(one)[:7] for one in part["as_of"]])
            title = say("Risks by month")
            drawing.chart(
                charts.risks_by_month(frame, say), f"watching_risk_{question}", title, say
            )
            last = part.iloc[-1]
            if not pd.isna(last["delta"]):
                st.caption(
                    say(
                        "Against the version's first month: effect {delta}.",
                        delta=f"{last['delta']:+.2f}",
                    )
                )
