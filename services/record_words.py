"""What the acts in the record are called."""

from __future__ import annotations

import json
from typing import Any

from alerts.states import Action as CaseAction
from alerts.states import Outcome, Question, State
from core.access.glass import Verdict
from core.access.roles import Action, Role
from core.words import Text
from data.deliveries import words as delivery_words
from services.names import need
from services.use_case import TABLE

ACTS = {
    "sign_in": Text("登录", "Sign in"),
    "link_account": Text("关联统一账号", "Link the county's account"),
    "sign_out": Text("退出登录", "Sign out"),
    "sign_out_everywhere": Text("退出所有登录", "Sign out everywhere"),
    "sign_out_account": Text("强制退出登录", "Sign somebody out"),
    "change_password": Text("修改密码", "Change password"),
    "reset_password": Text("重设密码", "Give a new password"),
    "create_account": Text("新建账号", "Make an account"),
    "change_account": Text("修改账号", "Change an account"),
    "disable_account": Text("停用账号", "Disable an account"),
    "enable_account": Text("启用账号", "Enable an account"),
    "make_token": Text("发放接口令牌", "Token made"),
    "withdraw_token": Text("撤销接口令牌", "Token withdrawn"),
    "call": Text("接口调用", "Interface called"),
    "set_notice": Text("设置通知渠道", "Channel of notices set"),
    "end_notice": Text("删除通知渠道", "Channel of notices removed"),
    "test_notice": Text("测试通知渠道", "Channel of notices tried"),
    "switch_notices": Text("开启或关闭通知", "Notices switched on or off"),
    "look": Text("查看家庭", "Look at a household"),
    "reveal": Text("查看个人信息", "Personal data shown"),
    "break_glass": Text("越区应急查看", "Emergency look"),
    "review": Text("复核应急查看", "Emergency look reviewed"),
    "export": Text("导出预警列表", "Alerts downloaded"),
    "print": Text("打印家庭画像", "Household printed"),
    "print_visits": Text("打印入户核查单", "Visit sheets printed"),
    "choose_visit": Text("处理核查内容不一致", "Conflict of a visit settled"),
    "add_photo": Text("上传走访照片", "Photo of a visit added"),
    "see_photo": Text("查看走访照片", "Photo of a visit seen"),
    "remove_photo": Text("删除走访照片", "Photo of a visit removed"),
    "export_quarantine": Text("导出退回更正数据", "Rows to be corrected downloaded"),
    "open_link": Text("打开下载链接", "Open a download link"),
    "outcome": Text("登记核查结果", "Visit recorded"),
    "settle": Text("办理需求", "Need settled"),
    "propose_model": Text("申请启用模型", "Model proposed"),
    "decline_model": Text("未批准启用模型", "Proposed model declined"),
    "withdraw_model": Text("撤回模型启用申请", "Proposal of a model withdrawn"),
    "promote": Text("启用模型", "Model promoted"),
    "rollback": Text("退回模型", "Model rolled back"),
    "read_record": Text("查看操作记录", "Read the record"),
    "check_record": Text("核对操作记录", "Check the record"),
    "anchor": Text("首次锚定操作记录", "Record anchored for the first time"),
    "report": Text("上报困难家庭", "Household reported"),
    "correct": Text("办理更正单", "Correction ticket moved on"),
    "deliver": Text("报送数据文件", "File delivered"),
    "remove_upload": Text("删除已上传文件", "Upload removed"),
    "keep_mapping": Text("保存列对应关系", "Mapping of columns saved"),
    "drop_mapping": Text("取消列对应关系", "Mapping of columns dropped"),
    "decide_delivery": Text("认定报送批次", "Delivery decided"),
    "undo_delivery": Text("撤销报送批次", "Delivery undone"),
    "redo_delivery": Text("恢复报送批次", "Delivery put back"),
    "merge_identity": Text("合并为同一人", "Records joined as one person"),
    "apart_identity": Text("认定为两个人", "Records told apart as two people"),
    "undo_identity": Text("撤销身份认定", "Decision about a person undone"),
    "escalate": Text("督办上报", "Alert reported upwards"),
    "answer_referral": Text("答复转介：已受理并处理", "Referral answered: acted on"),
    "decline_referral": Text("答复转介：非其职责", "Referral answered: not theirs"),
    "pass_on_referral": Text("改转其他部门", "Referral passed on"),
    "remind_referral": Text("催办转介", "Reminded of a referral"),
    "end_referral": Text("无答复办结转介", "Referral ended without an answer"),
    "fit_bands": Text("调整等级分数线", "Bands fitted"),
    "draft_rules": Text("起草规则版本", "Rules drafted"),
    "edit_rules": Text("修改规则草稿", "Draft of rules edited"),
    "try_rules": Text("试算规则草稿", "Draft of rules tried"),
    "approve_rules": Text("审核规则版本", "Rules approved"),
    "return_rules": Text("退回规则草稿", "Draft of rules sent back"),
    "discard_rules": Text("废弃规则草稿", "Draft of rules discarded"),
    "activate_rules": Text("启用规则版本", "Rules put in force"),
    "step_back_rules": Text("退回上一规则版本", "Went back to the rules before"),
    "export_rules": Text("导出规则版本", "Rules downloaded"),
    "set_standard": Text("登记本地标准", "Local standard entered"),
    "withdraw_standard": Text("撤销本地标准", "Local standard withdrawn"),
    "set_up_county": Text("设置本县", "County set up"),
    "import_regions": Text("导入区划表", "Region table imported"),
    "bring_back_county": Text("恢复县级设置旧版本", "Previous set-up brought back"),
    "backup": Text("备份", "Backup made"),
    "ingest": Text("数据入库", "Files taken in"),
    "run": Text("月度运行", "Monthly run"),
    "train": Text("训练模型", "Model trained"),
    "ask_training": Text("提交训练任务", "Training asked for"),
    "ask_fairness": Text("提交公平性分析", "Fairness figures asked for"),
    "ask_watch": Text("提交模型监测", "Model watch asked for"),
    "ask_explanation": Text("提交模型解释", "Explanation of the model asked for"),
    "cancel_training": Text("取消训练任务", "Training cancelled"),
    "cancel_fairness": Text("取消公平性分析", "Fairness figures cancelled"),
    "cancel_watch": Text("取消模型监测", "Model watch cancelled"),
    "cancel_explanation": Text("取消模型解释", "Explanation of the model cancelled"),
    "enter_working_days": Text("登记放假安排", "Working days entered"),
    "withdraw_working_days": Text("撤销放假安排", "Working days withdrawn"),
}
KINDS = {
    "person": Text("人员记录", "record of a person"),
    "household": Text("家庭", "household"),
    "alert": Text("预警", "alert"),
    "alerts": Text("预警列表", "alerts"),
    "account": Text("账号", "account"),
    "batch": Text("批次", "batch"),
    "calendar": Text("工作日历", "calendar"),
    "bands": Text("等级分数线", "bands"),
    "ticket": Text("更正单", "correction ticket"),
    "month": Text("月份", "month"),
    "rules": Text("规则版本", "rules"),
    "standard": Text("本地标准", "local standard"),
    "county": Text("县级设置", "set-up of the county"),
    "backup": Text("备份文件", "backup"),
    "job": Text("任务", "job"),
    "model": Text("模型", "model"),
    "file": Text("文件", "file"),
    "record": Text("操作记录", "record"),
    "token": Text("接口令牌", "token"),
    "notice": Text("通知", "notice"),
    "interface": Text("数据接口", "interface"),
}


