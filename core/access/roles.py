"""The table of roles and what each may do. Everything else asks it.

Roles are kept apart as GB/T 22239-2019 level 3 asks: whoever manages accounts sees no families,
whoever reads the record changes nothing.
"""

from __future__ import annotations

from core.words import Worded


class Role(Worded):
    """What a person is in the bureau. One account may hold several, each for an area."""

    LEADER = ("leader", "局领导", "Leader")
    ANALYST = ("analyst", "监测分析员", "Analyst")
    DATA_SCIENTIST = ("data_scientist", "数据科学人员", "Data scientist")
    DISPATCHER = ("dispatcher", "县级监测专班", "Dispatcher")
    TOWNSHIP_WORKER = ("township_worker", "乡镇核查员", "Township worker")
    VILLAGE_WORKER = ("village_worker", "村级核查员", "Village worker")
    DEPARTMENT_WORKER = ("department_worker", "部门经办", "Department worker")
    DATA_STEWARD = ("data_steward", "数据管理员", "Data steward")
    AUDITOR = ("auditor", "审计员", "Auditor")
    ADMINISTRATOR = ("administrator", "系统管理员", "Administrator")


class Action(Worded):
    """What can be allowed. Use cases name one each; pages and routes ask for the same ones."""

    SEE_FIGURES = ("see_figures", "查看汇总数据", "see figures")
    SEE_ALERTS = ("see_alerts", "查看预警列表", "see alerts")
    SEE_ORIGINS = ("see_origins", "查看预警来源和分值", "see what raised alerts")
    SEE_HOUSEHOLD = ("see_household", "查看家庭画像", "see a household")
    SEE_MODEL = ("see_model", "查看风险模型", "see the model")
    SEE_FEEDS = ("see_feeds", "查看数据报送", "see the feeds")
    DISPATCH = ("dispatch", "派单", "dispatch alerts")
    STEP = ("step", "办理预警", "move an alert on")
    RECORD = ("record", "登记核查结果", "record a visit")
    SETTLE = ("settle", "办理需求", "settle a need")
    REPORT = ("report", "上报困难家庭", "report a household")
    EXPORT_ALERTS = ("export_alerts", "导出预警列表", "download alerts")
    REVEAL = ("reveal", "查看个人信息", "see personal data")
    EXPORT_QUARANTINE = ("export_quarantine", "导出退回更正数据", "download rows to be corrected")
    CORRECT = ("correct", "办理更正单", "follow up corrections of data")
    DELIVER = ("deliver", "报送数据文件", "deliver a file")
    DECIDE_DELIVERY = ("decide_delivery", "认定报送批次", "decide what a delivery is")
    REVIEW_IDENTITY = ("review_identity", "核对人员身份", "review who is one person")
    PROMOTE = ("promote", "申请启用或退回模型", "propose a model or roll one back")
    APPROVE_MODEL = ("approve_model", "审批启用模型", "approve a proposed model")
    TRAIN_MODEL = ("train_model", "训练模型", "train a model")
    SEE_RULES = ("see_rules", "查看规则版本和标准", "see the rules and standards")
    TUNE_RULES = ("tune_rules", "起草、试算和启用规则", "draft, try and activate rules")
    APPROVE_RULES = ("approve_rules", "审核规则", "approve rules")
    SET_STANDARDS = ("set_standards", "登记本地标准", "enter local standards")
    BREAK_GLASS = ("break_glass", "越区应急查看", "look outside one's area in an emergency")
    REVIEW = ("review", "复核应急查看", "review emergency looks")
    READ_RECORD = ("read_record", "查看操作记录", "read the record")
    MANAGE_ACCOUNTS = ("manage_accounts", "管理账号", "manage accounts")
    SET_UP = ("set_up", "设置本县", "set up the county")


_FIGURES = {Action.SEE_FIGURES}
_CASES = {Action.SEE_ALERTS, Action.SEE_HOUSEHOLD, Action.EXPORT_ALERTS}
_VISITS = {
    Action.STEP,
    Action.RECORD,
    Action.SETTLE,
    Action.REPORT,
    Action.REVEAL,
    Action.BREAK_GLASS,
}
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.LEADER: frozenset(
        _FIGURES
        | _CASES
        | {
            Action.SEE_ORIGINS,
            Action.SEE_FEEDS,
            Action.SEE_MODEL,
            Action.STEP,
            Action.DISPATCH,
            Action.REVIEW,
            Action.SEE_RULES,
            Action.APPROVE_RULES,
            Action.APPROVE_MODEL,
        }
    ),
    Role.ANALYST: frozenset(
        _FIGURES
        | _CASES
        | {
            Action.SEE_ORIGINS,
            Action.SEE_MODEL,
            Action.SEE_FEEDS,
            Action.SEE_RULES,
            Action.TUNE_RULES,
            Action.APPROVE_RULES,
            Action.SET_STANDARDS,
        }
    ),
    # Models are learned from pseudonyms; whoever trains them opens no family.
    Role.DATA_SCIENTIST: frozenset(
        _FIGURES
        | {
            Action.SEE_MODEL,
            Action.SEE_FEEDS,
            Action.PROMOTE,
            Action.APPROVE_MODEL,
            Action.TRAIN_MODEL,
            Action.SEE_RULES,
        }
    ),
    Role.DISPATCHER: frozenset(
        _FIGURES | _CASES | _VISITS | {Action.SEE_ORIGINS, Action.DISPATCH, Action.SEE_FEEDS}
    ),
    Role.TOWNSHIP_WORKER: frozenset(_FIGURES | _CASES | _VISITS),
    Role.VILLAGE_WORKER: frozenset(_CASES | _VISITS),
    Role.DEPARTMENT_WORKER: frozenset(
        _CASES | {Action.STEP, Action.SETTLE, Action.REPORT, Action.REVEAL}
    ),
    Role.DATA_STEWARD: frozenset(
        {
            Action.SEE_FEEDS,
            Action.EXPORT_QUARANTINE,
            Action.CORRECT,
            Action.DELIVER,
            Action.DECIDE_DELIVERY,
            Action.REVIEW_IDENTITY,
        }
    ),
    Role.AUDITOR: frozenset({Action.READ_RECORD}),
    Role.ADMINISTRATOR: frozenset({Action.MANAGE_ACCOUNTS, Action.SET_UP}),
}
# Roles whose holders live close to the families: an account of theirs needs an area.
OF_A_TOWNSHIP, OF_A_VILLAGE = Role.TOWNSHIP_WORKER, Role.VILLAGE_WORKER


def may(role: Role, action: Action) -> bool:
    """Whether the table allows the action to the role."""
    return action in ALLOWED[role]


def roles_for(action: Action) -> list[Role]:
    """The roles to which the table allows an action, in their own order."""
    return [role for role in Role if may(role, action)]
