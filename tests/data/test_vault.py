"""Who a pseudonym is: only the vault knows, encrypted, and only for a stated purpose."""

from __future__ import annotations

import stat
from datetime import date

import pytest

from core.home import Home
from core.keys import FILE_VARIABLE, KEY_VARIABLE
from data.crypto import CIPHERS, DecryptionError
from data.ingest import ingest_directory
from data.masking import mask_name, mask_number, mask_phone
from data.vault import Card, Dwelling, HeadOf, Vault, VaultError
from data.vault_tables import ADDRESS, PERSON
from tests.data.offices import EXAMPLE, csv_bytes, number, number15, post, resident
from tests.data.vaults import TODAY, begin_as_before, everything, fill, kept_key


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


def test_another_home_gives_another_pseudonym(home, tmp_path):
    assert Vault(Home(tmp_path / "other")).person(EXAMPLE) != Vault(home).person(EXAMPLE)


def test_the_key_is_made_once_outside_the_data_and_only_its_owner_reads_it(vault, home):
    person = vault.person(EXAMPLE)
    key = kept_key(home)
    assert (mode(home.vault), mode(key), mode(key.parent)) == (0o700, 0o600, 0o700)
    assert not key.is_relative_to(home.root)
    digits = key.read_text(encoding="ascii").split("1:")[1].strip()
    for path in home.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert digits.encode() not in content
            assert bytes.fromhex(digits) not in content
    assert Vault(home).person(EXAMPLE) == person


def test_a_key_file_beside_what_it_opens_is_refused(vault, home, monkeypatch):
    monkeypatch.setenv(FILE_VARIABLE, str(home.data / "my.key"))
    with pytest.raises(VaultError, match="lies in the data folder, beside what it opens"):
        vault.person(EXAMPLE)


def test_the_key_can_come_from_the_environment_and_is_then_not_written(vault, home, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "ab" * 32)
    assert vault.person(EXAMPLE).startswith("p")
    monkeypatch.delenv(KEY_VARIABLE)
    assert not kept_key(home).exists()


