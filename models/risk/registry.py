"""Which version speaks: aliases `champion`, `previous` and `challenger` of a registered model.

Each question has its own ('doudi-risk-existing', 'doudi-risk-coming'); without a question the
functions mean 'doudi-risk', the model of one label (a real panel, a table of one's own).

A promotion is a step with checks and a written reason; every step is kept as a tag of the
registered model (promotion.<time>), so the history cannot be lost with a version.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from core.home import Home
from core.words import Text
from core.workflow.calendar import CHINA_TIME
from models.risk import gate, one_label, report, standing
from models.risk.errors import RiskError
from models.risk.fitted import CARD, FittedRisk
from models.risk.objections import Objection, refusals
from models.risk.portable.artefacts import local_folder, read_json
from models.risk.tracking import SERVER_VARIABLE, has_store, model_name, open_client, quiet

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHAMPION, PREVIOUS, CHALLENGER = "champion", "previous", "challenger"
ALIASES = (CHAMPION, CHALLENGER, PREVIOUS)
HISTORY = "promotion."
QUESTIONS = ("existing", "coming")


@dataclass(frozen=True)
class Promotion:
    """One step of the registry. `action` is 'promote' or 'rollback'; `at` is UTC, ISO.

    `second` approved what `actor` proposed; `override` is why what the gate said was passed, and
    `said` what it said then (zh and en).
    """

    at: str
    action: str
    version: str
    previous: str | None
    reason: str
    actor: str
    forced: bool = False
    second: str | None = None
    override: str | None = None
    said: tuple[Mapping[str, str], ...] = ()


def alias(home: Home, name: str, question: str | None = None) -> str | None:
    """Version that carries the alias, None when no version does."""
    # A home that never trained gets its answer without MLflow and without a database.
    return _alias(open_client(home), name, model_name(question)) if has_store(home) else None


def _alias(client: MlflowClient, name: str, model: str) -> str | None:
    from mlflow.exceptions import MlflowException

    try:
        with quiet():
            return str(client.get_model_version_by_alias(model, name).version)
    except MlflowException:
        return None


def champion_version(home: Home, question: str | None = None) -> str | None:
    """Version of the champion, None before the first promotion.

    Without a question: what scores a month, 'existing 3, coming 2' or one version for one label.
    """
    if question is not None:
        return alias(home, CHAMPION, question)
    if not has_store(home):
        return None
    known = {name: alias(home, CHAMPION, name) for name in QUESTIONS}
    told = [f"{name} {number}" for name, number in known.items() if number]
    return ", ".join(told) or alias(home, CHAMPION)


def has_questions(home: Home) -> bool:
    """Whether a question was ever trained here; a home may hold one label's model only."""
    if not has_store(home):
        return False
    names = [model_name(question) for question in QUESTIONS]
    with quiet():
        return any(one.name in names for one in open_client(home).search_registered_models())


def load(home: Home, which: str = CHAMPION, question: str | None = None) -> tuple[FittedRisk, str]:
    """The model of an alias or a version number, and its version.

    Without a question: the model of one label; where the home has none, the first question's.
    Raises RiskError when there is none.
    """
    if question is None and not which.isdigit() and alias(home, which) is None:
        question = next((q for q in QUESTIONS if alias(home, which, q)), None)
    number = which if which.isdigit() else alias(home, which, question)
    if number is None:
        what = f" for the question '{question}'" if question else ""
        what_zh = f"（问题“{question}”）" if question else ""
        raise RiskError(
            f"风险模型中没有 {which}{what_zh}；请运行 doudi train",
            f"no {which} among the risk models{what} yet; run 'doudi train'",
        )
    client = open_client(home)
    return FittedRisk.load(_folder(home, client, number, model_name(question))), number


def _folder(home: Home, client: MlflowClient, number: str, model: str) -> Path:
    found = _version(client, number, model)
    local = local_folder(home, found.source)
    if local is None and urlparse(found.source).scheme not in ("", "file"):
        from mlflow.artifacts import download_artifacts

        with quiet():
            local = Path(
                download_artifacts(
                    artifact_uri=found.source, tracking_uri=os.environ.get(SERVER_VARIABLE)
                )
            )
    if local is None:
        raise RiskError(
            f"风险模型第 {number} 版的文件不在 {found.source}",
            f"the files of risk model version {number} are gone from {found.source}",
        )
    if not (local / "data" / "risk" / CARD).exists():
        raise RiskError(
            f"风险模型第 {number} 版的文件不在 {local}",
            f"the files of risk model version {number} are gone from {local}",
        )
    return local / "data" / "risk"


