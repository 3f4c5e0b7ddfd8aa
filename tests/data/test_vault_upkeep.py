"""A key can be changed while people work: nobody is renamed, nothing lost, nothing unreadable."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.home import Home
from core.keys import KEY_VARIABLE, KeyFile, KeyRing, parse_ring
from data import vault_upkeep
from data.vault import Card, Vault, VaultError
from data.vault_keys import old_key
from data.vault_upkeep import change_cipher, move_key, rotate, status
from tests.data.offices import number
from tests.data.vaults import TODAY, begin_as_before, everything, fill, kept_key, lies_under

pytestmark = pytest.mark.slow

ONE, TWO = "ab" * 32, "cd" * 32
VALUES = 28  # what `fill` writes for seven people: card, household, certificate, address each


class KilledError(BaseException):
    """Stands for the process's end."""


def ring(home: Home) -> KeyRing:
    found = KeyFile(kept_key(home)).read()
    assert found is not None
    return found


def test_after_a_rotation_everything_lies_under_the_new_key_and_nobody_is_renamed(vault, home):
    who = fill(vault)
    plain, marks = everything(home), vault.marks()
    done = rotate(home)
    assert (done.key_version, done.ring, done.cipher) == (2, (1, 2), "aes-256-gcm")
    assert lies_under(home) == {2: VALUES}
    assert everything(home) == plain
    assert [Vault(home).person(number(n)) for n in range(7)] == who
    assert Vault(home).household("H1") == vault.household("H1")
    assert Vault(home).marks() == marks
    assert Vault(home).mark(who[0], "王测0", "13900000000") == marks_of(marks)[who[0]]


def marks_of(marks: list[tuple[str, str, int]]) -> dict[str, str]:
    return {person: mark for person, mark, _ in marks}


def test_the_old_key_goes_when_asked_and_then_opens_nothing(vault, home, monkeypatch):
    who = fill(vault)
    rotate(home)
    before = ring(home)
    done = rotate(home, drop_old=True)  # only ends the rotation, begins no other
    assert (done.key_version, done.ring) == (2, (2,))
    assert [u.seal for u in done.under] == [2]
    assert dict(ring(home).keys) == {2: before.key(2)}
    assert Vault(home).reveal(who[3])["name"] == "王测3"
    monkeypatch.setenv(KEY_VARIABLE, f"1:{before.key(1).hex()}")
    with pytest.raises(VaultError, match="key version 2 is missing from DOUDI_VAULT_KEY"):
        Vault(home).reveal(who[3])


def test_one_command_may_do_both_again_and_again(vault, home):
    fill(vault)
    plain = everything(home)
    for version in (2, 3, 4):
        done = rotate(home, drop_old=True)
        assert (done.key_version, done.ring) == (version, (version,))
        assert everything(home) == plain


@pytest.mark.parametrize("batches", range(1, 17))
def test_a_rotation_killed_between_batches_goes_on_where_it_stopped(
    vault, home, monkeypatch, batches
):
    monkeypatch.setattr(vault_upkeep, "BATCH", 2)
    fill(vault)
    plain, told = everything(home), []

    def killed(label: str, done: int, total: int) -> None:
        told.append(done)
        if len(told) == batches:
            raise KilledError

    with pytest.raises(KilledError):
        rotate(home, progress=killed)
    assert everything(home) == plain
    left = lies_under(home)
    assert (left.get(1, 0), left[2]) == (VALUES - told[-1], told[-1])
    if told[-1] < VALUES:
        with pytest.raises(KilledError):  # and once more, while it is being finished
            rotate(home, drop_old=True, progress=lambda *_: _kill())
        assert ring(home).key(1)  # nothing is dropped before the end
    done = rotate(home, drop_old=True)
    assert (done.key_version, done.ring) == (2, (2,))
    assert lies_under(home) == {2: VALUES}
    assert everything(home) == plain


def _kill() -> None:
    raise KilledError


