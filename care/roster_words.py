"""The words that real rosters use, as `roster_cells.key` leaves them: no blanks, small letters."""

from care.elders import Sex, Tier


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NONE = _words("无 没有 暂无 - -- — —— ― – / // \\ none n/a nil")
BLANK = _words("不详 未知 不清楚 不知道 ? ?? 未填 待补 待补充 待核实 … ... unknown tbd")

YES = _words("是 有 √ ✓ ✔ ☑ ✅ 1 y yes true 对")
NO = NONE | _words("否 不是 × ✗ ✘ ✕ ❌ ☐ 0 n no false")

ILLNESSES = (
    "慢性病 慢病 高血压 糖尿病 高血糖 高血脂 高脂血症 冠心病 心脏病 脑梗 脑梗塞 脑梗死 脑卒中 中风 "
    "关节炎 风湿 类风湿 哮喘 慢阻肺 慢支 慢性支气管炎 肺气肿 痛风 肾病 慢性肾病 肝病 胃病 "
    "骨质疏松 帕金森 白内障 青光眼 癌症 肿瘤 hypertension diabetes"
)
FLAG_YES = {
    "disability": _words(
        "失能 半失能 全失能 完全失能 重度失能 中度失能 轻度失能 部分失能 残疾 disabled"
    ),
    "chronic_illness": _words(ILLNESSES),
    "empty_nest": frozenset(("空巢", "空巢老人")),
    "limited_mobility": _words("行动不便 不便 卧床 长期卧床 轮椅 坐轮椅 拄拐"),
}
FLAG_NO = {
    "disability": _words("自理 能自理 可自理 完全自理 健康 正常"),
    "chronic_illness": frozenset(("健康", "正常")),
    "empty_nest": frozenset(("非空巢", "与子女同住")),
    "limited_mobility": _words("正常 方便 行动方便 行动自如 自如"),
}

TIERS = {
    word: tier
    for tier, words in {
        Tier.RED: "红 红色 红灯 红标 红级 红色预警 高风险 高 高危 red r high highrisk 🔴",
        Tier.YELLOW: (
            "黄 黄色 黄灯 黄标 黄级 黄色预警 中风险 中 中危 yellow y medium mediumrisk middle 🟡"
        ),
        Tier.GREEN: "绿 绿色 绿灯 绿标 绿级 绿色预警 低风险 低 低危 green g low lowrisk 🟢",
    }.items()
    for word in words.split()
}
NOT_ASSESSED = _words("未评估 待评估 未评 待评 未定 待定 notassessed")

SEXES = {
    word: sex
    for sex, words in {
        Sex.FEMALE: "女 女性 女士 f female woman ♀",
        Sex.MALE: "男 男性 先生 m male man ♂",
    }.items()
    for word in words.split()
}

