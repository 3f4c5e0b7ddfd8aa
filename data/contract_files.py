"""Contract files: from a file of the Open Data Contract Standard v3 to a `Contract`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pydantic
import yaml
from open_data_contract_standard.model import (
    EnumValue,
    OpenDataContractStandard,
    SchemaProperty,
)

from core.words import Text
from data.contract import (
    EARLIEST,
    IDENTIFIES,
    KINDS,
    LAST,
    OF_A_PERSON,
    PLACES,
    Code,
    Contract,
    ContractError,
    Field,
    Role,
)
from data.quality import Rule, RuleError, born_of, read_rule

# What a contract that says nothing else means.
SMALLEST_PERCENT, ECHO_PERCENT = 70.0, 90.0


def read_contract(path: Path) -> Contract:
    """Read a contract file.

    Raises ContractError naming the file and what is wrong in it.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        # The C parser reads ten contracts in a tenth of the time.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe
        odcs = OpenDataContractStandard(**content)
    except (yaml.YAMLError, pydantic.ValidationError, TypeError) as error:
        line = str(error).splitlines()[0]
        raise ContractError(f"{file} is not a valid data contract: {line}") from error
    if not odcs.schema_ or len(odcs.schema_) != 1:
        raise ContractError(f"{file}: schema must hold exactly one table")
    return _contract(file, odcs)


def _custom(item: Any) -> dict[str, Any]:
    return {p.property: p.value for p in item.customProperties or []}


def _contract(file: str, odcs: OpenDataContractStandard) -> Contract:
    table = odcs.schema_[0]  # type: ignore[index]
    custom, team = _custom(odcs), odcs.team
    about = odcs.description
    promised = {s.property: s.value for s in odcs.slaProperties or []}
    freshness = promised.get("freshness")
    contract = Contract(
        feed=table.name or "",
        zh=table.businessName or "",
        en=table.description or "",
        owner_zh=getattr(team, "name", "") or "",
        owner_en=getattr(team, "description", "") or "",
        every_months=int(promised.get("frequency") or 1),
        fresh_months=int(freshness) if freshness is not None else None,
        bulk_percent=float(custom.get("bulkPercent") or 0),
        file_names=tuple(custom.get("fileNames") or [table.businessName]),
        file_format=custom.get("fileFormat", "csv"),
        encoding=custom.get("encoding"),
        happened_on=custom.get("happenedOn", ""),
        drift_percent=custom.get("driftPercent"),
        key_once=bool(custom.get("keyOnce")),
        smallest_percent=float(custom.get("smallestPercent") or SMALLEST_PERCENT),
        echo_percent=float(custom.get("echoPercent") or ECHO_PERCENT),
        purpose=(about and about.purpose) or "",
        granularity=table.dataGranularityDescription or "",
        limitations=(about and about.limitations) or "",
        version=odcs.version or "",
        fields=tuple(_field(file, p) for p in table.properties or []),
        rules=tuple(_rule(file, q) for q in table.quality or []),
        order=int(custom.get("order") or LAST),
        short=_short(file, custom.get("shortName")),
        optional=bool(custom.get("optional")),
        event_kind=custom.get("eventKind"),
    )
    _check_roles(file, contract)
    _check_rules(file, contract)
    if contract.event_kind not in (None, *contract.field_names):
        raise ContractError(
            f"{file}: customProperties.eventKind is '{contract.event_kind}', "
            "which is not a field of the schema"
        )
    if contract.happened_on not in contract.field_names:
        raise ContractError(
            f"{file}: customProperties.happenedOn is '{contract.happened_on}', "
            "which is not a field of the schema"
        )
    return contract


def _rule(file: str, quality: Any) -> Rule:
    try:
        return read_rule(quality)
    except RuleError as error:
        raise ContractError(f"{file}: quality '{quality.name}' {error}") from error


def _short(file: str, written: Any) -> Text | None:
    if written is None:
        return None
    if not isinstance(written, dict) or not (written.get("zh") and written.get("en")):
        raise ContractError(f"{file}: customProperties.shortName must be {{zh: …, en: …}}")
    return Text(str(written["zh"]), str(written["en"]))


