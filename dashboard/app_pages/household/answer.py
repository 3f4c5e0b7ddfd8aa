"""The household page's answer: is there an alert, and what is to be done by whom until when."""

from __future__ import annotations

from collections.abc import Mapping

import services
from alerts.models import Alert
from alerts.queries import AlertDetail
from dashboard.i18n import Say, mark
from dashboard.show import shell, words
from services import Context
from services.family import Family
from services.names import Kind

# What an open alert is about, by its question.
ABOUT = {
    "existing": mark("Open alert, {band}, about need now"),
    "coming": mark("Open alert, {band}, about need soon"),
    None: mark("Open alert, {band}, about a fact that asks for a visit whatever the score"),
}
VISIT = mark("Open alert, {band}")  # whoever visits must not know what a visit asks
REPORTED = mark("Open alert, {band}, reported by people")
LAST = {
    "existing": mark("the last one, raised in {month} about need now"),
    "coming": mark("the last one, raised in {month} about need soon"),
    None: mark("the last one, raised in {month} about a fact or report"),
}
LAST_VISIT = mark("the last one, raised in {month}")
OWED = ("confirmed", "handling", "returned")  # needs that a department has not settled
# Who is to do what next, by state.
NEXT = {
    "raised": mark("the county monitoring team is to dispatch it by {day}"),
    "returned": mark(
        "it was sent back; the county monitoring team is to dispatch it anew by {day}"
    ),
    "dispatched": mark("the township or village worker is to accept it by {day}"),
    "accepted": mark("the township or village worker is to visit the family by {day}"),
    "checking": mark("the visit has begun; the worker is to record its result by {day}"),
    "retry": mark(
        "nobody was met at {tries} of {most} visits; the township or village worker is to try "
        "again by {day}"
    ),
    "approval": mark("the finding '{found}' is to be approved by a second person by {day}"),
    "assisting": mark(
        "the visit confirmed an unmet need; help is due from {departments}, next by {day}"
    ),
    "watching": mark(
        "the finding was '{found}'; the family is under watch and looked at again by {day}"
    ),
}


def sentence(
    here: Context, then: Context, about: Family | None, found: AlertDetail | None, say: Say
) -> str:
    """The answer in one or two sentences; of an earlier month as its last day left it.

    `then` is the month of the family's profile, an earlier one where it has left the data; `about`
    is None for a family that no month's profile holds.
    """
    about = about if then.as_of == here.as_of else None
    if found is None:
        told = [say("No alert was raised for this family so far."), _watch(about, say)]
    elif found.alert.state == "closed":
        told = [_closed(here, found, say), _watch(about, say)]
    else:
        told = [_open(here, found, say)]
    if about is not None and about.insufficient:
        told.append(
            say(
                "Too little is known to judge (coverage of the data {share}): that is not "
                "'no risk'.",
                share=say.percent(about.score["coverage"]),
            )
        )
    whole = say.pick("", " ").join(part for part in told if part)
    if not shell.is_past(here):
        return whole
    return say("At the end of {month}: {told}", month=f"{here.as_of:%Y-%m}", told=whole)


def _open(here: Context, found: AlertDetail, say: Say) -> str:
    """What the open alert is about, and the next step with its day."""
    alert = found.alert
    band = _band(services.cases.blind_band(alert.band), say)
    about = REPORTED if alert.source == "report" else _about(here, alert, ABOUT, VISIT)
    first = say(about, band=band)
    if alert.urgent:
        first = say("Urgent: {told}", told=first)
    if alert.due_on is None:
        step = say("its state is {state}", state=words.label(Kind.STATE, alert.state, say))
    else:
        step = say(
            NEXT[alert.state],
            day=say.day(alert.due_on),
            departments=_departments(found, say),
            found=words.label(Kind.OUTCOME, alert.outcome, say),
            tries=say.number(alert.tries),
            most=say.number(services.family.tries_allowed(here)),
        )
    if late := services.family.days_overdue(here, alert):
        step += say.many(", overdue by {n} day", ", overdue by {n} days", late)
    return say("{first}: {step}.", first=first, step=step)


def _about(here: Context, alert: Alert, told: Mapping[str | None, str], of_visits: str) -> str:
    """What an alert is about, as its reader may know it."""
    if alert.question is None or services.family.may_weigh(here, alert.household):
        return told[alert.question]
    return of_visits


def _departments(found: AlertDetail, say: Say) -> str:
    """The departments that the confirmed needs wait for."""
    waiting = found.needs.loc[found.needs["state"].isin(OWED), "department"]
    named = [say.label(services.names.department(code)) for code in dict.fromkeys(waiting)]
    return _listed(named, say) or say("the departments")


def _closed(here: Context, found: AlertDetail, say: Say) -> str:
    """How the last alert ended, and what became of the needs that it found."""
    alert = found.alert
    last = say(_about(here, alert, LAST, LAST_VISIT), month=f"{alert.raised_on:%Y-%m}")
    if alert.outcome is None:
        ended = say("nobody visited the family")
    else:
        ended = say("the finding: {found}", found=words.label(Kind.OUTCOME, alert.outcome, say))
    for state, message in (("met", mark("met: {needs}")), ("dropped", mark("not met: {needs}"))):
        codes = found.needs.loc[
            (found.needs["state"] == state) & (found.needs["outcome"] == "confirmed"), "code"
        ]
        if len(codes):
            named = _listed([say.label(services.names.need(code)) for code in codes], say)
            ended += say("; ") + say(message, needs=named)
    return say(
        "No alert is open; {last}, was closed on {day}, {ended}.",
        last=last,
        day=say.day(alert.closed_on or found.events["at"].iloc[-1].date()),
        ended=ended,
    )


def _watch(about: Family | None, say: Say) -> str:
    """Whether the family is watched, and where it stands among the watched."""
    if about is None or not about.weighed:
        return ""
    if about.rank:
        return say(
            "It is watched: {band}, number {rank} of {n} by risk.",
            band=_band(about.score.get("band"), say),
            rank=say.number(about.rank),
            n=say.number(about.at_risk),
        )
    if about.profile.get("roll_class"):
        roll = services.names.value(
            "assistance_rolls", "assistance_class", about.profile["roll_class"]
        )
        return say("It is on a roll ({roll}) and not ranked by risk.", roll=say.label(roll))
    return say("It is not among the watched families, so no risk is ranked.")


def _band(code: str | None, say: Say) -> str:
    if code in (None, "none"):
        return say("no band")
    if code == services.names.LOWER_BAND:
        return words.label(Kind.BAND, code, say).lower()
    return say("band {band}", band=words.label(Kind.BAND, code, say).lower())


def _listed(named: list[str], say: Say) -> str:
    return say.pick("、", ", ").join(named)
