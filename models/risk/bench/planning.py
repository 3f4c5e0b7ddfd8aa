"""From what is asked to what this county can give: months, features; refused where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from core.home import Home, add_months, month_end
from features.engine.feature import Feature
from models.risk.bench.config import ConfigError, TrainingConfig
from models.risk.rows import AGE, Plan, plan_months

# The last year of months tests by default.
TESTED_MONTHS = 12
FEWEST_FEATURES = 3


def known_by(home: Home, config: TrainingConfig) -> date:
    """The month whose knowledge teaches: as asked, or what the months asked for need, or usual."""
    if config.known_by:
        return config.known_by
    if config.months:
        return add_months(config.months.last, AGE)
    return add_months(month_end(home.county["last_as_of"]), -TESTED_MONTHS)


def plan_of(home: Home, config: TrainingConfig, *, closed_by: date | None = None) -> Plan:
    """The months of a training. Raises ConfigError where the county's months do not allow it."""
    first, last = month_end(home.county["first_as_of"]), month_end(home.county["last_as_of"])
    day = known_by(home, config)
    if not first < day <= last:
        _refuse("known_by", f"{day:%Y-%m}", first, last)
    plan = plan_months(home, day, closed_by=closed_by)
    if config.months:
        if config.months.first < first:
            _refuse("months.from", f"{config.months.first:%Y-%m}", first, last)
        plan = replace(plan, teach=tuple(_every_third(config.months.first, config.months.last)))
    if config.horizon is not None:
        plan = replace(plan, horizon=config.horizon)
    if "coming" in config.questions:
        _require_horizon(plan)
    return plan


def _every_third(first: date, last: date) -> list[date]:
    found, month = [], last
    while month >= first:
        found.append(month)
        month = add_months(month, -AGE)
    return sorted(found)


def _require_horizon(plan: Plan) -> None:
    """A label of the coming is known only when its horizon has passed; two months must be apart."""
    closed = plan.taught("coming")
    if closed and add_months(closed[0], plan.horizon) <= closed[-1]:
        return
    raise ConfigError(
        f"horizon {plan.horizon} 个月太长：截至 {plan.known_by:%Y-%m}，"
        f"只有 {len(closed)} 个月的结果已满期限，且首尾须相隔一个期限；"
        "请缩短 horizon、推迟 known_by，或加入更早的月份",
        f"a horizon of {plan.horizon} months is too long: by {plan.known_by:%Y-%m} it has passed "
        f"for {len(closed)} month(s), the first and last of which must be a horizon apart; give a "
        "shorter horizon, a later known_by or earlier months",
    )


def _refuse(key: str, given: str, first: date, last: date) -> None:
    raise ConfigError(
        f"{key} {given} 不在本县的月份内；应在 {first:%Y-%m} 之后、不晚于 {last:%Y-%m}",
        f"{key} {given} is not among the county's months; give one after {first:%Y-%m} and not "
        f"later than {last:%Y-%m}",
    )


def cards_of(config: TrainingConfig, cards: Mapping[str, Feature]) -> dict[str, Feature]:
    """The features that may be learned from. Raises ConfigError for a name that is none."""
    for key, names in (("include", config.features.include), ("exclude", config.features.exclude)):
        for name in names:
            if name not in cards:
                near = get_close_matches(name, cards, n=3)
                zh, en = (f"；相近的有 {', '.join(near)}", f"; near it are {', '.join(near)}")
                raise ConfigError(
                    f"features.{key}：没有名为 {name} 的特征{zh if near else ''}",
                    f"features.{key}: there is no feature {name}{en if near else ''}",
                )
    kept = {n: c for n, c in cards.items() if config.features.takes(n, c.category)}
    if len(kept) < FEWEST_FEATURES:
        raise ConfigError(
            f"features 只剩 {len(kept)} 个特征，至少需要 {FEWEST_FEATURES} 个；请多选几类",
            f"features leave {len(kept)}; at least {FEWEST_FEATURES} are needed: take more "
            "categories",
        )
    return kept


def steps_of(plan: Plan, config: TrainingConfig, refitted_months: int) -> int:
    """How many steps one question has; see where `Steps` are counted."""
    learned = 7 + len(config.candidates)
    learned += config.tuning.trials + 1 if config.tuning else 0
    again = refitted_months + 3 if config.refit else 0
    return len(plan.teach) + learned + len(plan.test) + 4 + again
