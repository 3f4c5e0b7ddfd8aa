"""The sentences of the report of an external dataset that do not depend on its figures."""

from __future__ import annotations

from core.words import Text

LEAKS = {
    "alone": Text(
        "{feature}：单独就能分辨结果（AUC {auc}），可能由答案得来。",
        "{feature}: it alone tells the label (AUC {auc}), so it may be made from the answer.",
    ),
    "future": Text(
        "{feature}：对当月之后的了解（AUC {auc}）远胜于对之前的（{compared}），可能是事后补记的。",
        "{feature}: it is the future. It tells what comes after its month (AUC {auc}) far better "
        "than what was before ({compared}), so it may have been written down later.",
    ),
    "later": Text(
        "{feature}：对下一次结果（AUC {auc}）比对本次（{compared}）更准，可能来自更晚的行。",
        "{feature}: it tells the next label (AUC {auc}) better than this one ({compared}), so it "
        "may come from a later row.",
    ),
}
NO_FLAG = Text(
    "没有单独就能分辨结果的因素，也没有知道未来的因素。",
    "No feature alone separates, none knows the future.",
)
HOW = Text(
    "每一折只学检验月份开始时已知的标签；括号内为 95% 区间，按户重抽。",
    "Each fold learns only labels known when its first tested month began. In brackets 95% "
    "intervals, households drawn anew.",
)
ORDER_ONLY = Text(
    "n 为有标签的检验行，AP 为平均准确率。",
    "n counts tested rows with a label; AP is average precision.",
)
ALONE = Text("没有一户出现两次，不必分份。", "No household comes twice.")
