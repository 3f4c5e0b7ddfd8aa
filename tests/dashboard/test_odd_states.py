"""The bench's pages in states nobody plans for: one clear line each, never a traceback."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

import services
from core import jobs
from core.access.roles import Role
from core.jobs import JobError, queue
from dashboard.i18n import translator
from doudi.cli import app as command
from models.risk import registry
from models.risk.bench.config import ConfigError, parse, read
from services.promotions import ProposalRefused
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_model_steps import told, two_versions
from tests.dashboard.test_pages import errors, two_questions


@pytest.mark.parametrize("page", ["watching", "model", "explanations", "fairness"])
def test_a_month_without_risks_is_no_fault(own_county: Made, open_page, page: str) -> None:
    for path in own_county.home.monthly("risk", own_county.last).glob("*.parquet"):
        path.unlink()
    app = open_page(own_county.home.root, page, "en")
    assert errors(app) == []
    if page == "watching":
        assert any("has no risks yet" in note.value for note in app.info)


@pytest.mark.parametrize("page", ["watching", "model", "explanations", "fairness", "training"])
def test_a_feed_that_is_gone_from_the_lake_is_no_fault(
    own_county: Made, open_page, page: str
) -> None:
    gone = own_county.home.lake / "medical_claims"
    gone.rename(own_county.home.root / "gone")
    assert errors(open_page(own_county.home.root, page, "zh")) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_household_without_members_says_so(own_county: Made, open_page, language: str) -> None:
    path = own_county.home.monthly("profile", own_county.last) / "person.parquet"
    frame = pd.read_parquet(path, partitioning=None)
    frame[frame["household"] != own_county.alerted].to_parquet(path)
    app = open_page(own_county.home.root, "household", language, household_open=own_county.alerted)
    assert errors(app) == []
    said = translator(language)("No member is on record for this month.")
    assert said in [one.value for one in app.caption]


@pytest.mark.parametrize(
    "text",
    ["questions: [existing\n", "- a\n- b\n", "", "\x00\x01", "seed: many", "sheep: 3", "months: 3"],
)
def test_a_broken_configuration_is_refused_in_one_line(text: str) -> None:
    try:
        read(text)
    except ConfigError as refused:
        for language in ("zh", "en"):
            said = refused.text(language)
            assert said
            assert "\n" not in said
            assert "Traceback" not in said
    else:
        assert text == ""  # says nothing, so everything is as usual


def test_a_broken_file_on_the_page_is_named_with_its_line(own_county: Made, open_page) -> None:
    app = open_page(own_county.home.root, "training", "en", role=Role.DATA_SCIENTIST)
    app.file_uploader[0].set_value(("t.yaml", b"seed: 3\nquestions: [existing\n", "text/yaml"))
    app.run()
    assert errors(app) == []
    assert [one.value for one in app.warning] == ["the file cannot be read as YAML in line 3"]
    assert "training_start" not in [one.key for one in app.button]


def test_who_cancels_second_is_told_that_it_has_ended(own_county: Made) -> None:
    home = own_county.home
    here = context(home.root, own_county.last, role=Role.DATA_SCIENTIST)
    number = queue.ask(home, "train", "t", parse({}).plain(), "wang.min")
    assert services.training.cancel(here, number) is jobs.State.CANCELLED
    with pytest.raises(JobError) as refused:
        services.training.cancel(here, number)
    assert "has ended" in refused.value.en
    assert "已结束" in refused.value.zh


@pytest.mark.slow
def test_of_two_who_decide_at_once_the_second_is_told(own_county: Made, open_page) -> None:
    home = own_county.home
    two_versions(home)
    two_questions(home)
    scientist = context(home.root, own_county.last, role=Role.DATA_SCIENTIST)
    number = services.promotions.propose(scientist, "2", "better", question="existing")
    page = open_page(home.root, "model", "en", role=Role.LEADER)

    leader = context(home.root, own_county.last, role=Role.LEADER)
    services.promotions.decline(leader, number, "not yet", question="existing")
    with pytest.raises(ProposalRefused) as refused:
        services.promotions.approve(leader, number, "agreed", question="existing")
    assert "\n" not in refused.value.text("zh")

    page.text_input(key="model_note").set_value("agreed")
    page.button(key="model_approve").click().run()
    assert errors(page) == []
    assert any("decided on this proposal first" in one.value for one in page.warning)
    assert registry.champion_version(home, "existing") == "1"
    assert "not yet" in told(page)


@pytest.mark.parametrize("option", ["--label", "--time", "--group", "--population"])
def test_a_table_of_ones_own_with_a_wrong_column_is_refused_by_its_name(
    tmp_path, option: str
) -> None:
    path = tmp_path / "own.csv"
    rows = {"fam": ["a", "b"], "month": ["2024-01", "2024-02"], "poor": [0, 1], "income": [1, 2]}
    pd.DataFrame(rows).to_csv(path, index=False)
    asked = {"--label": "poor", "--time": "month", "--group": "fam", option: "nowhere"}
    words = [word for pair in asked.items() for word in pair]
    found = CliRunner().invoke(
        command, ["train", "--home", str(tmp_path), "--profile", str(path), *words]
    )
    assert found.exit_code != 0
    said = found.exception.text("en")  # Told: both languages
    assert "nowhere" in said
    assert "\n" not in said
