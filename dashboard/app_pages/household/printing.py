"""The visit sheet to print: one self-contained HTML page, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import services
from alerts.queries import AlertDetail
from dashboard.app_pages.household import answer as family_answer
from dashboard.app_pages.household import chain, choosing, closer, family, reveal, voices
from dashboard.i18n import Say
from dashboard.show import cover, html, shell
from services import Context
from services.people import Person

REASONS = 3  # of the model, and of what could lower its answer; a sheet is short
STYLE = shell.STYLE.read_text(encoding="utf-8")
PAPER = """
@page { size: A4; margin: 15mm; }
body { font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC",
  "WenQuanYi Micro Hei", "Segoe UI", Arial, sans-serif; color: #1F2933; max-width: 190mm;
  margin: 6mm auto; font-size: 12px; }
h1 { font-size: 20px; margin: 0 0 2mm; } h2 { font-size: 14px; margin: 5mm 0 1.5mm;
  break-after: avoid; }
footer { margin-top: 6mm; color: #5B666D; font-size: 11px; border-top: 1px solid #DDE3E4;
  padding-top: 2mm; }
.dd-line, .dd-line .dd-band { font-size: 11px; } .dd-line small { font-size: 10px; }
.dd-line > div { padding: 0.3mm 0; break-inside: avoid; }
.dd:has(> table) { overflow: visible; background: none; } .dd tr { break-inside: avoid; }
.two { display: flex; gap: 8mm; } .two > div { flex: 1; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
"""


def sheet(title: str, body: str, here: Context, say: Say) -> str:
    """A whole page: title with the county and the badge, body, date of printing."""
    badge = html.synthetic() if cover.mark(here) else ""
    place = html.text(cover.county(here, say))
    if here.scope:
        place += f" › {html.text(cover.area(here, say))}"
    made = say(
        "Printed {when} from Doudi. Figures as of {as_of}. Rates with their n; unknown is never "
        "zero. Doudi decides about nobody: people do.",
        when=cover.made(say),
        as_of=say.day(here.as_of),
    )
    language = "zh-CN" if say.language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{html.text(title)}</title><style>{STYLE}{PAPER}</style></head><body>"
        f"<p>{place} {badge}</p><h1>{html.text(title)}</h1>{body}"
        f"<footer>{html.text(made)}</footer></body></html>"
    )


def asked_for(here: Context, household_key: str, say: Say, purpose: str = "") -> str:
    """The sheet of a household that a link asks for, by the rules of the page.

    With a purpose it shows names, numbers and address in the clear, and the record says so.
    """
    then, about = choosing.profile(here, household_key)
    if about is None:
        raise services.NothingYet("household", here.as_of)
    people = services.people.reveal(then, household_key, purpose) if purpose else []
    return household(here, then, about, chain.newest(here, household_key), say, people)


def household(
    here: Context,
    then: Context,
    about: services.family.Family,
    alert: AlertDetail | None,
    say: Say,
    people: Sequence[Person] = (),
) -> str:
    """One household on paper, for the people who go there: masked, with a list to tick.

    `then` is the month of its profile: another than the page's where it has left the data.
    `people` are its members in the clear, where they were asked for.
    """
    key = about.household
    parts = [html.answer(family_answer.sentence(here, then, about, alert, say))]
    if then.as_of != here.as_of:
        parts.append(
            html.warning(
                say("Profile of {month}, the last that is known.", month=say.day(then.as_of))
            )
        )
    parts.append(family.header(then, about, say, alerted=alert is not None))
    if alert is not None:
        parts.append(family.alert_facts(here, alert, say))
    if about.weighed and (told := voices.disagreement(about, say)):
        parts.append(html.warning(told))
    if alert is not None:
        parts.append(f"<h2>{html.text(say('Why the alert was raised'))}</h2>")
        parts.append(chain.reasons(here, alert, say))
        parts.append(f"<h2>{html.text(say('Needs and departments'))}</h2>{chain.needs(alert, say)}")
    if about.weighed:
        parts.append(_model(then, key, say))
    if found := chain.checks(then, key, say):
        parts.append(f"<h2>{html.text(say('What to check on site'))}</h2>{found}")
    if people:
        parts.append(f"<h2>{html.text(say('Whom and where to visit'))}</h2>")
        parts.append(reveal.shown(people, say))
    members = family.members(then, key, say)
    if len(members):
        body = html.table(list(members.columns), members.to_numpy().tolist(), right=(4,))
        parts.append(f"<h2>{html.text(say('Members'))}</h2>{body}")
    if alert is not None:
        parts.append(f"<h2>{html.text(say('Chain of help'))}</h2>{chain.events(alert, say)}")
    lines = "<p>____________________________________________________________</p>" * 3
    parts.append(f"<h2>{html.text(say('What we found'))}</h2>{lines}")
    return sheet(say("Visit sheet"), "".join(parts), here, say)


def _model(then: Context, key: str, say: Say) -> str:
    """What the model says, short: its reasons, similar past families, what could lower the risk.

    '' where the household was not explained; on paper nothing is explained anew.
    """
    voice = services.voices.model_voice(then, key)
    if voice is None:
        return ""
    headers = [say("Category"), say("Fact"), say("Effect on the risk")]
    rows = voices.fact_rows(then, voice, say)[:REASONS]
    told = say("Risk {risk}; for an average household {start}. Model version {version}.",
               risk=say.percent(voice.end), start=say.percent(voice.start),
               version=voice.version)  # fmt: skip
    office = say("For the office, not for the visit: whoever goes there is to find out, not to "
                 "expect.")  # fmt: skip
    parts = [html.block(html.text(office + say.pick("", " ") + told)), html.table(headers, rows)]
    asked = (key, voice.question, voice.version)
    if found := services.explanations.similar(then, *asked):
        text = closer.similar_sentence(found, voice.question, say)
        parts.append(html.block(html.text(text)))
    if changes := (services.explanations.lowering(then, *asked) or [])[:REASONS]:
        lines = [html.text(closer.lowering_line(change, say)) for change in changes]
        lead = html.text(say("What could lower the risk, an association and no promise:"))
        parts.append(html.block(lead) + html.block(html.bullets(lines)))
    return f"<h2>{html.text(say('What the model says'))}</h2>{''.join(parts)}"
