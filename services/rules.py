"""What analysts and their second person do with the rules: draft, change, approve, put in force.

Rules hold for the whole county: whoever acts on them needs the right there. Every act carries the
number of the version's last event as its page showed it, and is recorded.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version as installed
from typing import Any

from sqlalchemy.orm import Session

from alerts.errors import PolicyError
from alerts.rule_edits import Bars, Bound, Edit, Points, PolicyValue, Switch, edited, wrong
from alerts.rulebook import check_texts, flat_policy, policy_words, shipped_texts
from core.access.areas import COUNTY
from core.access.principal import Refused
from core.access.roles import Action
from core.db import open_session
from core.rulebook import writing
from core.rulebook.reading import Act, Activation, Version, in_force
from core.rulebook.states import DONE, Role, RulebookError, State, VersionChanged
from core.words import Text
from models.scorecard.bands import Fit, with_fit
from models.scorecard.differences import Difference
from models.scorecard.files import FITS
from models.scorecard.reading import ScorecardError
from models.scorecard.rules import files_of
from models.scorecard.schema import Tier
from services import record
from services.context import Context
from services.reads import rules as reads
from services.reads.base import home_at, moment_of
from services.reads.rules import Shelf
from services.use_case import acting, reading

__all__ = [
    "DONE",
    "Act",
    "Activation",
    "Bars",
    "Bound",
    "Difference",
    "Edit",
    "Points",
    "PolicyNow",
    "PolicyValue",
    "RulebookError",
    "Shelf",
    "State",
    "Switch",
    "Tier",
    "Version",
    "VersionChanged",
    "activate",
    "approve",
    "change",
    "compared",
    "discard",
    "draft",
    "draft_fit",
    "export",
    "history",
    "imported",
    "may_approve",
    "may_tune",
    "own_in_force",
    "policy",
    "policy_values",
    "refusals",
    "rules",
    "send_back",
    "shelf",
    "step_back",
    "tried",
    "version",
    "writers",
]

MOST_BYTES = 5_000_000  # a whole scorecard is a hundred kilobytes

shelf = reading(Action.SEE_RULES, reads.shelf)
version = reading(Action.SEE_RULES, reads.version)
history = reading(Action.SEE_RULES, reads.history)
rules = reading(Action.SEE_RULES, reads.rules)
policy = reading(Action.SEE_RULES, reads.policy)
compared = reading(Action.SEE_RULES, reads.compared)
writers = reading(Action.SEE_RULES, reads.writers)
refusals = reading(Action.SEE_RULES, reads.refusals)


@dataclass(frozen=True)
class PolicyNow:
    """A value of the alert policy with what it is called."""

    words: Text
    value: float


def may_tune(context: Context) -> bool:
    """Whether the principal may draft, try and put rules in force."""
    return context.principal.may(Action.TUNE_RULES, COUNTY)


def may_approve(context: Context) -> bool:
    """Whether the principal may approve what somebody else wrote."""
    return context.principal.may(Action.APPROVE_RULES, COUNTY)


@acting(Action.SEE_RULES)
def policy_values(
    context: Context, number: int | None, names: Sequence[str]
) -> dict[str, PolicyNow]:
    """Some values of a version's alert policy, by their dotted names."""
    found = flat_policy(reads.policy(context.home, number))
    return {name: PolicyNow(policy_words(name), found[name]) for name in names}


@acting(Action.TUNE_RULES)
def draft(context: Context, title: str, edits: Sequence[Edit] = (), base: int | None = None) -> int:
    """Begin a draft from a version (without one: the newest in force); its number.

    Raises RulebookError for a change that the rules do not allow.
    """
    _in_county(context, Action.TUNE_RULES)
    texts = edited(reads.texts_of(context.home, base), edits, reads.first_open(context.home))
    return _written(context, title, texts, base)


@acting(Action.TUNE_RULES)
def imported(context: Context, title: str, packed: bytes) -> int:
    """Begin a draft from an exported folder (zip) or parts of one; its number.

    Files that are not in it stay as they are in the newest version. Raises RulebookError.
    """
    _in_county(context, Action.TUNE_RULES)
    own = reads.texts_of(context.home, None)
    texts = {**own, **unpacked(packed)}
    return _written(context, title, texts, None)


