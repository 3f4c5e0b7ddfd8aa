"""The part of the page of feeds with the tickets of refused rows."""

from __future__ import annotations

import pytest

from core.access.roles import Role
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ("更正单未办结", "待更正", "医疗保障局", "身份证号校验位不符：2")),
        ("en", ("Tickets open", "Still wrong", "the ID number fails its check digit: 2")),
    ],
)
def test_the_page_tells_the_open_tickets(
    own_county: Made, open_page, language: str, told: tuple[str, ...]
) -> None:
    app = open_page(own_county.home.root, "data", language=language, role=Role.DATA_STEWARD)
    assert errors(app) == []
    for words in told:
        assert words in page_text(app)


@pytest.mark.slow
def test_the_rows_of_a_ticket_are_numbers_and_reasons_without_contents(
    own_county: Made, open_page
) -> None:
    app = open_page(own_county.home.root, "data", role=Role.DATA_STEWARD)
    chosen = app.selectbox(key="data_returned_ticket")
    chosen.select_index(0)
    app.run()
    assert errors(app) == []
    frames = [f.value for f in app.dataframe if "行号" in f.value.columns]
    assert [list(f["行号"]) for f in frames] == [["4", "9"]]
    assert "测试" not in frames[0].to_string(), "no name"
