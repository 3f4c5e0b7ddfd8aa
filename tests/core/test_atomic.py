"""What appears whole or not at all."""

import stat

import pytest

from core.atomic import atomic, atomic_folder, write_text


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path):
    target = tmp_path / "deep" / "report.json"
    write_text(target, "old")
    with atomic(target) as aside:
        aside.write_text("new", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "old"
        assert aside.suffix == ".json"
    assert target.read_text(encoding="utf-8") == "new"


def test_a_writer_that_dies_leaves_the_old_file_and_nothing_aside(tmp_path):
    target = tmp_path / "report.json"
    write_text(target, "old")
    with pytest.raises(KeyboardInterrupt):
        _die_half_way(target)
    assert target.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def _die_half_way(target):
    with atomic(target) as aside:
        aside.write_text("ha", encoding="utf-8")
        raise KeyboardInterrupt


def test_a_private_file_is_its_owners_alone(tmp_path):
    target = tmp_path / "rows.parquet"
    with atomic(target, private=True) as aside:
        assert stat.S_IMODE(aside.stat().st_mode) == 0o600
        aside.write_bytes(b"secret")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_folder_replaces_its_predecessor_whole(tmp_path):
    target = tmp_path / "month"
    with atomic_folder(target) as aside:
        (aside / "a").write_text("1", encoding="utf-8")
    with atomic_folder(target) as aside:
        (aside / "b").write_text("2", encoding="utf-8")
        assert (target / "a").exists()
    assert [p.name for p in target.iterdir()] == ["b"]
    with pytest.raises(KeyboardInterrupt), atomic_folder(target):
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.rglob("*")] == ["month", "b"]
