"""`doudi identity`: list, merge, reject, undo, log."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from core.home import Home
from data.ingest import ingest_directory
from doudi.cli import app
from tests.data.offices import claim, csv_bytes, post, resident

RUN = CliRunner()


def run(home: Home, *words: str):
    return RUN.invoke(app, ["identity", *words, "--home", str(home.root)])


@pytest.mark.slow
def test_a_pair_is_listed_joined_and_parted_again(tmp_path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    home.county_file.write_text("region: '990321'\nname_zh: 望禾县\nname_en: W\n", "utf-8")
    post(
        home.incoming,
        "population_register",
        csv_bytes("population_register", [resident(1, name="张大明")]),
    )
    post(home.incoming, "medical_claims", csv_bytes("medical_claims", [claim(1, name="李四")]))
    ingest_directory(home, home.incoming)
    [pair] = json.loads(run(home, "list", "--json").stdout)
    assert (pair["masked"], pair["masked_other"]) == ("李*", "张*明")
    assert "李四" not in run(home, "list").stdout
    nobody = run(home, "merge", "x", "--reason", "户籍更名")
    assert nobody.exit_code == 1
    assert "there is no pair 'x'" in str(nobody.exception)
    assert run(home, "merge", pair["key"], "--reason", "户籍更名").exit_code == 0
    assert json.loads(run(home, "list", "--json").stdout) == []
    [done] = json.loads(run(home, "log", "--json").stdout)
    assert (done["act"], done["kept"], done["other"]) == ("merge", pair["other"], pair["person"])
    assert run(home, "undo", pair["key"], "--reason", "核实有误").exit_code == 0
    assert run(home, "reject", pair["key"], "--reason", "两个人").exit_code == 0
    assert [d["act"] for d in json.loads(run(home, "log", "--json").stdout)] == [
        "apart",
        "undo",
        "merge",
    ]
