"""The empty workbook a department fills in is one that ingest reads."""

from __future__ import annotations

import pytest

from data.contracts import all_feeds, load_contract
from data.readers import read_content
from data.template import template


@pytest.mark.parametrize("feed", all_feeds())
def test_the_template_has_exactly_the_contracts_columns(feed):
    contract = load_contract(feed)
    known = frozenset(h for f in contract.fields for h in f.headers)
    read = read_content(template(feed), known)
    assert list(contract.match_headers(read.headers)) == contract.field_names
    assert read.rows == 0
