"""The data scientist's pages where there is nothing to show, and for whom there is nothing."""

from __future__ import annotations

import pytest

from core.access.roles import Role
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors

BENCH = ("training", "explanations", "fairness", "watching")


@pytest.mark.parametrize(("page", "language"), list(zip(BENCH, ["zh", "en"] * 2, strict=True)))
def test_an_empty_home_says_what_to_do_next(tmp_path, open_page, page, language) -> None:
    app = open_page(tmp_path, page, language)

    assert errors(app) == []
    assert any("doudi" in note.value for note in app.info)


def test_a_township_worker_is_offered_none_of_them(county: Made, open_page) -> None:
    app = open_page(county.home.root, "alerts", "en", role=Role.TOWNSHIP_WORKER)

    links = {one.proto.page.split("/")[-1] for one in app.sidebar.get("page_link")}
    assert links
    assert links.isdisjoint({*BENCH, "model"})
