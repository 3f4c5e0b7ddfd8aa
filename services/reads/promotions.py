"""Reads of the proposals to put a model to use."""

from __future__ import annotations

from core.db.store import open_session, ready
from core.proposals import deciding
from core.proposals.deciding import Proposed
from models.risk.errors import RiskError
from models.risk.objections import Objection
from models.risk.tracking import has_store, model_name
from services.reads import base

# How a decided proposal is shown: the newest few.
SHOWN = 10


def subject(question: str) -> str:
    """What a proposal of a question's model is about: the registered name."""
    return model_name(question or None)


def waiting(home: str, question: str = "") -> Proposed | None:
    """The proposal that waits for a second person; None for none."""
    folder = base.home_at(home)
    if not ready(folder):
        return None
    with open_session(folder) as session:
        return deciding.open_one(session, subject(question))


def decided(home: str, question: str = "") -> list[Proposed]:
    """Proposals that somebody decided, the newest first."""
    folder = base.home_at(home)
    if not ready(folder):
        return []
    with open_session(folder) as session:
        found = deciding.all_of(session, subject(question))
    return [one for one in found if one.state is not deciding.State.OPEN][:SHOWN]


def against(home: str, version: str, question: str = "") -> list[Objection]:
    """What the gate says against a version; [] for nothing, also where no gate applies."""
    from models.risk.registry import gate_verdict

    folder = base.home_at(home)
    return gate_verdict(folder, version, question) if question and has_store(folder) else []


def exists(home: str, version: str, question: str) -> None:
    """Raise RiskError for a version that is not registered, or is the champion already."""
    from models.risk import registry

    folder, asked = base.home_at(home), question or None
    registry.version_of(folder, version, asked)
    if registry.alias(folder, registry.CHAMPION, asked) == version:
        raise RiskError(f"第 {version} 版已在使用", f"version {version} is the champion already")
