"""The reference page of the feeds, written from their contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.checks import FLAGS, REASONS, REPAIRS, WARNINGS
from data.contracts import Contract, Field, all_feeds, load_contract
from data.lake import lake_schema
from data.quality import BORN, Rule

_ENCODINGS = {"gb18030": "GB18030", "utf-8-sig": "UTF-8 with BOM"}
_INTRO = """# Department feeds · 部门数据

Written from the contracts in `data/feeds/` by `make docs`; do not edit by hand.

A file is called `<feed>_<YYYYMM period>_<YYYYMMDD delivered>.csv` (or `.xlsx`), with the feed's
Chinese name. CSV may be in GB18030, UTF-8 or UTF-8 with BOM; Excel may have title rows above
the header. A later delivery of the same feed and period replaces the earlier one from its
delivery date on. Dates may be written 2025-02-28, 20250228, 2025/2/28, 2025年2月28日 or as a
spreadsheet's number; amounts with thousands marks, 元 or 万元; yes and no as 是/否, 有/无, 1/0.
单位：万元 in a title above the table counts for every amount whose header names no unit. A
township or village may be written by name: 东镇, 东 镇 and 东镇人民政府 are one place.

**Where it goes**: *lake* columns keep their value; *vault* columns hold personal data and are kept
encrypted, apart from the lake; an ID number becomes `person` there, a household number `household`,
a dwelling number `dwelling`, the number of a plate, certificate, account or firm `asset`; the name
of an organisation is not kept. An ID number, phone or name in a lake column stops the file, in a
single cell its row. Every lake row also has `happened_on`, `known_on` (the delivery date) and
`batch`.
"""


def text() -> str:
    """The whole page, as Markdown."""
    parts = [_INTRO, *_overview()]
    for feed in all_feeds():
        parts += _feed(load_contract(feed))
    parts += _codes("Why a row is quarantined · 问题数据原因", REASONS)
    parts += _codes("What is repaired · 自动修复", REPAIRS)
    parts += _codes("What is only noted · 仅提示", {**WARNINGS, **FLAGS})
    return "\n".join(parts)


def _overview() -> Iterator[str]:
    yield "| feed | 名称 | owner 部门 | every | form |"
    yield "|---|---|---|---|---|"
    for feed in all_feeds():
        c = load_contract(feed)
        every = "month" if c.every_months == 1 else f"{c.every_months} months"
        form = "Excel" if c.file_format == "xlsx" else f"CSV, {_ENCODINGS.get(c.encoding or '')}"
        owner = f"{c.owner_zh} {c.owner_en}"
        yield f"| [`{feed}`](#{feed}) | {c.zh} {c.en} | {owner} | {every} | {form} |"
    yield ""


def _feed(contract: Contract) -> Iterator[str]:
    yield f'## <a id="{contract.feed}"></a>{contract.zh} · {contract.en}'
    yield ""
    yield f"`{contract.feed}`, contract version {contract.version}. {contract.purpose}"
    yield f"{contract.granularity} {contract.limitations}"
    drift = contract.drift_percent
    if drift is not None:
        yield f"A delivery whose row count is ±{drift:g} % off the last three is flagged."
    if contract.fresh_months is not None:
        yield (
            f"Silent when the last period covered ended more than {contract.fresh_months} months "
            "ago: what it does not tell is then unknown, not zero."
        )
    yield ""
    yield "| 列 header | also written | meaning | type | must | goes to |"
    yield "|---|---|---|---|---|---|"
    yield from (_row(contract, f) for f in contract.fields)
    yield ""
    for field in contract.fields:
        if field.codes:
            yield f"- **{field.zh}**: " + "; ".join(
                f"{c.zh} = `{c.value}` ({c.en})" for c in field.codes
            )
    yield ""
    yield from _rules(contract)
    yield f"Lake columns: {', '.join(f'`{c}`' for c in lake_schema(contract.feed))}."
    yield ""


def _row(contract: Contract, field: Field) -> str:
    kind = "code" if field.codes else field.kind
    kind += f", {field.unit}" if field.unit else ""
    kind += f", {allowed}" if (allowed := allowed_values(field)) else ""
    note = f". {field.note}" if field.note else ""
    also = "、".join(field.synonyms)
    must = "yes" if field.required else ""
    goes = _goes_to(contract, field)
    return f"| {field.zh} | {also} | {field.en}{note} | {kind} | {must} | {goes} |"


def _goes_to(contract: Contract, field: Field) -> str:
    pseudonyms = {
        "person": "vault; lake `person`",
        "household": "vault; lake `household`",
        "living_household": "vault; lake `household_living`",
        "dwelling": "lake `dwelling`, a keyed pseudonym",
        "asset": "lake `asset`, a keyed pseudonym",
        "organisation": "not kept",
    }
    if field.identifies:
        return pseudonyms.get(field.identifies, "vault")
    if field.name == contract.happened_on:
        return "lake `happened_on`"
    return "lake `born_month`" if field.name == "born_on" else f"lake `{field.name}`"


def allowed_values(field: Field) -> str:
    """The limits of a field in a few signs: `0–30`, `from 1949-10-01, 92 days ahead at most`."""
    told = []
    if field.minimum is not None or field.maximum is not None:
        low, high = (_amount(bound) for bound in (field.minimum, field.maximum))
        told.append(f"{low}–{high}")
    if field.kind == "date":
        told.append(f"from {field.earliest}")
        told += [f"{field.days_ahead} days ahead at most"] if field.days_ahead else []
        told += ["or a month"] if field.month_allowed else []
    told += [f"{field.longest} characters at most"] if field.longest else []
    told += [f"`{field.pattern}`"] if field.pattern else []
    told += ["code or name"] if field.place else []
    return ", ".join(told)


def _amount(bound: float | None) -> str:
    return "" if bound is None else f"{bound:,.10g}"


def _rules(contract: Contract) -> Iterator[str]:
    if not contract.rules:
        return
    yield "| 规则 rule | what must hold | 不符时 when broken | code |"
    yield "|---|---|---|---|"
    for rule in contract.rules:
        then = "退回" if rule.severity == "error" else "提示"
        then_en = "quarantined" if rule.severity == "error" else "noted"
        yield (
            f"| {rule.zh} | {in_words(contract, rule)} | {then}：{rule.en}; {then_en} "
            f"| `{rule.name}` |"
        )
    yield ""


def in_words(contract: Contract, rule: Rule) -> str:
    """What a rule asks for, in the columns' own names."""
    labels = contract.labels("zh") | {BORN: "身份证号出生日期"}
    a = rule.arguments
    named = {k: labels[v] for k, v in a.items() if isinstance(v, str)}
    parts = [labels[name] for name in a.get("parts", ())]
    give = f" ± {rule.tolerance:g}" if rule.tolerance else ""
    if rule.kind == "order":
        days = f" + {rule.tolerance:g} 天" if rule.tolerance else ""
        return f"{named['first']} ≤ {named['then']}{days}"
    if rule.kind == "parts":
        each = f"{'、'.join(parts)} 及其和" if len(parts) > 1 else parts[0]
        return f"{each} 在 0 与{named['total']}之间{give}"
    if rule.kind == "sum":
        return f"{' + '.join(parts)} = {named['total']}{give}"
    if rule.kind == "age":
        return f"{named['field']} = {named['day']} − {labels[BORN]}{give} 岁"
    if rule.kind == "inside":
        return f"{named['field']} 属于 {named['of']}"
    return f"{named['field']} 在行政区划表中"


def _codes(title: str, words: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield from (f"## {title}", "", "| code | 中文 | English |", "|---|---|---|")
    for code, (zh, en) in words.items():
        yield f"| `{code}` | {zh} | {en} |"
    yield ""
