"""Where notices go: a file outside the data folder, readable by its owner only.

An address (`wecombot://…`, `mailtos://…`) holds a token or a password, so it is a secret like the
key of the vault: never in the database, a log, the record or an error. Off unless switched on.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from core.access.roles import Role
from core.atomic import atomic
from core.errors import Told
from core.home import Home
from core.keys import config_home
from core.words import Text

FILE_VARIABLE = "DOUDI_NOTICES_FILE"
NAME = re.compile(r"[\w.-]{1,40}")
# By the scheme of the address. Others that apprise knows are refused: nobody has tried them here.
SERVICES = {
    "wecombot": Text("企业微信", "WeCom"),
    "dingtalk": Text("钉钉", "DingTalk"),
    "feishu": Text("飞书", "Feishu"),
    "mailto": Text("电子邮件", "e-mail"),
    "mailtos": Text("电子邮件", "e-mail"),
    "json": Text("网络接口", "webhook"),
    "jsons": Text("网络接口", "webhook"),
}


class NoticeError(Told):
    """Notices cannot be set up or sent so; the message says what would do."""


@dataclass(frozen=True)
class Channel:
    """One address and whose digest goes there: a person's (`account`), or that of all who hold a
    `role` in an `area` (and `department`), such as the group of a township."""

    name: str
    url: str = field(repr=False)
    account: str = ""
    role: str = ""
    area: str = ""
    department: str = ""

    @property
    def service(self) -> Text:
        """What kind of address it is."""
        return SERVICES[urlsplit(self.url).scheme]


@dataclass(frozen=True)
class Setup:
    """Whether notices are sent, the address of the pages that they link to, and the channels."""

    on: bool = False
    link: str = ""
    language: str = "zh"
    channels: tuple[Channel, ...] = ()

    def channel(self, name: str) -> Channel:
        """The channel of that name. Raises NoticeError."""
        for one in self.channels:
            if one.name == name:
                return one
        raise NoticeError(f"没有通知渠道“{name}”", f"there is no channel '{name}'")

    def having(self, channel: Channel) -> Setup:
        """The same with a channel added, or put in place of the one of its name.

        Raises NoticeError for a malformed one.
        """
        checked(channel)
        others = tuple(one for one in self.channels if one.name != channel.name)
        return replace(self, channels=(*others, channel))

    def without(self, name: str) -> Setup:
        """The same without a channel. Raises NoticeError where there is none of that name."""
        gone = self.channel(name)
        return replace(self, channels=tuple(one for one in self.channels if one != gone))


def checked(channel: Channel) -> None:
    """Raises NoticeError for a channel that could not be sent to; never quotes its address."""
    if not NAME.fullmatch(channel.name):
        raise NoticeError(
            "渠道名称用 1 至 40 位文字、数字或 . _ -",
            "a channel's name has 1 to 40 letters, digits or . _ -",
        )
    parts = urlsplit(channel.url)
    if parts.scheme not in SERVICES or not parts.netloc:
        known = " ".join(f"{scheme}://" for scheme in SERVICES)
        raise NoticeError(
            f"地址须以下列之一开头：{known}", f"an address begins with one of {known}"
        )
    if bool(channel.account) == bool(channel.role):
        raise NoticeError("请选一个账号，或一个角色", "give an account, or a role, and not both")
    if channel.role and channel.role not in {role.value for role in Role}:
        raise NoticeError(f"没有角色“{channel.role}”", f"there is no role '{channel.role}'")


def place(home: Home) -> Path:
    """The file of a home. Raises NoticeError for one inside the data folder."""
    given = os.environ.get(FILE_VARIABLE)
    if given:
        path = Path(given).expanduser().absolute()
    else:
        mark = hashlib.sha256(str(home.root.resolve()).encode()).hexdigest()[:16]
        path = config_home() / "doudi" / "notices" / f"{mark}.yaml"
    if path.resolve().is_relative_to(home.data.resolve()):
        raise NoticeError(
            f"{path} 在数据目录内；请在 {FILE_VARIABLE} 指定目录外的文件",
            f"{path} lies in the data folder; name a file outside it in {FILE_VARIABLE}",
        )
    return path


def read(home: Home) -> Setup:
    """The setup of a home; off and empty where there is none.

    Raises NoticeError for a file that is open to others or malformed.
    """
    path = place(home)
    if not path.exists():
        return Setup()
    found = path.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise NoticeError(
            f"{path} 须归本用户所有且他人不可读：chmod 600 '{path}'",
            f"{path} must be ours and closed to others; run: chmod 600 '{path}'",
        )
    try:
        return _setup(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (yaml.YAMLError, TypeError, AttributeError):  # their words would quote the file
        raise NoticeError(
            f"{path} 格式有误：须有 on、link、channels", f"{path} must hold on, link and channels"
        ) from None


def _setup(told: dict[str, Any]) -> Setup:
    channels = tuple(Channel(**one) for one in told.get("channels", ()))
    for one in channels:
        checked(one)
    return Setup(told.get("on") is True, told.get("link", ""), told.get("language", "zh"), channels)


def write(home: Home, setup: Setup) -> None:
    """Put the setup in its file in one step, closed to others from the first byte."""
    path = place(home)
    missing = [p for p in (path.parent, *path.parent.parents) if not p.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    told = {"on": setup.on, "link": setup.link, "language": setup.language}
    told["channels"] = [vars(one) for one in setup.channels]  # type: ignore[assignment]
    with atomic(path, private=True) as aside:
        aside.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
