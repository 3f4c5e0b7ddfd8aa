"""Opening an alert, joining new reasons to an open one, and reports by people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.errors import AlertsError
from alerts.handling import handling
from alerts.joins import join_note
from alerts.models import Alert, AlertReason, Need
from alerts.policy import Policy, default_policy
from alerts.reasons import CHECK, SEE
from alerts.selection import Candidate, Chosen, Reason
from alerts.states import Action, Band, NeedState, Role, Source, State
from alerts.words import vocabulary
from alerts.writing import Act, apply, checked_flush, decided, log, set_due

# What a lot drew has no band: it claims nothing about the family.
DRAWN = (Source.AUDIT, Source.EXPLORE)
# Before a result stands, a joined reason may raise the band and add a need to check.
_UNSETTLED = frozenset(State) - {State.ASSISTING, State.CLOSED}


def open_alert(
    session: Session,
    candidate: Candidate,
    slot: Chosen,
    as_of: date,
    act: Act,
    policy: Policy,
    since: date | None = None,
) -> Alert:
    """A new alert with its reasons, needs and first event, inside a `checked_flush`.

    `candidate` is the slot's candidate in words. Deadlines count from `since` where that is later
    than the act.
    """
    alert = Alert(
        household=candidate.household,
        township_code=candidate.township_code,
        village_code=candidate.village_code,
        population=candidate.population,
        raised_on=act.at.date(),
        as_of=as_of,
        band=Band.NONE if slot.lane in DRAWN else candidate.urgency(policy),
        source=slot.lane,
        question=slot.question,
        handling=_handling(candidate, policy),
        expected=slot.expected,
        stratum=slot.stratum,
        inclusion=slot.inclusion,
        urgent=candidate.urgent,
        tries=0,
        state=State.RAISED,
        clock_from=_begins(act, since),
        rule_score=candidate.rule_score,
        risk=candidate.risk,
        coverage=candidate.coverage,
        rule_version=candidate.rule_version,
        model_version=candidate.model_version,
    )
    set_due(alert, policy)
    for reason in candidate.reasons or (_check(slot.lane),):
        _add_reason(alert, reason, as_of)
    for kind, department in candidate.needs:
        _add_need(alert, kind, department)
    session.add(alert)
    log(session, alert, act, Action.RAISE, before=None)
    return alert


def _handling(candidate: Candidate, policy: Policy) -> int:
    return int(
        handling(
            candidate.needs,
            on_roll=candidate.on_roll,
            contrary=candidate.contrary,
            urgent=candidate.urgent,
            complex_departments=policy.complex_departments,
        )
    )


def _check(lane: Source) -> Reason:
    """What is told when nothing pushes a household up; it does not give the draw away."""
    return Reason(lane, SEE, "", CHECK.zh, CHECK.en)


def _begins(act: Act, since: date | None) -> date:
    """From which day a step counts: a month run late has nothing late on its first day."""
    return max(act.at.date(), since or act.at.date())


def join(
    session: Session,
    alert: Alert,
    candidate: Candidate,
    as_of: date,
    act: Act,
    policy: Policy,
    since: date | None = None,
) -> bool:
    """Add what is new about the household to its open alert; False when nothing is.

    The model's contributions vary a little every month; they join only an alert that the model
    had not named before. A higher band raises the alert's urgency until a result stands. An
    urgent fact starts the clock anew with the shortest deadlines and is reported upwards at once;
    any fresh fact sends a family under watch out again. A need added here has an event of its own,
    from no state: a past month can then leave it out.
    """
    known = {(r.source, r.code) for r in alert.reasons}
    if any(source == Source.RISK for source, _ in known):
        known |= {(r.source.value, r.code) for r in candidate.reasons if r.source is Source.RISK}
    new = [r for r in candidate.reasons if (r.source, r.code) not in known]
    unsettled = alert.state in _UNSETTLED
    band = candidate.urgency(policy)
    higher = unsettled and band.rank < Band(alert.band).rank
    urgent = candidate.urgent and any(r.source is Source.EVENT for r in new)
    if not new and not higher:
        return False
    rise = (alert.band, band.value) if higher else None
    act = replace(act, note=join_note((r.code for r in new), rise, urgent))
    decision = decided(alert, Action.JOIN, act)
    for reason in new:
        _add_reason(alert, reason, as_of)
    added = []
    if unsettled:
        present = {need.code for need in alert.needs}
        for kind, department in candidate.needs:
            if kind not in present:
                added.append(_add_need(alert, kind, department))
    if higher:
        alert.band = band
    if urgent:
        alert.urgent, alert.clock_from = True, _begins(act, since)
    apply(session, alert, decision, act, policy)
    silent = replace(act, note=None)
    for need in added:
        log(session, alert, silent, Action.JOIN, before=None, need=need)
    if alert.state == State.WATCHING and any(r.source is Source.EVENT for r in new):
        apply(session, alert, decided(alert, Action.RECHECK, silent), silent, policy)
    elif urgent and alert.state == State.ASSISTING:
        # Help is under way for something else: the leader must know of the new fact.
        apply(session, alert, decided(alert, Action.ESCALATE, silent), silent, policy)
    return True


def report(
    session: Session,
    household: str,
    words_zh: str,
    words_en: str | None = None,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    township_code: str | None = None,
    village_code: str | None = None,
    need: str = "basic_living",
    policy: Policy | None = None,
) -> Alert:
    """A person reports a household (villages, schools and clinics must; Social Assistance Law
    art. 39). Opens an alert outside the capacity, or adds a reason to the open one.

    Raises PrivateDataRefused for an ID or phone number in the words, AlertsError for empty words.
    """
    act = Act.by(actor, role, now, words_zh)
    if not act.note:
        raise AlertsError("请用一句话说明情况", "say in one sentence what you saw")
    Act.by(actor, role, now, words_en)
    # Two people may report within one second; the words tell them apart.
    told = sha256(act.note.encode()).hexdigest()[:8]
    code = f"{Source.REPORT}_{act.at:%Y%m%d%H%M%S}_{told}"
    reason = Reason(Source.REPORT, code, "", act.note, words_en or act.note)
    candidate = Candidate(
        household,
        township_code,
        village_code,
        reasons=(reason,),
        needs=((need, vocabulary().department_of(need)),),
    )
    silent = Act(act.actor, act.role, act.at)
    policy = policy or default_policy()
    found = _open_alert_of(session, household)
    day = silent.at.date()
    with checked_flush(session, 0 if found is None else found.id):
        if found is None:
            slot = Chosen(candidate, Source.REPORT)
            found = open_alert(session, candidate, slot, day, silent, policy)
        else:
            join(session, found, candidate, day, silent, policy)
    return found


def _open_alert_of(session: Session, household: str) -> Alert | None:
    query = select(Alert).where(Alert.household == household, Alert.state != State.CLOSED)
    return session.scalars(query).first()


def _add_reason(alert: Alert, reason: Reason, as_of: date) -> None:
    alert.reasons.append(
        AlertReason(
            position=len(alert.reasons),
            source=reason.source,
            code=reason.code,
            category=reason.category,
            text_zh=reason.zh,
            text_en=reason.en,
            points=reason.points,
            as_of=as_of,
        )
    )


def _add_need(alert: Alert, kind: str, department: str) -> Need:
    need = Need(code=kind, department=department, state=NeedState.SUSPECTED)
    alert.needs.append(need)
    return need
