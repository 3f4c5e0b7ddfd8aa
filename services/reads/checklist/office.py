"""The check list's lines about the office: accounts, calendar, key, backup, runs and the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from core.access import accounts
from core.access.roles import Role
from core.audit.models import EVENTS
from core.db import exists, open_session, upgrade
from core.home import Home, HomeError
from core.keys import KeyRingError
from core.words import Text
from data import vault_upkeep
from data.lake import Lake
from data.regions import Regions, RegionsError
from data.vault_keys import VaultError
from models.risk import registry
from models.risk.beginning import Beginning, beginnings
from services.reads import workdays
from services.reads.checklist.line import Grade, Line, good

BACKUP = "backup"
# A month between two backups is the run between them lost, and no more.
_BACKUP_DAYS = 31
_FEW = 8
QUESTION = {"existing": Text("现存困难", "need now"), "coming": Text("将至困难", "need soon")}


def account_lines(home: Home) -> Iterator[Line]:
    """Whether anybody can sign in, and whether every township has a worker."""
    what = Text("账号", "Accounts")
    held = _grants(home)
    if not held:
        cost = Text("没有人能登录", "nobody can sign in")
        mend = Text("建立第一个管理员", "make the first administrator")
        command = 'doudi accounts first NAME --name "…"'
        yield Line("accounts", Grade.MISSING, what, cost, None, mend, command)
        return
    roles = {role for role, _ in held}
    wanted = (Role.DISPATCHER, Role.DATA_STEWARD, Role.LEADER, Role.ANALYST)
    if lacking := tuple(Text.of(role) for role in wanted if role not in roles):
        cost = Text("无人派单、管数据或审批", "nobody dispatches, keeps the data or approves")
        mend = Text("新建账号", "make accounts for them")
        yield Line(
            "accounts",
            Grade.ODD,
            what,
            cost,
            Role.ADMINISTRATOR,
            mend,
            page="accounts",
            names=lacking,
        )
    else:
        yield good("accounts", what, Text("各角色都有人", "every role has somebody"))
    yield from _townships(home, held)


def _townships(home: Home, held: set[tuple[Role, str]]) -> Iterator[Line]:
    try:
        townships = Regions.load(home).townships
    except RegionsError:
        return
    what = Text("乡镇核查员", "Township workers")
    staffed = {area[:9] for role, area in held if role in (Role.TOWNSHIP_WORKER,)}
    empty = [t for code, t in sorted(townships.items()) if code not in staffed]
    if not empty:
        told = Text("每个乡镇都有账号", "every township has an account")
        yield good("townships", what, told)
        return
    names = tuple(Text(t.name_zh, t.name_en) for t in empty)
    cost = Text(
        f"{len(empty)} 个乡镇没有账号，其预警无人核查",
        f"{len(empty)} townships have no account: nobody visits their alerts",
    )
    mend = Text("新建账号", "make accounts for them")
    yield Line(
        "townships",
        Grade.MISSING,
        what,
        cost,
        Role.ADMINISTRATOR,
        mend,
        page="accounts",
        names=names,
    )


def _grants(home: Home) -> set[tuple[Role, str]]:
    """Roles held by accounts that are open, with their areas."""
    if not exists(home):
        return set()
    upgrade(home)
    with open_session(home) as session:
        return {
            (grant.role, grant.area.code)
            for account in accounts.everyone(session)
            if account.disabled_at is None
            for grant in accounts.grants_of(account)
        }


def calendar_lines(home: Home, on: date) -> Iterator[Line]:
    """Whether the working days are known that deadlines beginning now reach."""
    what = Text("放假安排", "Holiday calendar")
    lacking = workdays.unknown(str(home.root), on)
    if not lacking:
        yield good("calendar", what, Text("已知", "known"))
        return
    years = Text("、".join(map(str, lacking)), ", ".join(map(str, lacking)))
    cost = Text(
        f"{years.zh} 年的放假安排未登记，期限只按周末计算",
        f"the holidays of {years.en} are not known: deadlines count weekends only",
    )
    mend = Text("按国务院通知登记", "enter them from the notice of the State Council")
    yield Line("calendar", Grade.ODD, what, cost, Role.ADMINISTRATOR, mend, page="accounts")


def key_lines(home: Home) -> Iterator[Line]:
    """Whether the vault's key is there, and lies apart from the data."""
    what = Text("个人信息库密钥", "Key of the vault")
    if not home.vault.exists():
        told = Text("首次入库时生成", "made with the first files taken in")
        yield good("key", what, told)
        return
    try:
        status = vault_upkeep.status(home)
    except (VaultError, KeyRingError) as error:
        told = " ".join(str(error).split())
        cost = Text(f"姓名和证件号打不开：{told}", f"names and ID numbers do not open: {told}")
        mend = Text("从密钥备份恢复", "restore it from your copy of the key")
        yield Line("key", Grade.MISSING, what, cost, Role.ADMINISTRATOR, mend, "doudi vault status")
        return
    if status.key_beside_data:
        cost = Text("密钥与数据放在一起", "the key lies beside what it opens")
        mend = Text("移到别处", "move it out")
        yield Line("key", Grade.ODD, what, cost, Role.ADMINISTRATOR, mend, "doudi vault move-key")
        return
    yield good("key", what, Text("请另存一份副本", "keep a copy of it elsewhere"))


