"""The list of alerts as cards for a phone: the same page of the list, as blind as the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.db import open_session
from tests.dashboard.factory import Made
from tests.dashboard.test_blind_list import mixed as mixed
from tests.dashboard.test_pages import errors

Open = Callable[..., AppTest]


def cards(app: AppTest) -> list[str]:
    """The cards of the page as markup."""
    bodies = [block.proto.body for block in app.get("html")]
    (block,) = [body for body in bodies if body.startswith('<div class="dd dd-cards"')]
    return re.findall(r'<a class="dd-card".*?</a>', block)


@pytest.mark.parametrize("sight", ["visit", "team"])
def test_cards_and_table_hold_the_same_households_in_the_same_order(
    county: Made, open_page: Open, sight: str
) -> None:
    app = open_page(county.home.root, "alerts", address=f"lang=zh&sight={sight}&order=due_last")
    assert errors(app) == []
    table = app.dataframe[0].value
    found = cards(app)
    assert len(found) == len(table) > 10
    for card, row in zip(found, table.to_dict("records"), strict=True):
        assert row["家庭"] in card
        assert all(place in card for place in row["所在地"].split("\n"))
        assert row["到期"][-10:] in card
        assert ("逾期" in card) is ("逾期" in row["到期"])
        assert row["等级"].split("\n")[0] in card
        assert row["状态"].split("\n")[0] in card


def test_a_card_leads_to_its_household_with_every_choice_kept(
    county: Made, open_page: Open
) -> None:
    chosen = "lang=en&month=2026-05&township=990321102&view=all&bands=red&bands=yellow&order=place"
    app = open_page(county.home.root, "alerts", address=chosen)
    links = [unescape(re.search(r'href="([^"]*)"', card)[1]) for card in cards(app)]
    assert links
    for link in links:
        there = parse_qs(urlsplit(link).query)
        assert urlsplit(link).path == "household"
        assert re.fullmatch(r"h[0-9a-f]{20}", there.pop("household")[0])
        assert there == parse_qs(chosen)
    assert len(set(links)) == len(links)


@pytest.mark.slow
def test_cards_for_visits_do_not_tell_which_were_drawn(mixed: Made, open_page: Open) -> None:
    blind = "".join(cards(open_page(mixed.home.root, "alerts")))
    for telling in (
        "抽查",
        "风险模型",
        "模型判断",
        "从未走访或收入不明",
        "预计发现",
        "得分",
        "现存",
        "将至",
    ):
        assert telling not in blind
    assert "! 紧急" in blind
    assert "未遇2次" in blind
    assert "模型判断" in "".join(cards(open_page(mixed.home.root, "alerts", alerts_sight="team")))


def test_names_and_reasons_are_text_and_never_markup(
    own_county: Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "services.reads.people.heads", lambda *_: dict.fromkeys(_[-1], "<b>*三</b>")
    )
    with open_session(own_county.home) as session:
        session.execute(text("UPDATE alert_reason SET text_zh = '<i>村里</i>上报；<i>急</i>'"))
    app = open_page(own_county.home.root, "alerts", address="lang=zh&view=year")
    assert errors(app) == []
    card = cards(app)[0]
    assert "<b>&lt;b&gt;*三&lt;/b&gt; · " in card
    assert "&lt;i&gt;村里&lt;/i&gt;上报" in card
    assert "<i>" not in card
