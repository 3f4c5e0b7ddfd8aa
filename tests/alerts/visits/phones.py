"""A phone as `dashboard/phone/static/store.js` makes one: drafts, an outbox, one request at a time.

And the network between it and the server: requests and replies that are lost, slow, or repeated.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

RESULT, STEP = "result", "step"


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
    device: str = ""
    version: int = 0
    drafts: dict[str, Draft] = field(default_factory=dict)
    screen: dict[str, Draft] = field(default_factory=dict)
    """The fields as the page shows them: not drawn anew while a box has the focus."""
    drawn: int = 0
    """The version that the page shows."""
    focus: bool = False
    can: tuple[str, ...] = ()
    """What the page offers beside recording a visit: to take the case on, to send it back."""
    stepped: dict[str, Any] | None = None
    """A step that waits, or was not accepted, as the page tells it."""
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
        """Record the result of the visit; one that was never sent is replaced."""
        self._replaced(RESULT, value)

    def step(self, value: str) -> None:
        """Take the case on or send it back; one that was never sent is replaced."""
        self._replaced(STEP, value)
        self.stepped = {"said": value, "answer": "waiting"}

    def _replaced(self, name: str, value: str) -> None:
        unsent = (one for one in self.outbox if one["field"] == name and not one["sent"])
        own = next(unsent, None)
        if own is None:
            self._made(name, value, "")
        else:
            own["value"] = value

    def _made(self, name: str, value: str, base: str) -> dict[str, Any]:
        made = {
            "id": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            "device": self.device or f"device-{self.account}",
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
        known = {one["id"]: one["answer"] for one in answers}
        for one in self.outbox:
            if one["field"] == STEP and one["id"] in known:
                refused = known[one["id"]] == "refused"
                self.stepped = {"said": one["value"], "answer": "refused"} if refused else None
        self.outbox = [one for one in self.outbox if one["id"] not in known]
        if generation != self.generation:
            return
        self.version = task["seen_event"]
        self.conflicts = set(task["conflicts"])
        self.can = tuple(task["steps"])
        waiting = {one["field"] for one in self.outbox}
        for name, told in task["sheet"].items():
            if name not in waiting:
                self.drafts[name] = Draft(told["value"], told["op"])
        if not self.focus:
            self.leave()
