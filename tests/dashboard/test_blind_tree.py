"""Whoever visits cannot tell the visits drawn at random from the others, whatever they combine.

Every field that such a reader can see of an alert, on the list, in the workbook and over REST, goes
into a decision tree. The due day is left out: drawn visits are due before the blue ones beside
which they stand (docs/security.md says so).
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd
import pytest
import yaml
from python_calamine import CalamineWorkbook
from sklearn.tree import DecisionTreeClassifier
from sqlalchemy import text

import services
from api import reading
from core.access.roles import Role
from core.db import open_session
from core.home import Home
from dashboard.app_pages.alerts import book as alerts_book
from dashboard.app_pages.alerts import table
from dashboard.i18n import translator
from services import Context
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard import factory

ZH = translator("zh")
# Who it is about, and rows' numbers, which stay on the server.
NAMES = {"id", "last_event", "household", "who", "number", "家庭", "预警编号", "version"}
DUE = {"due_on", "late", "到期", "逾期"}

SHORT = 30  # characters of a code's word; longer ones are texts about one family


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A county that raised many alerts in one month, a good part of them drawn; of those that the
    model named, some ask about the coming and are blue."""
    home = factory.build(tmp_path_factory.mktemp("many"), with_alerts=False).home
    own = home.data / "alert_policy.yaml"
    policy = yaml.safe_load(own.read_text(encoding="utf-8"))
    policy |= {"capacity_per_1000_households": 900}
    policy["shares"] |= {"audit": 0.1, "explore": 0.05}
    own.write_text(yaml.safe_dump(policy), encoding="utf-8")
    factory._alerts(home, [factory.LAST])
    with open_session(home) as session:
        session.execute(
            text(
                "UPDATE alert SET question = 'coming', band = 'blue' "
                "WHERE source IN ('risk', 'rule') AND id % 3 > 0"
            )
        )
    forget_all()
    return home


@pytest.fixture
def here(made: Home) -> Context:
    """A worker of the whole county."""
    return context(made.root, factory.LAST, role=Role.TOWNSHIP_WORKER)


def of_the_page(here: Context) -> pd.DataFrame:
    found = services.cases.page(here, services.cases.choice(), 1, "newest").rows
    return found.set_index("household", drop=False)


def of_the_table(here: Context) -> pd.DataFrame:
    rows = services.cases.page(here, services.cases.choice(), 1, "newest").rows
    return table.frame(here, rows, False, ZH).set_index(rows["household"])


def of_the_workbook(here: Context) -> pd.DataFrame:
    where = services.cases.choice()
    read = CalamineWorkbook.from_filelike(
        io.BytesIO(alerts_book.book(here, where, "newest", False, [], ZH))
    )
    header, *rows = read.get_sheet_by_name(read.sheet_names[1]).to_python()
    keys = services.cases.everything(here, where, "newest").rows["household"]
    return pd.DataFrame(rows, columns=header).set_index(keys)


def of_rest(here: Context) -> pd.DataFrame:
    found, _ = services.cases.walk(here, services.cases.choice(), None, 200)
    rows = [reading._alert(here, row, False, "zh").model_dump() for row in found.to_dict("records")]
    return pd.json_normalize(rows).set_index("household", drop=False)


def signs(frame: pd.DataFrame) -> pd.DataFrame:
    """The fields as numbers a tree can cut: yes or no for each code, length and parts of texts."""
    told: dict[str, pd.Series] = {}
    for name in frame.columns:
        if name in NAMES | DUE:
            continue
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values):
            told[name] = values.astype(float).fillna(-1)
            continue
        shown = values.map(str)
        told[f"{name} long"] = shown.str.len().astype(float)
        told[f"{name} parts"] = values.map(
            lambda one: len(one) if isinstance(one, list) else str(one).count("；")
        ).astype(float)
        for value in shown.unique() if shown.str.len().max() <= SHORT else ():
            told[f"{name} is {value}"] = (shown == value).astype(float)
    return pd.DataFrame(told)


@pytest.mark.parametrize("seen", [of_the_page, of_the_table, of_the_workbook, of_rest])
def test_no_combination_of_what_is_seen_tells_which_visits_were_drawn(
    made: Home, here: Context, seen: Callable[[Context], pd.DataFrame]
) -> None:
    with open_session(made) as session:
        rows = session.execute(text("SELECT household, source FROM alert")).all()
    drawn = pd.Series({household: source in ("audit", "explore") for household, source in rows})
    frame = seen(here)
    drawn = drawn.reindex(frame.index)
    assert 5 < drawn.sum() < len(drawn) - 5
    told = signs(frame)
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(told, drawn)
    cut = {told.columns[f] for f in tree.tree_.feature if f >= 0}
    assert tree.score(told, drawn) < 1, cut


def test_of_alerts_below_yellow_nothing_is_told_that_the_model_named(
    made: Home, here: Context
) -> None:
    """On the list and with the alert; whoever may know the sources is told all of it."""
    with open_session(made) as session:
        query = text(
            "SELECT a.id, a.household FROM alert a JOIN alert_reason r ON r.alert_id = a.id "
            "WHERE a.source IN ('risk', 'rule') AND a.band = 'blue' AND r.source = 'risk' LIMIT 1"
        )
        alert, household = session.execute(query).one()
        query = text("SELECT text_zh FROM alert_reason WHERE alert_id = :id AND source = 'risk'")
        of_model = set(session.scalars(query, {"id": alert}))
    listed = of_the_page(here).loc[household, "each_reason_zh"]
    assert listed
    assert not of_model & set(listed)
    told = services.family.detail(here, alert).reasons
    assert list(told["text_zh"][:3]) == listed
    assert set(told["source"]) == {"visit"}
    assert told["points"].isna().all()
    team = context(made.root, factory.LAST, role=Role.DISPATCHER)
    assert of_model <= set(services.family.detail(team, alert).reasons["text_zh"])
