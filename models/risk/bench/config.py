"""What a training is asked: months, questions, households, features, candidates, time.

One object, whichever way it was asked: on the page, by options of `doudi train`, or in a YAML file.
It is kept with the run, so that a training can be repeated from what MLflow holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.home import HomeError, month_end
from core.words import Text
from models.risk.errors import RiskError
from models.risk.rows import QUESTIONS, Question

Population = Literal["watched", "secured", "unwatched"]
Candidate = Literal["lightgbm_monotone", "lightgbm", "logistic", "income", "scorecard", "both"]
POPULATIONS: tuple[Population, ...] = get_args(Population)
CANDIDATES: tuple[Candidate, ...] = get_args(Candidate)
# Only these can be put to use; the others are what they are compared with.
USABLE = ("lightgbm_monotone", "lightgbm")
CATEGORIES = tuple("ABCDEFGHX")
SEED = 11
FILE = "training.yaml"
LONGEST = 65_536


class ConfigError(RiskError):
    """A training cannot be asked so; the message names the key and what would be right."""


def _month(value: Any) -> Any:
    """A month as its last day; YAML reads 2025-06-30 as a date and 2025-06 as text."""
    if value is None or isinstance(value, date):
        return value and month_end(value)
    try:
        return month_end(str(value))
    except HomeError as error:
        raise ValueError(str(error)) from error


Month = Annotated[date, BeforeValidator(_month)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Months(_Part):
    """Months that teach, from the first to the last, every third counted back from the last."""

    first: Annotated[Month, Field(alias="from")]
    last: Annotated[Month, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("from is after to")
        return self


class Features(_Part):
    """Which features may be learned from: all of the categories, and by name.

    `include` names features to take although their category is left out, `exclude` some to leave
    out although it is taken.
    """

    categories: tuple[Literal["A", "B", "C", "D", "E", "F", "G", "H", "X"], ...] = CATEGORIES  # type: ignore[assignment]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def takes(self, name: str, category: str) -> bool:
        """Whether a feature of a category may be learned from."""
        if name in self.exclude:
            return False
        return name in self.include or (category or "X") in self.categories


class Tuning(_Part):
    """How long parameters are sought: `minutes` over all questions, at most `trials` each.

    A search that ended by its trials repeats with the same seed; one that ended by the clock tried
    what the machine had time for.
    """

    minutes: Annotated[float, Field(gt=0, le=600)]
    trials: Annotated[int, Field(ge=2, le=40)] = 40


class TrainingConfig(_Part):
    """Everything that is chosen about a training; what is left out has the usual value.

    `known_by`: only what was known by that month's end teaches, later months test (default: a year
    before the county's last, or what `months` need). `horizon` in months, of the question 'coming'
    (default: the county's). `populations`: households that teach; all are measured. `minutes`:
    after so long it stops at the next step with nothing registered. `tuning`: seek parameters among
    the months that teach (default: the usual ones). `seed` of the boosters and of the search.
    """

    known_by: Month | None = None
    months: Months | None = None
    horizon: Annotated[int, Field(ge=1, le=12)] | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1)] = QUESTIONS
    populations: Annotated[tuple[Population, ...], Field(min_length=1)] = POPULATIONS
    features: Features = Features()
    candidates: tuple[Candidate, ...] = CANDIDATES
    refit: bool = True
    minutes: Annotated[float, Field(gt=0, le=1440)] | None = None
    tuning: Tuning | None = None
    seed: Annotated[int, Field(ge=0, le=1_000_000)] = SEED

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if not set(USABLE) & set(self.candidates):
            raise ValueError("candidates")
        if self.known_by and self.months and self.months.last >= self.known_by:
            raise ValueError("known_by")
        if self.horizon is not None and "coming" not in self.questions:
            raise ValueError("horizon")
        if self.tuning and self.minutes and self.tuning.minutes >= self.minutes:
            raise ValueError("tuning")
        return self

    def plain(self) -> dict[str, Any]:
        """As plain values for YAML and JSON: months as 2025-06, what was left out left out."""
        found = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        text = {key: value[:7] for key, value in found.items() if key == "known_by"}
        if self.months:
            text["months"] = {key: value[:7] for key, value in found["months"].items()}
        return found | text

    def as_yaml(self) -> str:
        """The file that `read` reads back."""
        return yaml.safe_dump(self.plain(), allow_unicode=True, sort_keys=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the file: two trainings with the same digest were asked the same."""
        return hashlib.sha256(self.as_yaml().encode()).hexdigest()


_NAMES = "、".join, ", ".join
# What would be right, by key.
RIGHT = {
    "known_by": Text(
        "写一个月份，如 2025-06，且晚于用于学习的最后一个月",
        "a month like 2025-06, later than the last month that teaches",
    ),
    "months": Text(
        "写 from 和 to 两个月份，如 2023-09 至 2025-03，先早后晚",
        "two months, from and to, such as 2023-09 and 2025-03, the earlier first",
    ),
    "horizon": Text(
        "1 至 12 的整数（月），且 questions 含 coming",
        "a whole number of months from 1 to 12, with 'coming' among the questions",
    ),
    "questions": Text(_NAMES[0](QUESTIONS), "one or more of " + _NAMES[1](QUESTIONS)),
    "populations": Text(_NAMES[0](POPULATIONS), "one or more of " + _NAMES[1](POPULATIONS)),
    "features": Text(
        "categories（A 至 H、X）、include、exclude 三个列表",
        "three lists: categories (A to H, X), include and exclude",
    ),
    "candidates": Text(
        f"{_NAMES[0](CANDIDATES)}，其中至少一个 LightGBM（只有它能启用）",
        f"{_NAMES[1](CANDIDATES)}; at least one LightGBM, which alone can be put to use",
    ),
    "refit": Text("true 或 false", "true or false"),
    "minutes": Text("大于 0、不超过 1440 的分钟数", "minutes, more than 0 and at most 1440"),
    "tuning": Text(
        "minutes 为大于 0、不超过 600 且少于总时限的分钟数，trials 为 2 至 40 的整数",
        "minutes, more than 0, at most 600 and less than the time limit, and trials, 2 to 40",
    ),
    "seed": Text("0 至 1000000 的整数", "a whole number from 0 to 1,000,000"),
}


def parse(content: Mapping[str, Any] | None) -> TrainingConfig:
    """A configuration from plain values. Raises ConfigError in one line that names the key."""
    if content is not None and not isinstance(content, Mapping):
        raise ConfigError(
            "训练配置应为“键: 值”的 YAML 文件",
            "a training is asked in YAML of the form 'key: value'",
        )
    try:
        return TrainingConfig.model_validate(content or {})
    except ValidationError as error:
        raise _told(error) from error


def _told(error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if not isinstance(part, int)]
    if not place:  # keys that do not go together: our validator names the one to mend
        place = [first["msg"].removeprefix("Value error, ")]
    key, known = ".".join(place), place[0]
    if first["type"] == "extra_forbidden":
        return ConfigError(
            f"没有“{key}”这一项；可用的有：{'、'.join(RIGHT)}",
            f"there is no key '{key}'; there are {', '.join(RIGHT)}",
        )
    given = "" if isinstance(first["input"], TrainingConfig | Mapping) else f" {first['input']!r}"
    given = re.sub(r"\s+", " ", given)[:60]
    right = RIGHT.get(known, Text("见文档", "see the documents"))
    return ConfigError(
        f"{key}{given} 不对，应为：{right.zh}", f"{key}{given} is not right; give {right.en}"
    )


def read(text: str) -> TrainingConfig:
    """A configuration from YAML text. Raises ConfigError."""
    if len(text) > LONGEST:
        raise ConfigError(
            f"文件过大，最多 {LONGEST} 个字符",
            f"the file is too long; {LONGEST} characters at most",
        )
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = ("", "") if line is None else (f"第 {line + 1} 行", f" in line {line + 1}")
        raise ConfigError(
            f"不是可读的 YAML 文件{where[0]}", f"the file cannot be read as YAML{where[1]}"
        ) from error
    return parse(content)
