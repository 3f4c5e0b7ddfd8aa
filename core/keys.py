"""Keys that live outside the data they open: a ring of versions, and where it is kept.

A ring is text, one key a line: `2:<64 hexadecimal digits>`. The newest version is in use, older
ones only open what has not been encrypted anew yet. A line of digits alone is version 1; what
follows a `#` is a remark. In this order a ring comes from

- DOUDI_VAULT_KEY: the text itself;
- DOUDI_VAULT_KEY_COMMAND: a command, run without a shell, whose standard output is the text;
- DOUDI_VAULT_KEY_FILE: a file;
- `doudi/keys/<name>.key` below XDG_CONFIG_HOME or ~/.config.

A file must belong to us and be closed to everybody else.
"""

from __future__ import annotations

import os
import secrets
import shlex
import stat
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cachetools import TTLCache, cached

from core.atomic import atomic

KEY_BYTES = 32
KEY_VARIABLE = "DOUDI_VAULT_KEY"
COMMAND_VARIABLE = "DOUDI_VAULT_KEY_COMMAND"
FILE_VARIABLE = "DOUDI_VAULT_KEY_FILE"
VARIABLES = (KEY_VARIABLE, COMMAND_VARIABLE, FILE_VARIABLE)
COMMAND_SECONDS = 20  # a key service that has not answered by then is down
_REMEMBERED_SECONDS = 300  # a page does not ask the key service for every household
_PRINTED: TTLCache[str, str] = TTLCache(maxsize=4, ttl=_REMEMBERED_SECONDS)
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyRingError(Exception):
    """A key is missing, malformed or open to others; the message says where and what to do."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by version; `where` they come from is named in errors. Never printed with its keys."""

    keys: Mapping[int, bytes] = field(repr=False)
    where: str

    @property
    def newest(self) -> int:
        """The version in use."""
        return max(self.keys)

    def key(self, version: int) -> bytes:
        """The key of a version. Raises KeyRingError when the ring lacks it."""
        if version not in self.keys:
            raise KeyRingError(
                f"key version {version} is missing from {self.where}; restore it from your backup "
                "of the key"
            )
        return self.keys[version]

    def grown(self) -> KeyRing:
        """The ring with one more, random version."""
        new = {self.newest + 1: secrets.token_bytes(KEY_BYTES)}
        return KeyRing({**self.keys, **new}, self.where)

    def without(self, versions: set[int]) -> KeyRing:
        """The ring without these versions."""
        return KeyRing({v: k for v, k in self.keys.items() if v not in versions}, self.where)

    def text(self) -> str:
        """The ring as it is written to a file."""
        lines = [f"{version}:{self.keys[version].hex()}" for version in sorted(self.keys)]
        return "\n".join(["# Back this file up, apart from the data it opens.", *lines, ""])


def new_ring(where: str) -> KeyRing:
    """A ring of one random key."""
    return KeyRing({1: secrets.token_bytes(KEY_BYTES)}, where)


def parse_ring(text: str, where: str) -> KeyRing:
    """A ring from its text. Raises KeyRingError, which never quotes the text."""
    keys: dict[int, bytes] = {}
    for line in text.splitlines():
        for word in line.split("#")[0].split():
            version, colon, digits = word.rpartition(":")
            number = int(version) if version.isdecimal() else 0 if colon else 1
            key = _from_hex(digits)
            if number < 1 or number in keys or len(key) != KEY_BYTES:
                raise _malformed(where)
            keys[number] = key
    if not keys:
        raise _malformed(where)
    return KeyRing(keys, where)


def _from_hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def _malformed(where: str) -> KeyRingError:
    return KeyRingError(
        f"{where} must hold {KEY_BYTES * 2} hexadecimal digits, or a line 'version:digits' for "
        "each key"
    )


