"""What every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

# A test never talks to a tracking server or reports usage, whatever the developer's shell says.
os.environ.pop("MLFLOW_TRACKING_URI", None)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
# Test workers share two processors; spinning threads would starve each other.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


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
