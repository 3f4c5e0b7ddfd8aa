"""Two people put a model to use; the gate is passed only in writing; one step back is one step."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select, update

import services
from core.access.areas import COUNTY, Area
from core.access.principal import Grant, Principal, Refused
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from core.home import Home
from core.proposals.models import Proposal
from models.risk import gate, registry
from models.risk.errors import RiskError
from models.risk.tracking import log_and_register
from services import Context, promotions
from services.promotions import ProposalRefused
from tests.models.risk.conftest import FEATURES, households, month
from tests.models.risk.test_gate import GOOD

pytestmark = pytest.mark.slow

AS_OF = month(7)
Q = "existing"


@pytest.fixture(scope="module")
def fitted():
    from models.risk.train import fit

    frame = households(n=200, months=4)
    late = (frame["as_of"] >= month(3)).to_numpy()
    return fit(frame, FEATURES, train=~late, calibrate_on=late, seeds=(1,), rounds=10)


@pytest.fixture(scope="module")
def store(tmp_path_factory, fitted) -> Home:
    """A home with a good version 1, in use, a version 2 that the gate doubts and a 3 that it
    refuses; 1 was shown better than 2."""
    home = Home(tmp_path_factory.mktemp("models"))
    home.data.mkdir()
    home.county_file.write_text("region: '990321'\nname_zh: 望禾县\nname_en: Wanghe\n", "utf-8")
    worse = {**GOOD, "minus_champion": -0.05, "minus_champion_high": -0.01}
    for figures in ({**GOOD, "champion": 2}, {**GOOD, "slope": 0.2}, worse):
        log_and_register(home, fitted, metrics=gate.figures(figures), question=Q)
    registry.promote(home, "1", reason="first", question=Q)
    registry.challenge(home, "2", Q)
    return home


@pytest.fixture
def home(store, tmp_path, monkeypatch) -> Home:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copytree(store.root, tmp_path / "home")
    return Home(tmp_path / "home")


def who(home: Home, role: Role, name: str, area: Area = COUNTY) -> Context:
    principal = Principal(name, "Tester", (Grant(role, area),))
    return Context(principal, str(home.root), AS_OF, COUNTY)


@pytest.fixture
def scientist(home) -> Context:
    return who(home, Role.DATA_SCIENTIST, "zhang")


@pytest.fixture
def leader(home) -> Context:
    return who(home, Role.LEADER, "wang")


def champion(home: Home) -> str | None:
    return registry.champion_version(home, Q)


def back_to_one(home: Home) -> None:
    """Version 2 in use, 1 before it: then 1 may be proposed, which the gate has nothing against."""
    registry.promote(home, "2", reason="tried", question=Q, force=True)


def test_a_proposal_changes_nothing_until_a_second_person_approves(home, scientist, leader) -> None:
    back_to_one(home)
    number = promotions.propose(scientist, "1", "was better", question=Q)
    assert champion(home) == "2"
    assert promotions.waiting(leader, Q).version == "1"
    assert promotions.approve(leader, number, "I agree", question=Q) == "1"
    assert champion(home) == "1"
    step = registry.history(home, Q)[-1]
    assert (step.actor, step.second, step.reason) == ("zhang", "wang", "was better")
    assert not step.forced
    assert promotions.waiting(leader, Q) is None


def test_the_same_person_cannot_do_both(home, scientist) -> None:
    back_to_one(home)
    number = promotions.propose(scientist, "1", "was better", question=Q)
    with pytest.raises(ProposalRefused, match="second person"):
        promotions.approve(scientist, number, "I agree with myself", question=Q)
    assert champion(home) == "2"
    # Another data scientist may.
    promotions.approve(who(home, Role.DATA_SCIENTIST, "li"), number, "checked", question=Q)
    assert champion(home) == "1"


def test_the_gate_is_passed_only_with_a_written_word(home, scientist, leader) -> None:
    number = promotions.propose(scientist, "2", "newer", question=Q)
    with pytest.raises(ProposalRefused, match="calibration slope") as refused:
        promotions.approve(leader, number, "fine", question=Q)
    assert "校准斜率" in refused.value.zh
    assert champion(home) == "1"
    assert promotions.waiting(leader, Q) is not None
    promotions.approve(leader, number, "fine", question=Q, override="only two months of visits")
    step = registry.history(home, Q)[-1]
    assert (step.version, step.forced, step.override) == ("2", True, "only two months of visits")
    assert "calibration slope" in step.said[0]["en"]
    with open_session(home) as session:
        (kept,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "promote"))
    assert "calibration slope on later months is 0.20" in kept.detail


def test_what_is_clearly_worse_is_neither_proposed_nor_approved(home, scientist, leader) -> None:
    with pytest.raises(ProposalRefused, match="the gate refuses it: precision") as refused:
        promotions.propose(scientist, "3", "newer", question=Q)
    assert "启用门槛拒绝该版本：" in refused.value.zh
    assert promotions.waiting(leader, Q) is None
    # Proposed before it was seen to be worse: no word passes it then.
    number = promotions.propose(scientist, "2", "newer", question=Q)
    with open_session(home) as session:
        session.execute(update(Proposal).values(version="3"))
    with pytest.raises(ProposalRefused, match="train another one"):
        promotions.approve(leader, number, "fine", question=Q, override="we want it")
    assert champion(home) == "1"


def test_a_declined_or_withdrawn_proposal_leaves_the_champion(home, scientist, leader) -> None:
    for end in ("decline", "withdraw"):
        number = promotions.propose(scientist, "2", "newer", question=Q)
        person = leader if end == "decline" else scientist
        getattr(promotions, end)(person, number, "not yet", question=Q)
    assert champion(home) == "1"
    assert [one.state for one in promotions.decided(leader, Q)] == ["withdrawn", "declined"]


def test_every_step_is_in_the_record(home, scientist, leader) -> None:
    number = promotions.propose(scientist, "2", "newer", question=Q)
    promotions.approve(leader, number, "fine", question=Q, override="known")
    with open_session(home) as session:
        found = list(session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))
    told = [(one.account, one.action, one.object) for one in found]
    assert [t for t in told if t[1] in ("propose_model", "promote")] == [
        ("zhang", "propose_model", "2"),
        ("wang", "promote", "2"),
    ]


def test_one_step_back_needs_one_person_and_a_reason(home, scientist) -> None:
    back_to_one(home)
    with pytest.raises(RiskError, match="needs a reason"):
        services.risk_model.rollback(scientist, " ", question=Q)
    services.risk_model.rollback(scientist, "false alerts", question=Q)
    assert champion(home) == "1"


def test_who_may_neither_propose_nor_approve(home, scientist) -> None:
    number = promotions.propose(scientist, "2", "newer", question=Q)
    with pytest.raises(Refused):
        promotions.propose(who(home, Role.LEADER, "wang"), "2", "newer", question=Q)
    with pytest.raises(Refused):
        promotions.approve(who(home, Role.ANALYST, "zhao"), number, "fine", question=Q)
    # A right in one township is none over a model of the whole county.
    elsewhere = Context(
        Principal("sun", "Tester", (Grant(Role.LEADER, Area("990321101")),)),
        str(home.root), AS_OF, Area("990321101"),
    )  # fmt: skip
    with pytest.raises(Refused):
        promotions.approve(elsewhere, number, "fine", question=Q)


def test_what_is_not_there_or_in_use_cannot_be_proposed(scientist) -> None:
    with pytest.raises(RiskError, match="no risk model version 9"):
        promotions.propose(scientist, "9", "newer", question=Q)
    with pytest.raises(RiskError, match="is the champion already"):
        promotions.propose(scientist, "1", "newer", question=Q)


def test_a_proposal_of_one_question_is_not_decided_as_another(home, scientist, leader) -> None:
    number = promotions.propose(scientist, "2", "newer", question=Q)
    with pytest.raises(ProposalRefused, match="no such proposal"):
        promotions.approve(leader, number, "fine", question="coming")
