"""The vocabulary of alerts: states, actions, outcomes, causes, roles, sources, bands.

Every word a user can see has a Chinese and an English form, kept beside the code that uses it.
Terms follow the bureaus' usage in the domain handbook (dispatch states and outcome codes).
"""

from __future__ import annotations

from core.words import Worded


class State(Worded):
    """Where an alert is in its life."""

    RAISED = ("raised", "待派单", "Raised")
    DISPATCHED = ("dispatched", "已派单", "Dispatched")
    RETURNED = ("returned", "已退单", "Returned")
    ACCEPTED = ("accepted", "已接单", "Accepted")
    CHECKING = ("checking", "核查中", "Being checked")
    RETRY = ("retry", "待再访", "To be tried again")
    APPROVAL = ("approval", "待审核", "To be approved")
    ASSISTING = ("assisting", "救助办理", "Help under way")
    WATCHING = ("watching", "观察", "Under watch")
    CLOSED = ("closed", "办结", "Closed")


class Role(Worded):
    """Who acts. One person may hold several roles; each act is done in one of them."""

    SYSTEM = ("system", "系统", "System")
    DISPATCHER = ("dispatcher", "县级监测专班", "County monitoring team")
    WORKER = ("worker", "乡镇村核查员", "Township or village worker")
    DEPARTMENT = ("department", "部门经办", "Department officer")
    SUPERVISOR = ("supervisor", "督办领导", "Supervisor")
    AUDITOR = ("auditor", "审计", "Auditor")


class Action(Worded):
    """What is done to an alert. Each act becomes one row of the event table."""

    RAISE = ("raise", "生成", "raise")
    JOIN = ("join", "并入新线索", "join new reasons")
    DISPATCH = ("dispatch", "派单", "dispatch")
    ASSIGN = ("assign", "改派", "hand to someone else")
    RETURN = ("return", "退单", "return")
    ACCEPT = ("accept", "接单", "accept")
    CHECK = ("check", "开始核查", "start the check")
    CONFIRM = ("confirm", "属实-符合", "confirm a need")
    COVER = ("cover", "属实-已享受", "record as already covered")
    INELIGIBLE = ("ineligible", "属实-不符合", "record as true but not eligible")
    FALSE_ALARM = ("false_alarm", "误报", "record a false alarm")
    REFER = ("refer", "转介", "refer elsewhere")
    UNREACHABLE = ("unreachable", "联系不上", "record as unreachable")
    REFUSE = ("refuse", "本人拒绝", "record a refusal")
    FACT = ("fact", "核实事由", "say whether a reason is true")
    APPROVE = ("approve", "审核通过", "approve the result")
    REJECT = ("reject", "审核退回", "send the result back")
    SUSPEND = ("suspend", "挂起", "suspend")
    RESUME = ("resume", "解除挂起", "resume")
    NEED_TAKEN = ("need_taken", "部门受理", "take up a need")
    NEED_RETURNED = ("need_returned", "部门退回", "send a need back")
    NEED_SENT = ("need_sent", "改送部门", "send a need to another department")
    NEED_MET = ("need_met", "需求已解决", "record a need as met")
    NEED_DROPPED = ("need_dropped", "需求终止", "drop a need")
    FINISH = ("finish", "办结", "finish")
    RECHECK = ("recheck", "再次核查", "check again")
    CLOSE = ("close", "结束观察", "end the watch")
    LAPSE = ("lapse", "未见面办结", "close without a meeting")
    REOPEN = ("reopen", "复核重开", "reopen")
    ESCALATE = ("escalate", "督办", "escalate")
    NOTE = ("note", "备注", "add a note")


class Outcome(Worded):
    """Coded result of a visit (核查结果)."""

    CONFIRMED = ("confirmed", "属实-符合", "True, need confirmed")
    ALREADY_COVERED = ("already_covered", "属实-已享受", "True, already covered")
    NOT_ELIGIBLE = ("not_eligible", "属实-不符合", "True, rule not met")
    FALSE_ALARM = ("false_alarm", "误报", "False alarm")
    REFERRED = ("referred", "转介", "Referred")
    UNREACHABLE = ("unreachable", "联系不上", "Unreachable")
    REFUSED = ("refused", "本人拒绝", "Refused by the person")

    @property
    def verified(self) -> bool:
        """Whether the visit settled what is true; no contact and refusal leave it unknown."""
        return self not in {Outcome.UNREACHABLE, Outcome.REFUSED}


class Cause(Worded):
    """Why an alert was false."""

    DATA_WRONG = ("data_wrong", "数据有误", "Data wrong")
    SAME_NAME = ("same_name", "同名同姓或串户", "Mistaken identity")
    STALE = ("stale", "数据过时", "Data out of date")
    ALREADY_CHANGED = ("already_changed", "情况已变化", "Situation changed since")
    RULE_TOO_WIDE = ("rule_too_wide", "规则过宽", "Rule too wide")


class Source(Worded):
    """What raised an alert; also the source of each single reason."""

    EVENT = ("event", "事件直报", "Event lane")
    RULE = ("rule", "规则得分", "Rule score")
    RISK = ("risk", "风险模型", "Risk model")
    SECURED = ("secured", "保障后仍困难", "Still in difficulty despite aid")
    EXPLORE = ("explore", "从未走访或收入不明", "Never visited or income unknown")
    AUDIT = ("audit", "抽查", "Audit sample")
    REPORT = ("report", "人工上报", "Report by people")


class Question(Worded):
    """What a visit is asked to find."""

    EXISTING = ("existing", "现存", "In need now")
    COMING = ("coming", "将至", "In need soon")


class Band(Worded):
    """Band of the rule score; `none` is below blue."""

    RED = ("red", "红", "Red")
    ORANGE = ("orange", "橙", "Orange")
    YELLOW = ("yellow", "黄", "Yellow")
    BLUE = ("blue", "蓝", "Blue")
    NONE = ("none", "无", "None")

    @property
    def rank(self) -> int:
        """0 for red, the most urgent, to 4 for none."""
        return list(Band).index(self)


class NeedState(Worded):
    """Where one need (a sub-order for one department) stands."""

    SUSPECTED = ("suspected", "待核", "Suspected")
    CONFIRMED = ("confirmed", "已确认", "Confirmed")
    HANDLING = ("handling", "办理中", "Being handled")
    RETURNED = ("returned", "部门退回", "Sent back by the department")
    MET = ("met", "已解决", "Met")
    DROPPED = ("dropped", "已终止", "Dropped")


# What is owed to a family whose need was confirmed, wherever it lies.
OWED_NEEDS = frozenset({NeedState.CONFIRMED, NeedState.HANDLING, NeedState.RETURNED})
OPEN_NEEDS = OWED_NEEDS | {NeedState.SUSPECTED}


class HelpKind(Worded):
    """What a family was given."""

    MONTHLY = ("monthly", "按月发放的救助金", "Monthly allowance")
    ONE_OFF = ("one_off", "一次性救助金", "One-off payment")
    REIMBURSED = ("reimbursed", "费用报销或减免", "Costs refunded or waived")
    GOODS = ("goods", "实物", "Goods")
    SERVICE = ("service", "服务", "Service")
    WORK = ("work", "就业或公益岗位", "Work or a public post")


class Truth(Worded):
    """What a visit says of one reason: whether the fact behind it was true."""

    TRUE = ("fact_true", "属实", "True")
    FALSE = ("fact_false", "不属实", "Not true")
    UNCLEAR = ("fact_unclear", "查不清", "Could not be told")


OPEN_STATES = tuple(state for state in State if state is not State.CLOSED)
