"""Putting one household on the screen: header, money, members, story."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import services
from alerts.models import Alert
from alerts.queries import AlertDetail
from dashboard import charts
from dashboard.app_pages.household import chain, leading
from dashboard.i18n import Say
from dashboard.show import drawing, html, words
from services import Context
from services.family import Family
from services.income import Income, Support


def header(here: Context, family: Family, say: Say, alerted: bool = False) -> str:
    """Who, where, how many, band, coverage, income, as markup; `here` is the profile's month."""
    about, score = family.profile, family.score
    side = {"urban": say("urban"), "rural": say("rural")}
    roll = services.names.value("assistance_rolls", "assistance_class", about.get("roll_class"))
    place = [words.place(here, about.get(k), say) for k in ("township_code", "village_code")]
    pairs = [
        (say("Household"), f"<b>{html.text(family.who or say('name not known'))}</b>"),
        # An alert has a number of its own below; only without one does the code name the family.
        *([] if alerted else [(say("Key"), f"<code>{html.text(family.household)}</code>")]),
        (say("Where"), html.text(" › ".join(p for p in place if p != "–"))),
        *_address(here, family, say),
        (say("Kind of place"), html.text(side.get(str(about.get("urban_rural")), "–"))),
        (say("Members"), say.number(about.get("n_members"))),
        (say("On a roll"), html.text(say.label(roll) if about.get("roll_class") else say("no"))),
        *(_weighed(family, say) if family.weighed else []),
        (say("Coverage of the data"), html.bar(score.get("coverage"), say)),
    ]
    income = services.income.income(here, family.household)
    if income is not None:
        pairs.append((say("Income per head and month"), html.text(income_words(income, say))))
    return html.facts(pairs)


def _address(here: Context, family: Family, say: Say) -> list[tuple[str, str]]:
    """The masked address, where one is known."""
    masked = services.people.masked_address(here, family.household, say.language)
    return [(say("Address"), html.text(masked))] if masked else []


def _weighed(family: Family, say: Say) -> list[tuple[str, str]]:
    """What rules and model make of the family."""
    score, kind = family.score, services.names.Kind.BAND
    rank = say(
        "number {rank} of {n} watched", rank=say.number(family.rank), n=say.number(family.at_risk)
    )
    if family.existing is not None and family.coming is not None:
        rank = say("both together: {place}", place=rank)
    risk = _risk(family, say) + (f" <small>({html.text(rank)})</small>" if family.rank else "")
    band = html.band(score.get("band"), words.label(kind, score.get("band"), say))
    return [
        (say("Band by rule score"), f"{band} {say.number(score.get('rule_score'), 1)}"),
        (say("Risk"), risk),
    ]


def _risk(family: Family, say: Say) -> str:
    """The two parts of the risk where the month tells them apart, else the one risk."""
    if family.existing is None or family.coming is None:
        return say.percent(family.risk)
    return say(
        "now {existing} · soon, if not now, {coming}",
        existing=say.percent(family.existing),
        coming=say.percent(family.coming),
    )


def alert_facts(here: Context, found: AlertDetail, say: Say) -> str:
    """What the newest alert asks, how it stands, and why it was raised, as markup."""
    alert, kind = found.alert, services.names.Kind
    urgent = f'<span class="dd-band dd-red">▲ {html.text(say("urgent"))}</span> '
    state = words.label(kind.STATE, alert.state, say)
    number = services.family.number(here, alert)
    # Whoever goes there must not know which visits were drawn: those have no band, and the lowest
    # expectation.
    band = services.cases.blind_band(alert.band)
    pairs = [
        (say("Alert number"), html.text(number)),
        (say("Band of the alert"), html.band(band, words.label(kind.BAND, band, say))),
        (say("State"), (urgent if alert.urgent else "") + html.tag(state)),
        (say("Raised on"), html.text(say.day(alert.raised_on))),
        *_asked(here, alert, say),
        (say("Handling class"), html.text(say.label(services.names.handling(alert.handling)))),
        (say("Next try by") if alert.state == "retry" else say("Due"),
         html.text(say.day(alert.due_on))),
    ]  # fmt: skip
    if told := leading.holder(here, found, say):
        pairs.append((say("With"), html.text(told)))
    if alert.suspended_until is not None:
        until = say("until {day}", day=say.day(alert.suspended_until))
        pairs.append((say("Suspended"), html.text(until)))
    if alert.tries:
        allowed = services.family.tries_allowed(here)
        pairs.append((say("Nobody met"), html.text(
            say("{n} of {most} tries", n=say.number(alert.tries), most=say.number(allowed))
        )))  # fmt: skip
    why = [chain.reason(here, r, say) for r in found.reasons.head(2).to_dict("records")]
    told = html.block(f"<small>{html.text(say('Why'))}</small> ",
                      html.text(" · ".join(why))) if why else ""  # fmt: skip
    return html.facts(pairs) + told


