"""Small whole numbers used in the state, with the words departments write for them."""

from __future__ import annotations

import numpy as np

# Relation to the head of household.
HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD, SIBLING, OTHER = range(7)
RELATION = np.array(["户主", "配偶", "子女", "父母", "孙子女", "兄弟姐妹", "其他"])

SINGLE, MARRIED, WIDOWED, DIVORCED = range(4)
MARITAL = np.array(["未婚", "有配偶", "丧偶", "离婚"])

# Attained schooling.
NONE, PRIMARY, JUNIOR, SENIOR, COLLEGE = range(5)

# Work: what kind of job a person has.
IDLE, FARM, INFORMAL, FORMAL, PUBLIC, FLEXIBLE, PUBLIC_POST = range(7)
FARMING, BUILDING, FACTORY, SERVICES, STATE_JOBS = range(5)
TRADES = 5

GOOD, CHRONIC, SEVERE = range(3)
CANCER, CARDIO, RENAL, MENTAL, INJURY, BIRTH, OTHER_ILLNESS = range(7)
DISEASE = np.array(["恶性肿瘤", "心脑血管", "终末期肾病", "精神障碍", "外伤", "分娩", "其他"])

# Disability, 0 = none.
VISION, HEARING, SPEECH, LIMBS, MIND, PSYCHE, SEVERAL = range(1, 8)
DISABILITY = np.array(["", "视力", "听力", "言语", "肢体", "智力", "精神", "多重"])
GRADE = np.array(["", "一级", "二级", "三级", "四级"])

# School stage, 0 = not at school.
PRESCHOOL, PRIMARY_STAGE, JUNIOR_STAGE, SENIOR_STAGE, VOCATIONAL, TERTIARY, UNIVERSITY = range(1, 8)
STAGE = np.array(["", "学前", "小学", "初中", "普通高中", "中职", "大专", "本科"])
ENROLLED, SUSPENDED, DROPPED, TRANSFERRED, GRADUATED = range(5)
SCHOOL_STATUS = np.array(["在读", "休学", "退学", "转出", "毕业"])
NO_AID, AID_GRANT, AID_BOARDING, AID_WAIVER, AID_LOAN = range(5)
AID = np.array(["无", "国家助学金", "寄宿生补助", "免学费", "助学贷款"])

# Assistance class of a household, 0 = none.
DIBAO, TEKUN, EDGE, RIGID, MONITORED, OTHER_ROLL, EMERGENCY = range(1, 8)
ROLL = np.array(
    ["", "低保", "特困", "低保边缘", "刚性支出困难", "防返贫监测", "其他困难", "临时救助"]
)
START, END, REFUSED, GRANT = range(4)
ROLL_EVENT = np.array(["确认", "终止", "不予确认", "发放"])
INCOME_UP, DIED, MOVED, EXPIRED, RISK_GONE, OTHER_END = range(1, 7)
END_REASON = np.array(["", "收入提高", "死亡", "迁出", "期满", "风险消除", "其他"])
MONITORED_KIND = np.array(["", "脱贫不稳定", "边缘易致贫", "突发严重困难"])

NO_PENSION, RESIDENT_PENSION, EMPLOYEE_PENSION = range(3)

# Dwelling.
OWN_RURAL, OWN_URBAN, PUBLIC_RENTAL, MARKET_RENT, BORROWED, NO_HOME = range(6)
HOUSING = np.array(["自有农村", "自有城镇", "公租房", "市场租房", "借住", "无房"])
DANGER = np.array(["未鉴定", "A级", "B级", "C级", "D级"])
ACQUIRED = np.array(["自建", "购买", "继承", "安置", "危改"])
DAMAGE = np.array(["无", "轻微", "严重", "倒塌"])
DWELLING = np.array(["独立住宅", "单元房", "简易住所", "其他"])
FLOOR = np.array(["瓷砖木地板", "水泥", "泥土"])
ROOF = np.array(["混凝土", "瓦", "铁皮", "茅草", "不详"])
WATER = np.array(["户内", "院内", "院外"])
TOILET = np.array(["户内冲水", "户内旱厕", "无"])
FUEL = np.array(["管道气", "瓶装气", "柴草", "其他"])

ROUND, APPLICATION, ALERT, AUDIT, SURVEY = range(5)
UNTOLD = -1  # what a visit found is drawn when its form is written
VISIT_REASON = np.array(["定期走访", "申请核查", "预警核查", "抽查", "住户调查"])
