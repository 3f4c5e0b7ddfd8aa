"""Deliveries in words: kinds, what one that waits would change, what to do about an odd one."""

from __future__ import annotations

from core.words import Text
from data.deliveries import kinds
from data.file_names import PERIOD_AHEAD, PERIOD_IMPOSSIBLE
from data.manifest import (
    CORRECTION,
    EMPTY_MONTH,
    FULL,
    PART,
    REJECTED,
    REPEAT,
    SUPPLEMENT,
    WAITING,
    Batch,
)

REJECT = "reject"
KINDS = {
    FULL: Text("整月", "the whole month"),
    PART: Text("分部", "one of several parts"),
    SUPPLEMENT: Text("补报", "a supplement"),
    CORRECTION: Text("更正", "a correction"),
    EMPTY_MONTH: Text("零报告", "an empty month"),
}
# What a decision does, for whoever takes it.
CHOICES = {
    FULL: Text("整月：替换该月现有数据", "whole month: replaces what is in force"),
    PART: Text("分部：与该月其他部分合并", "part: joins the other parts"),
    SUPPLEMENT: Text("补报：加入该月现有数据", "supplement: adds to what is in force"),
    CORRECTION: Text("更正：替换编号相同的行", "correction: replaces rows with the same number"),
    REJECT: Text("退回：不采用", "turn away: not used"),
}
# Why a delivery waits, in short.
REASONS = {
    kinds.SMALLER: Text("行数明显少于现有数据", "much smaller than what it replaces"),
    kinds.OTHER_ROWS: Text("与现有数据几乎不重合", "hardly a row of what it replaces"),
    kinds.OTHER_PERIOD: Text("与其他月份的数据相同", "another month's rows"),
    kinds.NAME_OR_CONTENT: Text("名称与内容不一致", "name and content disagree"),
    kinds.NO_KEY: Text("更正缺少编号", "a correction without numbers"),
    kinds.FALLEN: Text("行数骤降", "far fewer rows than usual"),
    kinds.DELIVERY_AHEAD: Text("报送日尚未到来", "the day of delivery lies ahead"),
    PERIOD_AHEAD: Text("所属期晚于报送日", "the month lies after the delivery"),
    PERIOD_IMPOSSIBLE: Text("所属期不存在", "no such month"),
}
# What to do about a flag (`data.checks.FLAGS` says what it is).
ADVICE = {
    "cut_off": Text("请报送部门重新导出整份文件", "have the whole file exported and sent again"),
    "stray_quotes": Text(
        "请在退回的行中去掉多余引号", "have the quotes taken out of the rows that go back"
    ),
    "repeated_header": Text(
        "请确认几个文件拼接后没有重复或缺漏",
        "make sure that nothing is missing or double in the joined files",
    ),
    "outside_cells": Text(
        "请查看退回的行，表格以外不要填写内容",
        "look at the rows that go back; nothing belongs beside the table",
    ),
    "title_unit": Text(
        "请核对金额单位，已按标题换算", "check the amounts: they were taken in the title's unit"
    ),
    "lost_zero": Text(
        "请报送部门把月份设为文本或写成 2026-10", "have the months written as text, like 2026-10"
    ),
    "damaged_text": Text(
        "请报送部门用 UTF-8 或 GB18030 编码重新导出",
        "have the file exported again, in UTF-8 or GB18030",
    ),
    "drift": Text("请向报送部门核实行数", "ask the department whether the count is right"),
    "no_rows": Text("请确认当月确无数据", "make sure that nothing happened in the month"),
    "extra_sheets": Text(
        "请把其他工作表合并后重新报送", "have the other sheets joined and sent again"
    ),
    "unknown_columns": Text(
        "如需这些列，请在数据约定中登记", "name the columns in the contract if they matter"
    ),
    "changed_elsewhere": Text(
        "请报送部门以更正文件或冲正记录说明",
        "ask for a correction of that month, or for reversals",
    ),
}
DECIDE = Text(
    "请认定：doudi feeds decide {batch} --as full|part|supplement|correction|reject --reason 理由",
    'decide: doudi feeds decide {batch} --as full|part|supplement|correction|reject --reason "…"',
)
SEND_AGAIN = Text("请改正后重新报送", "have it put right and sent again")


