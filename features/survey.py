"""A household survey in place of a county: the one rule that tells the two apart.

A statistics office's panel knows no assistance rolls. Where none was ever delivered, nobody can be
told apart by what he receives, so visits stand in for the rolls (features/combined/roster.py), and
income is shared by the adult equivalents that the survey itself gives
(features/combined/income.py). In a county that delivers its rolls, income is shared by heads, as
the law says (社会救助法 §18).
"""

from __future__ import annotations

import ibis


def surveyed(h):
    """Whether no assistance roll was ever delivered, so that the row comes from a survey."""
    return h.ever_on_roll.isnull()


def heads_at_visit(v):
    """Heads that share the income told at a visit: adult equivalents if given, or members."""
    heads = ibis.coalesce(v.consumption_units, v.members.cast("float64"))
    return (heads > 0).ifelse(heads, None)


def below_standard(income, heads, standard):
    """The one definition of income below S: income a month over its heads is less than S."""
    return income / heads < standard
