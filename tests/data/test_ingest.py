"""Department files in, checked pseudonymous rows out; every row accounted for."""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.home import Home
from data.checks import REASONS
from data.ingest import IngestError, ingest_arriving, ingest_directory, ingest_file
from data.lake import Lake
from data.quarantine import QuarantineError, quarantined
from data.vault import Vault
from tests.data.offices import (
    EXAMPLE,
    certificate,
    claim,
    csv_bytes,
    death,
    excel_bytes,
    number,
    number15,
    post,
    resident,
)


def test_good_rows_reach_the_lake_typed_and_pseudonymous(home, incoming, lake_rows):
    post(incoming, "medical_claims", csv_bytes("medical_claims", [claim(1, remote="是")]))
    report = ingest_directory(home, home.incoming)
    assert (report.received, report.accepted) == (1, 1)
    row = lake_rows("medical_claims")[0]
    assert row["person"] == Vault(home).person(number(1))
    assert (row["visit_type"], row["total_cost"], row["remote"]) == ("inpatient", 1200.5, True)
    assert row["listed_disease"] is False
    assert row["disease_group"] is None  # not delivered: unknown, not zero
    assert (row["happened_on"], row["known_on"]) == (date(2026, 6, 3), date(2026, 6, 28))
    assert list(row) == list(Lake(home).schema("medical_claims"))


def test_folders_are_taken_in_while_later_ones_are_still_being_written(home, lake_rows):
    def arriving():
        for month, day in (("2026-05", "20260528"), ("2026-06", "20260628")):
            folder = home.incoming / month
            folder.mkdir(parents=True)
            content = csv_bytes("medical_claims", [claim(int(day), settled_on=f"{month}-03")])
            post(folder, "medical_claims", content, month.replace("-", ""), day)
            yield folder

    report = ingest_arriving(home, arriving())
    assert (report.files, report.accepted) == (2, 2)
    assert [b.file[:7] for b in Lake(home).batches()] == ["2026-05", "2026-06"]
    assert len(lake_rows("medical_claims")) == 2
    assert ingest_directory(home, home.incoming).received == 0  # all known already


def test_every_row_is_accepted_quarantined_or_a_duplicate(home, incoming):
    rows = [claim(n) for n in range(5)]
    rows += [claim(1), claim(2), claim(2)]  # three exact duplicates
    rows += [claim(6, id_number="123"), claim(7, settled_on="soon"), claim(8, self_paid="")]
    post(incoming, "medical_claims", csv_bytes("medical_claims", rows))
    batch = ingest_directory(home, home.incoming).batches[0]
    assert (batch.received, batch.accepted, batch.quarantined, batch.duplicates) == (11, 5, 3, 3)
    assert batch.reasons == {"bad_date": 1, "bad_length": 1, "missing_required": 1}


@pytest.mark.parametrize(
    ("feed", "row", "reason", "where"),
    [
        ("medical_claims", claim(1, id_number="990321198001010018"), "bad_checksum", "身份证号"),
        ("medical_claims", claim(1, id_number="9.90321E+17"), "damaged_number", "身份证号"),
        ("medical_claims", claim(1, id_number=None), "missing_required", "身份证号"),
        ("medical_claims", claim(1, visit_type="挂号"), "bad_code", "就诊类型"),
        ("medical_claims", claim(1, listed_disease="或许"), "bad_code", "重特大疾病标志"),
        ("medical_claims", claim(1, total_cost="很多"), "bad_number", "总费用"),
        ("medical_claims", claim(1, settled_on="2026-07-01"), "future_date", "结算日期"),
        ("medical_claims", claim(1, admitted_on="2026-06-31"), "bad_date", "入院日期"),
        ("population_register", resident(1, household_no="4.2E+15"), "damaged_number", "户号"),
        ("home_visit_members", {"household_no": "H1", "visited_on": "2026-06-01", "age": 190},
         "out_of_range", "年龄"),
        ("housing", {"kind": "借住", "recorded_on": "2026-06-01"}, "missing_required",
         "权利人或承租人身份证号"),
    ],
)  # fmt: skip
def test_a_bad_row_comes_back_as_written_with_its_reason(home, incoming, feed, row, reason, where):
    post(incoming, feed, csv_bytes(feed, [row]))
    batch = ingest_directory(home, home.incoming).batches[0]
    assert (batch.status, batch.received, batch.quarantined) == ("rejected", 1, 1)
    back = quarantined(home, feed, batch.batch).to_pylist()[0]
    assert (back["row_no"], back["reason_code"], back["reason_field"]) == (2, reason, where)
    assert (back["reason_zh"], back["reason_en"]) == REASONS[reason]
    written = [str(v) for v in row.values() if v is not None]
    assert set(written) <= {str(v) for v in back.values()}


