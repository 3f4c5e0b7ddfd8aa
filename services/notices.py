"""Notices: a digest in numbers to the bureau's messengers, once a working day and channel.

Workers and offices are told of cases, data scientists of the newest watch of the model.

Set up by the administrator, off at first. A message holds counts and a link, never a case: who may
see more signs in. What goes to a person tells their own work as it is; what goes to a group leaves
the house, so small counts are hidden there and the others coarsened (`services.disclosure`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from alerts.noticing import Digest, Recipient, digest, unanswered, waiting
from alerts.policy import load_policy
from core.access import accounts
from core.access.accounts import AccountError
from core.access.principal import Grant
from core.access.roles import Action, Role
from core.db import open_session, upgrade
from core.home import Home
from core.notices import channels, outbox, sending
from core.notices.channels import SERVICES, Channel, NoticeError, Setup
from core.notices.models import NoticeState
from core.words import Text
from core.workflow import years
from core.workflow.calendar import CHINA_TIME, is_working_day
from services import record
from services.context import Context
from services.disclosure import SMALLEST, coarse, is_small
from services.reads import watching
from services.reads.base import home_at
from services.roles import IN_CASES
from services.use_case import acting

__all__ = [
    "SERVICES", "Channel", "NoticeError", "NoticeState", "Sent", "Status", "add", "remove", "send",
    "status", "switch", "try_out",
]  # fmt: skip

# What a digest counts, in the words of the message; the levels follow.
COUNTED = (
    Text("新任务", "new"),
    Text("即将到期", "near due"),
    Text("已逾期", "late"),
    Text("被退回", "sent back"),
    Text("待审核", "waiting for approval"),
)
LEVELS = (
    Text("逾期上报乡镇", "late, reported to the township"),
    Text("逾期上报县局", "late, reported to the county bureau"),
    Text("逾期上报县联席机制", "late, reported to the county mechanism"),
)
# What the newest watch of the model raised; it is of no family, so groups are told it as it is.
WATCH = (
    Text("模型监测：暂勿依赖或重训", "model watch, do not rely on it or retrain"),
    Text("模型监测：须查看", "model watch, look at it"),
)
TITLE = Text("兜底：今日待办", "Doudi: today's work")


@dataclass(frozen=True)
class Sent:
    """What became of one channel's digest of a day; moments in China time."""

    channel: str
    day: date
    state: NoticeState
    tries: int
    tried_at: datetime | None
    next_at: datetime | None
    problem: str


@dataclass(frozen=True)
class Status:
    """How notices are set up and what became of the newest; addresses are left out.

    `channels` have '' as address; `services` are their kinds.
    """

    on: bool
    link: str
    kept_in: str
    channels: tuple[Channel, ...]
    services: tuple[Text, ...]
    newest: tuple[Sent, ...]


@acting(Action.MANAGE_ACCOUNTS)
def status(context: Context) -> Status:
    """How notices stand. Raises NoticeError for a file that is open to others or malformed."""
    home = home_at(context.home)
    upgrade(home)
    setup = channels.read(home)
    years.follow(home)  # a year that the county entered itself
    outbox.settle(home, _today(context), context.now)
    return Status(
        setup.on,
        setup.link,
        str(channels.place(home)),
        tuple(replace(one, url="") for one in setup.channels),
        tuple(one.service for one in setup.channels),
        _newest(home),
    )


def _newest(home: Home) -> tuple[Sent, ...]:
    return tuple(
        Sent(
            n.channel, n.day, NoticeState(n.state), n.tries,
            _china(n.tried_at), _china(n.next_at), n.problem or "",
        )
        for n in outbox.newest(home)
    )  # fmt: skip


@acting(Action.MANAGE_ACCOUNTS)
def switch(context: Context, on: bool, *, link: str = "", language: str = "zh") -> None:
    """Switch notices on or off, and say where the pages are that they link to."""
    link = link.strip()
    if link and not link.startswith(("https://", "http://")):
        raise NoticeError("链接须以 https:// 开头", "the link begins with https://")
    _change(
        context,
        lambda setup: replace(setup, on=on, link=link or setup.link, language=language),
        "switch_notices",
        "on" if on else "off",
    )


@acting(Action.MANAGE_ACCOUNTS)
def add(context: Context, channel: Channel) -> None:
    """Add a channel, or put it in the place of the one of its name. Raises NoticeError."""
    channels.checked(channel)
    if channel.role and Role(channel.role) not in (*IN_CASES, Role.DATA_SCIENTIST):
        raise NoticeError(
            "该角色既不办理预警也不监测模型",
            "that role takes no part in the work of alerts nor in the watch of the model",
        )
    if channel.account:
        with open_session(home_at(context.home)) as session:
            accounts.find(session, channel.account)
    _change(context, lambda setup: setup.having(channel), "set_notice", channel.name)


