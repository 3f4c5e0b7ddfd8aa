"""Tables of the door: accounts, their grants, sign-ins, emergency looks, tokens of systems.

Moments are UTC without a zone. Nothing here is about families: a household is a pseudonym.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db.base import Base

ACCOUNT = String(40)
PERSON, SYSTEM = "person", "system"


class Account(Base):
    """A person who can sign in, or a system that calls with a token (`kind`).

    `password` is an argon2 hash; None where a provider vouches, and for every system.
    `lives_in`: the village of the holder's own family, '' where nobody asked. `subject` is the
    provider's issuer and subject. `failures` counts wrong passwords in a row;
    until `locked_until` no password is looked at.
    """

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(ACCOUNT, primary_key=True)
    display: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(80), default="")
    lives_in: Mapped[str] = mapped_column(String(12), default="")
    password: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(300), unique=True)
    must_change: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime)
    kind: Mapped[str] = mapped_column(String(8), default=PERSON, server_default=PERSON)

    grants: Mapped[list[AccountGrant]] = relationship(
        back_populates="holder", order_by="AccountGrant.id"
    )


class AccountGrant(Base):
    """A role of an account in an area; withdrawn ones stay, so that the past can be told."""

    __tablename__ = "account_grant"
    __table_args__ = (Index("ix_grant_account", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("account.name"))
    role: Mapped[str] = mapped_column(String(24))
    area: Mapped[str] = mapped_column(String(12), default="")
    department: Mapped[str] = mapped_column(String(24), default="")
    granted_by: Mapped[str] = mapped_column(ACCOUNT)
    granted_at: Mapped[datetime] = mapped_column(DateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime)

    holder: Mapped[Account] = relationship(back_populates="grants")


class SignIn(Base):
    """One sign-in, from the password (or the provider's word) to its end.

    `secret` is the SHA-256 of what the browser holds: whoever reads this table cannot sign in.
    `until` is when the provider's token expires; None for a local account.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account", "account", "ended_at"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("account.name"))
    started_at: Mapped[datetime] = mapped_column(DateTime)
    seen_at: Mapped[datetime] = mapped_column(DateTime)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime)
    ended_by: Mapped[str | None] = mapped_column(String(16))
    until: Mapped[datetime | None] = mapped_column(DateTime)
    place: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(120), default="")


class Glass(Base):
    """One emergency look at a household outside the looker's areas, and its review."""

    __tablename__ = "glass"
    __table_args__ = (Index("ix_glass_account", "account", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("account.name"))
    household: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    broken_at: Mapped[datetime] = mapped_column(DateTime)
    until: Mapped[datetime] = mapped_column(DateTime)
    reviewed_by: Mapped[str | None] = mapped_column(ACCOUNT)
    reviewed_at: Mapped[datetime | None] = mapped_column(DateTime)
    verdict: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(Text)


class ApiToken(Base):
    """A secret with which a system calls the interface in the name of its account.

    `secret` is a SHA-256; `scopes` the actions it is narrowed to, with commas between them. The
    areas are those of the account's grants. `busy_until` (milliseconds since 1970) is when the
    calls made so far are used up at the rate allowed.
    """

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_token_account", "account"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    account: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("account.name"))
    system: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(String(400))
    made_by: Mapped[str] = mapped_column(ACCOUNT)
    made_at: Mapped[datetime] = mapped_column(DateTime)
    expires_at: Mapped[datetime] = mapped_column(DateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime)
    busy_until: Mapped[int] = mapped_column(BigInteger, default=0)


class Idempotency(Base):
    """A write that a system asked for under a key of its own, and the answer it got.

    Neither the key nor the request is kept: `key` is a SHA-256, `request` one keyed with the key,
    so nobody can try out household numbers on it. `status` is None until the answer stands.
    """

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_at", "at"),)

    account: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("account.name"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column()
    body: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime)
