"""The parts of a model card: headings, sentences, tables, each word in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core.words import Bilingual, Text
from models.risk.card import words
from models.risk.card.gather import Card
from models.risk.gate import LEAK
from models.risk.groups.naming import MEASURES
from models.risk.registry import Promotion

DASH = "–"


@dataclass(frozen=True)
class Table:
    """Headers and cells in words; columns from `numbers` on hold figures."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 1


@dataclass(frozen=True)
class Part:
    """One heading with its sentences, then perhaps a table."""

    title: str
    lines: Sequence[str] = ()
    table: Table | None = None


class Telling:
    """A card told in one language."""

    def __init__(self, card: Card, language: str) -> None:
        self.card, self.language = card, language

    def say(self, zh: str, en: str) -> str:
        """The one of two texts that is in this language."""
        return Text(zh, en).pick(self.language)

    def word(self, known: Mapping[Any, Bilingual], code: Any) -> str:
        """A code in words; the code itself where it has none."""
        return known[code].pick(self.language) if code in known else str(code)

    def parts(self) -> list[Part]:
        """The whole card from top to bottom."""
        return [self.purpose(), self.decided(), self.data(), self.figures(), self.others(),
                self.months(), self.calibration(), self.groups(), self.gate(), self.limits(),
                self.choices(), self.features()]  # fmt: skip

    def purpose(self) -> Part:
        """What for, and what never."""
        told = words.PURPOSE.get(self.card.question, words.PURPOSE[""])
        lines = [told.pick(self.language), words.NOT_FOR.pick(self.language)]
        return Part(self.say("用途", "What it is for"), lines)

    def decided(self) -> Part:
        """Who proposed and approved it, when and why."""
        done = {"promote": self.say("启用", "put to use"),
                "rollback": self.say("退回至此", "gone back to")}  # fmt: skip
        rows = [
            [step.at[:10], done.get(step.action, step.action), step.actor, step.second or DASH,
             step.reason + self._against(step)]
            for step in self.card.steps
        ]  # fmt: skip
        headers = [self.say("日期", "Day"), self.say("动作", "Step"), self.say("提出人", "Who"),
                   self.say("批准人", "Second person"), self.say("理由", "Why")]  # fmt: skip
        table = Table(headers, rows, numbers=9) if rows else None
        state = words.ROLES[self.card.role].pick(self.language)
        lines = [self.say(f"现状：{state}。", f"It is {state}.")]
        if not rows:
            lines.append(self.say("从未启用过。", "It was never put to use."))
        return Part(self.say("启用与批准", "Who decided"), lines, table)

    def _against(self, step: Promotion) -> str:
        """What the gate said then and what was written against it; '' where it said nothing."""
        if not step.forced:
            return ""
        said = self.say("；", "; ").join(self.say(one["zh"], one["en"]) for one in step.said)
        gate = self.say("启用门槛", "the gate")
        why = self.say("书面说明", "against it")
        return f" [{gate}: {said or DASH}; {why}: {step.override or DASH}]"

    def data(self) -> Part:
        """Months, rows, fingerprint: what it learned from."""
        content, data = self.card.report, self.card.data
        split, training = content.get("split") or {}, content.get("training") or {}
        newer = content.get("refit_known_by")
        rows = [
            (self.say("训练月份", "Months that taught"), _months(split.get("train"))),
            (self.say("校准月份", "Months that calibrated"), _months(split.get("calibrate"))),
            (self.say("检验月份", "Months that tested"), _months(split.get("test"))),
            (self.say("训练截至", "Knew until"), str(content.get("as_of_trained") or DASH)[:10]),
            (self.say("检验后再学习至", "Learned once more until"), str(newer or DASH)[:10]),
            (self.say("预测期（月）", "Horizon (months)"), str(content.get("horizon") or DASH)),
            (self.say("训练行数（户月）", "Rows that taught (household-months)"),
             number(training.get("n_train"))),
            (self.say("其中有困难", "of them in need"), percent(training.get("prior_train"))),
            (self.say("校准行数", "Rows that calibrated"), number(training.get("n_calibrate"))),
            (self.say("数据指纹", "Data fingerprint"), str(data.get("table_sha256") or DASH)[:16]),
            (self.say("数据湖清单", "Lake manifest"),
             str(data.get("lake_manifest_sha256") or DASH)[:16]),
            (self.say("程序版本", "Code"), self.card.code[:16] or DASH),
        ]  # fmt: skip
        headers = [self.say("项目", "What"), self.say("值", "Value")]
        return Part(self.say("数据", "Data"), [], Table(headers, rows, numbers=9))

    def figures(self) -> Part:
        """The model by population at the visits of the lane."""
        own = [r for r in self.card.report.get("rows") or [] if r["scorer"] == "model"]
        if not own:
            return Part(self.say("对象与效果", "Populations and figures"),
                        [words.NO_TEST.pick(self.language)])  # fmt: skip
        rows = [[self.word(words.POPULATIONS, r["population"]), *self._cells(r)] for r in own]
        gated = self.card.report.get("gate") or {}
        slots = number(self.card.report.get("slots") or gated.get("slots"))
        line = self.say(
            f"每月可走访 {slots} 户。准确率＝选中且之后被走访的家庭中查实有困难的比例（按被走访机会"
            "加权），括号内为 95% 区间；查全率为估计值。",
            f"The lane has {slots} visits a month. Precision is the share found in need among "
            "picks that were visited later, weighted by the chance of that visit, with a 95% "
            "interval; recall is estimated.",
        )
        headers = [self.say("对象", "Population"), *self._headers()]
        return Part(self.say("对象与效果", "Populations and figures"), [line], Table(headers, rows))

    def _headers(self) -> list[str]:
        return [self.say("检验行数 n", "Test rows n"), self.say("有困难", "In need"),
                self.say("走访 k", "Visits k"), self.say("其中已走访", "of them visited"),
                self.say("准确率（95% 区间）", "Precision (95% interval)"),
                self.say("查全率", "Recall"), "AP", "AUC"]  # fmt: skip

    @staticmethod
    def _cells(row: Mapping[str, Any]) -> list[str]:
        return [number(row.get("n_test")), percent(row.get("prevalence")), number(row.get("k")),
                number(row.get("n_seen")), with_interval(row, "precision_at_k", "precision"),
                percent(row.get("recall_at_k")), number(row.get("ap"), 3),
                number(row.get("auc"), 3)]  # fmt: skip

    def others(self) -> Part:
        """Everybody else on the same households."""
        found = [r for r in self.card.report.get("rows") or [] if r["population"] == "all"]
        rows = [[self.word(words.SCORERS, r["scorer"]), *self._cells(r)] for r in found]
        headers = [self.say("方法", "Scorer"), *self._headers()]
        table = Table(headers, rows) if rows else None
        title = self.say("同样家庭上的其他方法", "Others on the same households")
        return Part(title, [] if rows else [words.NO_TEST.pick(self.language)], table)

    def months(self) -> Part:
        """Each tested month by itself."""
        found = self.card.report.get("by_month") or []
        rows = [[str(r["month"])[:7], *self._cells(r)] for r in found]
        headers = [self.say("月份", "Month"), *self._headers()]
        none = self.say("这次训练没有保存逐月数字。", "The run kept no figures by month.")
        title = self.say("逐月", "Month by month")
        return Part(title, [] if rows else [none], Table(headers, rows) if rows else None)

    def calibration(self) -> Part:
        """Promised against found."""
        checked = self.card.report.get("gate") or {}
        lines = []
        if checked.get("promised") is not None and checked.get("found") is not None:
            shown = with_interval(checked, "found", "found")
            lines.append(self.say(
                f"对选中的家庭，模型预计 {percent(checked['promised'])} 有困难，走访查实 {shown}。",
                f"Of its picks it promised need in {percent(checked['promised'])}; visits found "
                f"{shown}.",
            ))  # fmt: skip
        if checked.get("slope") is not None:
            slope, ece = number(checked["slope"], 2), number(checked.get("ece"), 3)
            told = Text(
                f"校准斜率 {slope}（1 为正好），校准误差 {ece}。",
                f"Slope {slope} (1 is right), calibration error {ece}.",
            )
            lines.append(told.pick(self.language))
        found = [r for r in self.card.report.get("reliability") or [] if r["scorer"] == "model"]
        rows = [[number(r["n"]), percent(r["mean_risk"]),
                 with_interval(r, "observed", "observed")] for r in found]  # fmt: skip
        headers = ["n", self.say("预计", "Promised"), self.say("查实（95% 区间）", "Found (95%)")]
        if not lines and not rows:
            lines = [words.NO_TEST.pick(self.language)]
        title = self.say("校准", "Calibration")
        return Part(title, lines, Table(headers, rows, numbers=0) if rows else None)

    def groups(self) -> Part:
        """Figures by group, where the fairness report was made."""
        title, report = self.say("分群体", "By group"), self.card.groups
        other = str((report or {}).get("version") or "")
        if report and other != self.card.version:
            return Part(title, [words.groups_of_another(other).pick(self.language)])
        figures = [f for f in (report or {}).get("figures") or []
                   if f.get("ruler") == "cutoff" and not f.get("crossed")]  # fmt: skip
        if not report or not figures:
            return Part(title, [words.NO_GROUPS.pick(self.language)])
        named = {(d["code"], g["code"]): Text(f"{d['zh']}：{g['zh']}", f"{d['en']}: {g['en']}")
                 for d in report.get("dimensions") or [] for g in d["groups"]}  # fmt: skip
        rows = [
            [self.word(named, (f["dimension"], f["group"])) if (f["dimension"], f["group"]) in named
             else f"{f['dimension']}: {f['group']}", self.word(MEASURES, f["measure"]),
             number(f["n"]), with_interval(f, "value", ""), percent(f.get("rest")),
             self.say("更差", "worse") if f.get("worse") else
             self.say("数少", "few") if f.get("small") else ""]
            for f in figures
        ]  # fmt: skip
        day = str(report.get("as_of") or "")[:10]
        line = self.say(
            f"第 {other} 版，截至 {day}，按其训练之后月份的选中家庭。",
            f"Version {other}, as of {day}, on the months after its training.",
        )
        headers = [self.say("群体", "Group"), self.say("指标", "Measure"), "n",
                   self.say("数值（95% 区间）", "Figure (95% interval)"),
                   self.say("其余家庭", "All others"), self.say("说明", "Note")]  # fmt: skip
        return Part(title, [line], Table(headers, rows, numbers=2))

    def gate(self) -> Part:
        """What speaks against it."""
        title, told = self.say("启用门槛", "The gate"), self.card.faults
        if not self.card.question and LEAK not in self.card.metrics:
            return Part(title, [self.say("无门槛。", "No gate applies to it.")])
        if not told:
            return Part(title, [self.say("没有不利因素。", "Nothing speaks against it.")])
        return Part(title, [one.pick(self.language) for one in told])

    def limits(self) -> Part:
        """Limits and known faults."""
        lines = [one.pick(self.language) for one in words.LIMITS]
        worse = self.card.metrics.get("group.worse")
        if worse:
            told = Text(
                f"在 {worse:.0f} 个群体中，它发现的困难家庭比当时的在用版本少，见“启用门槛”。",
                f"In {worse:.0f} group(s) it finds fewer families in need than the champion of "
                "its day: see 'The gate'.",
            )
            lines.append(told.pick(self.language))
        return Part(self.say("局限与已知问题", "Limits and known faults"), lines)

    def choices(self) -> Part:
        """What was chosen in training and how."""
        training = self.card.report.get("training") or {}
        chosen = self.card.report.get("choices") or training.get("chosen") or {}
        chosen = chosen if isinstance(chosen, Mapping) else {}
        params = training.get("params")
        yes = self.say("是", "yes") if chosen.get("monotone") else self.say("否", "no")
        rows = [
            (self.say("校准曲线", "Calibration curve"),
             self.word(words.SHAPES, training.get("calibration") or DASH)),
            (self.say("训练权重", "Training weights"),
             self.word(words.WEIGHTS, chosen.get("weights") or DASH)),
            (self.say("单调约束", "Monotone constraints"), yes if chosen else DASH),
            (self.say("树的轮数", "Rounds"), number(training.get("rounds"))),
            (self.say("搜索参数", "Parameters sought"),
             words.sought(chosen.get("tuning") or {}).pick(self.language)),
            (self.say("随机种子", "Seeds"), str(training.get("seeds") or DASH)),
            (self.say("参数", "Parameters"),
             ", ".join(f"{k}={v}" for k, v in params.items())
             if isinstance(params, Mapping) else DASH),
        ]  # fmt: skip
        headers = [self.say("选择", "Choice"), self.say("结果", "Result")]
        return Part(self.say("训练中的选择", "Choices made"), [], Table(headers, rows, numbers=9))

    def features(self) -> Part:
        """The features, by category, each with the version of its code."""
        weight = {r["feature"]: r for r in self.card.report.get("importance") or []}
        sign = {1: self.say("越高风险越高", "raises"), -1: self.say("越高风险越低", "lowers")}
        order = sorted(self.card.features, key=lambda f: (f.get("category") or "X", f["name"]))
        rows: list[list[str]] = []
        for category, inside in groupby(order, key=lambda f: f.get("category") or "X"):
            members = list(inside)
            name = self.word(self.card.categories, category)
            rows.append([f"{category} {name} ({len(members)})"])
            rows += [
                [str(f.get(f"label_{self.language}") or f["name"]), f["name"],
                 sign.get(f.get("monotone") or 0, ""), str(f.get("code") or DASH),
                 number(weight.get(f["name"], {}).get("mean_abs_shap"), 3)]
                for f in members
            ]  # fmt: skip
        headers = [self.say("因素", "Feature"), self.say("名称", "Name"),
                   self.say("固定方向", "Fixed direction"),
                   self.say("代码版本", "Code version"),
                   self.say("平均影响", "Mean influence")]  # fmt: skip
        title = self.say(
            f"因素（{len(order)} 项，按类别）", f"Features ({len(order)}, by category)"
        )
        return Part(title, [], Table(headers, rows, numbers=4))


def _months(days: Sequence[str] | None) -> str:
    return ", ".join(str(day)[:7] for day in days or []) or DASH


def number(value: Any, digits: int = 0) -> str:
    """A number with thousands separated; a dash when it is not known."""
    try:
        told = float(value)
    except (TypeError, ValueError):
        return DASH
    return DASH if told != told else f"{told:,.{digits}f}"


def percent(value: Any) -> str:
    """A share as per cent with one decimal; a dash when it is not known."""
    try:
        return f"{float(value):.1%}" if float(value) == float(value) else DASH
    except (TypeError, ValueError):
        return DASH


def with_interval(row: Mapping[str, Any], name: str, ends: str) -> str:
    """A share with its interval in brackets: 68.2% (62.0–73.9%)."""
    before = f"{ends}_" if ends else ""
    low, high = row.get(f"{before}low"), row.get(f"{before}high")
    told = percent(row.get(name))
    if low is None or high is None or told == DASH:
        return told
    return f"{told} ({float(low) * 100:.1f}–{float(high) * 100:.1f}%)"