def _version(client: MlflowClient, number: str, model: str) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        with quiet():
            return client.get_model_version(model, number)
    except MlflowException as error:
        raise RiskError(
            f"没有风险模型第 {number} 版；见 doudi status",
            f"there is no risk model version {number}; see 'doudi status'",
        ) from error


def version_of(home: Home, number: str, question: str | None) -> Any:
    """MLflow's own record of a version. Raises RiskError for an unknown one."""
    if not has_store(home):  # asking must not make one
        raise RiskError(
            f"没有风险模型第 {number} 版；见 doudi status",
            f"there is no risk model version {number}; see 'doudi status'",
        )
    return _version(open_client(home), str(number), model_name(question))


def versions(home: Home, question: str | None = None) -> list[str]:
    """Numbers of all versions of a question, the newest first; [] before the first training."""
    if not has_store(home):
        return []
    with quiet():
        found = open_client(home).search_model_versions(f"name='{model_name(question)}'")
    return sorted((str(one.version) for one in found), key=int, reverse=True)


def china_day(milliseconds: int) -> str:
    """The day of a moment as the office's calendar has it, ISO."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.astimezone(CHINA_TIME).date().isoformat()


def _county_day(at: str) -> str:
    """The same of a step's moment, which is kept as ISO in UTC."""
    return datetime.fromisoformat(at).astimezone(CHINA_TIME).date().isoformat()


def promote(
    home: Home,
    version: str,
    reason: str,
    actor: str = "operator",
    *,
    force: bool = False,
    question: str | None = None,
    second: str | None = None,
    override: str | None = None,
) -> str:
    """Make `version` the champion and return it; the one until now becomes `previous`.

    Raises RiskError for an empty reason, an unknown version, or, unless `force`, a candidate that
    a check speaks against. For a question the check is the gate (see `gate`): what it refuses, only
    `force` passes; what it merely doubts, also a second person (`second`, other than `actor`, who
    proposed it) with a written reason (`override`). Without a question it is the champion on the
    same test rows (precision at capacity worse by more than 0.02, calibration error by more than
    0.01), and the gate too if an external dataset taught it. All that is kept with the step, the
    gate's own words too.
    """
    version, client, model = str(version), open_client(home), model_name(question)
    if not reason.strip():
        raise RiskError(
            '启用须写明理由：--reason "为何启用该版本"',
            'a promotion needs a reason: --reason "why this version"',
        )
    candidate, incumbent = _version(client, version, model), _alias(client, CHAMPION, model)
    if incumbent == version:
        raise RiskError(f"第 {version} 版已在使用", f"version {version} is the champion already")
    faults: list[Text] = []
    passed = False
    if question is not None:
        found = standing.objections(home, candidate, incumbent)
        passed = _passed(found, actor, second, override)
        faults += found
    else:
        faults += external_faults(client, candidate)
        faults += _beside_champion(client, candidate) if incumbent else []
    if faults and not force and not passed:
        raise RiskError(
            f"第 {version} 版仍为候选：{'；'.join(one.zh for one in faults)}",
            f"version {version} stays challenger: {'; '.join(one.en for one in faults)}",
        )
    why = (override or "").strip() or None if faults else None
    said = tuple({"zh": one.zh, "en": one.en} for one in faults)
    _move(client, "promote", version, incumbent, reason, actor, bool(faults), model, second, why,
          said)  # fmt: skip
    _tell(home, version, question)
    return version


def _passed(
    found: Sequence[Objection], actor: str, second: str | None, override: str | None
) -> bool:
    """Whether a second person's written reason passes what the gate said."""
    two = bool(second) and second != actor
    return two and bool((override or "").strip()) and not refusals(found)


def rollback(
    home: Home, reason: str, actor: str = "operator", *, question: str | None = None
) -> str:
    """Give the champion's place back to the `previous` version and return it; they swap.

    Raises RiskError when there is nothing to go back to or the reason is empty.
    """
    client, model = open_client(home), model_name(question)
    if not reason.strip():
        raise RiskError(
            '退回须写明理由：--reason "出了什么问题"',
            'going back needs a reason: --reason "what went wrong"',
        )
    previous = _alias(client, PREVIOUS, model)
    if previous is None:
        raise RiskError("没有可退回的上一版本", "there is no previous champion to go back to")
    incumbent = _alias(client, CHAMPION, model)
    _move(client, "rollback", previous, incumbent, reason, actor, False, model)
    _tell(home, previous, question)
    return previous


