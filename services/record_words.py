"""What the acts in the record are called."""

from __future__ import annotations

from alerts.states import Action as CaseAction
from core.access.roles import Action, Role
from core.words import Text

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
    "look": Text("查看家庭", "Look at a household"),
    "reveal": Text("查看个人信息", "Personal data shown"),
    "break_glass": Text("越区应急查看", "Emergency look"),
    "review": Text("复核应急查看", "Emergency look reviewed"),
    "export": Text("导出预警列表", "Alerts downloaded"),
    "print": Text("打印家庭画像", "Household printed"),
    "export_quarantine": Text("导出退回更正数据", "Rows to be corrected downloaded"),
    "open_link": Text("打开下载链接", "Open a download link"),
    "outcome": Text("登记核查结果", "Visit recorded"),
    "settle": Text("办理需求", "Need settled"),
    "promote": Text("启用模型", "Model promoted"),
    "rollback": Text("退回模型", "Model rolled back"),
    "read_record": Text("查看操作记录", "Read the record"),
    "check_record": Text("核对操作记录", "Check the record"),
    "anchor": Text("首次锚定操作记录", "Record anchored for the first time"),
    "report": Text("上报困难家庭", "Household reported"),
    "deliver": Text("报送数据文件", "File delivered"),
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
    "ingest": Text("数据入库", "Files taken in"),
    "run": Text("月度运行", "Monthly run"),
    "train": Text("训练模型", "Model trained"),
}
KINDS = {
    "household": Text("家庭", "household"),
    "alert": Text("预警", "alert"),
    "alerts": Text("预警列表", "alerts"),
    "account": Text("账号", "account"),
    "batch": Text("批次", "batch"),
    "bands": Text("等级分数线", "bands"),
    "month": Text("月份", "month"),
    "rules": Text("规则版本", "rules"),
    "standard": Text("本地标准", "local standard"),
    "model": Text("模型", "model"),
    "file": Text("文件", "file"),
    "record": Text("操作记录", "record"),
    "token": Text("接口令牌", "token"),
    "interface": Text("数据接口", "interface"),
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


def kind(code: str) -> Text:
    """What the thing an act concerned is called."""
    return KINDS.get(code, Text(code or "–", code or "–"))
