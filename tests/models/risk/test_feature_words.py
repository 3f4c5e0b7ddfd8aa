"""A feature of no declared fact in words."""

from __future__ import annotations

import pytest

from models.risk.feature_words import feature_text


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("元", "12300.4", "费用：12,300 元", "Cost: 12,300 yuan"),
        ("%", "0.256", "费用：26%", "Cost: 26%"),
        ("倍", "1.5", "费用：1.50 倍", "Cost: 1.50 times"),
        ("%", "9.31", "费用：3 倍以上", "Cost: over 3 times"),
        ("倍", "-0.58", "费用：−0.58", "Cost: −0.58"),
        ("倍", "-0.001", "费用：0.00 倍", "Cost: 0.00 times"),
        ("元", "-1234.4", "费用：−1,234 元", "Cost: −1,234 yuan"),
        ("元", "nan", "费用：不详", "Cost: unknown"),
        ("人", "3", "费用：3 人", "Cost: 3 persons"),
        ("", "False", "费用：否", "Cost: no"),
        ("元", None, "费用：不详", "Cost: unknown"),
        ("", "single_parent", "费用：single_parent", "Cost: single_parent"),
    ],
)
def test_a_feature_reads_like_a_sentence(unit: str, value: str | None, zh: str, en: str) -> None:
    text = feature_text("费用", "Cost", unit, value)
    assert (text.zh, text.en) == (zh, en)
