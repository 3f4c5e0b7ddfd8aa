"""Putting precision on the screen: never a share without denominator, n, interval, unverified."""

from __future__ import annotations

import pandas as pd

from dashboard import services
from dashboard.i18n import Say, mark
from dashboard.services import Here
from dashboard.services.trust import Overall
from dashboard.show import html, words

DENOMINATORS = {
    "concluded": mark("verified alerts"),
    "closed": mark("closed alerts"),
    "dispatched": mark("dispatched alerts"),
    "raised": mark("all alerts raised"),
}
MEANINGS = {
    "closed": mark(
        "Closed: finished cases, and those under watch after a finding. A confirmed case closes "
        "only when its help is done, so the newest months start low and rise."
    ),
    "concluded": mark(
        "Verified: the visit settled what is true; no contact and refusals are left out."
    ),
    "dispatched": mark("Dispatched: every alert that went to a worker, visited or not yet."),
    "raised": mark("Raised: every alert, also those nobody has looked at yet."),
}
GROUPS = {
    "source": mark("By source"),
    "band": mark("By band"),
    "indicator": mark("By rule that fired"),
    "need": mark("By need"),
    "department": mark("By department"),
    "township": mark("By township"),
    "population": mark("Return to poverty and first entry"),
}


def sentence(found: Overall, denominator: str, say: Say) -> str:
    """The page's answer with everything that must travel with it."""
    name = say(DENOMINATORS[denominator])
    if found.share is None:
        return say(
            "None of the {alerts} alerts of these twelve months belongs to the {name} yet; "
            "{unverified} are not verified.",
            alerts=say.number(found.alerts),
            name=name,
            unverified=say.percent(found.unverified),
        )
    return say(
        "Of {n} {name} of twelve months, {confirmed} had an unmet need confirmed: precision "
        "{share} ({interval}, 95% interval). Of all {alerts} alerts {unverified} are not verified; "
        "{covered} were true but already covered and do not count.",
        n=say.number(found.n),
        name=name,
        confirmed=say.number(found.confirmed),
        share=say.percent(found.share),
        interval=say.interval(found.low, found.high),
        alerts=say.number(found.alerts),
        unverified=say.percent(found.unverified),
        covered=say.number(found.covered),
    )


def grouped(here: Here, by: str, denominator: str, say: Say) -> pd.DataFrame:
    """Precision by one grouping with labels in the reader's language."""
    frame = services.trust.grouped(*here, by, denominator)
    named = frame["label_zh"] if say.language == "zh" else frame["label_en"]
    labels = (
        [words.place(here, g, say) for g in frame["group"]] if by == "township" else list(named)
    )
    if by == "indicator":
        labels = [f"{g} {n}" for g, n in zip(frame["group"], named, strict=True)]
    return frame.assign(label=labels)


def monthly(here: Here, denominator: str) -> pd.DataFrame:
    """Precision by month of raising."""
    return services.trust.grouped(*here, "month", denominator).rename(columns={"group": "month"})


def why_false(here: Here, say: Say) -> pd.DataFrame:
    """Causes of false alarms in words."""
    frame = services.trust.why_false(*here)
    kind = services.names.Kind.CAUSE
    return frame.assign(label=[words.label(kind, g, say) for g in frame["group"]])


def reference_label(say: Say) -> str:
    """The published figure in a few words for the chart."""
    found = services.trust.reference()
    low, high = found.interval
    return say(
        "Xiaochang {hits}/{n} = {share} ({interval}), other denominator",
        hits=found.successes,
        n=found.n,
        share=say.percent(found.precision),
        interval=say.interval(low, high),
    )


def reference_note(say: Say) -> str:
    """Why the published figure is a line to look at and not a target."""
    return say(
        "{label}. It divides acts of help by alerts, and one family can receive several acts: not "
        "the same measure as ours.",
        label=reference_label(say),
    )


def table(frame: pd.DataFrame, first: str, say: Say) -> str:
    """The figures behind a chart, as markup; cells with few cases are grey."""
    rows = []
    for row in frame.to_dict("records"):
        grey = "<span class='q'>{}</span>" if row["small"] else "{}"
        cells = [
            html.text(row["label"]),
            say.number(row["n_alerts"]),
            say.number(row["n"]),
            say.number(row["confirmed_of_n"]),
            say.percent(row["precision"], 1),
            say.interval(row["low"], row["high"]),
            say.percent(row["unverified_share"]),
        ]
        rows.append([grey.format(cell) for cell in cells])
    headers = [first, say("Alerts"), say("Denominator n"), say("Confirmed"), say("Precision"),
               say("95% interval"), say("Not verified")]  # fmt: skip
    return html.table(headers, rows, right=range(1, 7), raw=range(7))


def workbook(here: Here, denominator: str, say: Say) -> bytes:
    """Every table of the page as one Excel file."""
    sheets = {}
    columns = ["label", "n_alerts", "n", "confirmed_of_n", "precision", "low", "high",
               "unverified_share"]  # fmt: skip
    headers = [say("Group"), say("Alerts"), say("Denominator n"), say("Confirmed"),
               say("Precision"), say("Low"), say("High"), say("Not verified")]  # fmt: skip
    month = monthly(here, denominator)
    frames = {say("By month"): month.assign(label=month["month"])}
    frames |= {say(title): grouped(here, by, denominator, say) for by, title in GROUPS.items()}
    for title, frame in frames.items():
        sheets[title] = frame[columns].set_axis(headers, axis=1)
    return services.cases.workbook(sheets)
