"""One invented county for all page tests, and a copy for tests that write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.access.areas import COUNTY, Area
from core.access.roles import Role
from core.home import Home
from tests.accounts import signed_in
from tests.dashboard.factory import Made, shared

APP = Path(__file__).resolve().parents[2] / "dashboard" / "main.py"


@pytest.fixture(scope="session", autouse=True)
def packages_looked_at_once() -> Iterator[None]:
    """Streamlit reads the metadata of every installed package anew for each AppTest.

    It looks for components that bring a manifest; that took two thirds of the time of a page.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A county with alerts; tests only read it."""
    return shared(tmp_path_factory)


@pytest.fixture
def own_county(county: Made, tmp_path: Path) -> Made:
    """A copy to write into."""
    target = tmp_path / "own"
    shutil.copytree(county.home.root, target)
    return Made(Home(target), county.last, county.alerted, county.quiet)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Open one page of a home in one language; session values by keyword, or an address.

    An account of the home is signed in: one with exactly the `role` asked for in the area, else one
    that may see every page. AppTest has no cookies, so its secret is handed over in their place.
    """

    def open_one(
        root: Path,
        page: str,
        language: str = "zh",
        address: str = "",
        role: Role | None = None,
        within: Area = COUNTY,
        **session: object,
    ) -> AppTest:
        monkeypatch.setenv("DOUDI_HOME", str(root))
        held = signed_in(Home(root), role, within)
        monkeypatch.setattr("dashboard.door.reader.secret", lambda: held)
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.query_params.update(parse_qs(address))
        if not address:
            app.session_state["lang"] = language
        for key, value in session.items():
            app.session_state[key] = value
        if page != "overview":
            app.switch_page(f"app_pages/{page}/{page}.py")
        return app.run()

    yield open_one
    assert "STREAMLIT_SERVER_PORT" not in os.environ