def _asked(here: Context, alert: Alert, say: Say) -> list[tuple[str, str]]:
    """What the visit is to find; of a visit not told to whoever goes there, since all that were
    drawn at random ask the same."""
    if alert.question is None:
        told = say("now or soon: a fact that speaks for itself")
    elif services.family.may_weigh(here, alert.household):
        told = words.label(services.names.Kind.QUESTION, alert.question, say)
    else:
        return []
    return [(say("The visit is to find"), html.text(told))]


def income_words(income: Income, say: Say) -> str:
    """An amount, a range, or 'unknown'; below the standard only where that is certain."""
    ends = {"low": say.number(income.low), "high": say.number(income.high)}
    line = say.number(income.standard)
    if income.known:
        return (
            say("{low} yuan", **ends)
            + {
                "below": say(", below the standard of {line}", line=line),
                "above": say(", not below the standard of {line}", line=line),
                "open": "",
            }[income.against]
        )
    return {
        "below": say("{low} to {high} yuan, below the standard of {line} either way",
                     line=line, **ends),
        "above": say("at least {low} yuan, not below the standard of {line}", line=line, **ends),
        "open": say("unknown: somewhere between {low} and {high} yuan; standard {line}",
                    line=line, **ends),
    }[income.against]  # fmt: skip


def income_card(income: Income, say: Say) -> str:
    """What is known of the income, whose is missing, and how old the last answer is, as markup."""
    pairs = [(say("Income per head and month"), html.text(income_words(income, say)))]
    if income.unrecorded:
        label = say("Members without income on file")
        pairs.append((label, say.number(income.unrecorded)))
    if income.support is not None:
        pairs += support_facts(income.support, say)
    told = say("no visit was told the income")
    if income.visit_days is not None:
        told = say.many("{n} day ago", "{n} days ago", income.visit_days)
        told += say(" (estimated)") if income.estimate else ""
    pairs.append((say("Last told to a visit"), told))
    return html.facts(pairs)


def support_facts(support: Support, say: Say) -> list[tuple[str, str]]:
    """Who owes the family support from outside, what that counts for and what is paid of it."""
    count, high = say.number(support.supporters), support.high
    who = say("{n} on record, {able} able to pay", n=count, able=say.number(support.able))
    if support.assisted:
        who += say(", {n} on assistance themselves", n=say.number(support.assisted))
    ends = {"low": say.number(support.low), "high": say.number(high)}
    if support.known:
        told = say("{low} yuan a month", **ends)
        told += say(", {n} of it not in the income before", n=say.number(support.added))
    elif high is None:
        told = say("at least {low} yuan a month", **ends)
    else:
        told = say("unknown: somewhere between {low} and {high} yuan a month", **ends)
    pairs = [
        (say("Supporters outside the household"), html.text(who)),
        (say("Counted of their support"), html.text(told)),
    ]
    if support.paid is not None:
        paid = say("{n} yuan a month", n=say.number(support.paid))
        if support.unpaid:
            paid += say(", at least {n} less than owed", n=say.number(support.unpaid))
        pairs.append((say("Really paid"), html.text(paid)))
    return pairs


