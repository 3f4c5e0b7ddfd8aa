"""The reference page of alert states, generated from the tables the code runs on."""

from __future__ import annotations

from alerts.handling import Handling
from alerts.lifecycle import LIFECYCLE, MOVES
from alerts.policy import Policy, default_policy
from alerts.referrals import lifecycle as referrals
from alerts.states import Cause, Outcome, Question, Role, Source, State
from core.workflow import reference
from core.workflow.reference import table, words_table

PATH = "docs/reference/alert-states.md"

_HEAD = """# Alert states · 预警状态

Generated from `alerts/lifecycle.py`, `alerts/states.py` and `alerts/policy.yaml` by `make docs`;
change those, not this page.

An alert is one open case per household. Every act is one row of the event table, which can only be
added to; precision, deadlines and the chain of help are computed from those rows.
"""

_PRECISION = """## Precision · 准确率

Alerts with at least one confirmed unmet need ÷ alerts of the denominator: *closed* (closed, or
under watch after a finding), *verified* (a visit settled what is true), *dispatched* or *raised*.
Already covered counts as verified, not as confirmed. Always shown with n, the unverified share and
a Wilson 95 % interval; cells with n < 10 are greyed.
"""


def text(policy: Policy | None = None) -> str:
    """The whole page as Markdown."""
    policy = policy or default_policy()
    parts = [
        _HEAD,
        "## States · 状态\n\n" + words_table(State),
        "## Diagram · 流程\n\n" + diagram(),
        reference.staying(LIFECYCLE),
        "## Moves · 动作\n\n" + reference.moves_table(LIFECYCLE, "every need settled"),
        "What a village sends back (`return` 退单) stays `dispatched`, with its township as a "
        "whole; the township's goes to the county team.\n",
        "## Results of a visit · 核查结果\n\n" + _outcomes_table(),
        "## Causes of a false alarm · 误报原因\n\n" + words_table(Cause),
        "## Roles · 角色\n\n" + words_table(Role),
        "## Raising · 生成\n\n" + _raising(policy),
        "## Handling classes · 处置分类\n\n" + _handling_table(),
        "## Deadlines · 时限\n\n" + _deadlines_table(policy),
        "## Late, not met, never visited · 超期、未见面、未走访\n\n" + _late(policy),
        "## Referrals · 转介\n\n" + _referrals(policy),
        _PRECISION,
    ]
    return "\n".join(parts)


def diagram() -> str:
    """A Mermaid state diagram: one arrow for each pair of states that some act joins."""
    return reference.diagram(LIFECYCLE)


def _outcomes_table() -> str:
    leads = {
        move.outcome: move.to
        for moves in MOVES.values()
        for move in moves.values()
        if move.outcome is not None
    }
    return table(
        ["code", "中文", "English", "settles what is true", "leads to"],
        ([f"`{o.value}`", o.zh, o.en, "yes" if o.verified else "no", leads[o].en] for o in Outcome),
    )


