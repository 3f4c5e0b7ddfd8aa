"""What every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from argon2 import PasswordHasher
from sqlalchemy import inspect

# A test never talks to a tracking server or reports usage, whatever the developer's shell says.
os.environ.pop("MLFLOW_TRACKING_URI", None)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
# Test workers share two processors; spinning threads would starve each other.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

TESTS = Path(__file__).parent
# A worker takes whole files (--dist loadfile), so that what a file shares is built once. These take
# minutes: they are begun first, or one worker would stand idle while the other ends alone.
LONGEST = (
    "acceptance/test_one_county.py",
    "dashboard/test_accessible.py",
    "dashboard/test_address_walk.py",
    "dashboard/test_widths_walk.py",
    "dashboard/test_two_at_once.py",
    "dashboard/test_bench_walk.py",
    "models/risk/watching/test_on_counties.py",
    "data/test_readers_fuzz.py",
    "dashboard/test_tasks_walk.py",
    "benchmarks/test_eph_benchmark.py",
    "dashboard/test_door_walk.py",
    "dashboard/test_laboratory_walk.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Longest files first, then others with slow tests, then the rest as they were found."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    place = {name: number for number, name in enumerate(LONGEST)}

    def turn(item: pytest.Item) -> int:
        name = item.path.relative_to(TESTS).as_posix()
        return place.get(name, len(place) + (item.path not in slow))

    items.sort(key=turn)  # keeps the order within a file


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Anchors of tests' records go to a folder of theirs, not to the developer's state folder."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    for name in [name for name in os.environ if name.startswith("DOUDI_AUDIT_")]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def keys_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Homes made by tests keep their keys in a folder of the run, never in the developer's own.

    Commands that tests start inherit it.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DOUDI_VAULT_KEY", "DOUDI_VAULT_KEY_FILE", "DOUDI_VAULT_KEY_COMMAND"):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session", autouse=True)
def tables_migrated_once() -> Iterator[None]:
    """An empty SQLite database gets the tables that the migrations made in the first, at once.

    Migrating takes half a second, and hundreds of tests begin with an empty home.
    """
    made: list[str] = []

    def upgrade(config: Config, revision: str) -> None:
        connection: Any = config.attributes["connection"]
        empty = not inspect(connection).get_table_names()
        if revision != "head" or connection.dialect.name != "sqlite" or not empty:
            command.upgrade(config, revision)
        elif made:
            for statement in made:
                connection.exec_driver_sql(statement)
        else:
            command.upgrade(config, revision)
            whole = connection.connection.driver_connection.iterdump()
            made.extend(line for line in whole if line not in {"BEGIN TRANSACTION;", "COMMIT;"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.db.store.command", SimpleNamespace(upgrade=upgrade))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes of tests' passwords are cheap; real ones cost 64 MiB and a tenth of a second each."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.access.passwords._HASHER", cheap)
        patch.setattr("core.access.passwords._NOBODY", cheap.hash("nobody"))
        yield
