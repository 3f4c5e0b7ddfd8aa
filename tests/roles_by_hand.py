"""Who may do what, written out by hand: the second opinion on `core.access.roles`."""

from __future__ import annotations

from core.access.roles import Action, Role

ROLES = list(Role)

# One line an action; the columns are the ten roles in their order: leader, analyst, data scientist,
# dispatcher, township worker, village worker, department worker, data steward, auditor,
# administrator.
GRID = """
see_figures        x x x x x . . . . .
see_alerts         x x . x x x x . . .
see_origins        x x . x . . . . . .
see_household      x x . x x x x . . .
see_model          x x x . . . . . . .
see_feeds          x x x x . . . x . .
dispatch           x . . x . . . . . .
step               x . . x x x x . . .
record             . . . x x x . . . .
settle             . . . x x x x . . .
report             . . . x x x x . . .
export_alerts      x x . x x x x . . .
reveal             . . . x x x x . . .
export_quarantine  . . . . . . . x . .
correct            . . . . . . . x . .
deliver            . . . . . . . x . .
decide_delivery    . . . . . . . x . .
review_identity    . . . . . . . x . .
promote            . . x . . . . . . .
approve_model      x . x . . . . . . .
train_model        . . x . . . . . . .
see_rules          x x x . . . . . . .
tune_rules         . x . . . . . . . .
approve_rules      x x . . . . . . . .
set_standards      . x . . . . . . . .
break_glass        . . . x x x . . . .
review             x . . . . . . . . .
read_record        . . . . . . . . x .
manage_accounts    . . . . . . . . . x
set_up             . . . . . . . . . x
"""


def by_hand() -> dict[Action, set[Role]]:
    """The roles to which each action is allowed, as the grid says."""
    found = {}
    for line in GRID.split("\n"):
        if line:
            action, *marks = line.split()
            assert len(marks) == len(ROLES), action
            found[Action(action)] = {role for role, m in zip(ROLES, marks, strict=True) if m == "x"}
    return found
