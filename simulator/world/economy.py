"""The county's economy: a cycle of about four and a half years and local ups and downs."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Now
from simulator.world.settings import SETTINGS

# How strongly each trade follows the cycle.
SENSITIVITY = np.array([0.3, 1.6, 1.1, 0.8, 0.1])


def move(now: Now) -> None:
    """Next month's deviation of pay and jobs by trade and township, and households' luck."""
    state = now.state
    setting = SETTINGS[state.setting]
    rng = now.rng("economy")
    phase = np.random.default_rng([state.seed, 3]).uniform(0, 54)
    cycle = 0.06 * setting.swing * np.sin(2 * np.pi * (now.month - state.first + phase) / 54)
    into = np.clip((now.month - state.first - 20) / 4, 0, 1)
    target = SENSITIVITY * (cycle - setting.slump * into)
    shape = state.econ.shape
    noise = rng.normal(0, 0.022, shape) + rng.normal(0, 0.015, (c.TRADES, 1))
    state.econ = (
        target[:, None] + 0.88 * (state.econ - target[:, None]) + noise * setting.swing
    ).astype("f4")
    h = state.h
    h.luck = 0.97 * h.luck + now.luck("luck").normal(h.key, 0, 0.12)
