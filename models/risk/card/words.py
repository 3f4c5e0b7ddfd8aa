"""The sentences of a model card that do not depend on a version's figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.words import Text

QUESTIONS = {
    "existing": Text("现存困难（此刻上门能否发现未解决的困难）",
                     "Existing (would a visit now find an unmet need)"),
    "coming": Text("将至困难（现在没有、未来几个月内会出现）",
                   "Coming (not in need now, will be within the horizon)"),
    "": Text("一个标签的模型", "A model of one label"),
}  # fmt: skip
ROLES = {
    "champion": Text("在用", "in use (champion)"),
    "challenger": Text("候选，影子运行，不产生预警", "challenger, in shadow: raises no alert"),
    "previous": Text("上一在用版本，可一步退回", "in use before; one step back leads to it"),
    "": Text("未启用", "not in use"),
}
PURPOSE = {
    "existing": Text(
        "按风险排序，帮助核查人员决定先走访谁，尽早发现已有困难而无人帮助的家庭。",
        "Ranks households so that visitors know whom to visit first and find need nobody answers.",
    ),
    "coming": Text(
        "按风险排序，提示哪些家庭未来几个月可能陷入困难，以便提前上门了解。",
        "Ranks households that may come into need within the horizon, so that a visit comes first.",
    ),
    "": Text(
        "给出标签发生的概率，供比较和研究。", "Gives the chance of the label, for comparison."
    ),
}
NOT_FOR = Text(
    "不得用于决定给予、减少或停止救助，也不得用于处罚或调查失信；结论由人作出，须经上门核查。",
    "Never to grant, cut or stop help, nor to punish or accuse: people decide, after a visit.",
)
LIMITS = (
    Text("标签来自走访；没有走访过的家庭只有随机抽查才能代表，抽查数量少，区间因此较宽。",
         "Labels come from visits; only random visits speak for families nobody visited, and they "
         "are few, so intervals are wide."),
    Text("走访多因预警和申请而起，训练和评估已按被走访的机会加权，但未登记的原因无法纠正。",
         "Most visits followed alerts and applications; weights correct for the chance of a visit, "
         "not for reasons nobody wrote down."),
    Text("部门数据迟报、漏报时风险会偏低；“未知”不等于零，但模型只能用已有的数据。",
         "Late or missing feeds lower the risk: unknown is not zero, yet the model has only what "
         "it was given."),
    Text("政策、标准或经济形势变化后，概率可能不再准确，排序通常保持得更久。",
         "After a change of policy, standards or economy the probabilities may be wrong; the order "
         "usually holds longer."),
    Text("各项因素的影响说明模型如何计算，不说明致贫原因。",
         "Influences say how the model computes, not why a family is poor."),
)  # fmt: skip
NO_TEST = Text(
    "尚无训练之后的月份检验过这个版本。", "No month later than its training has tested it."
)
NO_GROUPS = Text(
    "尚无分群体的数字（公平性分析完成后列在这里）。",
    "No figures by group yet; they stand here once the fairness figures are made.",
)
FOOT = Text(
    "“未知”不等于零。比例附 n 和 95% 区间。本模型不对任何人作决定。",
    "Unknown is never zero. Shares carry their n and 95% interval. It decides about nobody.",
)
SYNTHETIC = Text(
    "合成数据 Synthetic：这是虚构的县，数字不代表任何真实地方。",
    "合成数据 Synthetic: an invented county; no figure speaks of a real place.",
)
POPULATIONS = {
    "all": Text("全部监测家庭", "All watched"),
    "entry": Text("未在任何名册", "Outside every roll"),
    "return": Text("返贫", "Return to poverty"),
    "new_entry": Text("新致贫", "First entry"),
}
SCORERS = {
    "model": Text("本模型", "This model"),
    "champion": Text("当时的在用版本", "The champion then"),
    "lightgbm": Text("LightGBM（无约束）", "LightGBM, free"),
    "lightgbm_monotone": Text("LightGBM（单调约束）", "LightGBM, monotone"),
    "lightgbm_tuned": Text("LightGBM（搜索参数）", "LightGBM, parameters sought"),
    "logistic": Text("逻辑回归", "Logistic regression"),
    "both": Text("模型与评分卡合用", "Model and scorecard together"),
    "scorecard": Text("评分卡", "Scorecard"),
    "income": Text("收入最低者优先", "Lowest income first"),
}
SHAPES = {
    "none": Text("不校准（原始概率）", "none (raw probabilities)"),
    "logistic": Text("逻辑曲线（Platt）", "logistic (Platt)"),
    "isotonic": Text("保序回归", "isotonic"),
}
WEIGHTS = {
    "every": Text("每次走访同等计入", "every visit counts the same"),
    "unasked": Text("主动申请引起的走访不计入", "visits to families that applied are left out"),
    "inverse": Text("按被走访机会的倒数加权", "by the inverse chance of the visit"),
}


def groups_of_another(version: str) -> Text:
    """That the kept report by group is of another version ('' where it judged none)."""
    if not version:
        return Text(
            "现有的公平性分析没有评判任何模型版本，因此这里不列数字。",
            "The fairness figures kept judge no version of the model, so none stand here.",
        )
    return Text(
        f"现有的公平性分析针对第 {version} 版，不是本版本，因此这里不列数字。",
        f"The fairness figures kept are of version {version}, not of this one: none stand here.",
    )


def sought(found: Mapping[str, Any]) -> Text:
    """What a search for parameters tried and gave; a dash without one."""
    if not found.get("trials"):
        return Text("–", "–")
    usual, best = (
        "–" if found.get(name) is None else f"{found[name]:.4f}"
        for name in ("default_loss", "best_loss")
    )
    zh, en = (
        ("采用搜到的参数", "those found are used")
        if found.get("changed")
        else ("沿用常用参数", "the usual ones stay")
    )
    n = found["trials"]
    return Text(
        f"试验 {n} 次；内部对数损失：常用 {usual}，最好 {best}；{zh}",
        f"{n} trials; inner log loss {usual} with the usual ones, {best} with the best; {en}",
    )
