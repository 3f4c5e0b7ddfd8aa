"""My tasks as a workbook, as blind as the list: for whoever visits."""

from __future__ import annotations

from typing import Any

import services
from dashboard.app_pages.tasks import desk
from dashboard.i18n import Say
from dashboard.show import cover, words
from services import Context
from services.names import Kind as Code
from services.workbook import Column, Kind, Sheet, workbook


def asked_for(here: Context, asked: dict[str, Any], say: Say) -> bytes:
    """The workbook that a link asks for: the reader's tasks in the area, recorded as a download."""
    found, total = services.tasks.download(here)
    joint = say.pick("；", "; ")
    columns = [
        Column(say("Alert number"), [task.number for task in found]),
        Column(say("Band"), [words.label(Code.BAND, task.band, say) for task in found]),
        Column(say("Urgent"), [say.yes_no(task.urgent) for task in found]),
        Column(
            say("Household"), [words.household(task.who, task.household, say) for task in found]
        ),
        Column(say("Where"), [desk.where(here, task, say) for task in found]),
        Column(say("Due"), [task.due_on for task in found], Kind.DAY),
        Column(say("Due day stands"), [say(desk.DUE[task.due]) for task in found]),
        Column(say("State"), [desk.state(task, say) for task in found]),
        Column(
            say("Reasons"),
            [joint.join(say.label(r.told) for r in task.reasons) for task in found],
            Kind.LONG,
        ),
        Column(
            say("What to check on site"),
            [joint.join(say.label(r.check) for r in task.reasons if r.check) for task in found],
            Kind.LONG,
        ),
        Column(say("Needs"), [joint.join(desk.needs(task, say)) for task in found], Kind.LONG),
    ]
    readers = say("Whoever visits these households, and who sends them there.")
    rows: int | str = len(found)
    if total > len(found):
        shown, all_ = say.number(len(found)), say.number(total)
        rows = say("the first {n} of {total} by due day", n=shown, total=all_)
    front = cover.cover(here, say("My tasks"), readers, rows, say)
    return workbook(front, [Sheet(say("My tasks"), columns)])