def backup_lines(home: Home, now: datetime) -> Iterator[Line]:
    """When the last backup was made."""
    what = Text("备份", "Backup")
    mend = Text("备份到另一块盘", "make one on another disk")
    command = "doudi backup FILE"
    made = _last_backup(home)
    if made is None:
        cost = Text("磁盘损坏会丢失一切", "a broken disk would lose everything")
        yield Line("backup", Grade.MISSING, what, cost, Role.ADMINISTRATOR, mend, command)
    elif now - made > timedelta(days=_BACKUP_DAYS):
        cost = Text(
            f"最近一次在 {made:%Y-%m-%d}，此后的一切会丢失",
            f"the last was made on {made:%Y-%m-%d}; everything since would be lost",
        )
        yield Line("backup", Grade.ODD, what, cost, Role.ADMINISTRATOR, mend, command)
    else:
        yield good("backup", what, Text(f"{made:%Y-%m-%d} 已备份", f"made on {made:%Y-%m-%d}"))


def _last_backup(home: Home) -> datetime | None:
    if not exists(home):
        return None
    upgrade(home)
    with open_session(home) as session:
        at = session.scalar(select(func.max(EVENTS.c.at)).where(EVENTS.c.action == BACKUP))
    if isinstance(at, str):
        at = datetime.fromisoformat(re.sub(r"Z$", "+00:00", at))
    return at.astimezone(UTC).replace(tzinfo=None) if at is not None and at.tzinfo else at


def run_lines(home: Home) -> Iterator[Line]:
    """Whether a month was run since the newest files came."""
    what = Text("月度运行", "Monthly run")
    newest = max((b.delivered_on for b in Lake(home).batches() if b.readable), default=None)
    months = home.months("scores")
    if newest is None:
        cost = Text("尚未入库任何文件", "no file was taken in yet")
        mend = Text("把部门文件放入一个文件夹后入库", "put the departments' files in a folder")
        yield Line(
            "run", Grade.MISSING, what, cost, Role.DATA_STEWARD, mend, "doudi ingest DIR", "data"
        )
        return
    month = f"{newest:%Y-%m}"
    if months and f"{months[-1]:%Y-%m}" >= month:
        yield good("run", what, Text(f"已运行到 {months[-1]:%Y-%m}", f"run to {months[-1]:%Y-%m}"))
        return
    cost = Text(f"{month} 已收到文件，尚未生成预警", f"files came in {month}; no alerts yet")
    mend = Text("运行该月", "run the month")
    yield Line(
        "run", Grade.MISSING, what, cost, Role.ADMINISTRATOR, mend, f"doudi run --as-of {month}"
    )


def model_lines(home: Home) -> Iterator[Line]:
    """Which month the model can begin with, where none is in use yet."""
    what = Text("风险模型", "Risk model")
    try:
        told = beginnings(home)
    except HomeError:
        return
    for question, one in told.items():
        if in_use(home, question):
            continue
        name = Text(f"{what.zh}（{QUESTION[question].zh}）", f"{what.en} ({QUESTION[question].en})")
        words = beginning_words(one)
        if not one.ready:
            yield good(f"model.{question}", name, words)
            continue
        mend = Text("训练并申请启用", "train it and propose it")
        command = f"doudi train --question {question} --known-by {one.known_by:%Y-%m}"
        yield Line(
            f"model.{question}",
            Grade.ODD,
            name,
            words,
            Role.DATA_SCIENTIST,
            mend,
            command,
            "training",
        )


def in_use(home: Home, question: str) -> bool:
    """Whether a model answers the question already."""
    return registry.has_store(home) and bool(registry.champion_version(home, question))


def beginning_words(one: Beginning) -> Text:
    """When a question can be learned, and what is lacking still, in one sentence."""
    short = one.needed - one.found
    if one.ready:
        return Text(
            f"走访 {one.visits} 次、发现困难 {one.found} 次，可以训练",
            f"{one.visits} visits, {one.found} of which found need: it can be trained",
        )
    lacking = Text(
        f"，且还差 {short} 次发现困难的走访" if short > 0 else "",
        f", with {short} more visits that find need" if short > 0 else "",
    )
    return Text(
        f"最早 {one.month:%Y-%m} 运行后可以训练{lacking.zh}；此前由规则和突发线索预警",
        f"can be trained after the run of {one.month:%Y-%m} at the earliest{lacking.en}; until "
        "then rules and fresh facts raise the alerts",
    )
