"""One engine connection and one reading of the rules for the whole folder."""

from __future__ import annotations

from datetime import date

import pytest
from ibis.backends.duckdb import Backend

from data.backends import connect
from models.scorecard import RuleFiles, RuleSet, read_files, resolve

AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="session")
def con() -> Backend:
    return connect(threads=1, memory="1GB")


@pytest.fixture(scope="session")
def files() -> RuleFiles:
    return read_files()


@pytest.fixture(scope="session")
def rules(files: RuleFiles) -> RuleSet:
    return resolve(files, AS_OF)