@acting(Action.MANAGE_ACCOUNTS)
def remove(context: Context, name: str) -> None:
    """Take a channel away. Raises NoticeError."""
    _change(context, lambda setup: setup.without(name), "end_notice", name)


def _change(context: Context, how: Callable[[Setup], Setup], act: str, about: str) -> None:
    home = home_at(context.home)
    changed = how(channels.read(home))
    record.write(context, act, "notice", about)  # first: what cannot be recorded is not done
    channels.write(home, changed)


@acting(Action.MANAGE_ACCOUNTS)
def try_out(context: Context, name: str) -> str:
    """Send one channel a message without numbers; '' when it was taken, else the problem."""
    setup = channels.read(home_at(context.home))
    channel = setup.channel(name)
    record.write(context, "test_notice", "notice", name)
    told = Text("通知测试，无需处理", "a test, nothing to do").pick(setup.language)
    return sending.deliver(channel.url, TITLE.pick(setup.language), told) or ""


@acting(Action.MANAGE_ACCOUNTS)
def send(context: Context) -> list[Sent]:
    """Send each channel its digest of today, once; safe to run again at any time.

    Nothing happens while notices are off and on days off. Raises NoticeError.
    """
    home, today = home_at(context.home), _today(context)
    upgrade(home)
    setup = channels.read(home)
    outbox.settle(home, today, context.now)
    if not setup.on or not is_working_day(today)[0]:
        return []
    with open_session(home) as session:
        bodies = _bodies(home, session, setup, today)
    done = []
    for one in setup.channels:
        body = bodies.get(one.name)
        if body is not None and outbox.once(home, today, one.name, context.now, _sender(one, body)):
            done.append(one.name)
    return [sent for sent in _newest(home) if sent.day == today and sent.channel in done]


def _sender(channel: Channel, body: tuple[str, str]) -> Callable[[], str | None]:
    return lambda: sending.deliver(channel.url, *body)


def _bodies(home: Home, session: Session, setup: Setup, today: date) -> dict[str, tuple[str, str]]:
    """Title and text for each channel that has anything to tell."""
    alerts, policy = waiting(session, today), load_policy(home, today)
    referred, raised = unanswered(session, today), watching.raised(home)
    found = {}
    for one in setup.channels:
        numbers = digest(alerts, _recipients(session, one), today, policy, referred)
        watch = raised if _watches(session, one) else (0, 0)
        if any((*numbers.counts(), *watch)):
            found[one.name] = message(numbers, setup, today, own=bool(one.account), watch=watch)
    return found


def message(
    numbers: Digest, setup: Setup, today: date, *, own: bool, watch: tuple[int, int] = (0, 0)
) -> tuple[str, str]:
    """Title and text: counts that are not zero, and the link. Nothing else is ever in it.

    `watch`: notices of the model's newest watch, to stop and to look at.
    """
    language = setup.language
    words = [*COUNTED, *LEVELS]
    told = [
        f"{word.pick(language)} {_told(count, own, language)}"
        for word, count in zip(words, numbers.counts(), strict=True)
        if count
    ]
    told += [f"{w.pick(language)} {n}" for w, n in zip(WATCH, watch, strict=True) if n]
    title = f"{TITLE.pick(language)} {today.isoformat()}"
    return title, "\n".join([*told, *([setup.link] if setup.link else [])])


def _told(count: int, own: bool, language: str) -> str:
    if own:
        return str(count)
    if is_small(count):
        return Text(f"少于 {SMALLEST}", f"fewer than {SMALLEST}").pick(language)
    return Text(f"约 {coarse(count)}", f"about {coarse(count)}").pick(language)


def _recipients(session: Session, channel: Channel) -> list[Recipient]:
    """Whose work a channel is told of; nobody's where the account is gone or disabled."""
    if channel.role:
        role = IN_CASES.get(Role(channel.role))
        return [] if role is None else [Recipient(role, channel.area, channel.department)]
    return [
        Recipient(IN_CASES[grant.role], grant.area.code, grant.area.department, channel.account)
        for grant in _grants(session, channel.account)
        if grant.role in IN_CASES
    ]


def _watches(session: Session, channel: Channel) -> bool:
    """Whether a channel is told of the model's watch: a data scientist's."""
    if channel.role:
        return Role(channel.role) is Role.DATA_SCIENTIST
    held = _grants(session, channel.account)
    return any(grant.role is Role.DATA_SCIENTIST for grant in held)


def _grants(session: Session, name: str) -> list[Grant]:
    """What an account may; nothing where it is gone or disabled."""
    try:
        account = accounts.find(session, name)
    except AccountError:
        return []
    return [] if account.disabled_at is not None else list(accounts.grants_of(account))


def _today(context: Context) -> date:
    return _china(context.now).date()  # type: ignore[union-attr]


def _china(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment + (CHINA_TIME.utcoffset(None))
