"""What the operations do, in both languages, for the schema and the documentation page."""

from __future__ import annotations

from typing import Any

import services
from core.words import Text

INTERFACE = Text(
    "兜底向其他系统提供的接口。请求头 `Authorization: Bearer 令牌`；`Accept-Language: zh` 或 `en` "
    "决定文字的语言；写操作须带 `Idempotency-Key`。每次调用都记入操作记录。"
    "出错时返回 RFC 9457 problem+json。",
    "What Doudi offers to other systems. Send `Authorization: Bearer TOKEN`; `Accept-Language` "
    "(`zh` or `en`) chooses the words; writes need an `Idempotency-Key`. Every call is recorded. "
    "Errors are RFC 9457 problem+json.",
)
_MORE = {
    "list_alerts": Text(
        "列出负责区域内的预警，次序固定，每页最多 200 条；用 next 取下一页，"
        "翻页期间新生成的排在后面。",
        "Alerts of the token's area in a fixed order, at most 200 a page; go on with next. What is "
        "raised meanwhile comes behind.",
    ),
    "see_household": Text(
        "最新月份的一户画像，个人信息脱敏。每次查看都记入操作记录。",
        "The household as of the newest month, masked. Every look is recorded.",
    ),
    "see_precision": Text(
        "近十二个月预警的准确率，附样本量、区间和未核实比例。",
        "Precision of the alerts of twelve months with n, interval and the share never verified.",
    ),
    "list_feeds": Text(
        "各部门数据的新鲜度和对账。", "Freshness and reconciliation of every department's data."
    ),
    "report_household": Text(
        "新开一个预警，或并入该户未办结的预警，由乡镇核查。",
        "Opens an alert for a visit, or joins the household's open one.",
    ),
    "record_outcome": Text(
        "version 取自预警列表；其间有他人办理过的，拒绝并说明。",
        "Take version from the list; when somebody acted since, it is refused and told.",
    ),
    "deliver_file": Text(
        "收下部门数据文件（CSV 或 Excel），立即校验入库，返回对账数；退回的行在“数据”页下载。"
        "以收到之日为报送日。",
        "Takes in a department's file (CSV or Excel) at once and answers with the reconciliation. "
        "Rows set aside are handed back on the Data page. The day it comes is its day of delivery.",
    ),
}


def both(text: Text) -> str:
    """One line in both languages, as `half` takes it apart."""
    return f"{text.zh} · {text.en}"


def half(text: str, language: str) -> str:
    """One language of a line, or of a description, in both."""
    zh, _, en = text.partition(" · ")
    return zh if language == "zh" or not en else en


def operation(name: str) -> dict[str, Any]:
    """What a route says about itself: its id, title and description."""
    return {
        "operation_id": name,
        "summary": both(services.record_words.OPERATIONS[name]),
        "description": both(_MORE[name]),
    }
