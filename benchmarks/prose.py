"""News-like Chinese text, made from a vocabulary: any amount, no two articles alike, the same for the same number."""

from __future__ import annotations

from random import Random

PLACES = "攀枝花市 仁和区 米易县 盐边县 东区 西区 钒钛高新区 四川省 成都市 凉山州 德阳市 宜宾市 绵阳市 西昌市 泸州市 雅安市".split()
BODIES = (
    "市委市政府 市发展改革委 市经济和信息化局 市科技局 市农业农村局 市商务局 市统计局 园区管委会 项目建设单位 龙头企业 "
    "市生态环境局 市交通运输局 科研院所 行业协会 合作社 市文化广电旅游局 市市场监管局 重点实验室 创新中心 招商专班"
).split()
VERBS = (
    "推进 加快 启动 完成 组织 部署 实施 落实 优化 提升 建设 编制 印发 论证 验收 改造 引进 培育 推广 调研 协调 督促 拓展 整合 "
    "保障 签约 投产 扩建 升级 巩固"
).split()
THINGS = (
    "钒钛磁铁矿综合利用 海绵钛生产线 钛白粉清洁生产 钒电池储能示范 氢能重卡运营 石墨深加工 光伏发电基地 芒果标准化种植 康养旅游 "
    "早春蔬菜外销 水风光一体化 物流枢纽 工业互联网平台 高技能人才培训 绿色矿山 数字孪生工厂 冷链仓储 高标准农田 中小企业融资 "
    "营商环境改革 污水处理提标 铁路专用线 孵化器 产业链招商 科技成果转化 固废资源化 特色小镇 乡村道路 灌区续建 智慧园区"
).split()
QUALITIES = (
    "高质量 系统性 分阶段 常态化 规模化 集约化 市场化 协同 有序 全链条 精细化 差异化 一体化 低碳 稳妥 集中".split()
)
UNITS = "亿元 万吨 公顷 家 人次 个百分点 公里 兆瓦 台套 项 万立方米 吨".split()
REASONS = (
    "为应对原料价格波动 按照年度工作安排 针对企业反映的用地难题 结合前期调研情况 根据专家组意见 在保障安全的前提下 "
    "考虑到汛期施工条件 围绕补链强链目标 借鉴沿海地区经验 受市场需求回升带动 着眼长远发展 对照考核指标"
).split()
ENDINGS = (
    "相关负责人介绍了进展 下一步将继续跟踪 目前进度符合预期 各方反应积极 有关细则正在征求意见 资金已经下达到位 "
    "预计年内见效 群众满意度有所提高 配套设施同步完善 监测数据显示趋势向好 问题清单已逐项销号 经验将在全市推开"
).split()
MONTHS = "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月".split()


def sentence(random: Random) -> str:
    """One sentence of 40 to 90 characters."""
    pick = random.choice
    number = f"{random.randint(2, 9900) / pick((1, 10, 100)):g}{pick(UNITS)}"
    forms = (
        f"{pick(REASONS)}，{pick(PLACES)}{pick(BODIES)}{pick(QUALITIES)}{pick(VERBS)}{pick(THINGS)}，{pick(ENDINGS)}。",
        f"{pick(MONTHS)}以来，{pick(BODIES)}在{pick(PLACES)}{pick(VERBS)}{pick(THINGS)}，规模达到{number}，{pick(ENDINGS)}。",
        f"{pick(BODIES)}表示，将{pick(VERBS)}{pick(THINGS)}与{pick(THINGS)}，{pick(QUALITIES)}{pick(VERBS)}{pick(THINGS)}。",
        f"数据显示，{pick(PLACES)}{pick(THINGS)}较上年变化{number}，其中{pick(THINGS)}占{random.randint(3, 88)}%。",
        f"“{pick(REASONS)}，我们{pick(VERBS)}了{pick(THINGS)}。”{pick(PLACES)}{pick(BODIES)}有关人员说，{pick(ENDINGS)}。",
    )
    return pick(forms)


def title(number: int) -> str:
    """The title of article ``number``."""
    random = Random(f"title {number}")
    pick = random.choice
    return f"{pick(PLACES)}{pick(QUALITIES)}{pick(VERBS)}{pick(THINGS)} {pick(THINGS)}{pick(VERBS)}{number}号纪实"


def paragraphs(number: int, *, characters: int = 700) -> list[str]:
    """The body of article ``number``, of about so many characters."""
    random = Random(f"body {number}")
    found: list[str] = []
    length = 0
    while length < characters:
        paragraph = "".join(sentence(random) for _ in range(random.randint(2, 4)))
        found.append(paragraph)
        length += len(paragraph)
    return found
