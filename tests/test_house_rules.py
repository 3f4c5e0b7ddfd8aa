"""The house rules: who may import whom, thin pages, small files, documents that are current."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["core", "data", "features", "models", "alerts", "services", "api", "dashboard", "doudi"]
ROOMS += ["simulator", "benchmarks"]
# The commands that reach into the invented county and the real panel; no other product file may.
OUTER = {"simulator", "benchmarks"}
FRONT = ("doudi/commands/county.py", "doudi/commands/benchmark.py", "doudi/commands/study.py")
FRONT += ("doudi/commands/study_candidates.py", "doudi/commands/study_pairs.py")


# A feed's folder holds its features beside its contract; they are of the features' room.
OF_FEEDS = ROOT / "data" / "feeds"


def python_files(room: str) -> list[Path]:
    files = set((ROOT / room).rglob("*.py")) - set(OF_FEEDS.rglob("*.py"))
    if room == "features":
        files |= set(OF_FEEDS.rglob("*.py"))
    return sorted(files)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_one_way(room: str) -> None:
    later = ROOMS[ROOMS.index(room) + 1 :]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(room)
        for name in sorted(imported(path))
        if name.split(".")[0] in later
        and not (name.split(".")[0] in OUTER and str(path.relative_to(ROOT)) in FRONT)
    ]
    assert wrong == []


@pytest.mark.slow
def test_data_never_imports_the_features_that_stand_in_feeds_folders() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for room in ("core", "data")
        for path in python_files(room)
        for name in sorted(imported(path))
        if name.startswith("data.feeds")
    ]
    assert wrong == []
    names = {p.name for p in OF_FEEDS.rglob("*.py")}
    assert all(name.startswith("features") for name in names)


def test_a_feed_is_a_folder() -> None:
    assert [p.name for p in OF_FEEDS.iterdir() if not p.is_dir()] == []
    known = {"contract.yaml", "history.yaml", "__pycache__"}
    odd = [
        str(path.relative_to(ROOT))
        for path in OF_FEEDS.glob("*/*")
        if path.name not in known
        and not (path.name.startswith("features") and path.suffix == ".py")
    ]
    assert odd == []


@pytest.mark.slow
def test_the_invented_county_and_the_real_panel_stay_apart() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for room, other in (("simulator", "benchmarks"), ("benchmarks", "simulator"))
        for path in python_files(room)
        for name in sorted(imported(path))
        if name.split(".")[0] == other
    ]
    assert wrong == []


def test_the_interface_knows_the_use_cases_and_nothing_behind_them() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files("api")
        for name in sorted(imported(path))
        if name.split(".")[0] in set(ROOMS) - {"api", "core", "services"}
    ]
    assert wrong == []


@pytest.mark.slow
def test_the_pages_only_carry_the_interface() -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in python_files("dashboard")
        if any(name.split(".")[0] == "api" for name in imported(path))
    ]
    assert users == ["dashboard/app.py"]


def test_no_file_in_the_dashboard_folder_shadows_a_package() -> None:
    names = {p.stem for p in (ROOT / "dashboard").iterdir()}
    assert names & {*ROOMS, "tests"} == set()


def test_no_file_has_grown_beyond_its_subject() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for room in ROOMS
        for path in python_files(room)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


@pytest.mark.slow
def test_no_function_fills_more_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for room in ROOMS
        for path in python_files(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert long == []


def test_features_never_leave_the_engine_for_pandas() -> None:
    pulling = {"execute", "to_pandas", "fetchdf", "df"}
    wrong = []
    for path in python_files("features"):
        assert "pandas" not in {name.split(".")[0] for name in imported(path)}, path
        wrong += [
            f"{path.name}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in pulling
        ]
    assert wrong == []


def test_there_is_one_way_to_write_what_another_may_be_reading() -> None:
    own = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ROOMS
        for path in python_files(room)
        if path != ROOT / "core" / "atomic.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "aside.replace(" in line or "os.getpid()" in line
    ]
    assert own == []


@pytest.mark.slow
def test_generated_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "doudi.docs", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