# what a column may be called
HEADERS = {
    word: field
    for field, words in {
        "name": "姓名 名字 名称 服务对象 老人 长者 name fullname elder client",
        "number": (
            "编号 档案号 档案编号 档案号码 服务编号 会员编号 number id recordnumber recordno "
            "filenumber fileno elderid eldernumber clientid"
        ),
        "identity": (
            "身份证号 身份证 身份证号码 身份证件号 身份证件号码 证件号 证件号码 公民身份号码 "
            "公民身份证号码 idcard idcardnumber idcardno identitynumber identitycard nationalid"
        ),
        "sex": "性别 sex gender",
        "birth_date": (
            "出生日期 出生年月日 出生年月 生日 出生 出生时间 "
            "birthdate dateofbirth dob birthday born"
        ),
        "phone": (
            "电话 联系方式 联系电话 电话号码 联系号码 手机 手机号 手机号码 移动电话 "
            "phone phonenumber contactphone contactnumber telephone tel "
            "mobile mobilephone mobilenumber cell cellphone"
        ),
        "phone_other": (
            "座机 固话 固定电话 家庭电话 住宅电话 宅电 其他电话 备用电话 "
            "landline homephone otherphone"
        ),
        "building": "楼栋 楼号 栋 楼幢 幢号 栋号 楼栋号 楼宇 几号楼 building block buildingno",
        "unit": "单元 单元号 unit",
        "door": "门牌 门牌号 门牌号码 房号 室号 户号 房间号 房间 door doornumber room flat",
        "address": (
            "住址 家庭住址 详细地址 地址 居住地址 现住址 现居住地址 现居地 家庭地址 常住地址 "
            "联系地址 居住地 address homeaddress fulladdress residence"
        ),
        "tier": (
            "等级 预警等级 风险等级 风险级别 预警级别 级别 关爱等级 探访等级 风险 预警 分级 "
            "tier risk risklevel risktier level"
        ),
        "disability": (
            "失能 半失能 失能半失能 失能或半失能 失能失智 失能情况 失能等级 失能程度 残疾 残疾情况 "
            "自理情况 disability disabled disabledorhalfdisabled"
        ),
        "chronic_illness": (
            "慢性病 慢病 慢性疾病 患慢性病 患有慢性病 慢性病情况 "
            "chronicillness chronicdisease chronicallyill chronic"
        ),
        "empty_nest": "空巢 空巢老人 空巢情况 emptynest emptynester",
        "limited_mobility": (
            "行动不便 行动能力 行动情况 行动不便老人 limitedmobility mobility reducedmobility"
        ),
        "emergency_relation": (
            "关系 与老人关系 与本人关系 与服务对象关系 与长者关系 relation relationship "
            "relationtoelder relationshiptoelder"
        ),
        "door_hint": "进门提示 上门提示 进门须知 敲门提示 doorhint accesshint howtogetin",
        "remark": "备注 说明 其他 备注说明 注意事项 remark remarks note notes comment comments",
    }.items()
    for word in words.split()
}
RUNNING = _words("序号 序 no # 行号 顺序 年龄 周岁 实足年龄 age sn serial")
OWNERS = tuple(
    sorted(
        _words(
            "服务对象 老人 老年人 长者 本人 居民 户主 elders elder clients client persons person"
        ),
        key=len,
        reverse=True,
    )
)
# the longer ones first: each is taken out of a label as a whole
EMERGENCY = (
    "紧急联系人",
    "紧急联络人",
    "应急联系人",
    "联系人",
    "联络人",
    "紧急",
    "应急",
    "emergencycontactperson",
    "emergencycontact",
    "contactperson",
    "nextofkin",
    "emergency",
)
FAMILY = ("家属", "子女", "监护人", "亲属", "亲人", "family", "relative", "guardian")
PHONE_PARTS = ("电话", "手机", "号码", "联系方式", "方式", "phone", "tel", "mobile", "number")
RELATION_PARTS = ("关系", "relation")
NAME_PARTS = frozenset(("", "姓名", "名字", "name", "sname", "fullname"))
AND_PARTS = ("及", "和", "与", "and")
FILLER_PARTS = ("信息", "情况", "资料", "details", "info")
PLACE_PARTS = ("地址", "住址", "单位", "身份证", "性别", "address")

# the heading of our own file; every word of it is also among those above
COLUMNS = {
    "zh_CN": {
        "number": "编号",
        "name": "姓名",
        "sex": "性别",
        "birth_date": "出生日期",
        "phone": "电话",
        "building": "楼栋",
        "address": "住址",
        "tier": "风险等级",
        "disability": "失能/半失能",
        "chronic_illness": "慢性病",
        "empty_nest": "空巢",
        "limited_mobility": "行动不便",
        "emergency_name": "紧急联系人",
        "emergency_relation": "关系",
        "emergency_phone": "联系人电话",
        "door_hint": "进门提示",
        "remark": "备注",
    },
    "en": {
        "number": "Number",
        "name": "Name",
        "sex": "Sex",
        "birth_date": "Birth date",
        "phone": "Phone",
        "building": "Building",
        "address": "Address",
        "tier": "Tier",
        "disability": "Disability",
        "chronic_illness": "Chronic illness",
        "empty_nest": "Empty nest",
        "limited_mobility": "Limited mobility",
        "emergency_name": "Emergency contact",
        "emergency_relation": "Relation",
        "emergency_phone": "Emergency phone",
        "door_hint": "Door hint",
        "remark": "Remark",
    },
}
# the same for the sheet about buildings, and what is said of a way
PLACE_COLUMNS = {
    "zh_CN": {"name": "楼栋", "latitude": "纬度", "longitude": "经度", "walks": "步行距离"},
    "en": {"name": "Building", "latitude": "Latitude", "longitude": "Longitude", "walks": "Walks"},
}
PLACE_SHEET = {"zh_CN": "楼栋", "en": "Buildings"}
METRES = {"zh_CN": "{building} {metres}米", "en": "{building} {metres} m"}
VALUES: dict[str, dict[object, str]] = {
    "zh_CN": {
        Tier.RED: "红",
        Tier.YELLOW: "黄",
        Tier.GREEN: "绿",
        Sex.FEMALE: "女",
        Sex.MALE: "男",
        True: "是",
        False: "否",
    },
    "en": {
        Tier.RED: "red",
        Tier.YELLOW: "yellow",
        Tier.GREEN: "green",
        Sex.FEMALE: "female",
        Sex.MALE: "male",
        True: "yes",
        False: "no",
    },
}