@pytest.mark.parametrize("step", ["_move_all", "_drop_old"])
def test_a_rotation_killed_between_its_steps_goes_on(vault, home, monkeypatch, step):
    fill(vault)
    plain = everything(home)
    with monkeypatch.context() as patch:
        patch.setattr(vault_upkeep, step, lambda *_: _kill())
        with pytest.raises(KilledError):
            rotate(home, drop_old=True)
    assert everything(home) == plain
    done = rotate(home, drop_old=True)
    assert (done.key_version, done.ring) == (2, (2,))
    assert everything(home) == plain


def test_a_key_written_before_the_process_died_is_used_and_not_written_over(
    vault, home, monkeypatch
):
    fill(vault)
    with monkeypatch.context() as patch:
        patch.setattr("data.seals.Seals.add", lambda *_: _kill())
        with pytest.raises(KilledError):
            rotate(home)
    made = ring(home).key(2)
    assert lies_under(home) == {1: VALUES}
    assert rotate(home).ring == (1, 2)
    assert ring(home).key(2) == made


def test_old_keys_that_were_not_yet_removed_from_the_ring_go_the_next_time(
    vault, home, monkeypatch
):
    fill(vault)
    with monkeypatch.context() as patch:
        patch.setattr("core.keys.KeyRing.without", lambda *_: _kill())
        with pytest.raises(KilledError):
            rotate(home, drop_old=True)
    assert status(home).ring == (1, 2)
    done = rotate(home, drop_old=True)
    assert (done.key_version, done.ring) == (2, (2,))


def test_a_process_ended_by_the_system_loses_nothing(vault, home):
    fill(vault)
    plain = everything(home)
    script = (
        "import os, signal, sys; from pathlib import Path; from core.home import Home\n"
        "from data import vault_upkeep; vault_upkeep.BATCH = 5\n"
        "def end(label, done, total):\n"
        "    done > 5 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "vault_upkeep.rotate(Home(Path(sys.argv[1])), progress=end)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(home.root)], check=False)
    assert done.returncode == -9
    assert sorted(lies_under(home)) == [1, 2]
    assert everything(home) == plain
    assert rotate(home).key_version == 2
    assert lies_under(home) == {2: VALUES}
    assert everything(home) == plain


def test_old_keys_stay_while_anything_lies_under_them(vault, home, monkeypatch):
    fill(vault)
    monkeypatch.setattr(vault_upkeep, "_move_all", lambda *_: None)
    with pytest.raises(VaultError, match=r"28 values and 0 files still lie under older keys; run"):
        rotate(home, drop_old=True)
    assert ring(home).newest == 2
    assert len(everything(home)) == VALUES


def test_whoever_had_the_vault_open_reads_and_writes_on(vault, home):
    who = fill(vault)
    busy = Vault(home)
    assert busy.reveal(who[0])["name"] == "王测0"
    rotate(home, drop_old=True)
    assert busy.reveal(who[0])["name"] == "王测0"
    busy.remember(TODAY, [Card(who[0], number(0), "王改名", "")])
    assert lies_under(home) == {2: VALUES}
    assert Vault(home).reveal(who[0])["name"] == "王改名"


def test_deliveries_and_two_rotations_at_once_leave_nothing_behind(vault, home, monkeypatch):
    monkeypatch.setattr(vault_upkeep, "BATCH", 5)
    who = fill(vault, 40)

    def deliver(part: int) -> None:
        own = Vault(home)
        for n in range(part, 40, 2):
            own.remember(TODAY, [Card(who[n], number(n), f"王改{n}", "")])

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(deliver, 0), pool.submit(rotate, home)]
        work += [pool.submit(rotate, home), pool.submit(deliver, 1)]
        for job in work:
            job.result(timeout=60)
    done = rotate(home, drop_old=True)
    assert len(done.ring) == 1
    assert [u.key_version for u in done.under] == [done.key_version]
    told = everything(home)
    assert [told["person", p][1] for p in who] == [f"王改{n}" for n in range(40)]


