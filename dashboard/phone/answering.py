"""What the server answers the phone's page: the list in both languages, and what became of what it
sent. Numbers of the record never leave: an alert is called by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import services
from core.access.principal import Principal, Refused
from core.access.roles import Action
from core.errors import Told
from core.words import Bilingual
from services import AlertNotFound, Context, NothingYet, tasks
from services.names import Kind
from services.tasks import Conflict, Task


def listed(who: Principal, home: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The reader's tasks in all of their areas, due first, with sheets and conflicts.

    Raises Refused for who has no tasks at all.
    """
    who.require(Action.SETTLE)
    return _listed(who, home, _areas(who, home))


def _listed(who: Principal, home: str, areas: Sequence[Context]) -> dict[str, Any]:
    found, doubts, total, months = [], [], 0, 0
    for here in areas:
        own, count = tasks.mine(here)
        sheets = tasks.sheets(here, own)
        pictures = tasks.photographed(here, own)
        found += [_task(here, one, sheets[one.key], pictures[one.key]) for one in own]
        months = services.photos.months_kept(here)
        doubts += [_conflict(one) for one in tasks.conflicts(here)]
        total += count
    found.sort(key=lambda task: (task["due_on"] or "9999", not task["urgent"], task["key"]))
    return {
        "account": who.account,
        "name": who.name,
        "synthetic": services.county.county(Context(who, home, date.max)).synthetic,
        "allowance": services.people.ALLOWANCE,
        "photo_months": months,
        "total": total,
        "tasks": found[: tasks.MOST],
        "conflicts": doubts,
        "words": _choices(),
    }


def synced(who: Principal, home: str, sent: dict[str, Any]) -> dict[str, Any]:
    """What became of each operation, in their order, and the list after them.

    Raises Refused for who has no tasks at all.
    """
    who.require(Action.SETTLE)
    areas = _areas(who, home)
    answers = [_done(areas, one) for one in sent.get("operations") or []]
    return {"answers": answers, "list": _listed(who, home, areas)}


def taken(who: Principal, home: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Names, phones and addresses of one household, for a stated purpose.

    Raises what `services.tasks.take_along` raises.
    """
    key, purpose = str(sent.get("alert", "")), str(sent.get("purpose", ""))
    found = _where(_areas(who, home), lambda here: tasks.take_along(here, key, purpose))
    return {"people": [dict(one) for one in found.people]}


def photographed(who: Principal, home: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Whether a photo was kept, or why not; the same one again is answered alike."""
    key = str(sent.get("alert", ""))
    try:
        _where(_areas(who, home), lambda here: services.photos.receive(here, key, sent))
    except Told as refused:
        return {"answer": "refused", "told": _both(refused)}
    return {"answer": "done"}


def _done(areas: Sequence[Context], sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict):
        return {"id": "", "answer": "refused"}
    key = str(sent.get("alert", ""))
    try:
        told = _where(areas, lambda here: tasks.receive(here, key, sent))
    except Told as refused:
        return {"id": str(sent.get("id", "")), "answer": "refused", "told": _both(refused)}
    answer = {"id": told.id, "answer": told.kind}
    return answer | ({"told": _both(told.told)} if told.told else {})


def _where(areas: Sequence[Context], ask: Any) -> Any:
    """The answer of the first of the reader's areas that holds the alert.

    Raises AlertNotFound, or Refused where the reader has no area for this.
    """
    missing: Told = AlertNotFound("预警", "alert", 0)
    for here in areas:
        try:
            return ask(here)
        except (AlertNotFound, Refused) as elsewhere:
            missing = elsewhere
    raise missing


def _areas(who: Principal, home: str) -> list[Context]:
    """The reader's areas in the newest month; none before alerts were ever raised."""
    start = Context(who, home, date.max)
    months = services.county.months(start)
    found = [start.at(max(months)).within(area) for area in tasks.places(start) if months]
    try:
        for here in found[:1]:
            tasks.mine(here, 0)
    except NothingYet:
        return []
    return found


def _task(here: Context, one: Task, sheet: dict[str, Any], pictures: int) -> dict[str, Any]:
    names = services.names
    return {
        "key": one.key,
        "number": one.number,
        "who": one.who,
        "place": _place(here, one),
        "band": one.band,
        "band_word": _both(names.word(Kind.BAND, one.band)),
        "urgent": one.urgent,
        "state": one.state,
        "state_word": _both(names.word(Kind.STATE, one.state)),
        "tries": one.tries,
        "due_on": one.due_on.isoformat() if one.due_on else "",
        "due": one.due,
        "seen_event": one.version,
        "round": one.round,
        "may_record": tasks.may_record(here) and one.state != "assisting",
        "steps": tasks.may_step(here, one),
        "reasons": [
            {"code": r.code, **_both(r.told), "check": _both(r.check) if r.check else None}
            for r in one.reasons
        ],
        "needs": [
            {"code": code, **_both(names.need(code)), "department": _both(names.department(own))}
            for code, own in one.needs
        ],
        "members": [_member(member) for member in one.members],
        "sheet": sheet,
        "photos": pictures,
    }


def _place(here: Context, one: Task) -> dict[str, str]:
    codes = [code for code in (one.township, one.village) if code]
    told = {}
    for language in ("zh", "en"):
        names = [services.county.place(here, code, language) for code in codes]
        told[language] = " › ".join(names)
    return told


def _member(member: dict[str, Any]) -> dict[str, Any]:
    value = services.names.value
    return {
        "relation": _both(value("population_register", "relation", member["relation"] or None)),
        "sex": _both(value("population_register", "sex", member["sex"] or None)),
        "age": member["age"],
        "disabled": member["disabled"],
    }


def _conflict(one: Conflict) -> dict[str, str | int]:
    return {
        "id": one.id,
        "key": one.key,
        "number": one.number,
        "who": one.who,
        "field": one.field,
        "kept": one.kept,
        "kept_by": one.kept_by,
        "kept_at": f"{one.kept_at:%Y-%m-%d %H:%M}",
        "other": one.other,
        "other_by": one.other_by,
        "other_at": f"{one.other_at:%Y-%m-%d %H:%M}",
    }


def _choices() -> dict[str, list[dict[str, str]]]:
    """The codes to choose from, with their words, so that they are there without a network."""

    def words(kind: Kind, codes: list[str]) -> list[dict[str, str]]:
        return [{"code": code, **_both(services.names.word(kind, code))} for code in codes]

    outcomes = services.names.codes(Kind.OUTCOME)
    return {
        "outcomes": words(Kind.OUTCOME, outcomes),
        "causes": words(Kind.CAUSE, services.names.codes(Kind.CAUSE)),
        "findings": words(Kind.OUTCOME, list(tasks.FINDINGS)),
        "truths": words(Kind.TRUTH, services.names.codes(Kind.TRUTH)),
        "actions": words(Kind.ACTION, services.names.codes(Kind.ACTION)),
    }


def _both(words: Bilingual | Told) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
