"""A phone as `dashboard/phone/static/store.js` makes one: drafts, an outbox, one request at a time.

And the network between it and the server: requests and replies that are lost, slow, or repeated.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

RESULT = "result"


@dataclass
class Draft:
    """A field's value on the phone, and the operation that this value is."""

    value: str = ""
    op: str = ""


@dataclass
class Phone:
    """One phone of a team, with one visit open."""

    account: str
    rng: random.Random
    version: int = 0
    drafts: dict[str, Draft] = field(default_factory=dict)
    screen: dict[str, Draft] = field(default_factory=dict)
    """The fields as the page shows them: not drawn anew while a box has the focus."""
    drawn: int = 0
    """The version that the page shows."""
    focus: bool = False
    outbox: list[dict[str, Any]] = field(default_factory=list)
    conflicts: set[int] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    shown_before: dict[str, str] = field(default_factory=dict)
    generation: int = 0

    def write(self, name: str, value: str) -> None:
        """A keystroke: it joins the newest operation of the field while that was never sent."""
        shown = self.screen.setdefault(name, Draft())
        waiting = [o for o in self.outbox if o["field"] == name]
        if waiting and not waiting[-1]["sent"]:
            waiting[-1]["value"] = value
            shown.op = waiting[-1]["id"]
        else:
            made = self._made(name, value, waiting[-1]["id"] if waiting else shown.op)
            self.shown_before[made["id"]] = shown.value
            shown.op = made["id"]
        shown.value = value
        self.drafts[name] = Draft(value, shown.op)

    def leave(self) -> None:
        """The box loses the focus: the page is drawn anew."""
        self.focus = False
        self.screen = {name: replace(one) for name, one in self.drafts.items()}
        self.drawn = self.version

    def finish(self, value: str) -> None:
        """Record the result of the visit."""
        self._made(RESULT, value, "")

    def _made(self, name: str, value: str, base: str) -> dict[str, Any]:
        made = {
            "id": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            "device": f"device-{self.account}",
            "at": "2026-04-02T10:00:00+08:00",
            "seen_event": self.drawn,
            "base": base,
            "field": name,
            "value": value,
            "sent": False,
        }
        self.outbox.append(made)
        return made

    def request(self) -> tuple[int, list[dict[str, Any]]]:
        """What is sent next: always from the oldest operation that has no answer yet."""
        self.generation += 1
        for one in self.outbox[:50]:
            one["sent"] = True
        return self.generation, [dict(one) for one in self.outbox[:50]]

    def reply(self, generation: int, answers: list[dict[str, Any]], task: dict[str, Any]) -> None:
        """Answers count whenever they come; what the server shows only if nothing was asked since.

        A field that is still waiting to be sent keeps what was typed.
        """
        for one in answers:
            self.answers.setdefault(one["id"], one["answer"])
        known = {one["id"] for one in answers}
        self.outbox = [one for one in self.outbox if one["id"] not in known]
        if generation != self.generation:
            return
        self.version = task["seen_event"]
        self.conflicts = set(task["conflicts"])
        waiting = {one["field"] for one in self.outbox}
        for name, told in task["sheet"].items():
            if name not in waiting:
                self.drafts[name] = Draft(told["value"], told["op"])
        if not self.focus:
            self.leave()
