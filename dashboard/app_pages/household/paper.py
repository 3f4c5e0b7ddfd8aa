"""The case history to print: one household, by date, from A4 sheet to A4 sheet."""

from __future__ import annotations

from typing import Any

import services
from dashboard.app_pages.household import choosing, family, printing, story
from dashboard.charts.case_line import on_paper
from dashboard.i18n import Say
from dashboard.show import html
from services import Context


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> str:
    """The sheet that a link asks for, by the rules of the page.

    Raises NothingYet for a household that no month knows.
    """
    household = str(asked["household"])
    then, about = choosing.profile(here, household)
    months = services.history.MONTHS if asked.get("span") == "24" else None
    found = story.read(here, household, months)
    parts = []
    if about is not None:
        parts.append(family.header(then, about, say))
    parts += [html.warning(told) for told in story.mismatches(here, household, say)]
    if found.entries:
        picture = on_paper(*story.drawn(found, say), story.until(found), say)
        parts.append(f"<p>{picture}</p><p><small>{html.text(story.signs(say))}</small></p>")
        people = services.people.member_names(here, household)
        parts.append(f"<h2>{html.text(say('By date, newest first'))}</h2>")
        parts.append(html.line(story.lines(found.entries, people, say)))
        parts.append(f"<p>{html.text(story.paid(found, say))}</p>")
    else:
        parts.append(f"<p>{html.text(story.nothing(say))}</p>")
    if found.later:
        parts.append(f"<h2>{html.text(say('What became of the family'))}</h2>")
        parts.append(story.afterwards(found.later, say))
        parts.append(f"<p><small>{html.text(story.meaning(say))}</small></p>")
    return printing.sheet(say("Case history"), "".join(parts), here, say)
