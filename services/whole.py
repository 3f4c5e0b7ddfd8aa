"""Whether the record is whole, and whether what it vouches for still is as the acts left it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import digests
from core.access.accounts import grants_of
from core.access.models import Account
from core.audit.anchors import AnchorBook
from core.audit.findings import Finding, Verdict
from core.audit.models import EVENTS
from core.audit.verifying import verify
from services.accounts import told_grants

# Acts after which the record says which grants an account has, and where.
_GRANTED = {"create_account": "grants", "change_account": "after"}


def checked(session: Session, book: AnchorBook | None = None) -> Verdict:
    """The record against itself and the anchors; then the alerts' log and the accounts' grants
    against what the record says of them."""
    verdict = verify(session, book)
    log = digests.check(session, ((seq, detail) for seq, _, _, detail in _acts(session)))
    notes = list(verdict.notes)
    if log.unvouched:
        n = log.unvouched
        notes.append(
            (
                f"预警办理日志中有 {n} 条没有操作记录作证（早于摘要启用，或由命令导入）",
                f"no act in the record vouches for {n} rows of the alerts' log (older than the "
                "digests, or imported)",
            )
        )
    return replace(
        verdict, findings=[*verdict.findings, *log.findings, *_grants(session)], notes=notes
    )


def _acts(session: Session) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """Number, action, object and detail of the events that hold a digest or grants."""
    e = EVENTS.c
    telling = e.detail.contains(f'"{digests.ROWS}"') | e.action.in_(list(_GRANTED))
    query = select(e.seq, e.action, e.object, e.detail).where(telling, e.result == "done")
    for seq, action, about, detail in session.execute(query.order_by(e.seq)):
        try:
            found = json.loads(detail)
        except ValueError:  # an event that was edited is told by its hash
            continue
        yield seq, action, about, found


def _grants(session: Session) -> list[Finding]:
    """Accounts whose grants are not those of the last act that the record has on them."""
    last: dict[str, tuple[int, list[str]]] = {}
    for seq, action, about, detail in _acts(session):
        name = _GRANTED.get(action)
        if name and isinstance(detail.get(name), list):
            last[about] = (seq, detail[name])
    found = []
    for name, (seq, told) in last.items():
        account = session.get(Account, name)
        held = told_grants(grants_of(account)) if account else []
        if sorted(held) != sorted(told):
            found.append(Finding("grants", seq, seq, why=name))
    return found
