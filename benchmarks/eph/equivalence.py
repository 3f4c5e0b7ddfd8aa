"""Adult equivalents: how much a member counts when a household's income is shared.

The scale of Argentina's statistics office: needs by age and sex against those of a man of 30 to 60.
"""

from __future__ import annotations

import pyarrow as pa

CHILDREN = (0.35, 0.37, 0.46, 0.51, 0.55, 0.60, 0.64, 0.66, 0.68, 0.69)  # ages 0 to 9
YOUNG = {  # ages 10 to 17
    "male": (0.79, 0.82, 0.85, 0.90, 0.96, 1.00, 1.03, 1.04),
    "female": (0.70, 0.72, 0.74, 0.76, 0.76, 0.77, 0.77, 0.77),
}
GROWN = {  # (up to this age, weight)
    "male": ((29, 1.02), (60, 1.00), (75, 0.83), (120, 0.74)),
    "female": ((29, 0.76), (45, 0.77), (60, 0.76), (75, 0.67), (120, 0.63)),
}
OLDEST = 120


def adult_equivalent(sex: str, age: int) -> float:
    """Weight of one member ('male' or 'female', age in full years; under one is 0).

    Raises ValueError for a sex or an age the scale does not have.
    """
    if sex not in YOUNG or not 0 <= age <= OLDEST:
        raise ValueError(f"no adult equivalent for {sex!r} aged {age}")
    if age < 10:
        return CHILDREN[age]
    if age < 18:
        return YOUNG[sex][age - 10]
    return next(weight for limit, weight in GROWN[sex] if age <= limit)


def scale() -> pa.Table:
    """The whole scale: sex, age, weight."""
    rows = [
        {"sex": sex, "age": age, "weight": adult_equivalent(sex, age)}
        for sex in YOUNG
        for age in range(OLDEST + 1)
    ]
    return pa.Table.from_pylist(rows)
