"""Who is paid from the public purse (财政 财政供养人员, quarterly; some answer yes or no only)."""

from __future__ import annotations

from features.engine import latest, latest_is, members, source

posts = source("public_payroll")


@posts.feature(missing=False, category="A", zh="财政供养", en="Paid from the public purse")
def on_public_payroll(r):
    """The newest record says that the person is on a public payroll, and it has not ended."""
    ended = (r.ended_on <= r.as_of).fill_null(False)
    return latest_is(r, r.on_payroll & ~ended)


@posts.feature(
    missing=None,
    unit="元/月",
    category="A",
    for_model=False,
    zh="财政供养工资",
    en="Public pay a month",
)
def public_pay(r):
    """Pay of the newest record that gives one."""
    return latest(r, r.pay)


@members.feature(
    unit="人", category="A", missing=0, zh="财政供养人数", en="Members on a public payroll"
)
def n_on_public_payroll(p):
    """Members on the payroll of an office or a public institution, the retired among them."""
    return p.on_public_payroll.sum()