def what_would_change(batch: Batch) -> Text:
    """Why a delivery waits, as what it would change; '' for one without a doubt."""
    form = _DOUBTS.get(batch.doubt)
    if form is None:
        return Text("", "")
    facts: dict[str, str] = {k: _plain(v) for k, v in batch.facts.items()}
    facts |= {
        "kind_zh": KINDS[batch.kind or FULL].zh,
        "kind_en": KINDS[batch.kind or FULL].en,
        "period": month(batch.period),
        "day": batch.delivered_on.isoformat(),
        "echo_month": month(str(batch.facts.get("echo_period", ""))),
    }
    return Text(form.zh.format(**facts), form.en.format(**facts))


def what_to_do(batch: Batch) -> Text:
    """What the bureau does next about a delivery that waits or was refused; '' for others."""
    if batch.status == WAITING:
        return Text(DECIDE.zh.format(batch=batch.batch), DECIDE.en.format(batch=batch.batch))
    if batch.useful or batch.status == REPEAT:
        return Text("", "")
    return Text("", "") if batch.status == REJECTED and batch.decided_on else SEND_AGAIN


def month(period: str) -> str:
    """YYYYMM as 2026-06."""
    return f"{period[:4]}-{period[4:]}"


def _plain(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


_DOUBTS = {
    kinds.SMALLER: Text(
        "将以 {rows} 行替换现有 {before} 行（其中 {shared} 行与现有数据重合），像是{kind_zh}",
        "would replace {before} rows by {rows} ({shared} of them tell of rows in force); "
        "most likely {kind_en}",
    ),
    kinds.OTHER_ROWS: Text(
        "将以 {rows} 行替换现有 {before} 行，但现有各行中只有 {covered} 行再次出现，像是{kind_zh}",
        "would replace {before} rows by {rows}, though only {covered} of the rows in force come "
        "again; most likely {kind_en}",
    ),
    kinds.OTHER_PERIOD: Text(
        "{good} 行中有 {echo} 行与 {echo_month} 的数据相同，像是报错了月份",
        "repeats {echo} of its {good} rows from {echo_month}; most likely the wrong month",
    ),
    kinds.NAME_OR_CONTENT: Text(
        "文件名称作“{kind_zh}”，但 {rows} 行中有 {shared} 行与现有 {before} 行重合，"
        "名称与内容不一致",
        "called {kind_en}, but {shared} of its {rows} rows tell of the {before} rows in force: "
        "name and content disagree",
    ),
    kinds.NO_KEY: Text(
        "文件名称作“更正”（{rows} 行），但该数据没有可识别一行的编号，无法知道要替换现有 {before} "
        "行中的哪些",
        "called a correction of {rows} rows, but the feed has no number that names a row: which "
        "of the {before} rows in force would be replaced is not known",
    ),
    kinds.FALLEN: Text(
        "只有 {rows} 行，平常约 {usual} 行，可能不完整",
        "{rows} rows, where about {usual} are usual: it may be cut short",
    ),
    kinds.DELIVERY_AHEAD: Text(
        "文件名上的报送日 {written} 尚未到来，按 {day} 收到处理",
        "the name says it was delivered on {written}, which lies ahead; it came on {day}",
    ),
    PERIOD_AHEAD: Text(
        "文件名上的所属期 {period} 晚于报送日 {day}",
        "its month, {period}, lies after the day it was delivered, {day}",
    ),
    PERIOD_IMPOSSIBLE: Text(
        "文件名上的所属期“{written}”不存在，认定后按 {period} 采用",
        "the name says '{written}', which is no month; it would count for {period}",
    ),
}