def _check_roles(file: str, contract: Contract) -> None:
    """Each role has one ID number, and what else is told of a person is told of one in the row."""
    roles = [f.role_name for f in contract.people]
    for role in roles:
        if roles.count(role) > 1:
            what = f"the role '{role}'" if role else "no role"
            raise ContractError(
                f"{file}: two columns with {what} identify a person; "
                "give each a role of its own: {property: role, value: {name, zh, en}}"
            )
    for f in contract.fields:
        if f.identifies in OF_A_PERSON and roles and f.role_name not in roles:
            known = ", ".join(f"'{r}'" for r in roles)
            raise ContractError(
                f"{file}: {f.name} is of the role '{f.role_name}', of which the row has no ID "
                f"number; its roles are {known}"
            )


def _check_rules(file: str, contract: Contract) -> None:
    """Rules speak of fields the contract has, and of people it names."""
    births = [born_of(f.role_name) for f in contract.people]
    for rule in contract.rules:
        if unknown := [b for b in rule.births if b not in births]:
            raise ContractError(
                f"{file}: quality '{rule.name}' speaks of '{unknown[0]}', and no column has that "
                f"person's ID number; known are {', '.join(births) or 'none'}"
            )
        for name in rule.names:
            if name not in contract.field_names:
                raise ContractError(
                    f"{file}: quality '{rule.name}' speaks of '{name}', "
                    "which is not a field of the schema"
                )


def _field(file: str, prop: SchemaProperty) -> Field:
    custom, options = _custom(prop), prop.logicalTypeOptions or {}
    kind, identifies = prop.logicalType or "string", custom.get("identifies")
    if kind not in KINDS:
        raise ContractError(f"{file}: {prop.name}.logicalType is '{kind}'; use one of {KINDS}")
    if identifies and identifies not in IDENTIFIES:
        raise ContractError(
            f"{file}: {prop.name}.identifies is '{identifies}'; use one of {IDENTIFIES}"
        )
    dates = kind == "date"
    if custom.get("place") not in (None, *PLACES):
        raise ContractError(f"{file}: {prop.name}.place is '{custom['place']}'; use {PLACES}")
    return Field(
        name=prop.name or "",
        zh=prop.businessName or "",
        en=prop.description or "",
        kind=kind,
        required=bool(prop.required),
        key=bool(prop.primaryKey),
        identifies=identifies,
        synonyms=tuple(s.synonym or "" for s in prop.synonyms or []),
        codes=tuple(_code(v) for v in prop.enum or []),
        unit=custom.get("unit"),
        minimum=None if dates else options.get("minimum"),
        maximum=None if dates else options.get("maximum"),
        note=custom.get("note"),
        earliest=_day(file, prop, options.get("minimum")) if dates else EARLIEST,
        days_ahead=int(custom.get("futureDays") or 0),
        month_allowed=bool(custom.get("monthAllowed")),
        longest=options.get("maxLength"),
        pattern=options.get("pattern"),
        place=custom.get("place"),
        role=_role(file, prop, custom.get("role"), identifies),
    )


def _role(file: str, prop: SchemaProperty, written: Any, identifies: str | None) -> Role | None:
    if written is None:
        return None
    told = written if isinstance(written, dict) else {}
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(told.get("name"))) or not (
        told.get("zh") and told.get("en")
    ):
        raise ContractError(
            f"{file}: {prop.name}.role must be {{name: small letters, zh: …, en: …}}"
        )
    if identifies not in ("person", "document", *OF_A_PERSON):
        raise ContractError(f"{file}: {prop.name} identifies no person, so it has no role")
    return Role(str(told["name"]), str(told["zh"]), str(told["en"]))


def _day(file: str, prop: SchemaProperty, written: Any) -> date:
    if written is None:
        return EARLIEST
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise ContractError(
            f"{file}: {prop.name}.logicalTypeOptions.minimum is '{written}', no date; "
            "write it as '1949-10-01'"
        ) from None


def _code(value: EnumValue) -> Code:
    custom = {p.property: p.value for p in value.customProperties or []}
    return Code(
        value=value.value if isinstance(value.value, int) else str(value.value),
        zh=value.label or str(value.value),
        en=value.description or str(value.value),
        spellings=tuple(str(s) for s in custom.get("spellings") or []),
    )
