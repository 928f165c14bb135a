"""What codes of the archive are called on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crawler.items import MIRRORED

RELATION: Final[Mapping[str, str]] = {
    "document": "文件原文",
    "report": "报道",
    "interpretation": "解读",
    "draft": "征求意见",
    "repeal": "废止",
}
KINSHIP: Final[Mapping[str, str]] = {
    "identical": "全文相同",
    "reprint": "转载",
    "excerpt": "节选",
    "revision": "改写",
}
ISSUE: Final[Mapping[str, str]] = {MIRRORED: "镜像站改写的网页"}
DAY: Final[Mapping[str, str]] = {"issued": "", "told": "报道", "kept": "收录"}
"""Behind the day of a policy record: when it was issued, reported, or first seen here."""
SCRIPT: Final[Mapping[str, str]] = {"simplified": "简体", "traditional": "繁体", "mixed": "简繁混排"}
HOW: Final[Mapping[str, str]] = {
    "selector": "页面元素",
    "meta": "meta 标签",
    "json-ld": "JSON-LD",
    "opengraph": "OpenGraph",
    "table": "政府信息公开表",
    "pattern": "文字规则",
    "heuristic": "通用判断",
    "url": "网址",
}
FIELD: Final[Mapping[str, str]] = {
    "title": "标题",
    "subtitle": "副标题",
    "body": "正文",
    "published": "发布时间",
    "published_at": "发布时间",
    "updated": "更新时间",
    "byline": "题下信息行",
    "tail": "文末信息",
    "origin": "来源",
    "reprinted_from": "转自",
    "author": "作者",
    "editor": "编辑",
    "rights": "版权声明",
    "related": "延伸阅读",
    "column": "栏目",
    "official": "政府信息公开表",
    "issuers": "发文机关",
    "number": "发文字号",
    "kind": "文种",
    "statutory_kind": "法定文种",
    "carried_kind": "所发文件",
    "written_on": "成文日期",
    "issued_on": "发布日期",
    "effective_on": "施行日期",
    "expires_on": "有效期至",
    "comments_until": "意见征集截止",
    "targets": "目标",
    "relation": "与文件的关系",
    "status": "状态",
}
SOURCE_STATE: Final[Mapping[str, str]] = {
    "new": "未采集",
    "ok": "正常",
    "late": "逾期",
    "failing": "失败",
    "layout changed": "版式变化",
    "blocked": "被拒绝",
}
RUN_STATE: Final[Mapping[str, str]] = {
    "running": "进行中",
    "finished": "完成",
    "stopped": "中止",
    "failed": "失败",
}
FRONTIER_STATE: Final[Mapping[str, str]] = {
    "pending": "待访问",
    "leased": "访问中",
    "done": "已完成",
    "failed": "已搁置",
    "gone": "已消失",
}
ALERT: Final[Mapping[str, str]] = {
    "new": "新政策",
    "follow-up": "后续",
    "revision": "修订",
    "withdrawal": "撤回",
    "breakage": "来源异常",
    "recovery": "来源恢复",
}
FACET: Final[Mapping[str, str]] = {
    "relation": "与政策的关系",
    "kind": "政策文种",
    "region": "地区",
    "industry": "行业",
    "year": "年份",
    "source": "来源网站",
}
OFFICIAL: Final[Mapping[str, str]] = {
    "index_number": "索引号",
    "topic": "主题分类",
    "issuer": "发文机关",
    "written": "成文日期",
    "published": "发布日期",
    "title": "标题",
    "number": "发文字号",
    "validity": "有效性",
}
COVERAGE: Final[Mapping[str, str]] = {
    "body": "正文",
    "published_at": "日期",
    "origin": "来源",
}
DIGEST: Final[Mapping[str, str]] = {"each": "逐条", "hourly": "每小时汇总", "daily": "每日汇总"}
SCOPE: Final[Mapping[str, str]] = {
    "documents": "文件原文、征求意见和废止",
    "announcements": "政策文件和报道",
    "policy": "政策文件、报道和解读",
    "articles": "所有文章",
    "operations": "来源的状态",
}
