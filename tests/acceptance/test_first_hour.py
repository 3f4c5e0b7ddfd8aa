"""The walk-through of the READMEs: from an empty folder to the first visited alert."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import Result
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import services
from alerts.models import Alert
from alerts.states import State
from core.access.areas import Area
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.db import open_session
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from data.setup.answers import TEMPLATE
from doudi.cli import app
from services import Context
from simulator.world import simulate
from tests.accounts import signed_in

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
MONTH = date(2026, 6, 30)
MONTHS = ("2026-04", "2026-05", "2026-06")
WINDOW_DAYS = 60


def walk_through(name: str) -> list[list[str]]:
    """The commands of a README's walk-through."""
    text = (ROOT / name).read_text(encoding="utf-8")
    block = re.search(r"<!-- walk-through -->\n```\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return [shlex.split(line) for line in block[1].splitlines()]


def test_both_readmes_walk_the_same_way() -> None:
    english, chinese = (walk_through(name) for name in ("README.md", "README.zh-CN.md"))
    english[2][-1] = chinese[2][-1]  # the administrator's name
    assert english == chinese
    assert {words[0] for words in english} == {"doudi"}
    assert english[-1] == ["doudi", "serve"]


class Bureau:
    """A bureau's desk: an empty folder, and what its departments would send."""

    def __init__(self, desk: Path, sent: Home) -> None:
        self.desk, self.sent = desk, sent
        self.said: dict[str, str] = {}

    def walk(self) -> None:
        """Every command of the walk-through but the last, which serves the pages for good."""
        for words in walk_through("README.md")[:-1]:
            done = self.run(*words[1:])
            self.said[" ".join(words[1:3])] = done.output
            if words[1:3] == ["init", "--regions-template"]:
                self._fill_in()

    def run(self, *words: str) -> Result:
        done = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done

    def told(self, *words: str) -> dict:
        return json.loads(self.run(*words, "--json").stdout)

    def _fill_in(self) -> None:
        """The two files handed out, filled in as an office does; the departments' files."""
        answers = TEMPLATE.replace("421234", "990321").replace("示例", "望禾")
        (self.desk / "answers.yaml").write_text(answers, encoding="utf-8")
        known = json.loads(self.sent.regions_file.read_text(encoding="utf-8"))
        with xlsxwriter.Workbook(self.desk / "regions.xlsx") as book:
            sheet, row = book.add_worksheet(), 1
            sheet.write_row(0, 0, ["代码", "名称", "上级代码"])
            for feature in known["features"]:
                town = feature["properties"]
                for one in (town, *town["villages"]):
                    above = town["code"] if one is not town else "990321"
                    sheet.write_row(row, 0, [one["code"], one["name_zh"], above])
                    row += 1
        (self.desk / "files").mkdir()
        for month in MONTHS:
            for path in (self.sent.incoming / month).iterdir():
                shutil.copy2(path, self.desk / "files")


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A bureau that has walked through."""
    sent = Home(tmp_path_factory.mktemp("departments"))
    simulate(sent, 800, 12, 3, "2027-03")
    desk = tmp_path_factory.mktemp("desk") / "county"
    desk.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        patch.delenv("DOUDI_HOME", raising=False)
        found = Bureau(desk, sent)
        found.walk()
        yield found


def someone(bureau: Bureau, name: str, role: Role, area: str = "") -> Context:
    """An account that the first administrator makes, looking at its area."""
    manager = Principal("zhang.wei", "Zhang Wei", (Grant(Role.ADMINISTRATOR),))
    root = str(bureau.desk)
    grants = (Grant(role, Area(area)),)
    services.accounts.create(Context(manager, root, date.max), name, name, grants)
    return Context(Principal(name, name, grants), root, MONTH, Area(area))


def alerts(bureau: Bureau) -> list[Alert]:
    with open_session(Home(bureau.desk)) as session:
        return list(session.scalars(select(Alert).order_by(Alert.id)))


def newest_event(bureau: Bureau, alert: int) -> int:
    """The last event of an alert, as a page would have shown it."""
    with open_session(Home(bureau.desk)) as session:
        return session.get_one(Alert, alert).last_event


def test_every_command_does_what_the_readme_says(bureau: Bureau) -> None:
    assert Home(bureau.desk).county["name_zh"] == "望禾县"
    assert "Password for the first sign-in" in bureau.said["accounts first"]
    templates = list((bureau.desk / "templates").iterdir())
    assert len(templates) == len(services.setup.all_feeds())
    assert (bureau.desk.parent / "county.tar").exists()
    states = {feed["feed"]: feed["state"] for feed in bureau.told("feeds")["feeds"]}
    assert set(states.values()) == {"fresh", "not_awaited"}
    # The tax office tells of a quarter in the month after it, first in July; others only where
    # somebody is held, weds, claims wages or is sought.
    rare = {"tax", "custody", "marriages", "hard_up_workers", "lost_contact"}
    assert {feed for feed, state in states.items() if state == "not_awaited"} <= rare
    came = [f for f in bureau.told("feeds")["feeds"] if f["state"] == "fresh"]
    assert all(feed["balanced"] and feed["accepted"] for feed in came)


def test_nothing_is_late_on_the_first_day(bureau: Bureau) -> None:
    today = datetime.now(CHINA_TIME).date()
    raised = alerts(bureau)
    assert raised
    assert all(alert.due_on is None or alert.due_on >= today for alert in raised)
    assert bureau.told("status")["overdue"] == 0


def test_nothing_is_news_for_being_new_to_us(bureau: Bureau) -> None:
    from alerts.policy import load_policy
    from alerts.raising import candidates

    home = Home(bureau.desk)
    facts = [
        f for c in candidates(home, MONTH, load_policy(home, MONTH)).candidates for f in c.facts
    ]
    assert facts
    assert all(f.happened_on and (MONTH - f.happened_on).days <= WINDOW_DAYS for f in facts)


def test_no_model_is_promised_before_there_are_labels(bureau: Bureau) -> None:
    leader = someone(bureau, "leader.li", Role.LEADER)
    told = services.risk_model.beginning(leader)
    assert set(told) == {"existing", "coming"}
    assert all(
        re.search(r"after the run of 20\d\d-\d\d at the earliest", t.en) for t in told.values()
    )


def test_the_check_list_says_what_is_missing_and_whose_turn_it_is(bureau: Bureau) -> None:
    lines = {line["code"]: line for line in bureau.told("check")["lines"]}
    assert lines["townships"]["grade"] == "missing"
    assert lines["townships"]["turn"] == "administrator"
    assert len(lines["townships"]["names"]) == 12
    assert {
        lines[code]["grade"] for code in ("county", "run", "regions", "standards", "key", "backup")
    } == {"good"}
    told = {feed: lines[f"feed.{feed}"]["grade"] for feed in services.setup.all_feeds()}
    assert {feed for feed, grade in told.items() if grade != "good"} == set()


@pytest.mark.parametrize("page", ["overview", "alerts", "precision", "model", "data"])
def test_every_page_stands_without_a_history(
    bureau: Bureau, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No outlines, no model, no earlier month: that is no reason for an error."""
    monkeypatch.setenv("DOUDI_HOME", str(bureau.desk))
    held = signed_in(Home(bureau.desk), None)
    monkeypatch.setattr("dashboard.door.reader.secret", lambda: held)
    app = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=120)
    app.session_state["lang"] = "en"
    if page != "overview":
        app.switch_page(f"app_pages/{page}/{page}.py")
    app.run()
    assert not app.exception
    assert not app.error
    if page in ("overview", "model"):
        assert any("at the earliest" in one.value for one in app.caption)


def test_the_first_alert_is_visited_and_counted(bureau: Bureau) -> None:
    first = alerts(bureau)[0]
    dispatcher = someone(bureau, "dispatch.wang", Role.DISPATCHER)
    result = services.cases.dispatch(dispatcher, {first.id: newest_event(bureau, first.id)})
    assert not result.refused
    worker = someone(bureau, "worker.liu", Role.TOWNSHIP_WORKER, first.township_code)
    seen = newest_event(bureau, first.id)
    needs = {"basic_living": "confirmed"}
    services.family.record(worker, first.id, seen, outcome="confirmed", needs=needs)
    done = next(alert for alert in alerts(bureau) if alert.id == first.id)
    assert (State(done.state), done.outcome) == (State.ASSISTING, "confirmed")
    (row,) = bureau.told("precision")["rows"]
    assert (row["n_alerts"], row["n_verified"], row["n_confirmed"]) == (len(alerts(bureau)), 1, 1)