def _written(context: Context, title: str, texts: Mapping[str, str], base: int | None) -> int:
    checked(texts)
    with open_session(home_at(context.home)) as session:
        number = writing.write(session, title, texts, _act(context, Role.TUNER), base)
        record.add(context, session, "draft_rules", "rules", str(number))
    return number


@acting(Action.SEE_RULES)
def own_in_force(context: Context) -> bool:
    """Whether a version of the office's own, not the program's, holds for the next run."""
    found = reads.shelf(context.home)
    return any(one.number == found.next and one.kind == writing.OWN for one in found.versions)


@acting(Action.TUNE_RULES)
def draft_fit(context: Context, title: str, fit: Fit) -> int:
    """A draft with bars and curve fitted on past months; its number."""
    _in_county(context, Action.TUNE_RULES)
    texts = dict(reads.texts_of(context.home, None))
    # Later than the bars it is to replace.
    drawn = max(files_of(texts).bands.bands) + timedelta(days=1)
    start = max(reads.first_open(context.home), drawn)
    texts[FITS] = with_fit(texts.get(FITS), start, fit)
    return _written(context, title, texts, None)


@acting(Action.TUNE_RULES)
def change(
    context: Context, number: int, edits: Sequence[Edit], seen: int, title: str | None = None
) -> list[Difference]:
    """Change a draft; what differs from before. Raises RulebookError, VersionChanged."""
    _in_county(context, Action.TUNE_RULES)
    before = reads.version(context.home, number).texts
    after = edited(before, edits, reads.first_open(context.home))
    checked(after)
    told = reads.changed(before, after)
    rows = [{"code": d.code, "before": d.before.en, "after": d.after.en} for d in told]
    with open_session(home_at(context.home)) as session:
        writing.edit(session, number, after, _act(context, Role.TUNER), seen, rows, title)
        record.add(context, session, "edit_rules", "rules", str(number), detail={"changes": rows})
    return told


@acting(Action.TUNE_RULES)
def tried(context: Context, number: int, figures: Mapping[str, Any], seen: int) -> None:
    """Keep the figures of a trial with the draft, which may then be approved."""
    _in_county(context, Action.TUNE_RULES)
    with open_session(home_at(context.home)) as session:
        writing.tried(session, number, figures, _act(context, Role.TUNER), seen)
        record.add(context, session, "try_rules", "rules", str(number))


@acting(Action.APPROVE_RULES)
def approve(
    context: Context, number: int, note: str, seen: int, override: str | None = None
) -> None:
    """Approve somebody else's tried draft; `override` passes a gate's refusal, in writing.

    Raises RulebookError where the gate refused it and nothing is written against that.
    """
    _in_county(context, Action.APPROVE_RULES)
    stopped = reads.refusals(context.home, number)
    if stopped and not (override or "").strip():
        raise RulebookError(
            f"试算未通过：{stopped[0].zh}；如仍要通过，请写明理由",
            f"the trial was refused: {stopped[0].en}; to pass it all the same, write why",
        )
    with open_session(home_at(context.home)) as session:
        act = _act(context, Role.APPROVER, note)
        writing.approve(session, number, act, seen, override)
        _record(context, session, "approve_rules", number, note=note, override=override or "")


@acting(Action.APPROVE_RULES)
def send_back(context: Context, number: int, note: str, seen: int) -> None:
    """Send a tried or approved version back to whoever wrote it."""
    _in_county(context, Action.APPROVE_RULES)
    with open_session(home_at(context.home)) as session:
        writing.send_back(session, number, _act(context, Role.APPROVER, note), seen)
        _record(context, session, "return_rules", number, note=note)


@acting(Action.TUNE_RULES)
def discard(context: Context, number: int, seen: int) -> None:
    """Give a draft up."""
    _in_county(context, Action.TUNE_RULES)
    with open_session(home_at(context.home)) as session:
        writing.discard(session, number, _act(context, Role.TUNER), seen)
        _record(context, session, "discard_rules", number)


