"""The address: what it keeps, what it refuses, and which address a link carries."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from dashboard.show import address
from services.cache import forget_all
from services.reads import cases
from tests.dashboard.test_pages import PAGES, errors

pytestmark = pytest.mark.slow

TOWN, VILLAGE = "990321101", "990321101200"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch):
    """Three alerts a page, so that the small county fills several."""
    monkeypatch.setattr(cases, "PAGE_SIZE", 3)
    forget_all()
    yield
    forget_all()


def held(app) -> dict[str, list[str]]:
    """The address of an app, every value a list."""
    return {k: v if isinstance(v, list) else [v] for k, v in app.query_params.items()}


def links(app, page: str) -> list[dict[str, list[str]]]:
    """The addresses of the links on the page itself that lead to a page."""
    found = [link.proto for link in app.main.get("page_link")]
    return [parse_qs(link.query_string) for link in found if link.page == page]


GARBAGE = [
    "lang=klingon",
    "month=1999-01",
    "month=%00&month=2026-06&month=x",
    "township=123",
    "village=990321101200",  # a village without its township
    f"township={TOWN}&village=990321102200",  # of another township
    "measure=happiness",
    "view=never&order=alphabet&sight=god",
    "bands=purple&bands=red&states=&handlings=second&handlings=9",
    "urgent=maybe",
    "sources=%27%3B+DROP+TABLE+alert",
    "page=999",
    "page=-1",
    "page=two",
    "page=99999999999999999999999999",
    "household=h1",
    "household=..%2F..%2Fetc",
    "precision=past&denominator=0",
    "model=past&population=elves&truth=2",
]


@pytest.mark.parametrize("text", GARBAGE)
def test_what_cannot_be_is_ignored_and_leaves_the_address(county, open_page, text) -> None:
    given = parse_qs(text, keep_blank_values=True)
    for page in ("alerts", "household", "precision", "model", "overview"):
        app = open_page(county.home.root, page, address=text)
        assert errors(app) == []
        if any(_shown_on(page, name) for name in given):
            assert held(app) != given
            again = open_page(county.home.root, page, address=_text(held(app)))
            assert held(again) == held(app)


def _shown_on(page: str, name: str) -> bool:
    """Whether a page has the widget of a choice, and so can tell what is possible."""
    key = address.CHOICES[name].key
    return key.startswith(f"{page}_") or key in {"lang", "month", "township", "village"}


def _text(query: dict[str, list[str]]) -> str:
    return "&".join(f"{k}={v}" for k, values in query.items() for v in values)


def test_garbage_is_named_right_in_what_is_left(county, open_page) -> None:
    app = open_page(county.home.root, "alerts", address="bands=purple&bands=red&page=999&lang=xx")

    assert held(app) == {"lang": ["zh"], "month": ["2026-06"], "bands": ["red"]}
    assert app.multiselect("alerts_f_bands").value == ["red"]


@pytest.mark.parametrize("page", PAGES)
def test_an_address_without_choices_is_left_alone(county, open_page, page) -> None:
    """Writing the defaults would cost a step of history before anything was chosen."""
    app = open_page(county.home.root, page, address="view=all")

    assert held(app) == {"view": ["all"]}


def test_an_address_opens_what_it_says(county, open_page, small_pages) -> None:
    text = (
        f"lang=en&month=2026-05&township={TOWN}&village={VILLAGE}&view=all&sight=team&questions=existing"
        "&bands=yellow&bands=red&order=newest&page=2"
    )
    app = open_page(county.home.root, "alerts", address=text)

    assert errors(app) == []
    assert [t.value for t in app.title] == ["List of alerts"]
    assert app.selectbox("month").value == "2026-05"
    assert (app.selectbox("township").value, app.selectbox("village").value) == (TOWN, VILLAGE)
    assert app.multiselect("alerts_f_bands").value == ["yellow", "red"]
    assert app.selectbox("alerts_sort").value == "newest"
    assert app.number_input("alerts_page").value == 2
    assert held(app) == parse_qs(text)


def test_a_choice_writes_the_address_and_leads_back_to_the_first_page(
    county, open_page, small_pages
) -> None:
    app = open_page(county.home.root, "alerts", address="view=all&page=2")
    app.multiselect("alerts_f_bands").set_value(["yellow"]).run()

    assert held(app) == {
        "lang": ["zh"], "month": ["2026-06"], "view": ["all"], "bands": ["yellow"],
    }  # fmt: skip
    assert app.number_input("alerts_page").value == 1
    app.number_input("alerts_page").set_value(2).run()
    assert held(app)["page"] == ["2"]
    for widget, one in (("alerts_sort", "newest"), ("month", "2026-05"), ("township", TOWN)):
        app.number_input("alerts_page").set_value(2).run()
        app.selectbox(widget).set_value(one).run()
        assert "page" not in held(app)


def test_another_township_lets_go_of_the_village(county, open_page) -> None:
    app = open_page(county.home.root, "alerts", address=f"township={TOWN}&village={VILLAGE}")
    app.selectbox("township").set_value("990321102").run()

    assert errors(app) == []
    assert held(app)["township"] == ["990321102"]
    assert "village" not in held(app)


def test_choices_of_a_page_outlive_a_visit_to_another(county, open_page) -> None:
    app = open_page(county.home.root, "alerts", address="view=all&bands=red")
    app.selectbox("township").set_value(TOWN).run()
    app.switch_page("app_pages/precision/precision.py").run()
    app.segmented_control("precision_denominator").set_value("verified").run()
    app.switch_page("app_pages/alerts/alerts.py").run()

    assert errors(app) == []
    assert app.multiselect("alerts_f_bands").value == ["red"]
    assert app.selectbox("township").value == TOWN
    assert held(app)["bands"] == ["red"]


def test_a_change_of_language_keeps_what_was_chosen(county, open_page) -> None:
    app = open_page(county.home.root, "alerts", address="view=all&order=newest&bands=red")
    app.segmented_control("lang").set_value("en").run()
    app.selectbox("month").set_value("2026-05").run()

    assert errors(app) == []
    assert app.selectbox("alerts_sort").value == "newest"
    assert held(app) == {
        "lang": ["en"], "month": ["2026-05"], "view": ["all"], "bands": ["red"],
        "order": ["newest"],
    }  # fmt: skip


def test_a_slow_browser_that_repeats_the_address_before_undoes_nothing(county, open_page) -> None:
    app = open_page(county.home.root, "alerts", address="view=all")
    app.multiselect("alerts_f_bands").set_value(["red"]).run()
    app.query_params.clear()
    app.query_params["view"] = "all"
    app.run()

    assert app.multiselect("alerts_f_bands").value == ["red"]
    assert held(app)["bands"] == ["red"]


def test_an_address_from_outside_replaces_what_was_chosen(county, open_page) -> None:
    app = open_page(county.home.root, "alerts", address="view=all")
    app.multiselect("alerts_f_bands").set_value(["red"]).run()
    app.query_params.clear()
    app.query_params["bands"] = "yellow"
    app.run()

    assert app.multiselect("alerts_f_bands").value == ["yellow"]
    assert held(app) == {"bands": ["yellow"]}


def test_links_of_the_overview_hold_their_filters_and_none_from_before(county, open_page) -> None:
    before = f"lang=en&month=2026-05&township={TOWN}&sight=team&view=open&bands=red&page=2"
    app = open_page(county.home.root, "overview", address=before)

    frame = {"lang": ["en"], "month": ["2026-05"], "township": [TOWN], "sight": ["team"]}
    expected = [
        {"view": ["new"]},
        *({"view": ["all"], "happened": [kind]} for kind in ("checked", "confirmed", "helped")),
        {},  # open alerts, the list's default
        {"view": ["late"]},
        {"view": ["near"]},
        {"view": ["year"]},
        *({"view": ["year"], "reached": [step]}
          for step in ("dispatched", "checked", "confirmed", "helped")),
    ]  # fmt: skip
    assert links(app, "alerts") == [{**frame, **filters} for filters in expected]


def test_the_menu_carries_every_choice_to_every_page(county, open_page) -> None:
    text = f"lang=en&month=2026-05&township={TOWN}&bands=red&denominator=alerts&household=" + (
        county.alerted
    )
    app = open_page(county.home.root, "household", address=text)

    carried = [parse_qs(link.proto.query_string) for link in app.sidebar.get("page_link")]
    # Emergency looks, laboratory, rules, standards, supervision, tasks and reports too.
    assert len(carried) == len(PAGES) + 7
    assert all(one == parse_qs(text) for one in carried)


def test_a_picked_household_is_in_the_address_and_the_next_address_wins(county, open_page) -> None:
    app = open_page(county.home.root, "household")
    first = app.selectbox("household_pick").options
    assert first
    app.selectbox("household_pick").select_index(0).run()
    chosen = held(app)["household"]

    assert errors(app) == []
    assert app.selectbox("household_pick").value is None
    app.query_params["household"] = county.quiet
    app.run()
    assert held(app)["household"] == [county.quiet] != chosen


def test_a_household_that_was_looked_up_is_in_the_address(county, open_page) -> None:
    app = open_page(county.home.root, "household", address=f"household={county.alerted}")
    app.text_input("household_typed").set_value(county.quiet)
    app.button("household_look").click().run()

    assert errors(app) == []
    assert held(app)["household"] == [county.quiet]
