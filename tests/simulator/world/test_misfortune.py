"""Accidents and custody as departments tell them: first estimates put right, terms that end."""

from __future__ import annotations

import numpy as np
import pytest

from core.home import Home
from simulator.world.clock import month_number
from simulator.world.county import County


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, np.ndarray]]]:
    """What the two offices hand in over three years of a county of 3,000 households."""
    county = County.found(
        Home(tmp_path_factory.mktemp("county")), 3_000, month_number("2023-07"), 5, "normal"
    )
    handed: dict[str, list[dict[str, np.ndarray]]] = {"accidents": [], "custody": []}
    keep = county.post.hand_in

    def hand_in(feed, frames):
        handed.setdefault(feed, []).extend(frames)
        keep(feed, frames)

    county.post.hand_in = hand_in
    while county.state.month < month_number("2026-06"):
        county.live()
    return handed


def column(frames, name):
    return np.concatenate([frame[name] for frame in frames])


@pytest.mark.slow
def test_a_corrected_loss_is_of_an_event_told_before(told) -> None:
    people, days = column(told["accidents"], "_person"), column(told["accidents"], "event_on")
    loss = column(told["accidents"], "loss")
    paid = column(told["accidents"], "compensated")
    events, counts = np.unique(
        [f"{p} {d}" for p, d in zip(people, days, strict=True)], return_counts=True
    )
    assert len(events) > 20
    assert set(counts) == {1, 2}
    assert (loss[~np.isnan(loss)] >= 0).all()
    assert 0 < np.isfinite(paid).mean() < 0.5


@pytest.mark.slow
def test_who_is_released_was_held_since_the_day_first_told(told) -> None:
    rows = told["custody"]
    people, state = column(rows, "_person"), column(rows, "state")
    since, changed = column(rows, "since"), column(rows, "changed_on")
    held = {(p, s) for p, s, t in zip(people, since, state, strict=True) if t == "在押在所"}
    back = [
        (p, s, d) for p, s, t, d in zip(people, since, state, changed, strict=True) if t == "已释放"
    ]
    assert back
    assert all((p, s) in held and d > s for p, s, d in back)