# The operations of the interface for other systems.
OPERATIONS = {
    "list_alerts": Text("查询预警", "List alerts"),
    "see_household": Text("查看一户", "One household's card"),
    "see_precision": Text("预警准确率", "Precision of the alerts"),
    "list_feeds": Text("数据报送情况", "How the feeds stand"),
    "report_household": Text("上报困难家庭", "Report a household in difficulty"),
    "record_outcome": Text("登记核查结果", "Record what a visit found"),
    "deliver_file": Text("报送数据文件", "Deliver a file"),
}
DETAILS = {
    "photo": Text("照片", "photo"),
    "photos": Text("照片数", "photos"),
    "months": Text("保存月数", "months kept"),
    "account": Text("账号", "account"),
    "after": Text("改后", "after"),
    "again": Text("重复", "again"),
    "decision": Text("认定为", "decided as"),
    "delivery_doubt": Text("待认定原因", "why it waited"),
    "named_period": Text("文件名上的月份", "month its name has"),
    "alert": Text("预警", "alert"),
    "alerts": Text("改期预警", "alerts due on another day"),
    "anchored": Text("锚定至", "anchored up to"),
    "as_of": Text("月份", "as of"),
    "before": Text("改前", "before"),
    "bytes": Text("字节", "bytes"),
    "chosen": Text("选定", "chosen"),
    "days": Text("天数", "days"),
    "department": Text("部门", "department"),
    "feeds": Text("报送数据", "feeds"),
    "figures": Text("标准条数", "standards"),
    "files": Text("文件数", "files"),
    "kept": Text("保留旧版本", "previous version kept"),
    "added": Text("新增", "added"),
    "changed": Text("修改", "changed"),
    "left_out": Text("去掉", "left out"),
    "alerts_moved": Text("随区划调整的预警", "alerts that followed their place"),
    "places": Text("乡镇和村", "townships and villages"),
    "field": Text("栏目", "field"),
    "ended": Text("结束", "ended"),
    "feed": Text("数据", "feed"),
    "indicator": Text("指标", "indicator"),
    "step": Text("步骤", "step"),
    "findings": Text("发现问题", "findings"),
    "forced": Text("强制", "forced"),
    "grants": Text("角色", "roles"),
    "household": Text("家庭", "household"),
    "holder": Text("经办", "who has it"),
    "log": Text("办理日志", "rows of the log"),
    "met": Text("已解决", "met"),
    "need": Text("需求", "need"),
    "needs": Text("改期需求", "needs due on another day"),
    "off": Text("放假天数", "days off"),
    "note": Text("说明", "note"),
    "gate": Text("启用门槛的意见", "what the gate said"),
    "override": Text("未过门槛仍批准的理由", "why against the gate"),
    "proposed_by": Text("提出人", "proposed by"),
    "opened": Text("新开预警", "new alert"),
    "outcome": Text("核查结果", "outcome"),
    "period": Text("数据月份", "period"),
    "provider": Text("统一账号", "the county's account"),
    "quarantined": Text("退回", "quarantined"),
    "question": Text("问题", "question"),
    "reason": Text("理由", "reason"),
    "repeated": Text("重复上报", "told before"),
    "scopes": Text("权限", "scopes"),
    "sha256": Text("SHA-256", "SHA-256"),
    "state": Text("状态", "state"),
    "status": Text("返回码", "status"),
    "system": Text("系统", "system"),
    "other": Text("另一记录", "other record"),
    "since": Text("起算日", "counts from"),
    "until": Text("有效至", "until"),
    "verdict": Text("复核结论", "verdict"),
    "why": Text("原因", "why"),
    "worked": Text("调休上班天数", "make-up working days"),
    "year": Text("年份", "year"),
}
HIDDEN = {"log_sha256"}  # for the check, not for readers
# What deliveries are decided as, and why they waited (see `data.deliveries`).
DELIVERIES = {
    "decision": delivery_words.CHOICES,
    "delivery_doubt": delivery_words.REASONS,
}
CODES = {
    "demo": Text("演示登录", "invented county"),
    "kept": Text("先登记的", "what stood"),
    "other": Text("后送到的", "what came later"),
    "provider": Text("统一账号", "the county's account"),
    "seal": Text("链接不符", "not this link"),
    "expired": Text("已过期", "expired"),
    "unknown kind": Text("没有这种文件", "no such file"),
    "unknown figures": Text("没有这种数据", "no such figures"),
    "locked": Text("账号锁定中", "locked"),
    "for a new one": Text("等待改密", "waiting for a new password"),
    "too many from this address": Text("该地址失败过多", "too many from this address"),
    "system account": Text("系统账号", "a system's account"),
    "expired token": Text("凭据已过期", "expired token"),
    "stranger": Text("未登记人员", "a stranger"),
    "no token": Text("没有令牌", "no token"),
    "unknown token": Text("没有这个令牌", "unknown token"),
    "wrong secret": Text("令牌不符", "wrong secret"),
    "wrong password": Text("密码错误", "wrong password"),
    "unknown account": Text("没有这个账号", "unknown account"),
    "disabled account": Text("账号已停用", "disabled account"),
}
# Names of details whose values are codes of one enumeration.
_OF = {
    "outcome": Outcome,
    "state": State,
    "question": Question,
    "scopes": Action,
    "verdict": Verdict,
    "grants": Role,
    "before": Role,
    "after": Role,
}