def data_dates(here: Context, say: Say) -> None:
    """Of which day the data behind this page is: how many feeds came this month, which did not."""
    dates, month = services.history.data_dates(here), f"{here.as_of:%Y-%m}"
    names = {feed: say.label(services.names.feed(feed)) for feed in dates}
    now = [feed for feed, day in dates.items() if day and f"{day:%Y-%m}" == month]
    before = [
        f"{names[feed]} {say.day(day)}" for feed, day in dates.items() if day and feed not in now
    ]
    never = [names[feed] for feed, day in dates.items() if not day]
    told = [say.many("Data of {n} feed came in {month}", "Data of {n} feeds came in {month}",
                     len(now), month=month)]  # fmt: skip
    if before:
        told.append(say("last reported earlier: {list}", list=say.pick("、", ", ").join(before)))
    if never:
        told.append(say("not reported: {list}", list=say.pick("、", ", ").join(never)))
    st.caption(say("; ").join(told) + say.pick("。", "."))


def money(here: Context, family: Family, say: Say) -> None:
    """24 months of income and spending per head, with shocks."""
    members = int(family.profile.get("n_members") or 1)
    frame = services.money.money(here, family.household, members)
    found = services.history.shocks(here, family.household)
    found = found.assign(
        label=[say.pick(z, e) for z, e in zip(found["zh"], found["en"], strict=True)]
    )
    income = services.income.income(here, family.household)
    if income is not None:
        st.html(income_card(income, say))
    partial = income is not None and income.unrecorded > 0
    if not (frame["income"].notna() | frame["visited"].notna() | (frame["spending"] > 0)).any():
        st.caption(
            say(
                "Departments recorded neither income nor spending of this family in 24 months, and "
                "no visit was told its income: that is unknown, not zero. A visit can ask."
            )
        )
        return
    chart = charts.money(frame, found, say, partial)
    drawing.chart(
        chart, "household_money", say("Income and rigid spending per head, 24 months"), say
    )
    if told := _blows(found[found["month"].isin(frame["month"])], say):
        st.caption(told)
    if partial and frame["income"].notna().any():
        st.caption(
            say(
                "The line is only the part of the income that departments record: it lies below "
                "the family's income and must not be read against S."
            )
        )
    st.caption(
        say(
            "Recorded income: wages, pensions and unemployment benefit that departments report. "
            "Rigid spending: medical self-payment, school fees and rent on record. A month "
            "without any record is unknown, not zero."
        )
    )


def _blows(shocks: pd.DataFrame, say: Say) -> str:
    """The blows that the chart marks, by month, newest first."""
    by_month = shocks.groupby("month", sort=True)["label"].agg(say.pick("、", ", ").join)
    told = [f"{month} {labels}" for month, labels in by_month.items()][::-1]
    return say("▼ Blows: {list}.", list=say("; ").join(told)) if told else ""


def members(here: Context, household: str, say: Say) -> pd.DataFrame:
    """The members table in words; names and numbers masked, disability as yes or no."""
    found, rows = services.family.members(here, household), []
    for row in found.to_dict("records"):
        relation = services.names.value("population_register", "relation", row.get("relation"))
        sex = services.names.value("population_register", "sex", row.get("sex"))
        disabled = _any(row, ("severely_disabled", "other_disabled"))
        rows.append(
            {
                say("Name"): row["who"] or services.people.short(row["person"]),
                say("ID number"): row["id_masked"] or "–",
                say("Relation"): say.label(relation),
                say("Sex"): say.label(sex),
                say("Age"): say.number(row.get("age")),
                say("Disabled"): say.yes_no(disabled),
            }
        )
    return pd.DataFrame(rows)


def _any(row: dict[str, Any], names: tuple[str, ...]) -> bool | None:
    known = [row[n] for n in names if n in row and row[n] is not None and row[n] == row[n]]
    return any(known) if known else None


def show_members(here: Context, household: str, say: Say) -> None:
    """The members on the page."""
    frame = members(here, household, say)
    if frame.empty:
        st.caption(say("No member is on record for this month."))
        return
    body = frame.to_numpy().tolist()
    with st.container(key="household_members"):
        st.html(html.table(list(frame.columns), body, right=(4,), nowrap=(0, 1, 5)))
