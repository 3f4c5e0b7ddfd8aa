"""The newcomer's walk (docs/adding.md): a feed, a feature, an indicator, and nothing edited."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "data", "features", "models", "alerts", "services", "api", "dashboard", "doudi")
COPIED = (*ROOMS, "simulator", "benchmarks", "tests", "docs", "pyproject.toml")
# What a county that lives in the working copy has put into data/.
LIVED = ("__pycache__", "incoming", "lake", "vault", "truth", "profile", "scores", "risk")
LIVED += ("reports", "outcomes", "previous", "doudi.db*", "county.yaml")
WALK, IN_CHINESE = "docs/adding.md", "docs/adding.zh-CN.md"
_FILE = re.compile(r"<!-- file: (\S+) -->\n`\1`\n\n```\w+\n(.*?)```", re.DOTALL)
_RUN = re.compile(r"<!-- run -->\n```\n(.*?)```", re.DOTALL)


def files(walk: str) -> dict[str, str]:
    """The files that a walk writes."""
    return dict(_FILE.findall((ROOT / walk).read_text(encoding="utf-8")))


def commands(walk: str) -> list[list[str]]:
    """The commands that a walk runs."""
    (block,) = _RUN.findall((ROOT / walk).read_text(encoding="utf-8"))
    return [shlex.split(line) for line in block.splitlines()]


def test_both_languages_walk_the_same_way() -> None:
    assert files(WALK) == files(IN_CHINESE)
    assert commands(WALK) == commands(IN_CHINESE)
    assert len(files(WALK)) == 6


def test_the_walk_edits_nothing_that_exists() -> None:
    assert [path for path in files(WALK) if (ROOT / path).exists()] == []


class Copy:
    """A copy of the working tree in which the walk was followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            if (ROOT / name).is_dir():
                ignored = LIVED if name == "data" else ("__pycache__",)
                shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(*ignored))
            else:
                shutil.copy2(ROOT / name, root / name)
        for path, text in files(WALK).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        for words in commands(WALK):
            self.run(*words)

    def run(self, first: str, *words: str) -> str:
        program = {
            "doudi": ["-c", "from doudi.cli import main; main()"],
            "python": [],
        }[first]
        place = {
            name: str(self.root / folder)
            for name, folder in (
                ("PYTHONPATH", "."),
                ("XDG_CONFIG_HOME", "config"),
                ("HOME", "config"),
            )
        }
        done = subprocess.run(
            [sys.executable, *program, *words],
            cwd=self.root,
            env={**os.environ, **place},
            capture_output=True,
            text=True,
            check=False,
        )
        # A planted mistake that waits for somebody is no failure of the walk.
        fine = (0, 2) if words[0] == "ingest" else (0,)
        assert done.returncode in fine, (
            f"{first} {words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
        return done.stdout

    def asked(self, table: str, sql: str) -> tuple:
        path = self.root / "county" / "data" / table
        source = f"read_parquet('{path}', hive_partitioning=false)"
        return duckdb.connect().execute(sql.format(source)).fetchone()


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("walk"))


@pytest.mark.slow
def test_the_walk_brings_feed_feature_and_indicator(followed: Copy) -> None:
    assert (followed.root / "handed-out" / "法律援助.xlsx").exists()
    told = json.loads(followed.run("doudi", "feeds", "--home", "county", "--json"))["feeds"]
    names = [row["feed"] for row in told]
    assert names[names.index("employment") + 1] == "legal_aid"
    (row,) = (row for row in told if row["feed"] == "legal_aid")
    assert row["accepted"] > 10
    month = "as_of=2026-06-30"
    counted, families = followed.asked(
        f"profile/{month}/household.parquet",
        "SELECT sum(wage_cases_12m), count(*) FILTER (wage_cases_12m > 0) FROM {}",
    )
    assert counted >= families > 0
    scored = "SELECT count(*) FROM {} WHERE indicator = 'E09' AND points = 6"
    assert followed.asked(f"scores/{month}/parts.parquet", scored) == (families,)


@pytest.mark.slow
def test_the_walk_renews_the_reference(followed: Copy) -> None:
    reference = followed.root / "docs" / "reference"
    for page, said in (
        ("feeds.md", '<a id="legal_aid"></a>法律援助'),
        ("features.md", "| `wage_cases_12m` | 近12个月讨薪援助次数 |"),
        ("indicators.md", "E09"),
    ):
        assert said in (reference / page).read_text(encoding="utf-8"), page


@pytest.mark.slow
def test_the_walk_keeps_the_rules_of_the_house(followed: Copy) -> None:
    code = [path for path in files(WALK) if path.endswith(".py")]
    followed.run("python", "-m", "ruff", "check", "--no-cache", *code)
    followed.run("python", "-m", "ruff", "format", "--no-cache", "--check", *code)
    followed.run("python", "-m", "pytest", "tests/test_house_rules.py", "-k", "feed or one_way")
