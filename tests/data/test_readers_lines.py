"""Nothing vanishes: every physical line of a CSV is a row, a broken row, or part of one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from data.readers import ReadError, open_table, read_content
from data.readers import encoding as encoding_module
from data.readers.raw import Chunk, Ending, RawTable

KNOWN = frozenset({"结算号", "姓名", "总费用", "结算日期"})
HEADER = "结算号,姓名,总费用\n"


def plain(count: int, start: int = 1) -> list[str]:
    """Lines of rows that fit `HEADER`."""
    return [f"J{n:03d},王测{n},{n}.50" for n in range(start, start + count)]


def opened(tmp_path: Path, content: bytes) -> tuple[RawTable, list[Chunk], Ending]:
    path = tmp_path / "delivery.csv"
    path.write_bytes(content)
    with open_table(path, KNOWN) as raw:
        chunks = list(raw.chunks())
        return raw, chunks, raw.ending()


def rows_of(chunks: list[Chunk]) -> list[dict[str, str]]:
    return [row for chunk in chunks for row in chunk.table.to_pylist()]


def broken_of(chunks: list[Chunk]) -> list[tuple[int, str]]:
    return [(b["row_no"], b["text"]) for chunk in chunks for b in chunk.broken.to_pylist()]


def test_two_stray_quotes_swallow_no_line_between_them(tmp_path: Path) -> None:
    lines = plain(60)
    lines[9], lines[44] = 'J010,"王测10,10.50', 'J045,王测45",45.50'
    _, chunks, ending = opened(tmp_path, (HEADER + "\n".join(lines) + "\n").encode())
    assert (ending.lines, sum(c.rows for c in chunks)) == (60, 60)
    assert broken_of(chunks) == [(11, 'J010,"王测10,10.50')]
    assert rows_of(chunks)[43]["姓名"] == '王测45"'
    assert "stray_quotes" in ending.flags


def test_a_closing_quote_far_below_does_not_make_one_cell_of_whole_rows(tmp_path: Path) -> None:
    lines = plain(60)
    lines[9], lines[44] = 'J010,"王测10,10.50', '乙",x,"45.50'
    _, chunks, ending = opened(tmp_path, (HEADER + "\n".join(lines) + "\n").encode())
    assert (ending.lines, sum(c.rows for c in chunks), ending.joined) == (60, 60, 0)


def test_a_quote_that_is_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    lines = [*plain(5), 'J006,"王,6', *plain(5, 7)]
    _, chunks, _ = opened(tmp_path, (HEADER + "\n".join(lines) + "\n").encode())
    assert len(rows_of(chunks)) == 10
    assert broken_of(chunks) == [(7, 'J006,"王,6')]
    assert [r["row_no"] for r in rows_of(chunks)] == [2, 3, 4, 5, 6, 8, 9, 10, 11, 12]


def test_a_quote_inside_an_unquoted_cell_is_a_character(tmp_path: Path) -> None:
    _, chunks, ending = opened(tmp_path, (HEADER + '1,5"钢管,3\n2,a"b"c,4\n').encode())
    assert [r["姓名"] for r in rows_of(chunks)] == ['5"钢管', 'a"b"c']
    assert ending.flags == ()


def test_quoted_line_breaks_belong_to_their_cell_and_count_as_one_row(tmp_path: Path) -> None:
    text = HEADER + '1,"甲\n\n乙, ""丙""",5\n2,丁,6\n3,"戊\r\n己",7\n'
    _, chunks, ending = opened(tmp_path, text.encode())
    assert [r["姓名"] for r in rows_of(chunks)] == ['甲\n\n乙, "丙"', "丁", "戊\n己"]
    assert [r["row_no"] for r in rows_of(chunks)] == [2, 3, 4]
    assert (ending.lines, ending.joined) == (6, 3)


def test_every_kind_of_line_end_ends_a_line(tmp_path: Path) -> None:
    for end in ("\n", "\r\n", "\r", "\r\r\n"):
        text = HEADER.replace("\n", end) + end.join(plain(9)) + end
        _, chunks, ending = opened(tmp_path, text.encode("gb18030"))
        assert [r["row_no"] for r in rows_of(chunks)] == list(range(2, 11)), repr(end)
        assert (ending.lines, ending.flags) == (9, ())


def test_mixed_line_ends_are_told(tmp_path: Path) -> None:
    text = HEADER + "1,甲,5\r\n2,乙,6\n3,丙,7\r4,丁,8\r\n"
    _, chunks, ending = opened(tmp_path, text.encode())
    assert [r["姓名"] for r in rows_of(chunks)] == ["甲", "乙", "丙", "丁"]
    assert ending.flags == ("line_ends",)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_what_only_some_programs_take_for_a_line_end_is_none(tmp_path: Path, mark: str) -> None:
    text = f"医保{mark}结算清单,,\n{HEADER}1,甲{mark}乙,5\n"
    _, chunks, _ = opened(tmp_path, text.encode())
    assert rows_of(chunks) == [{"结算号": "1", "姓名": f"甲{mark}乙", "总费用": "5", "row_no": 3}]


def test_blank_rows_are_counted_in_row_numbers_and_not_as_rows(tmp_path: Path) -> None:
    text = HEADER + "1,甲,5\n\n,,\n  \n2,乙,6\n\n\x1a"
    _, chunks, ending = opened(tmp_path, text.encode())
    assert [r["row_no"] for r in rows_of(chunks)] == [2, 6]
    assert broken_of(chunks) == []
    assert (ending.lines, ending.blank) == (2, 5)