def test_what_is_certain_is_repaired_and_counted(home, incoming, lake_rows):
    rows = [
        claim(1),
        claim(2, id_number=number15(1), name="王测1"),
        claim(3, id_number="'" + number(1), name="王 测1"),
        claim(4, id_number=EXAMPLE.lower()),
        claim(
            5,
            name="王测4",
            id_number=EXAMPLE.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        ),
    ]
    post(incoming, "medical_claims", csv_bytes("medical_claims", rows))
    batch = ingest_directory(home, home.incoming).batches[0]
    assert batch.repaired == 4
    assert batch.repairs == {"full_width": 1, "stripped": 1, "lower_x": 1, "id15": 1}
    persons = [r["person"] for r in lake_rows("medical_claims")]
    assert persons[0] == persons[1] == persons[2]
    assert persons[3] == persons[4] == Vault(home).person(EXAMPLE)


def test_birth_month_and_sex_come_from_the_number_where_they_are_missing(home, incoming, lake_rows):
    rows = [
        resident(1, sex=None, born_on=None),
        resident(2, sex="男", born_on="1980-01-02"),  # number 2 says: a woman born on the 1st
    ]
    post(incoming, "population_register", csv_bytes("population_register", rows))
    batch = ingest_directory(home, home.incoming).batches[0]
    first, second = lake_rows("population_register")
    assert (first["sex"], first["born_month"]) == ("male", date(1980, 1, 1))
    assert second["sex"] == "male"  # as delivered: a warning, not a repair
    assert batch.repairs == {"born_from_id": 1, "sex_from_id": 1}
    assert batch.warnings == {"sex_mismatch": 1, "birth_mismatch": 1}
    assert batch.accepted == 2


def test_the_living_household_wins_over_the_registered_one(home, incoming, lake_rows):
    rows = [resident(1, living_household_no="L9"), resident(2)]
    post(incoming, "population_register", csv_bytes("population_register", rows))
    ingest_directory(home, home.incoming)
    vault, (moved, stays) = Vault(home), lake_rows("population_register")
    assert moved["household"] == moved["household_living"] == vault.household("L9")
    assert moved["household_registered"] == stays["household"] == vault.household("H0000")
    assert stays["household_living"] is None


def test_two_members_without_a_number_are_duplicates_only_with_the_same_name(home, incoming):
    member = {"household_no": "H1", "visited_on": "2026-06-01", "relation": "子女", "age": 3}
    rows = [member | {"name": name} for name in ("甲", "乙", "甲")]
    post(incoming, "home_visit_members", csv_bytes("home_visit_members", rows))
    batch = ingest_directory(home, home.incoming).batches[0]
    assert (batch.accepted, batch.duplicates) == (2, 1)


def test_other_headers_units_and_date_styles_are_understood(home, incoming, lake_rows):
    headers = {
        "id_number": "公民身份号码",
        "total_cost": "医疗总费用(万元)",
        "settled_on": "结算时间",
    }
    row = claim(1, total_cost="1.25", settled_on="20260603")
    post(incoming, "medical_claims", csv_bytes("medical_claims", [row], headers=headers))
    ingest_directory(home, home.incoming)
    found = lake_rows("medical_claims")[0]
    assert (found["total_cost"], found["happened_on"]) == (12_500.0, date(2026, 6, 3))


def test_excel_deliveries_are_taken_in(home, incoming, lake_rows):
    rows = [certificate(1, issued_on=46182.0, rehab_cost_year=800), certificate(2, grade="5级")]
    post(incoming, "disability_certificates", excel_bytes("disability_certificates", rows, "名册"))
    batch = ingest_directory(home, home.incoming).batches[0]
    assert batch.reasons == {"bad_code": 1}
    row = lake_rows("disability_certificates")[0]
    assert (row["grade"], row["happened_on"]) == (2, date(2026, 6, 9))
    assert (row["care_subsidy"], row["rehab_cost_year"]) == (True, 800.0)


