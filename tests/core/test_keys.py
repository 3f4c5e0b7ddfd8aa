"""A key lives outside the data, open to nobody else, and is never made up for what exists."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from pathlib import Path

import pytest

from core import keys
from core.keys import (
    COMMAND_VARIABLE,
    FILE_VARIABLE,
    KEY_VARIABLE,
    KeyFile,
    KeyRing,
    KeyRingError,
    find_source,
    new_ring,
    parse_ring,
    scratch_key,
)

ONE, TWO = "ab" * 32, "cd" * 32


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    made = KeyFile(tmp_path / "keys" / "county.key")
    made.write(new_ring(made.where))
    return made


def command(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    words = [sys.executable, "-c", script]
    monkeypatch.setenv(COMMAND_VARIABLE, shlex.join(words))


def test_digits_alone_are_the_first_version():
    assert dict(parse_ring(f" {ONE}\n", "here").keys) == {1: bytes.fromhex(ONE)}


def test_a_ring_has_a_key_a_line_and_the_newest_is_in_use():
    ring = parse_ring(f"# ours\n1:{ONE}\n3:{TWO}  # since June\n", "here")
    assert ring.newest == 3
    assert ring.key(1) == bytes.fromhex(ONE)
    assert parse_ring(ring.text(), "here") == ring


@pytest.mark.parametrize(
    "text", ["", "# only a remark", "secret", ONE[:-2], f"0:{ONE}", f"x:{ONE}", f"1:{ONE}\n1:{TWO}"]
)
def test_a_malformed_ring_is_refused_and_not_repeated(text):
    with pytest.raises(KeyRingError, match=r"^here must hold 64 hexadecimal digits, or a line"):
        parse_ring(text, "here")


def test_a_ring_grows_by_a_random_key_and_forgets_only_what_it_is_told():
    ring = KeyRing({1: bytes.fromhex(ONE)}, "here")
    grown = ring.grown()
    assert (grown.newest, grown.key(1)) == (2, ring.key(1))
    assert grown.key(2) != ring.grown().key(2)
    assert list(grown.without({1}).keys) == [2]
    with pytest.raises(KeyRingError, match="key version 1 is missing from here; restore it"):
        grown.without({1}).key(1)


def test_a_key_is_never_printed(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, ONE)
    source = find_source("county")
    for shown in (repr(source), repr(source.read())):
        assert ONE not in shown
        assert repr(bytes.fromhex(ONE)) not in shown


def test_a_written_key_is_its_owners_alone_and_so_is_its_folder(file):
    assert (mode(file.path), mode(file.path.parent)) == (0o600, 0o700)
    ring = file.read()
    assert ring is not None
    assert len(ring.key(1)) == 32


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602])
def test_a_key_that_others_may_open_is_refused_with_the_way_to_mend_it(file, bits):
    file.path.chmod(bits)
    with pytest.raises(KeyRingError, match=f"is open to other users; run: chmod 600 '{file.path}'"):
        file.read()


def test_another_users_key_is_refused(file, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: file.path.stat().st_uid + 1)
    with pytest.raises(KeyRingError, match="belongs to another user"):
        file.read()


def test_a_missing_file_is_no_ring_and_makes_none(tmp_path):
    assert KeyFile(tmp_path / "none" / "key").read() is None
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_with_the_way_out(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(
        KeyRingError, match=r"cannot be written: .*another place in DOUDI_VAULT_KEY"
    ):
        KeyFile(tmp_path / "file" / "key").write(new_ring("here"))


def test_a_key_lies_in_the_users_configuration_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert find_source("a1") == KeyFile(tmp_path / "doudi" / "keys" / "a1.key")
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")  # the standard says to ignore it
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert find_source("a1") == KeyFile(tmp_path / "me" / ".config" / "doudi" / "keys" / "a1.key")


def test_the_environment_may_hand_over_a_ring_or_name_its_file(tmp_path, monkeypatch):
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "ring"))
    assert find_source("a1") == KeyFile(tmp_path / "ring")
    monkeypatch.delenv(FILE_VARIABLE)
    monkeypatch.setenv(KEY_VARIABLE, f"1:{ONE}\n2:{TWO}")
    ring = find_source("a1").read()
    assert ring is not None
    assert ring.newest == 2
    with pytest.raises(KeyRingError, match="DOUDI_VAULT_KEY is not ours to change"):
        find_source("a1").write(ring)


def test_two_places_for_one_key_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, ONE)
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path))
    message = "DOUDI_VAULT_KEY and DOUDI_VAULT_KEY_FILE are both set; keep one"
    with pytest.raises(KeyRingError, match=message):
        find_source("a1")


def test_a_key_service_prints_the_ring(monkeypatch):
    command(monkeypatch, f"print('1:{ONE}')")
    ring = find_source("a1").read()
    assert ring is not None
    assert ring.key(1) == bytes.fromhex(ONE)


def test_a_key_service_is_asked_once_and_again_when_a_version_is_new(tmp_path, monkeypatch):
    asked = tmp_path / "asked"
    command(monkeypatch, f"open({str(asked)!r}, 'a').write('x'); print('1:{ONE}')")
    for fresh, times in ((False, 1), (False, 1), (True, 2), (False, 2)):
        find_source("a1").read(fresh=fresh)
        assert len(asked.read_text()) == times


def test_no_shell_reads_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv(COMMAND_VARIABLE, f"echo {ONE}; touch {tmp_path}/made")
    with pytest.raises(KeyRingError, match="must hold"):
        find_source("a1").read()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("no-such-command-anywhere", "cannot be run"),
        ("'unclosed", "cannot be run"),
        (shlex.join([sys.executable, "-c", f"print('{ONE}'); raise SystemExit(3)"]), "exit code 3"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_printed(monkeypatch, given, told):
    monkeypatch.setenv(COMMAND_VARIABLE, given)
    with pytest.raises(KeyRingError, match=told) as refused:
        find_source("a1").read()
    assert ONE not in str(refused.value)


def test_a_key_service_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(keys, "COMMAND_SECONDS", 0.2)
    command(monkeypatch, "import time; time.sleep(30)")
    with pytest.raises(KeyRingError, match=r"did not answer within 0.2 seconds"):
        find_source("a1").read()


def test_the_key_of_a_scratch_home_goes_with_it_unless_one_is_named(tmp_path, monkeypatch):
    with scratch_key(tmp_path):
        assert find_source("a1") == KeyFile(tmp_path / "scratch.key")
    assert FILE_VARIABLE not in os.environ
    monkeypatch.setenv(KEY_VARIABLE, ONE)
    with scratch_key(tmp_path):
        assert find_source("a1").read() is not None
