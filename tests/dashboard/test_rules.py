"""Pages stay thin, words exist in both languages, charts know nothing of Streamlit."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from dashboard import catalogue

ROOM = Path(__file__).resolve().parents[2] / "dashboard"
PAGES = sorted(p for p in (ROOM / "app_pages").glob("*/*.py") if p.stem == p.parent.name)
ENGINES = {"sqlalchemy", "ibis", "duckdb", "mlflow", "lightgbm", "shap"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.parent.name)
def test_a_page_is_thin_and_knows_no_engine(path: Path) -> None:
    names = imports(path)
    assert {n.split(".")[0] for n in names} <= {"streamlit", "dashboard", "services"}
    assert not {n.split(".")[0] for n in names} & ENGINES
    assert len(path.read_text(encoding="utf-8").splitlines()) < 90


@pytest.mark.parametrize("path", sorted((ROOM / "charts").glob("*.py")), ids=lambda p: p.stem)
def test_a_chart_knows_neither_streamlit_nor_a_database(path: Path) -> None:
    roots = {n.split(".")[0] for n in imports(path)}
    assert not roots & (ENGINES | {"streamlit", "alerts", "data", "models", "features"})


@pytest.mark.slow
def test_showing_leaves_reading_to_the_services() -> None:
    for path in [*(ROOM / "show").glob("*.py"), *(ROOM / "app_pages").rglob("*.py")]:
        assert not {n.split(".")[0] for n in imports(path)} & ENGINES, path.name


def test_one_module_alone_leads_between_pages_and_keeps_choices() -> None:
    """Another way would lose choices or cost a second press of Back.

    The door's own addresses, which are read before Streamlit is there, keep none.
    """
    ways = ("switch_page", "query_params[", "query_params.", "st.page_link(")
    for path in ROOM.rglob("*.py"):
        used = {way for way in ways if way in path.read_text(encoding="utf-8")}
        allowed = (
            path.name == "address.py"
            or path.parent.name == "door"
            or (path.name == "shell.py" and used == {"st.page_link("})
        )
        assert allowed or not used, path.name


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_message_is_translated(language: str) -> None:
    assert catalogue.missing(language) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_translation_fills_the_same_blanks_as_its_message(language: str) -> None:
    def blanks(text: str | tuple[str, ...]) -> set[str]:
        texts = [text] if isinstance(text, str) else text
        found = [string.Formatter().parse(one) for one in texts]
        return {name for parts in found for _, name, _, _ in parts if name}

    words = catalogue.read(language)
    assert [m for m, text in words.items() if blanks(m) != blanks(text)] == []


def test_the_compiled_catalogues_are_those_of_the_text_files(tmp_path, monkeypatch) -> None:
    before = {
        lang: catalogue.po_file(lang).with_suffix(".mo").read_bytes() for lang in ("zh", "en")
    }
    words = {lang: catalogue.read(lang) for lang in before}
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    for lang, compiled in before.items():
        catalogue.write(lang, words[lang])
        assert catalogue.po_file(lang).with_suffix(".mo").read_bytes() == compiled


@pytest.mark.slow
def test_no_message_waits_in_the_catalogue_that_the_code_does_not_use() -> None:
    assert set(catalogue.read("zh")) == set(catalogue.messages())