@dataclass(frozen=True)
class KeyFile:
    """A ring in a file of our own, readable by nobody else."""

    path: Path
    writable = True

    @property
    def where(self) -> str:
        """What to call it in a message."""
        return str(self.path)

    def read(self, *, fresh: bool = False) -> KeyRing | None:
        """The ring, None where there is no file. Raises KeyRingError for one open to others."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise KeyRingError(
                f"the key file {self.path} cannot be read: {error.strerror}"
            ) from None
        with os.fdopen(handle, encoding="ascii", errors="replace") as file:
            self._refuse_shared(os.fstat(handle))
            return parse_ring(file.read(), self.where)

    def _refuse_shared(self, found: os.stat_result) -> None:
        if found.st_uid != os.geteuid():
            raise KeyRingError(
                f"the key file {self.path} belongs to another user; "
                f"run as that user, or chown it to this one"
            )
        if stat.S_IMODE(found.st_mode) & _FOR_OTHERS:
            raise KeyRingError(
                f"the key file {self.path} is open to other users; run: chmod 600 '{self.path}'"
            )

    def write(self, ring: KeyRing) -> None:
        """Put the ring in the file in one step. Raises KeyRingError where that is not possible."""
        try:
            missing = [p for p in (self.path.parent, *self.path.parent.parents) if not p.exists()]
            for folder in reversed(missing):
                folder.mkdir(mode=0o700, exist_ok=True)
            with atomic(self.path, private=True) as aside:
                aside.write_text(ring.text(), encoding="ascii")
        except OSError as error:
            raise KeyRingError(
                f"the key file {self.path} cannot be written: {error.strerror}; "
                f"name another place in {FILE_VARIABLE}"
            ) from None


@dataclass(frozen=True)
class GivenKey:
    """A ring handed over in the environment."""

    text: str = field(repr=False)
    where: str = KEY_VARIABLE
    writable = False

    def read(self, *, fresh: bool = False) -> KeyRing | None:
        """The ring. Raises KeyRingError when it is malformed."""
        return parse_ring(self.text, self.where)

    def write(self, ring: KeyRing) -> None:
        """Refused: only whoever sets the variable can change it."""
        raise _not_ours(self.where)


@dataclass(frozen=True)
class KeyCommand:
    """A ring that a command prints: a key service, a password store, a hardware token."""

    command: str
    where: str = f"what {COMMAND_VARIABLE} prints"
    writable = False

    def read(self, *, fresh: bool = False) -> KeyRing | None:
        """The ring; asked for again after five minutes, or when `fresh`. Raises KeyRingError."""
        if fresh:
            _PRINTED.pop(self.command, None)
        return parse_ring(_printed(self.command), self.where)

    def write(self, ring: KeyRing) -> None:
        """Refused: the key service keeps its own keys."""
        raise _not_ours(self.where)


def _not_ours(where: str) -> KeyRingError:
    return KeyRingError(f"{where} is not ours to change; change the key ring where it is kept")


@cached(_PRINTED, key=lambda command: command, lock=threading.Lock())
def _printed(command: str) -> str:
    try:
        words = shlex.split(command)
        # The administrator names the command; no shell reads it.
        done = subprocess.run(  # noqa: S603
            words, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise KeyRingError(
            f"{COMMAND_VARIABLE} did not answer within {COMMAND_SECONDS} seconds; "
            "is the key service up?"
        ) from None
    except (OSError, ValueError, IndexError) as error:
        raise KeyRingError(f"{COMMAND_VARIABLE} cannot be run: {error}") from None
    if done.returncode:
        # What it printed may hold a key and is not repeated.
        raise KeyRingError(
            f"{COMMAND_VARIABLE} failed with exit code {done.returncode}; run it by hand to see why"
        )
    return done.stdout


KeySource = KeyFile | GivenKey | KeyCommand


def find_source(name: str) -> KeySource:
    """Where the ring called `name` comes from, by the environment; nothing is read yet.

    Raises KeyRingError when two variables name one.
    """
    given = [variable for variable in VARIABLES if os.environ.get(variable)]
    if len(given) > 1:
        raise KeyRingError(f"{' and '.join(given)} are both set; keep one of them")
    if not given:
        return KeyFile(config_home() / "doudi" / "keys" / f"{name}.key")
    value = os.environ[given[0]]
    if given[0] == KEY_VARIABLE:
        return GivenKey(value)
    if given[0] == COMMAND_VARIABLE:
        return KeyCommand(value)
    return KeyFile(Path(value).expanduser().absolute())


def config_home() -> Path:
    """Where this user keeps what programs are set up with. Raises KeyRingError without a home."""
    given = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    if given.is_absolute():  # the standard says to ignore a relative one
        return given
    try:
        return Path.home() / ".config"
    except RuntimeError:
        raise KeyRingError(
            f"this user has no home directory to keep a key in; name a file in {FILE_VARIABLE}"
        ) from None


@contextmanager
def scratch_key(folder: Path) -> Iterator[None]:
    """Keep new keys in `folder`, for data that is thrown away with it.

    A key that the environment names already stays in force.
    """
    if any(os.environ.get(variable) for variable in VARIABLES):
        yield
        return
    os.environ[FILE_VARIABLE] = str(folder / "scratch.key")
    try:
        yield
    finally:
        del os.environ[FILE_VARIABLE]
