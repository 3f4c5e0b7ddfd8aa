"""The duty of support, by hand: policy §1.3, with S = 700 yuan a head and month."""

from __future__ import annotations

from datetime import date

import ibis
import pytest

from core.home import Home
from data.support_duty import Supporter, SupportTermsError, between, in_force, terms
from tests.features.tables import cells, memtable

S = 700.0
DAY = date(2026, 6, 30)


@pytest.fixture
def usual():
    return terms(None, "990321101", DAY)


CASES = """
    age | income  | children | supported | paid | agreed | least  | most | why
    45  | 699.99  | 1        | 1         | -    | -      | 0      | 0    | below S: cannot pay
    45  | 700     | 1        | 1         | -    | -      | 0      | 0    | just S: nothing above
    45  | 1700    | 1        | 1         | -    | -      | 500    | 500  | half of what is above
    45  | 1700    | 2        | 1         | -    | -      | 500    | 500  | two children
    45  | 1700    | 3        | 1         | -    | -      | 400    | 400  | three share it: 40 %
    45  | 1700    | 1        | 2         | -    | -      | 250    | 250  | two parents: each half
    45  | 1700    | 3        | 2         | -    | -      | 200    | 200  | both
    45  | 1700    | 1        | 1         | 800  | -      | 800    | 800  | more is really paid
    45  | 1700    | 1        | 1         | 300  | -      | 500    | 500  | less is really paid
    45  | 500     | 1        | 1         | 100  | -      | 100    | 100  | paid though it need not
    45  | 1700    | 1        | 1         | -    | 200    | 200    | 200  | a judgment comes first
    45  | 1700    | 1        | 1         | 800  | 200    | 200    | 200  | before what is paid, too
    17  | 5000    | 1        | 1         | -    | -      | 0      | 0    | a minor
    18  | 1700    | 1        | 1         | -    | -      | 500    | 500  | from 18
    70  | 1700    | 1        | 1         | -    | -      | 500    | 500  | to 70
    71  | 5000    | 1        | 1         | -    | -      | 0      | 0    | too old
    45  | -       | 1        | 1         | -    | -      | 0      | 1300 | income unknown
    45  | -       | 1        | 1         | 300  | -      | 300    | 300  | paid, income unknown
    45  | -       | 1        | 1         | 0    | -      | 0      | 1300 | nothing paid says nothing
    -   | 1700    | 1        | 1         | -    | -      | 0      | 500  | of unknown age
    -   | 500     | 1        | 1         | -    | -      | 0      | 0    | cannot pay at any age
"""


def bounds(terms_of_case, standard=S):
    """(least, most) of every case, computed in one go."""
    rows = [{k: v.strip() for k, v in case.items()} for case in cells(CASES)]
    given = ("age", "income", "children", "supported", "paid", "agreed")
    numbers = [{n: None if r[n] == "-" else float(r[n]) for n in given} for r in rows]
    order = [{"place": i} | n for i, n in enumerate(numbers)]
    table = memtable(order, dict.fromkeys(("place", *given), "float64"))
    one = Supporter(standard=ibis.literal(standard, "float64"), **{n: table[n] for n in given})
    low, high = between(one, ibis.literal(0.0), ibis.literal(3_300.0), terms_of_case)
    found = table.mutate(low=low, high=high).order_by("place").to_pyarrow().to_pylist()
    return rows, [(r["low"], r["high"]) for r in found]


def test_worked_cases(usual):
    rows, found = bounds(usual)
    said = {r["why"]: (float(r["least"]), float(r["most"])) for r in rows}
    assert dict(zip(said, found, strict=True)) == said


def test_where_s_is_unknown_only_what_is_agreed_or_paid_is_certain(usual):
    rows, found = bounds(usual, standard=None)
    told = dict(zip((r["why"] for r in rows), found, strict=True))
    assert told["half of what is above"] == (0, 850)
    assert told["a judgment comes first"] == (200, 200)
    assert told["paid, income unknown"] == (300, 300)
    assert told["too old"] == (0, 0)


OWN = """
"9903":
  2020-01-01: {exempt_below: 1.5, share_few: 0.4, share_many: 0.3, many_from: 3, ages: [18, 60],
               reference: 甲文件}
  2026-01-01: {exempt_below: 2, share_few: 0.4, share_many: 0.3, many_from: 3, ages: [18, 65],
               reference: 乙文件}
"990322":
  2026-01-01: {exempt_below: 1, share_few: 0.2, share_many: 0.1, many_from: 2, ages: [18, 70],
               reference: 丙文件}
"""


def test_terms_are_those_of_the_nearest_region_on_the_day(tmp_path):
    home = Home(tmp_path)
    home.data.mkdir()
    (home.data / "support_duty.yaml").write_text(OWN, encoding="utf-8")
    assert terms(home, "990321101", date(2025, 12, 31)).reference == "甲文件"
    assert terms(home, "990321101", DAY).reference == "乙文件"
    assert terms(home, "990322101", DAY).reference == "丙文件"
    assert terms(home, "990321101", DAY).exempt_below == 2
    # Elsewhere what is usual holds.
    assert terms(home, "110101", DAY).share_few == 0.5
    assert [code for code, _ in in_force(home, DAY)] == ["990322", "9903", ""]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2020-01-01:", "soon:", "'soon' is no date like 2021-07-01"),
        ("share_few: 0.4,", "", "'9903' must give ages, exempt_below, many_from"),
        ("share_few: 0.4", "share_few: 40", "shares lie between 0 and 1"),
        (OWN, "0.5", "must hold region -> day -> terms"),
        (OWN, "{", "is not YAML"),
    ],
)
def test_wrong_terms_are_told_with_their_key(tmp_path, old, new, said):
    home = Home(tmp_path)
    home.data.mkdir()
    (home.data / "support_duty.yaml").write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SupportTermsError, match=said):
        terms(home, "990321101", date(2025, 12, 31))


def test_before_any_terms_there_are_none():
    with pytest.raises(SupportTermsError, match="no terms of support for 990321 on 2000-01-01"):
        terms(None, "990321", date(2000, 1, 1))