def test_files_put_one_behind_the_other_are_one_table(tmp_path: Path) -> None:
    one = ("\ufeff" + HEADER + "1,甲,5\n").encode()
    two = ("\ufeff" + HEADER + "2,乙,6").encode()
    _, chunks, ending = opened(tmp_path, one + two + one)
    assert [r["结算号"] for r in rows_of(chunks)] == ["1", "2", "1"]
    assert (ending.lines, ending.headers) == (3, 2)
    assert ending.flags == ("repeated_header",)


def test_a_second_header_in_another_order_stops_the_file(tmp_path: Path) -> None:
    text = HEADER + "1,甲,5\n姓名,结算号,总费用\n乙,2,6\n"
    with pytest.raises(ReadError, match="row 3 is another header"):
        opened(tmp_path, text.encode())


def test_zero_bytes_are_damage_in_their_own_row(tmp_path: Path) -> None:
    lines = [*plain(200), "J201,王\x00,5"]
    raw, chunks, ending = opened(tmp_path, (HEADER + "\n".join(lines) + "\n").encode())
    assert raw.encoding == "utf-8"
    assert rows_of(chunks)[-1]["姓名"] == "王\ufffd"
    assert ending.flags == ("damaged_text",)
    assert chunks[0].damaged


def test_a_file_padded_with_zero_bytes_keeps_its_rows(tmp_path: Path) -> None:
    content = (HEADER + "\n".join(plain(20_000)) + "\n").encode() + bytes(4096)
    _, chunks, ending = opened(tmp_path, content)
    assert len(rows_of(chunks)) == 20_000
    assert len(broken_of(chunks)) == 1
    assert "cut_off" in ending.flags


DATED = "结算号,姓名,结算日期\n" + "".join(f"J{n},王,2026-06-{n:02d}\n" for n in range(10, 20))


def test_a_file_cut_inside_its_last_date_does_not_give_another_date(tmp_path: Path) -> None:
    _, chunks, ending = opened(tmp_path, DATED[:-2].encode())
    assert len(rows_of(chunks)) == 9
    assert broken_of(chunks) == [(11, "J19,王,2026-06-1")]
    assert (ending.lines, ending.flags) == (10, ("cut_off",))


def test_a_file_cut_behind_its_last_separator_or_inside_a_character_is_told(
    tmp_path: Path,
) -> None:
    for content in (DATED[: DATED.rfind(",") + 1].encode(), DATED.encode()[:-16]):
        _, chunks, ending = opened(tmp_path, content)
        assert (len(rows_of(chunks)), len(broken_of(chunks))) == (9, 1)
        assert "cut_off" in ending.flags


def test_a_last_line_without_line_end_that_is_whole_is_kept(tmp_path: Path) -> None:
    _, chunks, ending = opened(tmp_path, DATED[:-1].encode())
    assert len(rows_of(chunks)) == 10
    assert ending.flags == ()
    text = HEADER + "1,甲,15\n2,乙,6"  # amounts have any length: nothing shows a cut
    assert opened(tmp_path, text.encode())[2].flags == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_blocks_end_anywhere_and_nothing_changes(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEADER + "".join(
        f'J{n},"王""{n}\n测\n，",{n}.5\r\n' if n % 3 else f"J{n},李{n},\U00020000\n"
        for n in range(300)
    )
    whole = read_content(text.encode(encoding), KNOWN)
    assert whole.table.num_rows == 300
    for size in (7, 64, 1000):
        monkeypatch.setattr(encoding_module, "BLOCK", size)
        monkeypatch.setattr(encoding_module, "SAMPLE", 2048)
        _, chunks, ending = opened(tmp_path, text.encode(encoding))
        assert rows_of(chunks) == whole.table.to_pylist()
        assert (ending.lines, ending.joined) == (whole.lines, 400)


def test_chunks_hold_no_more_rows_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "delivery.csv"
    path.write_text(HEADER + "\n".join(plain(25)) + "\n乙\n")
    with open_table(path, KNOWN, rows=10) as raw:
        with pytest.raises(RuntimeError):
            raw.ending()
        assert [c.table.num_rows for c in raw.chunks()] == [10, 10, 5]
        assert raw.ending().lines == 26


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Blocks are dropped behind: nothing but the current ones is held."""
    import pyarrow as pa

    path = tmp_path / "delivery.csv"
    line = ("J001,王测," + "9" * 200 + "\n").encode()
    with path.open("wb") as file:
        file.write(HEADER.encode())
        for _ in range(40):
            file.write(line * 10_000)
    before, most = pa.total_allocated_bytes(), 0
    with open_table(path, KNOWN) as raw:
        for chunk in raw.chunks():
            assert chunk.rows
            most = max(most, pa.total_allocated_bytes() - before)
    assert path.stat().st_size > 80e6
    assert most < 60e6


def test_a_file_without_line_ends_is_refused(tmp_path: Path) -> None:
    content = HEADER.encode() + b"x" * (40 << 20)
    with pytest.raises(ReadError, match="no line ends"):
        opened(tmp_path, content)
    assert io.BytesIO(content).read(3)