def _raising(policy: Policy) -> str:
    shares, first, second = policy.shares, *policy.strata[:2]
    bands = ", ".join(f"{band.en} {band.zh}" for band in policy.bands)
    cool = ", ".join(f"{name} {months}" for name, months in policy.cool_down_months.items())
    return (
        table(["question", "中文", "English"], ([f"`{q.value}`", q.zh, q.en] for q in Question))
        + "\n"
        + table(["source", "中文", "English"], ([f"`{s.value}`", s.zh, s.en] for s in Source))
        + f"""
The capacity, {policy.capacity_per_1000_households:g} new alerts a month per 1,000 households, is a
ceiling and not a quota: when fewer are worth a visit, fewer are raised. Of it {shares.coming:.0%}
goes to the coming, {shares.audit:.0%} to the audit sample and {shares.explore:.0%} to the
exploration, at most; the rest is one ranking by expected finding over rules, model and the lane of
families on Dibao or Tekun. Floors: {policy.open_existing:g} for the existing
({policy.open_unwatched:g} for unwatched households), {policy.open_coming:g} for the coming (only
families below {policy.coming_existing_below:g} for the existing). A family under watch is visited
again at its review from {policy.close_existing:g} on; without a model, from
{policy.close_score:g} points. Rule bands that name a household: {bands}, from
{policy.open_score:g} points.

Fresh facts of the event lane have a budget beside the capacity,
{policy.event_budget_per_1000:g} per 1,000 households; urgent kinds never wait. A fact is fresh when
the months before did not have it; in a county's first run, when it happened within
{policy.event_window_days} days. A fact that waits stays in the queue for
{policy.event_patience_months} months. A family already answered for the fact is not raised for it;
a family with an open case gets the fact joined to it, with the shortest deadlines if it is urgent.
Facts held by contrary ones are watched, unless urgent.

A family in process (an application under way, a visit that found need, an open case) is followed,
not raised; after {policy.answer_months} months it counts as unanswered 超期未答复.

The audit sample 抽查 is drawn at random among households that no lane names, without an open case
or a cool-down: by watch group, by place in the ranking (first {first:.0%}, next {second:.0%}, rest)
and by never or ever visited. Stratum and inclusion probability are stored with the alert. The visit
is blind: a worker's list does not tell that it is an audit, and pages show the source to the county
team only. The exploration is drawn among the never visited or of unknown income, with chances as
large as the expected finding.

Cool-down after closing, in months: {cool}. Only a higher band or a new fact opens an alert sooner.
Reports by people come on top.
"""
    )


def _handling_table() -> str:
    return table(["class", "中文", "English"], ([str(int(h)), h.zh, h.en] for h in Handling))


def _referrals(policy: Policy) -> str:
    return (
        "Each kind of need that a visit refers is followed on its own; the alert itself is closed, "
        f"and precision never looks here. The body answers within {policy.referral_working_days} "
        "working days; what is not theirs the county team passes on within "
        f"{policy.referral_pass_on_days}. Late ones are reminded of at the levels of late "
        "steps.\n\n" + reference.moves_table(referrals.LIFECYCLE, "")
    )


def _late(policy: Policy) -> str:
    one, two, three = policy.escalation.levels
    return (
        f"A step is near due after {policy.escalation.near_share:.0%} of its limit. Late by {one} "
        f"working day it is escalated to the township leader (level 1), by {two} to the county "
        f"bureau (level 2), by {three} to the county mechanism (level 3); each level once for each "
        f"deadline. A visit that is {policy.escalation.return_after} working days late goes back "
        "to the county team to be dispatched anew. A family not met is tried again within "
        f"{policy.retry_working_days} working days and closed as unreachable after "
        f"{policy.unreachable_tries} tries. A case that nobody visited within "
        f"{policy.stale_working_days} working days of raising is closed without a result (not as "
        "unreachable: nobody went), counts as not visited, and the household may be raised again "
        "from the next month on.\n"
    )


def _deadlines_table(policy: Policy) -> str:
    rows = (
        [name, str(d.dispatch), str(d.accept), str(d.check), str(d.measure)]
        for name, d in policy.deadlines.items()
    )
    limits = table(["class", "dispatch", "accept", "check on site", "first measure"], rows)
    return (
        "Working days; dispatch counts from raising (or return), the others from dispatch. For a "
        "year whose holidays are not published yet only weekends are days off, and pages say so. "
        f"A family under watch is reviewed after {policy.watch_review_months} months.\n\n"
        "The limit of help asks for a first measure or a clear answer. It holds for every "
        "confirmed need until its department takes it up; from then on the need has the days of "
        "an application, and one that is sent back or passed on has the limit again from that "
        "day. The case is due on the earliest of these days. The days of the step end when the "
        "most urgent need, the one for which the policy gives least time, is met or ended with its "
        "reason.\n\n" + limits
    )
