"""What became of a household, as dated entries of its case history: splits, merges, its number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.words import Text
from data.households.events import (
    HEADLESS,
    MERGED,
    MOVED,
    RENUMBERED,
    REUSED,
    SPLIT,
    TWICE,
)
from data.households.memberships import LIVING, REGISTERED
from services import names
from services.reads import membership
from services.reads.case_events import Entry
from services.reads.people import short

# Of the household that somebody came to (or whose head is missing), and of the one they left.
_HERE = {
    SPLIT: Text("自 {other} 分出立户，{n} 人", "Split off from household {other}: {n} people"),
    MERGED: Text("{other} 并入本户，{n} 人", "Household {other} merged into this one: {n} people"),
    RENUMBERED: Text(
        "整户换号（新户号 {other}），仍是同一户，救助、得分和预警接续",
        "The whole household got another number ({other}); it is the same family, and its "
        "assistance, score and alerts go on",
    ),
    MOVED: Text("自 {other} 转入 {n} 人", "{n} people came from household {other}"),
    REUSED: Text(
        "户号此前属另一户（{other}），其情况与本户无关",
        "The number was another family's before ({other}); nothing of theirs is told here",
    ),
    HEADLESS: Text(
        "户籍无户主，暂以最年长成员代替（推定）",
        "No head on the register; the oldest member is taken for it (a guess)",
    ),
    TWICE: Text(
        "走访见到一人，其登记与 {other} 共同生活",
        "A visit met somebody here who is registered as living with household {other}",
    ),
}
_THERE = {
    SPLIT: Text("分出 {n} 人，另立户 {here}", "{n} people split off as household {here}"),
    MERGED: Text("并入 {here}", "Merged into household {here}"),
    MOVED: Text("{n} 人转往 {here}", "{n} people went to household {here}"),
    REUSED: Text("户号已给另一户（{here}）", "The number is another family's now ({here})"),
    TWICE: Text("一名成员在 {here} 被走访见到", "A visit met a member in household {here}"),
}
_REGISTERED = Text("户籍：", "On the register: ")


def entries(home: str, as_of: date, household: str) -> Iterator[Entry]:
    """One entry for each event; one told of living and registered household alike comes once."""
    frame = membership.changes(home, as_of, household)
    frame = frame.sort_values("kind", key=lambda kinds: kinds != LIVING, kind="stable")
    frame = frame.drop_duplicates(["event", "day", "household", "other"])
    for row in frame.to_dict("records"):
        words = (_HERE if row["household"] == household else _THERE)[row["event"]]
        yield Entry(
            row["day"],
            "facts",
            _filled(words, row),
            names.feed("home_visit_members" if row["event"] == TWICE else "population_register"),
            mark="fact",
            known_on=row["known_on"],
        )


def _filled(words: Text, row: dict[str, Any]) -> Text:
    n = int(row["persons"])
    told = {"here": short(row["household"]), "other": short(row["other"] or ""), "n": n}
    zh, en = words.zh.format(**told), words.en.format(**told)
    if n == 1:
        en = en.replace("1 people", "1 person")
    if row["kind"] == REGISTERED:
        zh, en = _REGISTERED.zh + zh, _REGISTERED.en + en[0].lower() + en[1:]
    return Text(zh, en)