def _move(
    client: MlflowClient,
    action: str,
    version: str,
    incumbent: str | None,
    reason: str,
    actor: str,
    forced: bool,
    model: str,
    second: str | None = None,
    override: str | None = None,
    said: tuple[Mapping[str, str], ...] = (),
) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    step = Promotion(
        at, action, version, incumbent, reason.strip(), actor, forced, second, override, said
    )
    with quiet():
        # The record first: there must be no champion that no line explains.
        text = json.dumps(asdict(step), ensure_ascii=False)
        client.set_registered_model_tag(model, f"{HISTORY}{at}", text)
        client.set_registered_model_alias(model, CHAMPION, version)
        if incumbent is not None:
            client.set_registered_model_alias(model, PREVIOUS, incumbent)
        if _alias(client, CHALLENGER, model) == version:
            client.delete_registered_model_alias(model, CHALLENGER)


def _tell(home: Home, version: str, question: str | None) -> None:
    """Let the last report and the version's card say who speaks now."""
    from models.risk.card.keeping import keep_card

    _tell_report(home)
    keep_card(home, version, question)


def _tell_report(home: Home) -> None:
    # The report was written before the promotion; its card says who speaks now.
    written = report.read_report(home)
    if written is None:
        return
    questions = {
        name: {**content, "champion": champion_card(home, name)}
        for name, content in (written.get("questions") or {}).items()
    }
    first = next(iter(questions), None)
    told = {**written, "champion": champion_card(home, first)}
    report.write_report(home, {**told, "questions": questions} if questions else told)


def challenge(home: Home, version: str, question: str | None = None) -> None:
    """Mark `version` as the challenger: trained and evaluated, waiting for a decision."""
    with quiet():
        open_client(home).set_registered_model_alias(model_name(question), CHALLENGER, str(version))


def external_faults(client: MlflowClient, candidate: Any) -> list[Objection]:
    """What the gate says against a version of an external dataset; other models of one label have
    no folds and pass."""
    with quiet():
        metrics = client.get_run(candidate.run_id).data.metrics
    return gate.verdict(metrics) if gate.LEAK in metrics else []


def _beside_champion(client: MlflowClient, candidate: Any) -> list[Text]:
    """Reasons against a model of one label beside the champion of the day it was trained."""
    with quiet():
        return one_label.worse_than_champion(client.get_run(candidate.run_id).data.metrics)


def gate_verdict(home: Home, version: str, question: str) -> list[Objection]:
    """What the gate says against a version today, in both languages; [] is fine."""
    candidate = version_of(home, version, question)
    return standing.objections(home, candidate, alias(home, CHAMPION, question))


def measured(home: Home, version: str, question: str) -> dict[str, Any]:
    """What the run of a version measured: rows (evaluation table), split, gate (metrics).

    Raises RiskError for an unknown version.
    """
    client = open_client(home)
    run_id = _version(client, version, model_name(question)).run_id
    with quiet():
        run = client.get_run(run_id)
    kept: dict[str, Any] = {"gate": dict(run.data.metrics)}
    for name, file in (("rows", "evaluation.json"), ("split", "split.json")):
        kept[name] = read_json(home, client, run, file)
    return kept


def history(home: Home, question: str | None = None) -> list[Promotion]:
    """All promotions and rollbacks, oldest first."""
    if not has_store(home):
        return []
    from mlflow.exceptions import MlflowException

    try:
        with quiet():
            tags = open_client(home).get_registered_model(model_name(question)).tags
    except MlflowException:
        return []
    kept = sorted((k, v) for k, v in tags.items() if k.startswith(HISTORY))
    return [_step(json.loads(value)) for _, value in kept]


def _step(kept: dict[str, Any]) -> Promotion:
    """A step as it was kept; the oldest knew no second person and no words of the gate."""
    return Promotion(**{**kept, "said": tuple(kept.get("said") or ())})


def champion_card(home: Home, question: str | None = None) -> dict[str, Any] | None:
    """Who is champion: version, promoted_on, reason, actor, run_id; None without one."""
    number = alias(home, CHAMPION, question)
    if number is None:
        return None
    client = open_client(home)
    steps = reversed(history(home, question))
    step = next((p for p in steps if p.version == number), None)
    return {
        "version": number,
        "run_id": _version(client, number, model_name(question)).run_id,
        "promoted_on": _county_day(step.at) if step else None,
        "reason": step.reason if step else None,
        "actor": step.actor if step else None,
    }
