"""The report of an external dataset as one printable HTML file: nothing is loaded from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.words import Text
from models.risk.card import words
from models.risk.card.page import document
from models.risk.card.parts import DASH, Part, Table, number, percent, with_interval
from models.risk.external.words import ALONE, HOW, LEAKS, NO_FLAG, ORDER_ONLY

FEATURES = 30
# The slope of scores that separate has no upper end.
ENDLESS = 1000


def report_html(content: Mapping[str, Any], language: str) -> str:
    """The whole document in 'zh' or 'en' from a kept report (see training.train_from_file)."""
    name = content["table"]
    return document(
        Text(f"自带数据表：{name}", f"Table of one's own: {name}").pick(language),
        Text(f"doudi-risk 版本 {content['version']}，候选", f"doudi-risk version "
             f"{content['version']}, challenger").pick(language),
        Told(content, language).parts(),
        language,
        synthetic=bool(content.get("synthetic")),
    )  # fmt: skip


class Told:
    """A report told in one language."""

    def __init__(self, content: Mapping[str, Any], language: str) -> None:
        self.content, self.language = content, language
        self.report: Mapping[str, Any] = content["folds_report"]

    def say(self, zh: str, en: str) -> str:
        """The one of two texts that is in this language."""
        return Text(zh, en).pick(self.language)

    def scorer(self, name: str) -> str:
        """A candidate in words."""
        return words.SCORERS[name].pick(self.language) if name in words.SCORERS else name

    def parts(self) -> list[Part]:
        """From top to bottom."""
        found = [self.gate(), self.leaks(), self.data(), self.candidates(), self.capacity(),
                 self.calibration(), self.folds(), self.features()]  # fmt: skip
        populations = self.populations()
        return [*found[:4], populations, *found[4:]] if populations else found

    def gate(self) -> Part:
        """What speaks against using it."""
        faults = [Text(one["zh"], one["en"]).pick(self.language) for one in self.content["faults"]]
        none = self.say("没有不利因素。", "Nothing speaks against it.")
        return Part(self.say("启用门槛", "The gate"), faults or [none])

    def leaks(self) -> Part:
        """Features that know too much, by name."""
        found = self.report["leaks"]
        lines = [self._flag(flag) for flag in found["flags"]] or [NO_FLAG.pick(self.language)]
        n, m = number(found["n"]), number(found["compared"])
        lines.append(
            self.say(f"检查了 {n} 行，其中 {m} 行的家庭有更早的结果可比。",
                     f"Sought among {n} rows, {m} of them of households with an earlier label.")
        )  # fmt: skip
        return Part(self.say("疑似泄漏", "Leaks"), lines)

    def _flag(self, flag: Mapping[str, Any]) -> str:
        name = str(flag[f"label_{self.language}"])
        told = LEAKS[flag["kind"]].pick(self.language)
        return told.format(feature=name, auc=number(flag["auc"], 3),
                           compared=number(flag["compared"], 3))  # fmt: skip

    def data(self) -> Part:
        """Which table, which columns, how much of it."""
        asked = self.content["asked"]
        group = asked["group"] or self.say("每行一户", "every row its own")
        known, cases = number(self.content["n_labelled"]), number(self.content["n_cases"])
        labels = self.say(f"{known} 行有标签，其中 {cases} 行为 1",
                          f"{known} labelled, {cases} of them 1")  # fmt: skip
        rows = [
            (self.say("行数", "Rows"), f"{number(self.content['n_rows'])} ({labels})"),
            (self.say("户数", "Households"), number(self.content["n_groups"])),
            (self.say("因素数", "Features"), number(self.report["n_features"])),
            (self.say("标签列", "Label"), asked["label"]),
            (self.say("时间列", "Time"), asked["time"]),
            (self.say("分户列", "Group"), group),
            (self.say("对象列", "Population"), asked["population"] or DASH),
            (self.say("预测期与间隔（月）", "Horizon and gap (months)"),
             f"{asked['horizon']} + {asked['gap']}"),
            (self.say("指定的方向", "Directions asked for"),
             ", ".join(f"{k}: {v:+d}" for k, v in asked["monotone"].items()) or DASH),
        ]  # fmt: skip
        headers = [self.say("项目", "What"), self.say("值", "Value")]
        return Part(self.say("数据", "Data"), [], Table(headers, rows, numbers=9))

    def candidates(self) -> Part:
        """Every candidate over all folds as a ranking and as a probability."""
        rows = [self._candidate(r) for r in self._rows("rows", population="all")]
        headers = [self.say("方法", "Candidate"), "n", self.say("为 1", "Cases"), "AP", "AUC",
                   "Brier", self.say("校准斜率", "Slope"), self.say("校准误差", "Error"),
                   self.say("AP 减参照", "AP minus reference")]  # fmt: skip
        lines = [HOW.pick(self.language), ORDER_ONLY.pick(self.language)]
        named = self.scorer(self.report["reference"])
        lines.append(self.say(f"参照：{named}。", f"The reference is {named}."))
        return Part(self.say("各方法，全部各折", "Candidates, all folds"), lines,
                    Table(headers, rows))  # fmt: skip

    def _candidate(self, row: Mapping[str, Any]) -> list[str]:
        found = self._rows("differences", candidate=row["candidate"], measure="ap")
        gap = found[0] if found else {}
        return [self.scorer(row["candidate"]), number(row["n"]), number(row["n_cases"]),
                _span(row, "ap"), _span(row, "auc"), _span(row, "brier"), _span(row, "slope", 2),
                number(row.get("ece"), 3), _span(gap, "difference")]  # fmt: skip

    def populations(self) -> Part | None:
        """The same by population, where the table has several."""
        found = [r for r in self.report["rows"] if r["population"] != "all"]
        if not found:
            return None
        rows = [[self._population(r["population"]), *self._candidate(r)[:-1]] for r in found]
        headers = [self.say("对象", "Population"), self.say("方法", "Candidate"), "n",
                   self.say("为 1", "Cases"), "AP", "AUC", "Brier",
                   self.say("校准斜率", "Slope"), self.say("校准误差", "Error")]  # fmt: skip
        return Part(self.say("分对象", "By population"), [], Table(headers, rows, numbers=2))

    def _population(self, name: str) -> str:
        known = words.POPULATIONS
        return known[name].pick(self.language) if name in known else name

    def capacity(self) -> Part:
        """Precision and recall by the share picked each month."""
        found = [r for r in self._rows("capacity", fold=None) if r["capacity"] != "real"]
        rows = [[percent(r["capacity"]), self.scorer(r["candidate"]), number(r["k"]),
                 number(r["n_seen"]), with_interval(r, "precision", "precision"),
                 with_interval(r, "recall", "recall"), _ties(r)]
                for r in sorted(found, key=lambda r: float(r["capacity"]))]  # fmt: skip
        headers = [self.say("每月选取", "Picked a month"), self.say("方法", "Candidate"),
                   self.say("选中 k", "Picks k"), self.say("有标签 n", "labelled n"),
                   self.say("准确率（95% 区间）", "Precision (95% interval)"),
                   self.say("查全率（95% 区间）", "Recall (95% interval)"),
                   self.say("并列的影响", "Ties won or lost")]  # fmt: skip
        title = self.say("按选取比例的准确率", "Precision by share picked")
        return Part(title, [], Table(headers, rows, numbers=2))

    def calibration(self) -> Part:
        """Promised against found, all folds."""
        rows = [[self.scorer(r["scorer"]), number(r["n"]), percent(r["mean_risk"]),
                 with_interval(r, "observed", "observed")]
                for r in self.content["folds_reliability"]]  # fmt: skip
        headers = [self.say("方法", "Candidate"), "n", self.say("预计", "Promised"),
                   self.say("实际（95% 区间）", "Found (95% interval)")]  # fmt: skip
        return Part(self.say("校准", "Calibration"), [], Table(headers, rows))

    def folds(self) -> Part:
        """Which months teach, draw the curve and judge."""
        rows = [[str(f["number"]), _months(f["teach"]), _months(f["curve"]), _months(f["test"]),
                 number(f["n_taught"]), number(f["n_judged"]), number(f["n_cases"])]
                for f in self.report["folds"]]  # fmt: skip
        headers = [self.say("折", "Fold"), self.say("训练月份", "Months that teach"),
                   self.say("校准月份", "that calibrate"), self.say("检验月份", "that test"),
                   self.say("训练行", "Rows taught"), self.say("检验行", "judged"),
                   self.say("为 1", "Cases")]  # fmt: skip
        parts = self.report["folds"][0]["parts"]
        line = (
            ALONE.pick(self.language)
            if parts == 1
            else self.say(
                f"各户按抽签分为 {parts} 份，每份由没有学过这些户的模型评分。",
                f"Households are dealt by lot into {parts} parts; each is scored by a model that "
                "never saw a row of theirs.",
            )
        )
        wanted = self.content["asked"]["folds"]
        lines = [line]
        if len(rows) < wanted:
            zh = f"要求 {wanted} 折，现有月份只够 {len(rows)} 折。"
            en = f"{wanted} folds were asked for; the months allow {len(rows)}."
            lines.append(self.say(zh, en))
        return Part(self.say("按时间分折", "Folds by time"), lines, Table(headers, rows, numbers=4))

    def features(self) -> Part:
        """The strongest features of the registered model."""
        found = (self.content.get("importance") or [])[:FEATURES]
        rows = [[str(r[f"label_{self.language}"]), number(r["mean_abs_shap"], 3)] for r in found]
        headers = [self.say("因素", "Feature"), self.say("平均影响", "Mean influence")]
        return Part(self.say("影响最大的因素", "Strongest features"), [], Table(headers, rows))

    def _rows(self, section: str, **wanted: Any) -> list[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = self.report[section]
        return [r for r in rows if all(r.get(k) == v for k, v in wanted.items())]


def _span(row: Mapping[str, Any], name: str, digits: int = 3) -> str:
    value = number(row.get(name), digits)
    low, high = (row.get(f"{name}_{end}") for end in ("low", "high"))
    if low is None or high is None or value == DASH:
        return value
    if high > ENDLESS:
        return f"{value} ({number(low, digits)} – ∞)"
    return f"{value} ({number(low, digits)} – {number(high, digits)})"


def _ties(row: Mapping[str, Any]) -> str:
    low, high = row.get("tie_low"), row.get("tie_high")
    if low is None or high is None or high - low < 0.0005:
        return DASH
    return f"{low * 100:.1f}–{high * 100:.1f}%"


def _months(days: Sequence[str]) -> str:
    first, last = days[0][:7], days[-1][:7]
    return first if first == last else f"{first} – {last}"
