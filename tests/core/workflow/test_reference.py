"""The pages about a life-cycle are drawn from its table."""

from __future__ import annotations

from core.workflow.reference import diagram, moves_table, staying, words_table
from tests.core.workflow.applying import CYCLE, Outcome


def test_the_diagram_draws_each_pair_of_states_once_with_every_act() -> None:
    drawn = [line.strip() for line in diagram(CYCLE).splitlines()]
    assert drawn[:3] == ["```mermaid", "stateDiagram-v2", "submitted: Submitted 已受理"]
    arrows = [line for line in drawn if "-->" in line]
    assert arrows == [
        "[*] --> submitted: submit",
        "submitted --> review: take",
        "submitted --> withdrawn: withdraw",
        "review --> notice: propose",
        "review --> refused: refuse",
        "review --> withdrawn: withdraw",
        "notice --> approved: approve",
        "notice --> refused: refuse",
        "refused --> appealed: appeal",
        "appealed --> review: overturn",
        "appealed --> refused: uphold",
        "approved --> [*]",
        "refused --> [*]",
        "withdrawn --> [*]",
    ]


def test_acts_that_move_nothing_are_told_beside_it() -> None:
    assert staying(CYCLE) == (
        "Acts that leave the state as it is: remind (催办), object (提出异议), "
        "settle an objection (处理异议).\n"
    )


def test_the_table_says_who_may_do_what_and_what_it_asks_for() -> None:
    rows = moves_table(CYCLE, "every objection settled").splitlines()
    assert rows[0] == "| from | act | to | who | asks for |"
    assert len(rows) == 2 + 13
    assert (
        "| Under review | `refuse` 不予确认 | Refused | County bureau | a note, a cause |" in rows
    )
    assert (
        "| On public notice | `object` 提出异议 | stays | Township office, Anyone | a note |"
        in rows
    )
    approve = (
        "| On public notice | `approve` 确认 | Approved | County bureau | every objection settled |"
    )
    assert approve in rows
    assert "| Submitted | `take` 开始审核 | Under review | Township office | – |" in rows


def test_codes_are_listed_with_their_words() -> None:
    assert words_table(Outcome).splitlines()[2:] == [
        "| `granted` | 予以救助 | Granted |",
        "| `denied` | 不予救助 | Denied |",
    ]
