"""What a training is asked: one object; bad values are refused by the name of their key."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from models.risk.bench import config
from models.risk.bench.config import ConfigError, TrainingConfig


def test_nothing_asked_is_the_usual_training() -> None:
    found = config.parse({})
    assert found == TrainingConfig() == config.read("")
    assert found.questions == ("existing", "coming")
    assert (found.horizon, found.minutes, found.refit, found.seed) == (None, None, True, 11)
    assert found.features.takes("anything", "")
    assert set(found.candidates) == {
        "scorecard", "income", "logistic", "lightgbm", "lightgbm_monotone", "both",
    }  # fmt: skip


def test_a_file_is_read_back_as_it_was_written() -> None:
    asked = config.parse(
        {
            "months": {"from": "2023-09", "to": "2025-03"},
            "known_by": "2025-06",
            "horizon": 3,
            "questions": ["coming"],
            "populations": ["watched"],
            "features": {"categories": ["B"], "include": ["medical_burden"]},
            "candidates": ["lightgbm", "logistic"],
            "minutes": 30,
            "tuning": {"minutes": 5, "trials": 12},
            "seed": 5,
        }
    )
    text = asked.as_yaml()
    assert yaml.safe_load(text)["months"] == {"from": "2023-09", "to": "2025-03"}
    again = config.read(text)
    assert again == asked
    assert again.digest == asked.digest != TrainingConfig().digest
    assert again.months.last == date(2025, 3, 31)


def test_features_are_taken_by_category_and_by_name() -> None:
    some = config.parse({"features": {"categories": ["B"], "include": ["c"], "exclude": ["b"]}})
    assert some.features.takes("a", "B")
    assert not some.features.takes("b", "B")
    assert some.features.takes("c", "C")
    assert not some.features.takes("d", "C")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"horizon": 13}, "horizon 13 is not right; give a whole number of months from 1 to 12"),
        ({"horizon": 3, "questions": ["existing"]}, "horizon is not right; .* 'coming'"),
        ({"known_by": "June"}, "known_by 'June' is not right; give a month like 2025-06"),
        ({"known_by": "2025-03", "months": {"from": "2023-09", "to": "2025-03"}},
         "known_by is not right; give .* later than the last month that teaches"),
        ({"months": {"from": "2025-06", "to": "2025-03"}}, "months.* the earlier first"),
        ({"months": {"from": "2025-06"}}, "months.to.* is not right; give two months"),
        ({"questions": []}, "questions .*is not right; give one or more of existing, coming"),
        ({"populations": ["rich"]}, "populations 'rich' is not right; give one or more of watched"),
        ({"candidates": ["logistic"]}, "candidates is not right; .* at least one LightGBM"),
        ({"features": {"categories": ["Z"]}}, "features.categories 'Z' is not right"),
        ({"minutes": 0}, "minutes 0 is not right; give minutes, more than 0"),
        ({"tuning": {"minutes": 0}}, "tuning.minutes 0 is not right; give minutes, more than 0"),
        ({"tuning": {"minutes": 5, "trials": 1}}, "tuning.trials 1 is not right"),
        ({"tuning": {"minutes": 5}, "minutes": 5}, "tuning is not right; .* than the time limit"),
        ({"seed": "x"}, "seed 'x' is not right"),
        ({"horison": 3}, "there is no key 'horison'; there are known_by, months, horizon"),
        (["horizon"], "a training is asked in YAML of the form 'key: value'"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_in_one_line_that_names_the_key(content, told: str) -> None:
    with pytest.raises(ConfigError, match=f"^{told}") as refused:
        config.parse(content)
    for language in ("zh", "en"):
        assert "\n" not in refused.value.text(language)
    assert refused.value.zh != refused.value.en


def test_a_file_that_is_no_yaml_says_where() -> None:
    with pytest.raises(ConfigError, match="cannot be read as YAML in line 2"):
        config.read("horizon: 3\nquestions: [coming")
    with pytest.raises(ConfigError, match="too long"):
        config.read("#" * 70_000)