@acting(Action.TUNE_RULES)
def activate(
    context: Context,
    number: int,
    reason: str,
    seen: int,
    since: date | None = None,
) -> date:
    """Put an approved version in force for months from `since` on; that day.

    Without one it holds for the next month that is run. Raises RulebookError, VersionChanged.
    """
    _in_county(context, Action.TUNE_RULES)
    start = since or _earliest(context)
    found = reads.version(context.home, number)
    checked(found.texts)
    promise = (found.tried or {}).get("promise")
    with open_session(home_at(context.home)) as session:
        act = _act(context, Role.TUNER, reason)
        last = reads.last_run(context.home)
        _keep_shipped(context, session, last)
        writing.activate(session, number, start, act, seen, last_run=last, promise=promise)
        _record(context, session, "activate_rules", number, reason=reason, since=start)
    return start


def _keep_shipped(context: Context, session: Session, last: date | None) -> None:
    """Keep what holds now, where the store holds nothing yet: there must be a way back to it."""
    day = last or date(2000, 1, 1)
    if in_force(session, day) is None:
        at = moment_of(context.home, context.as_of)
        home = home_at(context.home)
        writing.pin(session, shipped_texts(home), day, installed("doudi"), at)


@acting(Action.TUNE_RULES)
def step_back(context: Context, number: int, reason: str, seen: int) -> int:
    """Take the version in force back; the number of the one that holds again."""
    _in_county(context, Action.TUNE_RULES)
    start = _earliest(context)
    with open_session(home_at(context.home)) as session:
        act = _act(context, Role.TUNER, reason)
        last = reads.last_run(context.home)
        earlier = writing.step_back(session, number, start, act, seen, last_run=last)
        _record(context, session, "step_back_rules", number, reason=reason, to=earlier)
    return earlier


@acting(Action.SEE_RULES)
def export(context: Context, number: int | None = None) -> bytes:
    """A version as a zip of YAML files, as a scorecard is written and reviewed; recorded."""
    texts = reads.texts_of(context.home, number)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(texts):
            # A fixed day: the same version gives the same file.
            archive.writestr(zipfile.ZipInfo(path, (2000, 1, 1, 0, 0, 0)), texts[path])
    record.write(context, "export_rules", "rules", str(number or ""))
    return packed.getvalue()


def unpacked(packed: bytes) -> dict[str, str]:
    """The texts in a zip. Raises RulebookError for what is no such file, or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
                raise RulebookError("压缩包过大，超过 5 MB", "the zip is too large, above 5 MB")
            found = {
                one.filename: archive.read(one).decode("utf-8")
                for one in archive.infolist()
                if one.filename.endswith(".yaml")
            }
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise RulebookError(
            "请上传由本系统导出的规则压缩包（zip，内含 YAML 文件）",
            "upload a zip of YAML files, as this page exports it",
        ) from error
    if not found:
        raise RulebookError("压缩包中没有 YAML 文件", "there is no YAML file in the zip")
    return found


def checked(texts: Mapping[str, str]) -> None:
    """Refuse rules that no month could be run by. Raises RulebookError in both languages."""
    try:
        check_texts(texts, reads.NEWEST)
    except ScorecardError as error:
        raise wrong(error) from error
    except PolicyError as error:
        raise RulebookError(error.zh, error.en) from error


def _earliest(context: Context) -> date:
    """The first day from which a version can hold: after all runs, not before another's start."""
    found = reads.shelf(context.home)
    begun = [one.since for one in found.activations]
    return max([found.first_open, *begun])


def _in_county(context: Context, action: Action) -> None:
    """Rules hold everywhere, so a right in one township is none. Raises Refused."""
    try:
        context.principal.require(action, COUNTY)
    except Refused:
        record.refusal(context, action, "rules")
        raise


def _act(context: Context, role: Role, note: str | None = None) -> writing.Act:
    moment = moment_of(context.home, context.as_of)
    return writing.Act.by(context.principal.account, role, moment, note)


def _record(context: Context, session: Session, action: str, number: int, **detail: Any) -> None:
    told = {name: value for name, value in detail.items() if value}
    record.add(context, session, action, "rules", str(number), detail=told)