def test_a_malformed_key_is_refused_in_one_line(vault, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    with pytest.raises(VaultError, match="DOUDI_VAULT_KEY must hold 64 hexadecimal digits"):
        vault.person(EXAMPLE)


def test_a_foreign_key_is_noticed_before_anything_is_decrypted(vault, home, monkeypatch):
    person = remember(vault, EXAMPLE, "王测试")
    monkeypatch.setenv(KEY_VARIABLE, "cd" * 32)
    for use in (lambda: Vault(home).masked(person), lambda: Vault(home).person(EXAMPLE)):
        with pytest.raises(VaultError, match="the key does not belong to the vault"):
            use()


def test_a_missing_key_is_refused_and_never_replaced(vault, home):
    person = remember(vault, EXAMPLE, "王测试")
    key = kept_key(home)
    kept = key.rename(key.with_suffix(".away"))
    uses = [
        lambda: Vault(home).person(EXAMPLE),
        lambda: Vault(home).masked(person),
        lambda: Vault(home).remember(TODAY, [Card(person, EXAMPLE, "王改名", "")]),
    ]
    for use in uses:
        with pytest.raises(
            VaultError, match=f"missing: no file {key}; restore it from your backup"
        ):
            use()
    assert not key.exists()
    kept.rename(key)
    assert Vault(home).reveal(person)["name"] == "王测试"


def test_a_key_open_to_others_opens_nothing(vault, home):
    person = remember(vault, EXAMPLE, "王测试")
    kept_key(home).chmod(0o644)
    with pytest.raises(VaultError, match="open to other users; run: chmod 600"):
        Vault(home).masked(person)


@pytest.mark.slow
def test_a_filled_lake_without_its_vault_gets_no_new_key(home, incoming, each_database):
    """Its people would all be strangers under new pseudonyms."""
    post(incoming, "population_register", csv_bytes("population_register", [resident(1)]))
    ingest_directory(home, home.incoming)
    away = Home(home.root)
    if each_database == "postgresql":
        with Vault(home).store.writing() as db:
            db.exec_driver_sql("DROP SCHEMA vault CASCADE")
    else:
        (home.vault / "vault.db").rename(home.vault / "away.db")
    with pytest.raises(VaultError, match="was filled with a vault that is not in"):
        Vault(away).person(number(1))


def test_a_card_moved_to_another_person_does_not_open(vault, home):
    one, other = fill(vault, 2)
    with vault.store.writing() as db:
        stolen = db.scalar(
            PERSON.select().with_only_columns(PERSON.c.sealed).where(PERSON.c.person == one)
        )
        db.execute(PERSON.update().where(PERSON.c.person == other).values(sealed=stolen))
    assert Vault(home).reveal(one)["name"] == "王测0"
    with pytest.raises(DecryptionError, match="changed, moved, or is of another key"):
        Vault(home).reveal(other)


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


def test_plain_values_come_by_one_way_only(vault):
    person = remember(vault, EXAMPLE, "王测试", "13812345678")
    assert vault.reveal(person) == {"name": "王测试", "id": EXAMPLE, "phone": "13812345678"}
    with pytest.raises(VaultError, match="does not know"):
        vault.reveal("p" + "0" * 20)


def test_the_register_outweighs_others_and_later_outweighs_earlier(vault):
    person = remember(vault, EXAMPLE, "王某", rank=1)
    remember(vault, EXAMPLE, "王测试", rank=0)
    remember(vault, EXAMPLE, "王先生", rank=1, on=date(2026, 7, 28))
    assert vault.masked(person)["name"] == "王*试"
    remember(vault, EXAMPLE, "王改名", rank=0, on=date(2026, 7, 28))
    remember(vault, EXAMPLE, "王旧名", rank=0, on=date(2025, 1, 28))
    assert vault.masked(person)["name"] == "王*名"
    assert vault.reveal(person)["name"] == "王改名"


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
    with vault.store.writing() as db:
        db.execute(PERSON.update().values(mark=None))
    expected = [(person, vault.mark(person, "周礼三", "13812345678"), 0)]
    assert Vault(home).marks() == expected
    with vault.store.reading() as db:
        columns = (PERSON.c.person, PERSON.c.mark, PERSON.c.rank)
        assert [
            tuple(r) for r in db.execute(PERSON.select().with_only_columns(*columns))
        ] == expected
    remember(Vault(home), number(1), "周礼四", "13812345678")
    assert Vault(home).marks() == [(person, vault.mark(person, "周礼四", "13812345678"), 0)]


def test_a_vault_from_before_keys_moved_out_goes_on_and_says_so_once(home, caplog, nothing_logged):
    who = begin_as_before(home)
    assert [Vault(home).person(number(n)) for n in range(3)] == who
    assert [Vault(home).reveal(person)["name"] for person in who] == ["王测0", "王测1", "王测2"]
    remember(Vault(home), number(1), "王改名")
    remember(Vault(home), number(5), "王新来")
    assert Vault(home).reveal(who[1])["name"] == "王改名"
    assert len(everything(home)) == 4
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert "run 'doudi vault move-key' to move it out" in told[0]
    assert "\n" not in told[0]


def test_a_vault_from_before_whose_key_is_gone_is_refused(home):
    begin_as_before(home)
    (home.vault / "key").unlink()
    with pytest.raises(VaultError, match="the key of the vault is missing"):
        Vault(home).person(number(1))
    assert not (home.vault / "key").exists()


def test_a_household_is_called_by_its_head(vault):
    head, child = remember(vault, number(1), "李户主"), remember(vault, number(2), "李孩子")
    household = vault.household("H1")
    vault.remember(TODAY, heads=[HeadOf(household, "H1", child, 2)])
    assert vault.household_display_name(household) == "李*子"
    vault.remember(TODAY, heads=[HeadOf(household, "H1", head, 0)])
    vault.remember(TODAY, heads=[HeadOf(household, "H1", child, 2)])
    assert vault.household_display_names([household, "h0"]) == {household: "李*主", "h0": ""}


@pytest.mark.slow
def test_ingest_fills_the_vault_and_keeps_it_up_to_date(home, incoming, each_database):
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


LIVES = "云岭镇柳湾村三组12号"


def test_the_newest_address_counts_and_a_card_without_one_leaves_it(vault, each_database):
    person = remember(vault, EXAMPLE, "王测试")
    assert vault.addresses([person]) == {}
    vault.remember(TODAY, addresses=[(person, LIVES)])
    vault.remember(date(2025, 1, 28), addresses=[(person, "旧址")])
    remember(vault, EXAMPLE, "王改名", on=date(2026, 7, 28))
    assert vault.addresses([person, "p0"]) == {person: Dwelling(LIVES, TODAY)}
    assert vault.with_address([person, "p0"]) == {person}


def test_an_address_is_sealed_to_its_person_and_its_mark_tells_nothing(vault, home):
    one, other = fill(vault, 2)
    vault.remember(TODAY, addresses=[(one, LIVES), (other, LIVES)])
    stored = b"".join(p.read_bytes() for p in home.vault.rglob("*") if p.is_file())
    assert LIVES.encode() not in stored
    marks = dict(vault.address_marks())
    assert marks[one] != marks[other]
    with vault.store.writing() as db:
        sealed = ADDRESS.select().with_only_columns(ADDRESS.c.sealed)
        stolen = db.scalar(sealed.where(ADDRESS.c.person == one))
        db.execute(ADDRESS.update().where(ADDRESS.c.person == other).values(sealed=stolen))
    with pytest.raises(DecryptionError, match="changed, moved"):
        Vault(home).addresses([other])


def test_a_vault_from_before_addresses_were_kept_takes_them(home, nothing_logged):
    who = begin_as_before(home)
    assert Vault(home).with_address(who) == set()
    Vault(home).remember(TODAY, addresses=[(who[0], LIVES)])
    assert Vault(home).addresses(who)[who[0]].address == LIVES
    assert Vault(home).reveal(who[0])["name"] == "王测0"


@pytest.mark.slow
def test_a_delivery_without_the_column_leaves_the_addresses_known(home, incoming, each_database):
    first = [resident(1, address=LIVES), resident(2, address="")]
    post(incoming, "population_register", csv_bytes("population_register", first))
    later = csv_bytes("population_register", [resident(1, name="李改名", change_type="变更")])
    post(incoming, "population_register", later, "202607", "20260728")
    ingest_directory(home, home.incoming)
    vault = Vault(home)
    one, two = vault.person(number(1)), vault.person(number(2))
    assert (vault.reveal(one)["name"], vault.addresses([one])[one].address) == ("李改名", LIVES)
    assert vault.with_address([one, two]) == {one}


@pytest.mark.parametrize("header", ["居住地址", "家庭住址", "现住址", " 详细地址 ", "address"])
def test_an_address_is_read_under_the_headers_departments_write(home, incoming, header):
    told = csv_bytes(
        "population_register",
        [resident(1, address="云岭镇  柳湾村三组１２号")],
        headers={"address": header},
    )
    post(incoming, "population_register", told)
    ingest_directory(home, home.incoming)
    person = Vault(home).person(number(1))
    assert Vault(home).addresses([person])[person].address == "云岭镇 柳湾村三组12号"


@pytest.mark.parametrize("name", sorted(CIPHERS))
def test_both_ciphers_open_only_with_their_key_in_their_place_and_notice_changes(name):
    ours, other = CIPHERS[name](b"k" * 32), CIPHERS[name](b"x" * 32)
    sealed = ours.encrypt(b"plain", b"here")
    assert ours.decrypt(sealed, b"here") == b"plain"
    assert ours.encrypt(b"plain", b"here") != sealed
    edited = sealed[:-1] + bytes([sealed[-1] ^ 1])
    attempts = [(other, sealed, b"here"), (ours, edited, b"here"), (ours, sealed, b"there")]
    attempts += [(ours, b"short", b"here")]
    for cipher, content, place in attempts:
        with pytest.raises(DecryptionError):
            cipher.decrypt(content, place)


@pytest.mark.parametrize("name", sorted(CIPHERS))
def test_a_vault_keeps_the_cipher_it_was_begun_with(home, name):
    person = remember(Vault(home, cipher=name), EXAMPLE, "王测试")
    assert Vault(home).masked(person)["name"] == "王*试"
    assert Vault(home).seals.current.cipher == name
