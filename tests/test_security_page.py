"""Every test that the security pages name exists, and both pages name the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "docs" / "security.md", ROOT / "docs" / "security.zh-CN.md"]
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def named(page: Path) -> list[tuple[str, str]]:
    return NAMED.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_of_the_table_exists(page: Path) -> None:
    assert len(named(page)) > 25
    missing = []
    for file, name in named(page):
        path = ROOT / "tests" / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else None
        own = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)} if tree else set()
        missing += [f"{file}::{name}"] if name not in own else []
    assert missing == []


def test_both_languages_name_the_same_tests() -> None:
    assert set(named(PAGES[0])) == set(named(PAGES[1]))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_of_the_provider_is_explained(page: Path) -> None:
    from dashboard.door.oidc_settings import Provider

    text = page.read_text(encoding="utf-8")
    names = [f"DOUDI_OIDC_{field.upper()}" for field in Provider.model_fields]
    assert [name for name in names if name not in text] == []
