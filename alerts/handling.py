"""The four handling classes of the State Council office's opinion 国办发〔2023〕39号.

They say what kind of answer an alert calls for, as far as is known when it is raised.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.words import WordedNumber

# Kinds of need that a recognised family, or a person by law, is due without a new recognition:
# when they are missing, a policy was not delivered.
_DUE_TO_ANYONE = frozenset({"disability_subsidy", "medical_insurance"})


class Handling(WordedNumber):
    """Handling class: 1 not delivered, 2 not covered, 3 complex, 4 may no longer qualify."""

    NOT_DELIVERED = (1, "政策未落实", "Policy not delivered")
    NOT_COVERED = (2, "可能符合未纳入", "May qualify, not covered")
    COMPLEX = (3, "情况复杂，一事一议", "Complex, decided case by case")
    NO_LONGER = (4, "可能不再符合", "May no longer qualify")


def handling(
    needs: Iterable[tuple[str, str]],
    *,
    on_roll: bool,
    contrary: bool,
    urgent: bool = False,
    complex_departments: int = 4,
) -> Handling:
    """The class of an alert with these (kind, department) needs to check.

    `on_roll`: the family is recognised (any class); `contrary`: facts against need reach the hold.
    A family on a roll with contrary facts and no urgent fact is checked, never cut by itself
    (Social Assistance Law art. 46-48). Needs of many departments go to the county mechanism. A
    recognised family lacks what it is due; so does anyone whose needs are all due to anyone.
    """
    found = list(needs)
    if on_roll and contrary and not urgent:
        return Handling.NO_LONGER
    if len({department for _, department in found}) >= complex_departments:
        return Handling.COMPLEX
    kinds = {kind for kind, _ in found}
    if on_roll or (kinds and kinds <= _DUE_TO_ANYONE):
        return Handling.NOT_DELIVERED
    return Handling.NOT_COVERED
