"""Who a pseudonym is: only the vault knows, encrypted, and only for a stated purpose."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import date

import pytest

from data.crypto import CIPHERS, DecryptionError
from data.home import Home
from data.ingest import ingest_directory
from data.masking import mask_name, mask_number, mask_phone
from data.vault import KEY_VARIABLE, Card, HeadOf, Vault, VaultError
from tests.data.offices import EXAMPLE, csv_bytes, number, number15, post, resident

TODAY = date(2026, 6, 28)


@pytest.fixture
def vault(home: Home, monkeypatch) -> Vault:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    return Vault(home)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def remember(
    vault: Vault, id_number: str, name: str, phone: str = "", rank: int = 0, on=TODAY
) -> str:
    person = vault.person(id_number)
    vault.remember(on, [Card(person, id_number, name, phone, rank)])
    return person


def test_a_pseudonym_is_the_same_for_every_way_to_write_a_number(vault):
    person = vault.person(number(1))
    assert person == vault.person(number15(1)) == vault.person(f" {number(1)}")
    assert (person[0], len(person)) == ("p", 21)
    assert vault.household("h001") == vault.household("Ｈ００１")
    assert vault.household(number(1))[1:] != person[1:]


def test_another_home_gives_another_pseudonym(vault, tmp_path):
    assert Vault(Home(tmp_path / "other")).person(EXAMPLE) != vault.person(EXAMPLE)


def test_the_key_is_made_once_and_only_its_owner_reads_it(vault, home):
    person = vault.person(EXAMPLE)
    assert mode(home.vault) == 0o700
    assert mode(home.vault / "key") == 0o600
    assert Vault(home).person(EXAMPLE) == person


def test_the_key_can_come_from_the_environment_and_is_then_not_written(home, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "ab" * 32)
    assert Vault(home).person(EXAMPLE).startswith("p")
    assert not (home.vault / "key").exists()


def test_a_malformed_key_is_refused_in_one_line(home, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    with pytest.raises(VaultError, match="DOUDI_VAULT_KEY must hold 64 hexadecimal digits"):
        Vault(home).person(EXAMPLE)


def test_a_foreign_key_is_noticed_before_anything_is_decrypted(vault, home, monkeypatch):
    person = remember(vault, EXAMPLE, "王测试")
    monkeypatch.setenv(KEY_VARIABLE, "cd" * 32)
    with pytest.raises(VaultError, match="the key does not belong to the vault"):
        Vault(home).masked(person)


def test_nothing_personal_can_be_read_from_the_vaults_files(vault, home):
    person = remember(vault, EXAMPLE, "王测试", "13812345678")
    vault.remember(TODAY, documents=[(person, "deaths.certificate_no", "S-778899")])
    stored = b"".join(p.read_bytes() for p in home.vault.rglob("*") if p.is_file())
    for secret in (EXAMPLE, "王测试", "13812345678", "S-778899"):
        assert secret.encode() not in stored


def test_what_pages_show_is_masked(vault):
    person = remember(vault, EXAMPLE, "王测试", "13812345678")
    assert vault.masked(person) == {
        "name": "王*试",
        "id": "1101**********002X",
        "phone": "138****5678",
    }
    assert vault.masked("p" + "0" * 20) == {"name": "", "id": "", "phone": ""}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小三", "欧**三"),
        ("买买提·艾力", "买****力"),
        ("", ""),
    ],
)
def test_a_name_is_masked_by_its_length(name, shown):
    assert mask_name(name) == shown


def test_short_numbers_give_nothing_away():
    assert (mask_number("12345678"), mask_number("")) == ("********", "")
    assert mask_name("") == ""
    assert (mask_phone("0715-88"), mask_phone("110")) == ("*****88", "***")


def test_revealing_needs_a_purpose_and_leaves_a_trace(vault):
    person = remember(vault, EXAMPLE, "王测试", "13812345678")
    with pytest.raises(VaultError, match="needs a purpose"):
        vault.reveal(person, " ")
    assert vault.reveal(person, "alert 12: visit", "worker7")["id"] == EXAMPLE
    trace = vault.lookups(person)
    assert [(t["actor"], t["purpose"]) for t in trace] == [("worker7", "alert 12: visit")]
    with pytest.raises(VaultError, match="does not know"):
        vault.reveal("p" + "0" * 20, "alert 13: visit")


def test_the_register_outweighs_others_and_later_outweighs_earlier(vault):
    person = remember(vault, EXAMPLE, "王某", rank=1)
    remember(vault, EXAMPLE, "王测试", rank=0)
    remember(vault, EXAMPLE, "王先生", rank=1, on=date(2026, 7, 28))
    assert vault.masked(person)["name"] == "王*试"
    remember(vault, EXAMPLE, "王改名", rank=0, on=date(2026, 7, 28))
    remember(vault, EXAMPLE, "王旧名", rank=0, on=date(2025, 1, 28))
    assert vault.masked(person)["name"] == "王*名"
    assert vault.reveal(person, "test")["name"] == "王改名"


def test_a_mark_tells_that_a_card_has_changed_and_nothing_of_what_it_says(vault):
    person = remember(vault, number(1), "周礼三", "13812345678")
    other = remember(vault, number(2), "周礼三", "13812345678")
    marks = {who: mark for who, mark, _ in vault.marks()}
    assert marks[person] == vault.mark(person, "周礼三", "13812345678")
    assert marks[person] != vault.mark(person, "周礼四", "13812345678")
    assert marks[person] != vault.mark(person, "周礼三", "")
    assert marks[person] != marks[other]  # equal names cannot be found by equal marks


def test_a_vault_from_before_marks_were_kept_is_marked_once(vault, home):
    person = remember(vault, number(1), "周礼三", "13812345678")
    with closing(sqlite3.connect(home.vault / "vault.db")) as db, db:
        db.execute("ALTER TABLE person DROP COLUMN mark")
    expected = [(person, vault.mark(person, "周礼三", "13812345678"), 0)]
    assert Vault(home).marks() == expected
    with closing(sqlite3.connect(home.vault / "vault.db")) as db:
        assert db.execute("SELECT person, mark, rank FROM person").fetchall() == expected
    remember(Vault(home), number(1), "周礼四", "13812345678")
    assert Vault(home).marks() == [(person, vault.mark(person, "周礼四", "13812345678"), 0)]


def test_a_household_is_called_by_its_head(vault):
    head, child = remember(vault, number(1), "李户主"), remember(vault, number(2), "李孩子")
    household = vault.household("H1")
    vault.remember(TODAY, heads=[HeadOf(household, "H1", child, 2)])
    assert vault.household_display_name(household) == "李*子"
    vault.remember(TODAY, heads=[HeadOf(household, "H1", head, 0)])
    vault.remember(TODAY, heads=[HeadOf(household, "H1", child, 2)])
    assert vault.household_display_names([household, "h0"]) == {household: "李*主", "h0": ""}


def test_ingest_fills_the_vault_and_keeps_it_up_to_date(home, incoming):
    content = csv_bytes("population_register", [resident(n) for n in range(3)])
    post(incoming, "population_register", content)
    changed = [resident(0, name="李改名", phone="13999990000", change_type="变更")]
    content = csv_bytes("population_register", changed)
    post(incoming, "population_register", content, "202607", "20260728")
    ingest_directory(home, home.incoming)
    vault = Vault(home)
    assert vault.masked(vault.person(number(0)))["phone"] == "139****0000"
    assert vault.masked(vault.person(number(1)))["name"] == "李*1"
    assert vault.household_display_name(vault.household("H0000")) == "李*名"


@pytest.mark.parametrize("name", sorted(CIPHERS))
def test_both_ciphers_open_only_with_their_key_and_notice_changes(name):
    ours, other = CIPHERS[name](b"k" * 32), CIPHERS[name](b"x" * 32)
    sealed = ours.encrypt(b"plain")
    assert ours.decrypt(sealed) == b"plain"
    assert ours.encrypt(b"plain") != sealed
    for cipher, content in ((other, sealed), (ours, sealed[:-1] + bytes([sealed[-1] ^ 1]))):
        with pytest.raises(DecryptionError):
            cipher.decrypt(content)


def test_a_vault_keeps_the_cipher_it_was_begun_with(home, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    person = remember(Vault(home, cipher="sm4-gcm"), EXAMPLE, "王测试")
    assert Vault(home).masked(person)["name"] == "王*试"
