"""The bulletin: its figures are those of the overview, and each file is one A4 page."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from docx import Document

import services
from alerts.runs import write_run
from core.home import add_months
from dashboard.app_pages.overview import bulletin, places
from dashboard.app_pages.overview import figures as overview
from dashboard.app_pages.overview.bulletin import Bulletin, Part, Table
from dashboard.app_pages.overview.bulletin_pdf import MARGIN, MARK_WIDTH, pdf
from dashboard.app_pages.overview.bulletin_word import word
from dashboard.app_pages.precision import trust
from dashboard.i18n import translator
from services import Context
from services.cache import forget_all
from tests.accounts import context
from tests.dashboard.factory import LAST, Made, build
from tests.dashboard.test_pages import errors, page_text
from tests.dashboard.test_places import RUN

ZH, EN = translator("zh"), translator("en")
MONTHS = [LAST, date(2026, 4, 30)]
TOWN = "990321102"


def here_of(made: Made, month: date = LAST, area: str = "") -> Context:
    return context(made.home.root, month, area)


def parts(told: Bulletin) -> dict[str, Part]:
    return {part.title: part for row in told.rows for column in row for part in column}


def rows_of(part: Part) -> dict[str, list[str]]:
    return {row[0]: list(row[1:]) for row in part.table.rows if len(row) > 1}


def pages(content: bytes) -> tuple[int, tuple[float, float], str]:
    """How many pages a PDF has, the size of the first in mm, and all its text."""
    with pypdfium2.PdfDocument(content) as document:
        size = tuple(round(points / 72 * 25.4) for points in document[0].get_size())
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        return len(document), size, text


@pytest.mark.slow
@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("area", ["", TOWN])
def test_the_six_figures_are_those_of_the_overview(county, month, area) -> None:
    here = here_of(county, month, area)
    head = services.overview.headline(here)
    before = services.overview.headline(here.at(add_months(month, -1)))
    told = rows_of(parts(bulletin.bulletin(here, EN))["The month in six figures"])
    names = {
        "Watched households": "households",
        "Watched people (low-income)": "persons",
        "New alerts": "new",
        "Checked this month": "checked",
        "Confirmed this month": "confirmed",
    }
    for label, name in names.items():
        now, last = head.now(name), before.now(name)
        change = EN.number(head.change(name), sign=bool(head.change(name)))
        assert told[label] == [EN.number(now), EN.number(last), change], label
    assert told["Overdue at the end"][:2] == [EN.number(head.overdue), EN.number(before.overdue)]
    shown, interval = head.rates.steady or head.rates.warm_up, told["95% interval, n"][0]
    kind = "Precision, steady state" if head.rates.steady else "Precision, warm-up"
    assert told[kind][0] == EN.percent(shown.share)
    assert interval == f"{EN.interval(shown.low, shown.high)}, n={shown.n}"


@pytest.mark.parametrize("month", MONTHS)
def test_sources_and_bands_add_up_to_the_new_alerts(county, month) -> None:
    here = here_of(county, month)
    head = services.overview.headline(here)
    title = "New alerts by source and by band; precision of twelve months, need now"
    table = parts(bulletin.bulletin(here, EN))[title].table
    heads = [number for number, row in enumerate(table.rows) if len(row) == 1]
    by_source = table.rows[heads[0] + 1 : heads[1]]
    by_band = table.rows[heads[1] + 1 :]
    for rows in (by_source, by_band):
        assert sum(int(row[1]) for row in rows) == head.now("new") > 0
    rates = services.trust.grouped(here, "band", "concluded", "existing").set_index("label_en")
    assert rates["n"].sum() > 0
    for row in by_band:
        if row[0] not in rates.index:
            assert row[3:] == ["–"] * 6
            continue
        one = rates.loc[row[0]]
        few = "*" if one["small"] and one["n"] else ""
        assert row[4:6] == [str(one["n"]), str(one["confirmed_of_n"])]
        assert row[6] == EN.percent(one["precision"]) + few
        assert row[7] == (EN.interval(one["low"], one["high"]) if one["n"] else "–")
        assert row[8] == EN.percent(one["unverified_share"])


@pytest.mark.parametrize("month", MONTHS)
def test_needs_overdue_and_precision_are_those_of_the_pages(county, month) -> None:
    here = here_of(county, month)
    found = parts(bulletin.bulletin(here, ZH))
    needs = services.overview.needs(here)
    told = rows_of(found[ZH("Needs by department, twelve months")])
    assert sum(int(row[0]) for row in told.values()) == needs["suspected"].sum()
    assert sum(int(row[2]) for row in told.values()) == needs["met"].sum()
    late = services.cases.page(here, services.cases.choice(due="late"), 1, "due")
    oldest = found[ZH("Overdue")].table.rows
    assert [row[3] for row in oldest] == [f"{d:%Y-%m-%d}" for d in late.rows["due_on"][:5]]
    assert len(oldest) == min(5, late.total) > 0
    assert all(int(row[4]) > 0 for row in oldest)
    head = services.overview.headline(here)
    assert f"{head.overdue}" in found[ZH("Overdue")].lines[0]
    question = ZH("Precision: {question}", question=ZH(trust.QUESTIONS["existing"]))
    whole = trust.headline(here, "concluded", "existing")
    assert found[question].lines[0] == trust.sentence(whole, "concluded", ZH)
    strict = rows_of(found[question])[ZH(trust.DENOMINATORS["raised"])]
    raised = trust.headline(here, "raised", "existing")
    assert strict[:2] == [str(raised.n), str(raised.confirmed)]
    assert strict[3] == ZH.interval(raised.low, raised.high)


def test_a_past_month_is_rebuilt_and_says_so(county) -> None:
    past, now = (bulletin.bulletin(here_of(county, month), ZH) for month in MONTHS[::-1])
    assert "2026年4月末的状态" in past.place
    assert "2026年6月（目前状态）" in now.place
    assert past.lead == overview.sentence(
        services.overview.headline(here_of(county, MONTHS[1])), ZH
    )
    assert past.lead != now.lead


@pytest.mark.slow
def test_what_waited_is_the_county_s_also_for_an_area(own_county) -> None:
    write_run(own_county.home, LAST, RUN)
    forget_all()
    here = here_of(own_county, area=TOWN)
    part = parts(bulletin.bulletin(here, ZH))[ZH("What waited, and why")]
    found = services.places.places(context(here.home, LAST))
    assert part.lines[-1] == places.chosen(found, ZH)
    assert "全县" in part.lines[0]
    assert [list(row) for row in part.table.rows] == places.lanes(found, ZH)[1]


@pytest.mark.slow
def test_feeds_that_are_not_up_to_date_are_named(county) -> None:
    frame = services.deliveries.feeds(context(county.home.root, LAST))
    awaited = frame[frame["state"] != "not_awaited"]
    lacking = awaited[awaited["state"] != "fresh"]
    part = parts(bulletin.bulletin(here_of(county), EN))["Feeds late or missing"]
    assert len(lacking) > 0
    assert part.lines == [f"Feeds on time: {len(awaited) - len(lacking)} of {len(awaited)}."]
    assert len(part.table.rows) == min(len(lacking), bulletin.FEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("say", [ZH, EN])
@pytest.mark.parametrize("month", MONTHS)
def test_the_pdf_is_one_a4_page_whose_text_can_be_read_back(county, say, month) -> None:
    told = bulletin.bulletin(here_of(county, month), say)
    count, size, text = pages(pdf(told))
    assert (count, size) == (1, (210, 297))
    plain = "".join(text.split())
    for part in [told.title, told.lead, told.mark, told.made, told.foot, *parts(told)]:
        assert "".join(part.split()) in plain
    for part in parts(told).values():
        for row in part.table.rows if part.table else ():
            assert all("".join(cell.split()) in plain for cell in row)


@pytest.mark.parametrize("say", [ZH, EN])
def test_the_mark_covers_no_word_of_a_long_title(county, say) -> None:
    told = bulletin.bulletin(here_of(county), say)
    long = replace(told, title=f"{told.title} {told.title}")
    with pypdfium2.PdfDocument(pdf(long)) as document:
        width, height = document[0].get_size()
        corner = (width - MARGIN - MARK_WIDTH, height - MARGIN - 16, width, height)
        found = document[0].get_textpage().get_text_bounded(*corner)
    assert "".join(found.split()) == "".join(told.mark.split())


@pytest.mark.parametrize("say", [ZH, EN])
def test_word_opens_one_a4_page_with_headings_tables_and_mark(county, say) -> None:
    told = bulletin.bulletin(here_of(county), say)
    document = Document(io.BytesIO(word(told)))
    section = document.sections[0]
    assert len(document.sections) == 1
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert document.paragraphs[0].style.name == "Heading 1"
    assert document.paragraphs[0].text == told.title == document.core_properties.title
    assert told.mark in document.paragraphs[1].text
    assert section.footer.paragraphs[0].text.endswith(told.foot)
    assert _nested(document) == [
        [list(part.table.headers), *(list(row) for row in part.table.rows)]
        for part in parts(told).values()
        if part.table
    ]


def _nested(document) -> list[list[list[str]]]:
    """Every table with lines, those within the frames of two columns too, in reading order."""
    found = []
    for outer in document.tables:
        inner = [t for cell in outer.rows[0].cells for t in cell.tables]
        found += [[_cells(row) for row in grid.rows] for grid in (inner or [outer])]
    return found


def _cells(row) -> list[str]:
    """The texts of a row; cells that were joined count once."""
    return list({id(cell._tc): cell.text for cell in row.cells}.values())


def test_more_to_tell_is_set_smaller_and_stays_one_page(county) -> None:
    """As much as the limits of the parts allow, with the longest words."""
    told = bulletin.bulletin(here_of(county), EN)
    rows = [["Human resources and social security", "1,234,567"]] * 14
    long = Table(["Department", "n"], rows, (60, 40))
    lines = ["A sentence that is told at some length, as it happens in a large county. " * 4] * 2
    part = Part("A heading that is rather long for half a page", lines, long)
    crowded = replace(told, lead=told.lead * 2, rows=[[[part], [part]], [[part, part], [part]]])
    count, _, text = pages(pdf(crowded))
    assert count == 1
    assert text.count("1,234,567") == 14 * 5
    sizes = [_size(document) for document in (word(told), word(crowded))]
    assert sizes[0] > sizes[1]


def _size(content: bytes) -> float:
    return Document(io.BytesIO(content)).styles["Normal"].font.size.pt


@pytest.mark.slow
def test_the_overview_offers_both_files_and_words_where_nothing_was_raised(
    county, tmp_path, open_page
) -> None:
    app = open_page(county.home.root, "overview")
    assert errors(app) == []
    assert _downloads(app) == ["pdf", "docx", "pdf", "docx"]  # for the bureau, for the public
    quiet = build(tmp_path / "quiet", with_alerts=False)
    app = open_page(quiet.home.root, "overview")
    assert errors(app) == []
    assert _downloads(app) == []
    assert ZH("The monthly bulletin comes with the first alerts: none was raised yet.") in (
        page_text(app)
    )


def _downloads(app) -> list[str]:
    """The kinds of the files that the page offers, in order."""
    found = " ".join(one.proto.body for one in app.get("html"))
    return re.findall(r'class="dd-file" href="/files/([a-z]+)', found)


@pytest.mark.slow
def test_a_month_without_alerts_or_runs_still_makes_a_page(tmp_path) -> None:
    quiet = build(tmp_path, with_alerts=False)
    told = bulletin.bulletin(here_of(quiet), ZH)
    assert ZH("Nothing is known of this yet.") in parts(told)[ZH("Overdue")].lines
    assert pages(pdf(told))[0] == 1
    assert Document(io.BytesIO(word(told))).paragraphs[0].text == told.title


def test_the_public_bulletin_tells_no_small_count_no_change_and_no_case(county) -> None:
    here = context(county.home.root, county.last)
    told = bulletin.bulletin(here, ZH, public=True)
    cells = [
        cell
        for columns in told.rows
        for parts in columns
        for part in parts
        if part.table
        for row in part.table.rows
        for cell in row[1:]
    ]
    counts = [int(cell.replace(",", "")) for cell in cells if re.fullmatch(r"[\d,]+", cell)]
    assert counts
    assert all(n == 0 or (n >= 8 and n % 5 == 0) for n in counts)
    assert "<8" in cells
    late = [p for columns in told.rows for parts in columns for p in parts if p.title == "逾期"]
    assert late
    assert late[0].table is None
    exact = bulletin.bulletin(here, ZH)
    assert any(
        p.table for columns in exact.rows for parts in columns for p in parts if p.title == "逾期"
    )
