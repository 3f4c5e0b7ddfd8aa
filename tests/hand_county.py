"""A county on disk that holds the sixteen alerts written by hand (`tests.by_hand`)."""

from __future__ import annotations

from pathlib import Path

import yaml

from core.db import open_session, upgrade
from tests.by_hand import by_hand
from tests.dashboard.factory import Made, build


def build_by_hand(root: Path) -> tuple[Made, dict[int, int]]:
    """The county, and the id of each alert by its number; its policy knows two months' warm-up."""
    made = build(root, with_alerts=False)
    upgrade(made.home)
    file = made.home.data / "alert_policy.yaml"
    policy = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(policy | {"warm_up_months": 2}), encoding="utf-8")
    with open_session(made.home) as session:
        ids = by_hand(session)
        session.commit()
    return made, ids