def test_taking_in_the_same_files_twice_changes_nothing(home, incoming):
    post(
        incoming,
        "medical_claims",
        csv_bytes("medical_claims", [claim(1), claim(2, visit_type="?")]),
    )
    (incoming / "broken_202606.csv").write_bytes(b"\x00\x01")
    ingest_directory(home, home.incoming)
    before = {p: p.read_bytes() for p in home.data.rglob("*") if p.is_file()}
    again = ingest_directory(home, home.incoming)
    assert {p: p.read_bytes() for p in home.data.rglob("*") if p.is_file()} == before
    assert (again.batches, again.received, len(again.skipped)) == ((), 0, 2)


def test_bad_files_never_stop_good_ones_and_never_disappear(home, incoming):
    good = csv_bytes("deaths", [death(1)], "utf-8-sig")
    post(incoming, "deaths", good)
    post(incoming, "medical_claims", b"")
    post(incoming, "employment", good)  # the wrong file under this name
    post(incoming, "school_rolls", bytes(range(256)) * 9)
    workbook_bytes = excel_bytes("disability_certificates", [certificate(1)])
    post(incoming, "disability_certificates", workbook_bytes[: len(workbook_bytes) // 2])
    (incoming / "名单.csv").write_bytes(good)
    (incoming / "说明.docx").write_bytes(b"PK\x03\x04")
    report = ingest_directory(home, home.incoming)
    assert {b.feed: b.status for b in report.batches} == {
        "deaths": "accepted",
        "medical_claims": "empty",
        "employment": "wrong_columns",
        "school_rolls": "unreadable",
        "disability_certificates": "unreadable",
    }
    wrong = next(b for b in report.failed if b.feed == "employment")
    assert "记录类型" in wrong.message_zh
    assert "looks like Deaths and funerals" in wrong.message_en
    assert [(u.file, u.reason) for u in report.unrecognised] == [
        ("2026-06/名单.csv", "unknown_name"),
        ("2026-06/说明.docx", "not_a_table"),
    ]
    assert len(Lake(home).batches()) == 5
    assert report.balanced


def test_a_cut_off_file_keeps_its_whole_rows(home, incoming):
    content = csv_bytes("medical_claims", [claim(n) for n in range(20)])
    post(incoming, "medical_claims", content[: int(len(content) * 0.6)])
    batch = ingest_directory(home, home.incoming).batches[0]
    assert batch.status == "accepted"
    assert batch.accepted + batch.quarantined == batch.received < 20
    assert set(batch.reasons) <= {"broken_row", "missing_required"}


def test_a_row_with_a_damaged_character_goes_back(home, incoming):
    content = csv_bytes("medical_claims", [claim(n) for n in range(200)], "utf-8")
    damaged = content.replace("王测3".encode(), "王".encode() + b"\xe6\xb53", 1)
    post(incoming, "medical_claims", damaged)
    batch = ingest_directory(home, home.incoming).batches[0]
    assert (batch.accepted, batch.reasons) == (199, {"bad_encoding": 1})


def test_a_header_without_rows_is_a_delivery_of_nothing(home, incoming):
    post(incoming, "deaths", csv_bytes("deaths", [death(1)]).splitlines(keepends=True)[0])
    batch = ingest_directory(home, home.incoming).batches[0]
    assert (batch.status, batch.received, batch.flags) == ("accepted", 0, ("no_rows",))
    assert Lake(home).present("deaths", date(2026, 6, 30))


def test_an_empty_correction_does_not_wipe_out_what_was_there(home, incoming):
    post(incoming, "deaths", csv_bytes("deaths", [death(1)]))
    header = csv_bytes("deaths", [death(1)]).splitlines(keepends=True)[0]
    post(incoming, "deaths", header, day="20260630")
    report = ingest_directory(home, home.incoming)
    assert [b.status for b in report.batches] == ["accepted", "rejected"]
    assert report.batches[0].superseded_by is None


def test_rows_older_than_the_period_are_counted_as_late(home, incoming):
    rows = [claim(1), claim(2, settled_on="2026-02-10")]
    post(incoming, "medical_claims", csv_bytes("medical_claims", rows))
    assert ingest_directory(home, home.incoming).batches[0].late == 1


@pytest.mark.slow
def test_a_delivery_far_smaller_than_usual_is_flagged_and_waits_for_a_person(home):
    for month, size in enumerate((900, 400, 410, 390, 200), start=1):
        first = month * 1000
        rows = [claim(first + n, settled_on=f"2026-{month:02d}-03") for n in range(size)]
        period = f"2026{month:02d}"
        content = csv_bytes("medical_claims", rows)
        post(home.incoming, "medical_claims", content, period, f"{period}28")
    batches = ingest_directory(home, home.incoming).batches
    assert [b.flags for b in batches] == [(), (), (), (), ("drift",)]
    assert (batches[-1].status, batches[-1].doubt) == ("waiting", "fallen")
    assert batches[-1].accepted == 200


def test_progress_is_told_file_by_file(home, incoming):
    post(incoming, "deaths", csv_bytes("deaths", [death(1)]))
    post(incoming, "medical_claims", csv_bytes("medical_claims", [claim(1)]))
    told = []
    ingest_directory(home, home.incoming, progress=lambda *step: told.append(step))
    assert [(done, total) for _, done, total in told] == [(0, 2), (1, 2), (2, 2)]
    assert told[0][0].startswith("2026-06/")


def test_the_report_adds_up_and_is_plain_json(home, incoming):
    post(incoming, "deaths", csv_bytes("deaths", [death(1), death(1), death(2, died_on="?")]))
    report = ingest_directory(home, home.incoming)
    assert report.to_dict()["totals"] == {
        **{"files": 1, "skipped": 0, "unrecognised": 0, "failed": 0, "waiting": 0},
        **{"received": 3, "accepted": 1, "quarantined": 1, "duplicates": 1, "repaired": 0},
    }
    assert report.to_dict()["by_feed"]["deaths"]["received"] == 3
    assert report.to_dict()["batches"][0]["delivered_on"] == "2026-06-28"


def test_one_file_can_be_taken_in_on_its_own(home, incoming):
    path = post(incoming, "deaths", csv_bytes("deaths", [death(1)]))
    assert ingest_file(home, path).accepted == 1
    with pytest.raises(IngestError, match="no file"):
        ingest_file(home, incoming / "absent.csv")
    with pytest.raises(IngestError, match="no folder"):
        ingest_directory(home, incoming / "absent")


def test_refused_rows_are_kept_as_delivered_with_their_reason(home, incoming):
    post(incoming, "deaths", csv_bytes("deaths", [death(1, died_on="不详日期"), death(2)]))
    batch = ingest_directory(home, home.incoming).batches[0]
    rows = quarantined(home, "deaths", batch.batch)
    assert rows["死者身份证号"].to_pylist() == [number(1)]
    assert rows["reason_zh"].to_pylist() == ["日期无法识别"]
    with pytest.raises(QuarantineError, match="has no quarantined rows"):
        quarantined(home, "deaths", "202001-20200128-00000000")


WRITTEN = (
    "",
    "住院",
    "是",
    "2026-06-03",
    "20260603",
    "45000",
    "1,200",
    "-3",
    "x",
    "１２",
    "无",
    " ",
)
ODD = ("\ufffd", "3.6E+17", "0000-00-00", '王"五', number(1), number(2), number15(1))
CELLS = st.sampled_from(WRITTEN + ODD)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(*[CELLS] * 8), min_size=1, max_size=12))
def test_rows_in_equal_rows_out_whatever_the_cells_hold(tmp_path_factory, rows):
    home = Home(tmp_path_factory.mktemp("home"))
    names = list(claim(1))
    content = csv_bytes(
        "medical_claims", [dict(zip(names, row, strict=True)) for row in rows], "utf-8"
    )
    post(home.incoming, "medical_claims", content)
    batch = ingest_directory(home, home.incoming).batches[0]
    if batch.status == "personal_data":  # the file is sent back whole
        assert not Lake(home).present("medical_claims")
        return
    blank = sum(not any(cell.strip() for cell in row) for row in rows)
    assert len(rows) - blank <= batch.received <= len(rows)
    assert batch.received == batch.accepted + batch.quarantined + batch.duplicates
    kept = home.lake / "medical_claims" / f"batch={batch.batch}" / "part-0.parquet"
    assert (pq.read_metadata(kept).num_rows if kept.exists() else 0) == batch.accepted
    if batch.quarantined:
        assert quarantined(home, "medical_claims", batch.batch).num_rows == batch.quarantined