def act(code: str) -> Text:
    """What an act is called; the code itself where it has no words."""
    if code in ACTS:
        return ACTS[code]
    for words in (CaseAction, Action):
        if code in set(words):
            return Text(words(code).zh, words(code).en[:1].upper() + words(code).en[1:])
    return Text(code, code)


def role(code: str) -> Text | None:
    """What a role is called; None for none."""
    return Text(Role(code).zh, Role(code).en) if code in set(Role) else None


def detail(name: str) -> Text:
    """What a value in an event's detail is called; the name itself where it has no words."""
    return DETAILS.get(name, Text(name, name))


def value(name: str, told: Any) -> Text:
    """A value of an event's detail in words; as it stands where it has none."""
    if isinstance(told, bool):
        return Text("是", "yes") if told else Text("否", "no")
    if isinstance(told, list):
        parts = [value(name, one) for one in told]
        return Text("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))
    if not isinstance(told, str):
        plain = json.dumps(told, ensure_ascii=False)
        return Text(plain, plain)
    if name == "need":
        return need(told)
    if told in DELIVERIES.get(name, {}):
        return DELIVERIES[name][told]
    code, joint, area = told.partition(":")  # a grant: role, area, department
    words = _OF.get(name)
    if words is not None and code in set(words):
        where = " ".join(part for part in area.split(":") if part) if joint else ""
        return Text(f"{words(code).zh} {where}".strip(), f"{words(code).en} {where}".strip())
    return CODES.get(told, Text(told, told))


def about(kind_code: str, told: str) -> str | Text:
    """What an act concerned, where that is one of our operations; else as it stands."""
    return OPERATIONS.get(told, told) if kind_code == "interface" else told


def kind(code: str) -> Text:
    """What the thing an act concerned is called; of a use case that was refused its action."""
    if code in TABLE and (allowed := TABLE[code].action) is not None:
        return Text(allowed.zh, allowed.en)
    return KINDS.get(code, Text(code or "–", code or "–"))
