"""The duty of support, by hand: policy §1.3, with S = 700 yuan a head and month."""

from __future__ import annotations

from datetime import date

import pytest

from core.home import Home
from data.support_duty import Basis, Supporter, SupportTermsError, duty, terms

S = 700.0
DAY = date(2026, 6, 30)


@pytest.fixture
def usual():
    return terms(None, "990321101", DAY)


@pytest.mark.parametrize(
    ("supporter", "amount", "basis"),
    [
        # Below S a head: cannot pay.
        (Supporter(45, 699.99), 0, Basis.UNABLE),
        # Just S: able, and nothing lies above it.
        (Supporter(45, 700), 0, Basis.COMPUTED),
        # (1,700 - 700) x 50 %.
        (Supporter(45, 1_700), 500, Basis.COMPUTED),
        (Supporter(45, 1_700, children=2), 500, Basis.COMPUTED),
        # Three children share it: 40 %.
        (Supporter(45, 1_700, children=3), 400, Basis.COMPUTED),
        # Two parents are supported: each half.
        (Supporter(45, 1_700, supported=2), 250, Basis.COMPUTED),
        (Supporter(45, 1_700, children=3, supported=2), 200, Basis.COMPUTED),
        # What is really paid counts where it is more.
        (Supporter(45, 1_700, paid=800), 800, Basis.PAID),
        (Supporter(45, 1_700, paid=300), 500, Basis.COMPUTED),
        (Supporter(45, 500, paid=100), 100, Basis.PAID),
        # A judgment or an agreement comes first, whatever the income.
        (Supporter(45, 1_700, agreed=200), 200, Basis.AGREED),
        (Supporter(45, 1_700, paid=800, agreed=200), 200, Basis.AGREED),
        # From 18 to 70.
        (Supporter(17, 5_000), 0, Basis.NO_DUTY),
        (Supporter(18, 1_700), 500, Basis.COMPUTED),
        (Supporter(70, 1_700), 500, Basis.COMPUTED),
        (Supporter(71, 5_000), 0, Basis.NO_DUTY),
        # What is not known is not zero.
        (Supporter(45, None), None, Basis.UNKNOWN),
        (Supporter(45, None, paid=300), 300, Basis.PAID),
    ],
)
def test_worked_cases(usual, supporter, amount, basis):
    found = duty(supporter, usual, S)
    assert (found.amount, found.basis) == (amount, basis)


def test_a_duty_needs_somebody_on_both_sides(usual):
    with pytest.raises(ValueError, match="at least one child"):
        duty(Supporter(45, 1_700, supported=0), usual, S)


OWN = """
"9903":
  2020-01-01: {exempt_below: 1.5, share_few: 0.4, share_many: 0.3, many_from: 3, ages: [18, 60],
               reference: 甲文件}
  2026-01-01: {exempt_below: 2, share_few: 0.4, share_many: 0.3, many_from: 3, ages: [18, 65],
               reference: 乙文件}
"990322":
  2026-01-01: {exempt_below: 1, share_few: 0.2, share_many: 0.1, many_from: 2, ages: [18, 70],
               reference: 丙文件}
"""


def test_terms_are_those_of_the_nearest_region_on_the_day(tmp_path):
    home = Home(tmp_path)
    home.data.mkdir()
    (home.data / "support_duty.yaml").write_text(OWN, encoding="utf-8")
    assert terms(home, "990321101", date(2025, 12, 31)).reference == "甲文件"
    assert terms(home, "990321101", DAY).reference == "乙文件"
    assert terms(home, "990322101", DAY).reference == "丙文件"
    # 1,399 a head is below twice S.
    assert duty(Supporter(45, 1_399), terms(home, "990321", DAY), S).basis is Basis.UNABLE
    assert duty(Supporter(45, 1_400), terms(home, "990321", DAY), S).amount == 280
    # Elsewhere what is usual holds.
    assert terms(home, "110101", DAY).share_few == 0.5


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2020-01-01:", "soon:", "'soon' is no date like 2021-07-01"),
        ("share_few: 0.4,", "", "'9903' must give ages, exempt_below, many_from"),
        ("share_few: 0.4", "share_few: 40", "shares lie between 0 and 1"),
    ],
)
def test_wrong_terms_are_told_with_their_key(tmp_path, old, new, said):
    home = Home(tmp_path)
    home.data.mkdir()
    (home.data / "support_duty.yaml").write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SupportTermsError, match=said):
        terms(home, "990321101", date(2025, 12, 31))


def test_before_any_terms_there_are_none():
    with pytest.raises(SupportTermsError, match="no terms of support for 990321 on 2000-01-01"):
        terms(None, "990321", date(2000, 1, 1))
