"""The four handling classes of the State Council office's opinion."""

from __future__ import annotations

import pytest

from alerts.handling import Handling, handling

BASIC = ("basic_living", "civil_affairs")
MEDICAL = ("medical_aid", "medical_security")
SUBSIDY = ("disability_subsidy", "civil_affairs")
MANY = (BASIC, MEDICAL, ("student_aid", "education"), ("employment", "human_resources"))


@pytest.mark.parametrize(
    ("needs", "on_roll", "contrary", "urgent", "wanted"),
    [
        ((MEDICAL,), True, False, False, Handling.NOT_DELIVERED),
        # due to anyone with a certificate, whatever the income
        ((SUBSIDY,), False, False, False, Handling.NOT_DELIVERED),
        ((BASIC,), False, False, False, Handling.NOT_COVERED),
        ((BASIC, SUBSIDY), False, False, False, Handling.NOT_COVERED),
        ((), False, False, False, Handling.NOT_COVERED),
        (MANY, False, False, False, Handling.COMPLEX),
        (MANY[:3], False, False, False, Handling.NOT_COVERED),
        # on a roll with a costly car and savings: checked, after hearing the family
        ((MEDICAL,), True, True, False, Handling.NO_LONGER),
        # the same family's home has fallen down: first a roof
        ((MEDICAL,), True, True, True, Handling.NOT_DELIVERED),
        # contrary facts of a family on no roll ask nothing of a payment
        ((BASIC,), False, True, False, Handling.NOT_COVERED),
    ],
)
def test_the_class_follows_from_needs_roll_and_contrary_facts(
    needs: tuple[tuple[str, str], ...],
    on_roll: bool,
    contrary: bool,
    urgent: bool,
    wanted: Handling,
) -> None:
    assert handling(needs, on_roll=on_roll, contrary=contrary, urgent=urgent) is wanted


def test_each_class_has_its_words() -> None:
    assert [(int(h), h.zh) for h in Handling] == [
        (1, "政策未落实"),
        (2, "可能符合未纳入"),
        (3, "情况复杂，一事一议"),
        (4, "可能不再符合"),
    ]
    assert all(h.en for h in Handling)
