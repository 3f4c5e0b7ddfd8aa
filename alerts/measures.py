"""One set of alerts under every measure that is called precision somewhere, side by side.

Each measure divides other things, so each says in words what it divides and what it cannot tell. A
share has a Wilson 95 % interval; acts of help per alert are no share and have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.models import Alert, AlertEvent
from alerts.states import Action, Outcome
from alerts.wilson import wilson
from core.words import Bilingual
from core.workflow.events import in_chunks

COLUMNS = ["measure", "hits", "n", "share", "low", "high", "small"]
SMALL = 10  # below this many cases a figure is a hint only
_TRUE = frozenset(o.value for o in Outcome if o.verified and o is not Outcome.FALSE_ALARM)


@dataclass(frozen=True)
class Measure(Bilingual):
    """A measure in words: its name, and what it says and does not say."""

    code: str
    zh: str
    en: str
    says_zh: str
    says_en: str


MEASURES = (
    Measure(
        "verified",
        "确认 ÷ 已核实（本系统口径）",
        "confirmed ÷ verified (ours)",
        "走访查清了事实的预警中，有多少确有应救未救；未见面、拒访和未走访的不计入",
        "of alerts whose visit settled what is true, those with an unmet need; no contact, "
        "refusals and cases not visited are left out",
    ),
    Measure(
        "visited",
        "确认 ÷ 已走访",
        "confirmed ÷ visited",
        "派人去过的都计入，包括联系不上和本人拒绝：反映跑一趟的收获",
        "everybody who was called on counts, also those not met and those who refused: what a "
        "visit yields",
    ),
    Measure(
        "closed",
        "确认 ÷ 已办结",
        "confirmed ÷ closed",
        "确认的要帮扶完成才办结，误报当天即可办结，所以近几个月偏低",
        "a confirmed case closes only when help is done, a false alarm at once: recent months "
        "look too low",
    ),
    Measure(
        "dispatched",
        "确认 ÷ 已派单",
        "confirmed ÷ dispatched",
        "派了还没走访的也在分母里：走访越慢，数字越低",
        "what was sent out and not yet visited counts against it: slow visits lower it",
    ),
    Measure(
        "raised",
        "确认 ÷ 全部预警（最严）",
        "confirmed ÷ raised (strictest)",
        "全部预警都在分母里，包括还没人去看的：是下限，不是命中率",
        "every alert counts, also those nobody has looked at: a lower bound, not a hit rate",
    ),
    Measure(
        "facts_true",
        "属实 ÷ 已核实",
        "facts true ÷ verified",
        "事实属实即计入，包括已享受、不符合和转介：反映数据是否真实，不反映是否有人应救未救",
        "the fact was true, help already given or not due included: whether the data are right, "
        "not whether anybody lacked help",
    ),
    Measure(
        "helped",
        "已帮扶 ÷ 全部预警",
        "helped ÷ raised",
        "至少得到一项帮扶的预警；救助落实了多少，不等于预警准了多少",
        "alerts with at least one need met: how much help arrived, not how often alerts were right",
    ),
    Measure(
        "helped_of_confirmed",
        "已帮扶 ÷ 确认",
        "helped ÷ confirmed",
        "确认应救未救之后，至少办成一项帮扶的比例",
        "of confirmed alerts, those with at least one need met so far",
    ),
    Measure(
        "acts_per_alert",
        "帮扶人次 ÷ 全部预警",
        "acts of help ÷ raised",
        "一户可得多项帮扶，所以是每条预警的帮扶次数，不是比例，没有区间；孝昌公布的 59% 属于这一类",
        "one family can receive several, so it is acts for each alert, no share, and has no "
        "interval; Xiaochang's published 59% is of this kind",
    ),
)


def measures(session: Session, facts: pd.DataFrame, as_at: date | None = None) -> pd.DataFrame:
    """One row for each of MEASURES, in their order (COLUMNS), over the alerts in `facts`.

    `facts` are rows of `alerts.facts.alert_facts`, narrowed as the caller likes; acts of help are
    needs met by `as_at`. `share` is null where n is 0, `low` and `high` also for acts per alert.
    """
    confirmed, helped = facts["confirmed"].astype(bool), facts["helped"].astype(bool)
    verified = facts["verified"].astype(bool)
    counts = {
        name: (int((confirmed & facts[name].astype(bool)).sum()), int(facts[name].sum()))
        for name in ("verified", "visited", "closed", "dispatched")
    }
    counts["raised"] = (int(confirmed.sum()), len(facts))
    counts["facts_true"] = (int(facts["outcome"].isin(_TRUE).sum()), int(verified.sum()))
    counts["helped"] = (int(helped.sum()), len(facts))
    counts["helped_of_confirmed"] = (int((helped & confirmed).sum()), int(confirmed.sum()))
    counts["acts_per_alert"] = (_acts(session, list(facts["alert_id"]), as_at), len(facts))
    rows = []
    for one in MEASURES:
        hits, n = counts[one.code]
        low, high = (None, None) if one.code == "acts_per_alert" else wilson(hits, n)
        rows.append((one.code, hits, n, hits / n if n else None, low, high, n < SMALL))
    return pd.DataFrame(rows, columns=COLUMNS)


def _acts(session: Session, alerts: list[int], as_at: date | None) -> int:
    """Needs of these alerts met by a day; a need met, reopened and met again is one."""
    met = 0
    for chunk in in_chunks([int(i) for i in alerts]):
        query = (
            select(func.count(func.distinct(AlertEvent.need_id)))
            .join(Alert, Alert.id == AlertEvent.alert_id)
            .where(AlertEvent.action == Action.NEED_MET, AlertEvent.alert_id.in_(chunk))
        )
        if as_at is not None:
            query = query.where(AlertEvent.at <= datetime.combine(as_at, time.max))
        met += session.scalar(query) or 0
    return met
