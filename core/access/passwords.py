"""Passwords of local accounts: what is accepted, how they are kept, how guessing is slowed.

Hashes are argon2id with the library's own parameters (RFC 9106, low-memory profile).
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Told

SHORTEST, LONGEST = 10, 128
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
# Without letters and digits that are mistaken for each other when read from paper.
_READABLE = "abcdefghijkmnpqrstuvwxyz23456789"
_COMMON = (
    "password",
    "passw0rd",
    "qwerty",
    "123456",
    "abc123",
    "admin",
    "iloveyou",
    "111111",
    "888888",
    "woaini",
    "doudi",
)
_HASHER = PasswordHasher()
# What is checked when there is no such account: the answer then takes as long.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class PasswordRefused(Told):
    """A new password that is too easy; the message says what would do."""


def sealed(password: str) -> str:
    """The argon2 hash of a password."""
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept; takes as long without one."""
    try:
        return _HASHER.verify(kept or _NOBODY, password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check(password: str, account: str) -> str:
    """The password, if it may be used. Raises PasswordRefused."""
    lower = password.lower()
    kinds = sum(
        any(test(c) for c in password)
        for test in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    )
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < SHORTEST // 2 or kinds < 2:
        raise PasswordRefused(
            f"密码至少 {SHORTEST} 位，含字母、数字、符号中至少两类，不能多次重复同一字符",
            f"use at least {SHORTEST} characters of two kinds (letters, digits, signs), "
            "not the same ones over and over",
        )
    if account.lower() in lower or any(word in lower for word in _COMMON):
        raise PasswordRefused(
            "密码不能包含账号名或常见密码，请换一个",
            "the password holds the account's name or a common password; choose another",
        )
    return password


def drawn(account: str) -> str:
    """A password for an account's first sign-in: 16 characters that can be read from paper.

    One draw in a hundred holds no digit and would be refused by `check`; it is drawn again.
    """
    account = account.strip() or "-"  # an empty name is in every password; it is refused elsewhere
    while True:
        password = "".join(secrets.choice(_READABLE) for _ in range(16))
        try:
            return check(password, account)
        except PasswordRefused:
            continue


def wait_after(failures: int) -> timedelta:
    """How long no password is looked at after so many wrong ones in a row: it doubles each time."""
    over = failures - FREE_TRIES
    if over < 0:
        return timedelta(0)
    return min(FIRST_WAIT * 2 ** min(over, 12), LONGEST_WAIT)
