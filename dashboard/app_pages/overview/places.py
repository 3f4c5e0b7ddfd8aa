"""Why not everybody was raised, and what raising was worth: two parts of the overview."""

from __future__ import annotations

import streamlit as st

import services
from dashboard import charts
from dashboard.i18n import Say, mark
from dashboard.show import drawing, html, words
from services import Context
from services.lives import Lived
from services.names import Kind
from services.places import Places

FATE_WORDS = {
    "waiting": mark("waiting"),
    "alerted": mark("alerted"),
    "joined": mark("joined"),
    "served": mark("served"),
    "followed": mark("in process"),
    "held": mark("held"),
}


def why_not(here: Context, say: Say) -> None:
    """The month's places: the sentence, by source, and the fresh facts by kind."""
    found = services.places.places(here)
    if here.scope:
        st.caption(say("These figures are the whole county's: the ceiling is the county's."))
    for line in _sentences(found, say):
        st.html(html.block(html.text(line)))
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        st.html(_lane_table(found, say))
        st.caption(_floors(found, say))
    with right:
        if len(found.kinds):
            st.html(_kind_table(here, found, say))
            st.caption(
                say(
                    "Fresh facts by kind, one a household and kind. Urgent kinds never wait; what "
                    "waits stays in the queue for {n} months. Joined: added to an open alert; "
                    "served: the help for it was given already; held: contrary facts ask for "
                    "caution.",
                    n=say.number(found.policy.event_patience_months),
                )
            )
        else:
            st.caption(say("No fresh fact was known this month."))


def quota(here: Context, say: Say) -> None:
    """Why so many alerts are new: the ceiling on visits, who was chosen, who waits."""
    try:
        found = services.places.places(here)
    except services.NothingYet:
        return
    lead = say("How the new alerts come about, whole county:")
    st.html(html.block(f"<b>{html.text(lead)}</b> {html.text(chosen(found, say))}"))


def chosen(found: Places, say: Say) -> str:
    """Who was chosen under the ceiling on visits and who waits, in words."""
    number = say.number
    return say(
        "By the rules {red} households are red and {orange} orange. Visits have a ceiling of "
        "{capacity} this month, which is no target: {raised} households were chosen and {drawn} "
        "drawn at random, {left} wait. Facts that need an answer at once come on top: {facts} "
        "chosen, {waiting} wait.",
        red=number(found.banded.get("red")),
        orange=number(found.banded.get("orange")),
        capacity=number(found.capacity),
        raised=number(found.raised),
        drawn=number(found.drawn),
        left=number(found.left),
        facts=number(found.facts),
        waiting=number(found.waiting.get("event", 0)),
    )


def _sentences(found: Places, say: Say) -> list[str]:
    number = say.number
    first = say(
        "Ceiling this month {capacity} visits; worth a visit {worth} households, raised {raised}, "
        "waiting {left}; {drawn} more were drawn at random. In process {in_process}, of them "
        "unanswered beyond the limit {unanswered}.",
        capacity=number(found.capacity),
        worth=number(found.raised + found.left),
        raised=number(found.raised),
        left=number(found.left),
        drawn=number(found.drawn),
        in_process=number(found.in_process),
        unanswered=number(found.unanswered),
    )
    used = (
        say(
            "The ceiling is no quota: {free} visits were left unused, nobody else was worth one.",
            free=number(found.free),
        )
        if found.free
        else say("The ceiling is no quota; this month it was used up.")
    )
    second = say(
        "Facts that need an answer whatever the score have {budget} places beside it: raised "
        "{facts}, waiting {waiting}. Cooling down after an earlier alert {cooling}; already in "
        "process and therefore only followed {followed}.",
        budget=number(found.budget),
        facts=number(found.facts),
        waiting=number(found.waiting.get("event", 0)),
        cooling=number(found.cooling),
        followed=number(found.followed),
    )
    return [f"{first}{say.pick('', ' ')}{used}", second]


def _lane_table(found: Places, say: Say) -> str:
    return html.table(*lanes(found, say), right=(1, 2, 3))


def lanes(found: Places, say: Say) -> tuple[list[str], list[list[str]]]:
    """Headers and rows: how many each source raised, left waiting, and left below its floor."""
    rows = [
        [_lane(row["lane"], say), *(say.number(row[k]) for k in ("raised", "waiting", "below"))]
        for row in found.lanes.to_dict("records")
    ]
    return [say("Source"), say("Raised"), say("Waiting"), say("Just below the floor")], rows


def _lane(lane: str, say: Say) -> str:
    kind = Kind.QUESTION if lane == "coming" else Kind.SOURCE
    word = words.label(kind, lane, say)
    if lane == "risk":
        return say("{source}, need now", source=word)
    return word


def _floors(found: Places, say: Say) -> str:
    policy = found.policy
    return say(
        "Floors: an expected finding of {existing} for the need now (households outside the watch "
        "list {unwatched}), {coming} for the need soon. Of the need soon only the {deepest} most "
        "likely are looked at, so more may be waiting.",
        existing=say.percent(policy.open_existing),
        unwatched=say.percent(policy.open_unwatched),
        coming=say.percent(policy.open_coming),
        deepest=say.number(found.deepest),
    )


def _kind_table(here: Context, found: Places, say: Say) -> str:
    rows = [
        [
            f"{row['indicator']} "
            + say.label(services.names.indicator(here.home, here.as_of, row["indicator"])),
            *(say.number(row[fate]) for fate in FATE_WORDS),
        ]
        for row in found.kinds.to_dict("records")
    ]
    headers = [say("Fresh fact"), *(say(word) for word in FATE_WORDS.values())]
    return html.table(headers, rows, right=range(1, len(headers)))


def lived(here: Context, say: Say) -> None:
    """The county with Doudi, without it and with the oracle's visits; synthetic counties only."""
    found = services.lives.lived(here)
    if found is None:
        return
    st.html(html.block(f"{html.text(_worth(found, say))} {html.synthetic()}"))
    if len(found.months) < 2:
        st.caption(say("One month is told so far; lines can be drawn from the second on."))
        return
    figure = charts.lives(found.months, say)
    drawing.chart(figure, "overview_lives", say("Family-months of unmet need"), say)
    st.caption(
        say(
            "The whole county with the same luck, lived three times. Only an invented county knows "
            "its truth: a real one cannot draw this."
        )
    )


def _worth(found: Lived, say: Say) -> str:
    months, none = say.number(len(found.months)), say.number(found.total("without"))
    if found.avoided <= 0:
        return say(
            "In {months} months no family-month of unmet need was avoided; without Doudi there "
            "were {none}.",
            months=months,
            none=none,
        )
    return say(
        "In {months} months {avoided} of {none} family-months of unmet need were avoided "
        "({share}): {of_oracle} of what the oracle avoids with as many visits.",
        months=months,
        avoided=say.number(found.avoided),
        none=none,
        share=say.percent(found.share, 1),
        of_oracle=say.percent(found.of_oracle),
    )
