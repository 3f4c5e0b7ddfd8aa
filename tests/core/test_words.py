"""Text in two languages, codes that know their words, errors people read."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, ValidationError

from core.errors import Told
from core.words import Text, Worded, WordedNumber, pick


class Colour(Worded):
    RED = ("red", "红", "Red")
    BLUE = ("blue", "蓝", "Blue")


class Step(WordedNumber):
    FIRST = (1, "第一", "First")
    SECOND = (2, "第二", "Second")


class Sign(BaseModel):
    says: Text


@pytest.mark.parametrize(
    ("language", "expected"), [("zh", "红"), ("zh_CN", "红"), ("en", "red"), ("fr", "red")]
)
def test_any_chinese_locale_reads_chinese_and_any_other_english(language, expected) -> None:
    assert pick("红", "red", language) == expected
    assert Text("红", "red").pick(language) == expected


def test_a_code_with_words_is_still_its_code() -> None:
    assert Colour("red") is Colour.RED
    assert Colour.RED == "red"
    assert json.dumps({Colour.BLUE: Colour.RED}) == '{"blue": "red"}'
    assert [Colour.RED.pick("zh"), Colour.RED.pick("en")] == ["红", "Red"]
    with pytest.raises(ValueError, match="'green' is not a valid Colour"):
        Colour("green")


def test_a_number_with_words_is_still_its_number() -> None:
    assert Step(2) is Step.SECOND
    assert max(Step) == 2
    assert Step.FIRST.pick("zh_CN") == "第一"


def test_the_words_alone_compare_by_what_they_say() -> None:
    assert Text.of(Colour.RED) == Text("红", "Red")
    assert len({Text("红", "Red"), Text.of(Colour.RED)}) == 1


def test_a_text_in_a_file_needs_both_languages_and_nothing_else() -> None:
    assert Sign.model_validate({"says": {"zh": "停", "en": "stop"}}).says == Text("停", "stop")
    for wrong in ({"zh": "停"}, {"zh": "停", "en": " "}, {"zh": "停", "en": "stop", "de": "halt"}):
        with pytest.raises(ValidationError):
            Sign.model_validate({"says": wrong})


def test_a_text_made_in_code_may_be_empty() -> None:
    assert Text("", "").pick("zh") == ""


def test_an_error_is_told_in_either_language() -> None:
    error = Told("没有这个月份", "there is no such month")
    assert error.text("zh_CN") == "没有这个月份"
    assert error.text("en") == str(error) == "there is no such month"
