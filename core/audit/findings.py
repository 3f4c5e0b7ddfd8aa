"""What a check of the record found: where, and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

# kind -> Chinese, English; {where} is 'event 7' or 'events 7 to 9'.
WORDS = {
    "edited": (
        "{where}的内容在写入后被改动",
        "{where} changed after being written: the content does not give the hash",
    ),
    "missing": ("{where}被删除", "{where} removed"),
    "inserted": (
        "{where}是另外插入的，不是由系统写入",
        "{where} put in from outside: the record did not number it",
    ),
    "unjoined": (
        "{where}首尾不相接：其中至少一条被替换",
        "{where} do not join: at least one was replaced",
    ),
    "truncated": ("{where}从末尾被截去", "{where} cut off from the end"),
    "rewritten": (
        "{where}与库外锚点不符：这一段中某处起被整体重写",
        "{where} disagree with the anchor outside: rewritten from somewhere among them",
    ),
    "head": (
        "{where}与末尾登记不符：末尾被替换",
        "{where} is not what the head of the record says: the end was replaced",
    ),
    "anchor": (
        "锚点文件第 {line} 行被改动或其前后有缺行（{where}）",
        "line {line} of the anchors file was changed, or lines around it are missing ({where})",
    ),
    "no_anchors": (
        "锚点文件不存在或为空，而{where}早应有锚点：请找回文件或用 DOUDI_AUDIT_ANCHOR 指明位置",
        "the anchors file is missing or empty although {where} should be anchored: bring it back "
        "or name its place in DOUDI_AUDIT_ANCHOR",
    ),
    "log_edited": (
        "预警办理日志第 {why} 条与{where}所记摘要不符：其中有改动",
        "rows {why} of the alerts' log do not give the digest in {where}: changed since",
    ),
    "log_missing": (
        "预警办理日志第 {why} 条被删除（{where}为其作证）",
        "rows {why} of the alerts' log are missing; {where} vouches for them",
    ),
    "grants": (
        "账号 {why} 的角色与{where}所记不符：未经系统改动",
        "the roles of account {why} are not those of {where}: changed past the application",
    ),
    "stamp": (
        "锚点文件第 {line} 行的可信时间戳无效（{where}）：{why}",
        "the time stamp in line {line} of the anchors file is not valid ({where}): {why}",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, between the events `seq` and `until` (both included)."""

    kind: str
    seq: int
    until: int
    line: int = 0
    """Line of the anchors file, where the finding is there."""
    why: str = ""

    @property
    def zh(self) -> str:
        """In Chinese."""
        return self._said(0, "第 {} 条", "第 {} 至 {} 条")

    @property
    def en(self) -> str:
        """In English."""
        return self._said(1, "event {}", "events {} to {}")

    def _said(self, language: int, one: str, several: str) -> str:
        where = one.format(self.seq)
        if self.until > self.seq:
            where = several.format(self.seq, self.until)
        return WORDS[self.kind][language].format(where=where, line=self.line, why=self.why)


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check. `ok` when nothing was found; `notes` say what was not checked."""

    events: int
    """How many events were read."""
    head: tuple[int, str]
    """Number and hash of the last event, as the database says."""
    anchored: int
    """The last event that an anchor vouches for; 0 for none. What lies after it could be
    rewritten without trace by somebody who rules the database."""
    anchored_at: str
    """When, ISO 8601 UTC; '' for never."""
    findings: list[Finding] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """For JSON: everything, with the words of each finding."""
        findings = [{**asdict(f), "zh": f.zh, "en": f.en} for f in self.findings]
        notes = [{"zh": zh, "en": en} for zh, en in self.notes]
        return {**asdict(self), "ok": self.ok, "findings": findings, "notes": notes}
