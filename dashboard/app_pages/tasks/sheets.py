"""Visit sheets on paper: one household a page, what to check, boxes to tick, two signatures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

import services
from dashboard.app_pages.household import printing
from dashboard.app_pages.tasks import desk
from dashboard.i18n import Say
from dashboard.show import cover, files, html, words
from services import Context
from services.names import Kind
from services.tasks import PRINTED, Task

BOX = "☐"
LINES = 4  # for notes
STYLE = """<style>.visit { break-after: page; } .visit:last-of-type { break-after: auto; }
.visit h2 { margin-top: 4mm; } .boxes span { white-space: nowrap; margin-right: 4mm; }
.line { border-bottom: 1px solid #7B8794; height: 8mm; } .visit .dd-facts div { font-size: 12px; }
.signed { display: flex; gap: 10mm; margin-top: 8mm; } .signed div { flex: 1; } .fact { margin:
0 0 2mm; break-inside: avoid; }</style>"""


def chooser(here: Context, found: Sequence[Task], say: Say) -> None:
    """Which of the tasks to print, and the link to their sheets; without a choice the first."""
    called = {
        task.key: f"{words.household(task.who, task.household, say)} · {task.number}"
        for task in found
    }
    with st.expander(say("Print visit sheets"), icon=":material/print:"):
        chosen = st.multiselect(
            say("Which households"),
            list(called),
            format_func=lambda key: called[key],
            max_selections=PRINTED,
            placeholder=say("choose; without a choice the first {n}", n=min(PRINTED, len(called))),
            key="tasks_print",
        )
        link(here, chosen or list(called)[:PRINTED], say)


def link(here: Context, keys: Sequence[str], say: Say, place: Any = st) -> None:
    """The link to the sheets of these alerts, called by their keys."""
    asked = {"keys": list(keys)[:PRINTED]}
    label = say("Visit sheets ({n})", n=len(asked["keys"]))
    files.link(here, "visits", asked, label, say, place, say("Visit sheets"))


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> str:
    """The sheets that a link asks for, as one page of HTML ready to print."""
    found = services.tasks.to_print(here, [str(key) for key in asked["keys"]])
    body = "".join(one(here, task, say) for task in found)
    return printing.sheet(say("Visit sheets"), STYLE + body, here, say)


def one(here: Context, task: Task, say: Say) -> str:
    """One household on one page of A4."""
    badge = html.synthetic() if cover.mark(here) else ""
    title = f"{cover.county(here, say)} · {say('Visit sheet')}"
    parts = [f"<h2>{html.text(title)} {badge}</h2>"]
    parts += [_head(here, task, say), _reasons(task, say), _found(task, say)]
    lines = '<div class="line"></div>' * LINES
    parts.append(f"<h2>{html.text(say('Note'))}</h2>{lines}")
    signed = "".join(
        f"<div>{html.text(say('Visitor {n}, signature', n=n))}<div class='line'></div></div>"
        for n in (1, 2)
    )
    day = f"<div>{html.text(say('Day of the visit'))}<div class='line'></div></div>"
    parts.append(f'<div class="signed">{signed}{day}</div>')
    return f'<section class="visit">{"".join(parts)}</section>'


def _head(here: Context, task: Task, say: Say) -> str:
    known = [
        (say("Alert number"), f"<b>{html.text(task.number)}</b>"),
        (say("Household"), html.text(words.household(task.who, task.household, say))),
        (say("Where"), html.text(desk.where(here, task, say))),
        (say("Band"), html.band(task.band, words.label(Kind.BAND, task.band, say))),
        (say("State"), html.text(desk.state(task, say))),
        (say("Due"), html.text(desk.due(task, say))),
    ]
    who = say.pick("；", "; ").join(_member(member, say) for member in task.members)
    told = f"<p>{html.text(say('Members'))}: {html.text(who)}</p>" if who else ""
    return html.facts(known) + told


def _member(member: dict[str, Any], say: Say) -> str:
    value = services.names.value
    parts = [
        say.label(value("population_register", "relation", member["relation"] or None)),
        say.label(value("population_register", "sex", member["sex"] or None)),
    ]
    if member["age"] is not None:
        parts.append(say("{age} years", age=member["age"]))
    if member["disabled"]:
        parts.append(say("disabled"))
    return " ".join(parts)


def _boxes(labels: Iterable[str]) -> str:
    return "".join(f"<span>{BOX} {html.text(label)}</span> " for label in labels)


def _reasons(task: Task, say: Say) -> str:
    """Each reason with what to check, and whether it was true."""
    title = html.text(say("Why the alert was raised, and what to check"))
    parts = [f"<h2>{title}</h2>"]
    for reason in task.reasons:
        check = f"<div>{BOX} {html.text(say.label(reason.check))}</div>" if reason.check else ""
        facts = _boxes(words.labels(Kind.TRUTH, services.names.codes(Kind.TRUTH), say))
        parts.append(
            f'<div class="fact"><b>{html.text(say.label(reason.told))}</b>{check}'
            f'<div class="boxes">{html.text(say("Is it true?"))} {facts}</div></div>'
        )
    return "".join(parts)


def _found(task: Task, say: Say) -> str:
    """The results to choose from, for the household and for each need."""
    outcomes = _boxes(words.labels(Kind.OUTCOME, services.names.codes(Kind.OUTCOME), say))
    causes = _boxes(words.labels(Kind.CAUSE, services.names.codes(Kind.CAUSE), say))
    findings = _boxes(words.labels(Kind.OUTCOME, services.tasks.FINDINGS, say))
    needs = "".join(
        f'<div class="fact boxes"><b>{html.text(need)}</b> {findings}</div>'
        for need in desk.needs(task, say)
    )
    return (
        f"<h2>{html.text(say('What the visit found'))}</h2>"
        f'<div class="fact boxes">{outcomes}</div>'
        f'<div class="fact boxes">{html.text(say("Why it was false"))} {causes}</div>{needs}'
    )