def test_a_ring_that_is_not_ours_gets_its_new_version_where_it_is_kept(vault, home, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, ONE)
    fill(vault)
    message = "DOUDI_VAULT_KEY is not ours to change: add a line '2:<64 hexadecimal digits>'"
    with pytest.raises(VaultError, match=message):
        rotate(home)
    monkeypatch.setenv(KEY_VARIABLE, f"1:{ONE}\n2:{TWO}")
    done = rotate(home, drop_old=True)
    assert (done.key_version, done.ring, done.key_is_ours) == (2, (1, 2), False)
    assert lies_under(home) == {2: VALUES}
    monkeypatch.setenv(KEY_VARIABLE, f"2:{TWO}")
    assert len(everything(home)) == VALUES


@pytest.mark.parametrize("cipher", ["sm4-gcm", "aes-256-gcm"])
def test_the_cipher_can_be_changed_under_the_same_key(home, each_database, cipher):
    other = {"sm4-gcm": "aes-256-gcm", "aes-256-gcm": "sm4-gcm"}[cipher]
    fill(Vault(home, cipher=other))
    plain = everything(home)
    done = change_cipher(home, cipher)
    assert (done.cipher, done.key_version, done.ring) == (cipher, 1, (1,))
    assert [u.cipher for u in done.under if u.values] == [cipher]
    assert everything(home) == plain
    with pytest.raises(VaultError, match=f"is encrypted with {cipher} already"):
        change_cipher(home, cipher)
    assert rotate(home, drop_old=True).cipher == cipher  # ends the change
    assert rotate(home).cipher == cipher
    assert everything(home) == plain


def test_an_unknown_cipher_is_refused_with_those_there_are(vault, home):
    fill(vault)
    with pytest.raises(VaultError, match="no cipher 'rot13'; there are aes-256-gcm and sm4-gcm"):
        change_cipher(home, "rot13")


def test_a_home_without_a_vault_is_told_and_gets_none(home, each_database):
    for act in (status, rotate, move_key):
        with pytest.raises(VaultError, match=r"no vault in .* yet: it begins with"):
            act(home)
    assert not home.root.exists()


def test_the_key_of_a_home_from_before_moves_out(home, caplog, nothing_logged):
    who = begin_as_before(home)
    assert status(home).key_beside_data
    where = move_key(home)
    assert where == str(kept_key(home))
    assert not old_key(home).path.exists()
    caplog.clear()
    assert [Vault(home).person(number(n)) for n in range(3)] == who
    assert Vault(home).reveal(who[1])["name"] == "王测1"
    assert not status(home).key_beside_data
    assert caplog.records == []
    with pytest.raises(VaultError, match="lies outside the data folder already"):
        move_key(home)


def test_a_key_is_not_moved_over_another(home, nothing_logged):
    begin_as_before(home)
    Vault(home).marks()
    place = KeyFile(kept_key(home))
    place.write(parse_ring(ONE, "here"))
    with pytest.raises(VaultError, match="the key does not belong to the vault"):
        move_key(home)
    assert old_key(home).path.exists()


def test_a_key_that_comes_from_elsewhere_now_is_only_removed(home, monkeypatch, nothing_logged):
    who = begin_as_before(home)
    monkeypatch.setenv(KEY_VARIABLE, old_key(home).path.read_text())
    assert move_key(home) == KEY_VARIABLE
    assert not old_key(home).path.exists()
    assert Vault(home).reveal(who[1])["name"] == "王测1"


@pytest.mark.parametrize("cipher", ["sm4-gcm", "aes-256-gcm"])
def test_a_rotation_binds_the_values_of_a_home_from_before(home, cipher, nothing_logged):
    who = begin_as_before(home, cipher=cipher)
    plain = everything(home)
    assert [u.seal for u in status(home).under] == [0, 1]
    move_key(home)
    done = rotate(home, drop_old=True)
    assert (done.key_version, done.cipher, done.ring) == (2, cipher, (2,))
    assert lies_under(home) == {2: 3}
    assert everything(home) == plain
    assert [Vault(home).person(number(n)) for n in range(3)] == who
