"""Offices of a home, and a home where a number was handed on."""

from __future__ import annotations

import pytest

from core.home import Home
from tests.data.households.register import Offices, hand_on


@pytest.fixture
def offices(home: Home) -> Offices:
    return Offices(home)


@pytest.fixture
def handed(offices: Offices) -> Offices:
    return hand_on(offices)
