"""What a version of the rules holds for us: the scorecard and the alert policy.

The store itself (`core.rulebook`) knows neither; this module fills it and reads it for a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version as installed
from typing import Any

from sqlalchemy.orm import Session

from alerts.errors import PolicyError
from alerts.policy import POLICY, Policy, policy_of, policy_text
from alerts.words import vocabulary
from core.home import Home
from core.rulebook import reading, writing
from core.words import Text
from core.yamls import edited
from models.scorecard.differences import Difference, text_of
from models.scorecard.rules import RuleSet, rules_of, shipped


@dataclass(frozen=True)
class Rulebook:
    """The rules and the policy that hold for a month, and the version they are of."""

    version: int
    rules: RuleSet
    policy: Policy


def shipped_texts(home: Home | None = None) -> dict[str, str]:
    """All texts of version 1: the program's scorecard with a home's fitted bars, its policy."""
    return shipped(home) | {POLICY: policy_text(home)}


def check_texts(texts: Mapping[str, str], on: date) -> None:
    """Refuse texts that no month could be run by.

    Raises ScorecardError or PolicyError naming file and key.
    """
    rules_of(texts, on)
    policy_of(texts)


def begin_run(home: Home, session: Session, as_of: date, at: datetime) -> Rulebook:
    """The rules that a month is run by.

    Those of the program are kept in the store first, so that the month can be replayed when the
    program has moved on. Raises ScorecardError or PolicyError for a version that is wrong.
    """
    number = writing.pin(session, shipped_texts(home), as_of, installed("doudi"), at)
    texts = reading.version(session, number).texts
    return Rulebook(number, rules_of(texts, as_of), policy_of(texts))


def with_policy(texts: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """Other values of the alert policy, named like 'open_existing' or 'shares.coming'.

    Raises PolicyError for a name that is not there.
    """

    def change(content: Any) -> None:
        for name, value in values.items():
            *outer, last = name.split(".")
            place = content
            for step in outer:
                place = place.get(step, {})
            if last not in place:
                raise PolicyError(
                    f"{POLICY} 中没有“{name}”", f"{POLICY} has no value called '{name}'"
                )
            place[last] = value

    return {**texts, POLICY: edited(texts[POLICY], change)}


def policy_differences(before: Policy, after: Policy) -> list[Difference]:
    """Every value of the policy that differs, by its dotted name."""
    old, new = (flat_policy(one) for one in (before, after))
    return [
        Difference(
            f"policy.{name}", policy_words(name), text_of(old.get(name)), text_of(new.get(name))
        )
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name) and name != "version"
    ]


def flat_policy(policy: Policy) -> dict[str, Any]:
    """Every value of a policy by its dotted name, like 'shares.coming'."""
    values = policy.model_dump(mode="json")
    rows = values.pop("application_regions")
    for row in rows:
        values[f"application_regions.{row['region']}.{row['since']}"] = row["days"]
    return _flat(values)


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{above}{name}.")
        else:
            flat[above + name] = ", ".join(map(str, value)) if isinstance(value, list) else value
    return flat


def policy_words(name: str) -> Text:
    """What a value of the policy is called; its own name where it has no words."""
    if name in POLICY_WORDS:
        return POLICY_WORDS[name]
    if name.startswith("township_capacity."):
        code = name.partition(".")[2]
        return Text(f"乡镇 {code} 每月走访能力", f"Visits a month of township {code}")
    if name.startswith("application_regions."):
        _, code, since, need = name.split(".")
        kind = vocabulary().needs().get(need)
        zh, en = (need, need) if kind is None else (kind.zh, kind.en)
        return Text(
            f"{code} 自 {since} 起办理“{zh}”的工作日",
            f"Working days for '{en}' in {code} from {since}",
        )
    return Text(f"预警策略 {name}", f"Alert policy: {name}")


POLICY_WORDS = {
    "capacity_per_1000_households": Text(
        "每千户每月走访能力", "Visits a month per 1,000 households"
    ),
    "event_budget_per_1000": Text(
        "每千户每月突发线索预警上限", "Alerts for fresh facts per 1,000 households"
    ),
    "open_existing": Text(
        "现存困难的入户线（预期属实率）", "Line of existing need (expected finding)"
    ),
    "open_coming": Text("将至困难的入户线（预期属实率）", "Line of coming need (expected finding)"),
    "open_unwatched": Text("未监测家庭的入户线", "Line of families not watched"),
    "close_existing": Text("结束观察线", "Line below which a watch ends"),
    "shares.coming": Text("将至困难占走访能力", "Share of visits for coming need"),
    "shares.audit": Text("抽查占走访能力", "Share of visits drawn for the audit"),
    "shares.explore": Text("探索占走访能力", "Share of visits to explore"),
    "township_capacity": Text("各乡镇走访能力", "Visits a month of single townships"),
    "cool_down_months.default": Text("冷却期（月）", "Cool-down, months"),
    "open_score": Text("规则入户线（分）", "Line of the rules, points"),
}
