"""The page of explanations and the closer look at a household, over an invented county."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import services
from core.access.roles import Role
from dashboard.app_pages.explanations import book
from dashboard.app_pages.household import closer, printing
from dashboard.i18n import translator
from services.explanations import Steady
from services.reads import voices
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text
from tests.services.explained import VERSION, with_model

pytestmark = pytest.mark.slow

Open = Callable[..., AppTest]


@pytest.fixture
def explained(own_county: Made, monkeypatch: pytest.MonkeyPatch) -> Made:
    with_model(own_county, monkeypatch)
    here = context(own_county.home.root, own_county.last)
    services.explanations.explain(here, "existing", VERSION)
    return own_county


def test_before_any_training_the_page_says_what_to_run(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "explanations", "en", role=Role.DATA_SCIENTIST)
    assert errors(app) == []
    assert ["doudi train" in note.value for note in app.info] == [True]


@pytest.mark.parametrize(
    ("language", "title", "driver"),
    [("zh", "模型解释", "人均收入与低保标准比（▼ 越高风险越低）"),
     ("en", "Explanations of the model", "Income per head against the standard (▼ more lowers")],
)  # fmt: skip
def test_the_page_answers_first_and_then_shows(
    explained: Made, open_page: Open, language: str, title: str, driver: str
) -> None:
    app = open_page(explained.home.root, "explanations", language, role=Role.DATA_SCIENTIST)
    assert errors(app) == []
    assert [one.value for one in app.title] == [title]
    text = page_text(app)
    assert driver in text
    assert "95%" in text
    assert len(app.get("plotly_chart")) == 4
    assert "合成数据 Synthetic" in text


def test_question_version_and_feature_are_in_the_address(explained: Made, open_page: Open) -> None:
    asked = f"lang=en&explained=existing&explained_version={VERSION}&feature=rigid_ratio"
    app = open_page(explained.home.root, "explanations", address=asked, role=Role.DATA_SCIENTIST)
    assert errors(app) == []
    assert app.selectbox("explanations_feature").value == "rigid_ratio"
    app.selectbox("explanations_feature").set_value("n_members").run()
    assert app.query_params["feature"] in ("n_members", ["n_members"])


def test_the_second_time_nothing_is_computed(
    explained: Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr("models.risk.explaining.overview.overview", refuse)
    app = open_page(explained.home.root, "explanations", "en", role=Role.ANALYST)
    assert errors(app) == []


def test_the_workbook_holds_features_pairs_and_steadiness(explained: Made) -> None:
    here = context(explained.home.root, explained.last, role=Role.ANALYST)
    services.explanations.explain(here, "existing", VERSION)
    made = book.asked_for(here, {"question": "existing", "version": VERSION}, translator("en"))
    sheets = openpyxl.load_workbook(io.BytesIO(made))
    assert sheets.sheetnames[1:] == ["Features", "What acts together", "Whether the reasons hold"]
    with pytest.raises(services.NothingYet):
        book.asked_for(here, {"question": "existing", "version": "9"}, translator("en"))


def test_the_household_page_finds_similar_families_and_what_could_help(
    explained: Made, open_page: Open
) -> None:
    app = open_page(
        explained.home.root, "household", "en", role=Role.ANALYST,
        household_open=explained.alerted,
    )  # fmt: skip
    assert errors(app) == []
    assert "most similar past families" not in page_text(app)  # only when asked for
    app.toggle("household_similar").set_value(True).run()
    app.toggle("household_lowering").set_value(True).run()
    assert errors(app) == []
    text = page_text(app)
    assert "Of the 30 most similar past families" in text
    assert "An association, not a promise" in text
    assert "Civil affairs: Basic living aid" in text


def test_a_visitor_is_not_told_what_to_expect(explained: Made, open_page: Open) -> None:
    app = open_page(
        explained.home.root, "household", "en", role=Role.TOWNSHIP_WORKER,
        household_open=explained.alerted,
    )  # fmt: skip
    assert errors(app) == []
    assert "household_similar" not in {one.key for one in app.toggle}
    assert "similar families" not in page_text(app).lower()


def test_unsteady_reasons_are_marked_in_words(
    explained: Made, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened() -> str:
        app = open_page(
            explained.home.root, "household", "en", role=Role.ANALYST,
            household_open=explained.alerted,
        )  # fmt: skip
        assert errors(app) == []
        return page_text(app)

    for holds, marked in ((True, False), (False, True)):
        steady = Steady(0.5, holds, 0.05)
        monkeypatch.setattr(services.explanations, "steadiness", lambda *_, told=steady: told)
        assert ("The reasons are unsteady" in opened()) is marked
    told = closer.unsteady(Steady(0.5, False, 0.05), translator("zh"))
    assert "50%" in told
    assert "5%" in told


def test_the_sheet_holds_the_reasons_similar_families_and_what_could_help(explained: Made) -> None:
    here = context(explained.home.root, explained.last, role=Role.ANALYST)
    sheet = printing.asked_for(here, explained.alerted, translator("en"))
    for words in ("What the model says", "most similar past families", "95% interval"):
        assert words in sheet
    assert "What could lower the risk" in sheet
    assert explained.alerted not in sheet
    quiet = printing.asked_for(here, explained.quiet, translator("en"))
    assert "What the model says" not in quiet  # nothing is explained anew on paper


def test_each_feature_is_drawn_with_its_value_and_they_add_up(
    explained: Made, open_page: Open
) -> None:
    app = open_page(
        explained.home.root, "household", "en", role=Role.ANALYST,
        household_open=explained.alerted,
    )  # fmt: skip
    app.toggle("household_features").set_value(True).run()
    assert errors(app) == []
    assert "SHAP values in log-odds" in page_text(app)

    here = context(explained.home.root, explained.last, role=Role.ANALYST)
    voice = services.voices.model_voice(here, explained.alerted)
    assert voice.by_feature["weight"].sum() == pytest.approx(voice.moved)


def test_a_value_that_names_a_place_is_left_out() -> None:
    rows = pd.DataFrame(
        {"label_zh": ["村", "收入"], "label_en": ["Village", "Income"], "unit": ["", "元/月"],
         "value": ["990321101001X", "690"], "contribution": [0.4, -0.2]}
    )  # fmt: skip
    found = voices._features(rows)
    assert found["value_en"].tolist() == ["", "690 yuan a month"]
