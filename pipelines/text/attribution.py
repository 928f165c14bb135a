"""Who a text is by and where it comes from: 来源, 转自, 据…报道, 作者, 记者, 通讯员, 编辑."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.text.dates import WRITTEN


@dataclass(frozen=True, slots=True)
class Attribution:
    """What lines say of a text's origin; None is unknown."""

    origin: str | None = None
    reprinted_from: str | None = None
    author: str | None = None
    editor: str | None = None

    def otherwise(self, other: Attribution) -> Attribution:
        """What this one says, and where it says nothing, the other."""
        return Attribution(
            self.origin or other.origin,
            self.reprinted_from or other.reprinted_from,
            self.author or other.author,
            self.editor or other.editor,
        )


def _spaced(*labels: str) -> str:
    """An alternation of labels, each also with spaces between its characters: 来 源."""
    return "|".join(r"[ \u3000]{0,3}".join(label) for label in labels)


_ORIGIN = _spaced(
    "信息来源", "文章来源", "新闻来源", "稿件来源", "来源", "稿源", "來源", "信息來源", "文章來源", "出处", "供稿单位"
)
_REPRINT = _spaced("转载自", "转自", "轉自", "轉載自", "摘自", "原载", "原文来源")
_AUTHOR = _spaced("作者", "撰文", "撰稿", "文字", "文", "原作者")
_REPORTER = _spaced(
    "见习记者",
    "实习记者",
    "特约记者",
    "本报记者",
    "本网记者",
    "本报通讯员",
    "记者",
    "記者",
    "通讯员",
    "通訊員",
    "特约通讯员",
)
_EDITORS = "责任 网络 网站 值班 当班 本期 本版 本文 见习 实习 执行 首席 新媒体 融媒 融媒体 微信 栏目"
_EDITOR = _spaced(*(f"{of}编辑" for of in _EDITORS.split()), "責任編輯", "责编", "責編", "编辑", "編輯", "编审", "录入")
_OTHERS = """
时间 發佈時間 发布时间 发布日期 日期 更新时间 阅读次数 阅读量 阅读 浏览次数 浏览量 浏览 点击数 点击量 点击
访问量 人气 选择阅读字号 字号 字体 责任校对 校对 审核 审校 审签 初审 复审 终审 签发 监制 值班编委 摄影
图 分享 打印 评论 原标题 标签 关键词 版权 栏目
"""
_OTHER = _spaced(*_OTHERS.split())
_COLON = r"[ \u3000]{0,3}[:：丨｜|∶﹕\t][ \u3000]{0,10}"
_LABEL = rf"(?:{_ORIGIN}|{_REPRINT}|{_AUTHOR}|{_REPORTER}|{_EDITOR}|{_OTHER})"
_WHO = rf"(?:本报|本网|全媒体|融媒体|首席)?(?:{_REPORTER})(?!协会|之家|站|部|团|节|网)"
_BY = rf"(?:[ \u3000，,]{{1,5}}|(?<=[报網网台社心端闻線线布道])){_WHO}[ \u3000:：]{{0,3}}(?=[\u4e00-\u9fff]{{2}})"
"""Who wrote it, behind the medium: 四川日报 记者 李四."""
_TOOLS = "打印|分享|收藏|关闭|关闭窗口|返回首页|返回列表|返回顶部|举报|纠错|我要纠错"
"""Buttons that stand behind a name."""
_END = (
    rf"(?=[ \u3000/|丨｜]{{0,20}}{_LABEL}{_COLON}|\s{{2}}|\t|\s?(?:19|20)\d\d[-/.年]\d"
    rf"|[ \u3000](?:{_TOOLS})(?![\u4e00-\u9fff])"
    r"|[\])】）〕|丨｜;；。]|\s[\u4e00-\u9fff]{2,6}[:：]|$)"
)


def _labelled(labels: str, end: str = _END) -> re.Pattern[str]:
    return re.compile(rf"(?<![\u4e00-\u9fff])(?:{labels}){_COLON}([^\n]{{1,60}}?){end}")


_RULES = {
    "origin": _labelled(_ORIGIN, rf"(?:{_END}|(?={_BY}))"),
    "reprinted_from": _labelled(_REPRINT, rf"(?:{_END}|(?={_BY}))"),
    "author": _labelled(f"{_AUTHOR}|{_REPORTER}"),
    "editor": _labelled(_EDITOR),
}
_WRITTEN_BY = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:{_ORIGIN}|{_REPRINT}){_COLON}[^\n]{{1,40}}?{_BY}"
    r"([\u4e00-\u9fff·]{2,4}(?:[ \u3000、][\u4e00-\u9fff·]{2,4}){0,4})(?=[\s)）】\]，,。|/]|$)"
)
_HINT = re.compile("来|來|源|自|摘|载|作|者|撰|文|通|编|編|辑|出|录|据")
_BRACKETED = re.compile(rf"[(（【\[〔]\s?((?:{_REPORTER}|{_AUTHOR})[^()（）【】\[\]〔〕\n]{{2,40}})[)）】\]〕]")
_REPORTERS = re.compile(rf"(?:{_REPORTER}|{_AUTHOR})[ \u3000:：]{{0,4}}")
_DATELINE = re.compile(
    rf"^[ \u3000]{{0,8}}(?:本报讯|本网讯|本刊讯|讯)?[ \u3000]{{0,4}}(?:{_REPORTER})[ \u3000]{{1,4}}"
    r"([\u4e00-\u9fff·]{2,12}(?:[ \u3000、][\u4e00-\u9fff·]{2,12}){0,4})(?=[ \u3000]{0,8}(?:报道|$))"
)
_SLASHED = re.compile(
    "(?:^|[\\s(（])(?:文|撰文)[/／]\\s?([\u4e00-\u9fff·]{2,4}(?:[ 、][\u4e00-\u9fff·]{2,4}){0,3})(?=[\\s)）/／]|$)"
)
_EDITED = re.compile(
    "^[(（【\\[]?(?:责任编辑|責任編輯|责编)(?:[ \u3000]+|\\s?[/／]\\s?)([\u4e00-\u9fff·]{2,4})[)）】\\]]?$"
)
_ABROAD = (
    "美国|英国|日本|韩国|朝鲜|俄罗斯|今日俄|法国|德国|印度|伊朗|以色列|乌克兰|叙利亚|埃及|国家电视|国家广播|官方|当地|外国|海外|境外"
    "|多家|有关|相关|媒体|权威|主流"
)
_MEDIA = (
    rf"(?![^，。\n]{{0,6}}(?:{_ABROAD}))(?:新华社|中新社|新华网|人民网|央视网|光明网|环球网|中新网|中国网"
    r"|[\u4e00-\u9fffA-Za-z]{1,10}?(?:日报|晚报|晨报|早报|时报|商报|都市报|周报|新报|导报|快报|青年报|工人报|经济报|科技报"
    r"|农民报|法治报|法制报|新闻网|在线|新闻客户端|客户端|新闻频道|电视台|电台|卫视|周刊|杂志)|[\u4e00-\u9fff]{2,8}新闻)"
)
"""Names of media, whole, as 社 and 报 end many other words; those abroad are cited, and not reprinted."""
_ACCORDING = re.compile(
    rf"^[ \u3000]{{0,8}}(?:【[^】\n]{{1,20}}】)?据[“《]?({_MEDIA})[”》]?"
    r"(?:(?:\d{1,2}月)?\d{1,2}[日号]|记者[^，。,\n]{0,8}?)?(?:报道|报导)(?=[，。,：:；;\s]|$)"
)
_HEAD = 120
_SHORT = 60
"""Characters up to which a paragraph may be nothing but an attribution."""
_SPOKEN = re.compile(r"(?:[？?！!]|。”|……)$|^[ \u3000]{0,8}(?:记者|記者)[:：].*。$")
"""What a reporter asks, and no line of credits: 记者：目标是什么？"""
_NAMES = re.compile(r"[ \u3000、，,/]+")
_NOTHING = frozenset({"未知", "不详", "无", "佚名", "匿名", "暂无", "-", "--", "null", "None", "admin"})
_MEDIUM = re.compile(r"^[\u4e00-\u9fffA-Za-z·]{2,16}(?:网|报|社|台|客户端|周刊|杂志|日报|晚报|政府|办公室|局|委)$")


def attribute(line: str) -> Attribution:
    """Reads one line: the one under the title, or one behind the body."""
    if _HINT.search(line) is None:
        return Attribution(origin=_bare(line))
    values = {name: _value(found[1]) if (found := rule.search(line)) else None for name, rule in _RULES.items()}
    said = Attribution(**values)
    if said == Attribution():
        return _inside(line).otherwise(Attribution(origin=_bare(line)))
    if said.author is None and (found := _WRITTEN_BY.search(line)) is not None:
        said = replace(said, author="、".join(_NAMES.split(found[1])))
    return said.otherwise(_inside(line))


def attribute_text(paragraphs: list[str]) -> Attribution:
    """Reads what a body says of itself: 据…报道 and 本报讯（记者 …） at its head, names and labels at its end."""
    said = Attribution()
    for paragraph in paragraphs[:2]:
        head = paragraph[:_HEAD]
        if "据" in head and (found := _ACCORDING.search(head)):
            said = said.otherwise(Attribution(reprinted_from=_value(found[1])))
        if "者" in head or "员" in head or "員" in head:
            said = said.otherwise(_inside(head))
    for paragraph in reversed(paragraphs[-3:]):
        tail = paragraph[-_HEAD:]
        if _HINT.search(tail) is not None:
            is_line = len(paragraph) <= _SHORT and _SPOKEN.search(paragraph) is None
            said = said.otherwise(attribute(tail) if is_line else _inside(tail[-_SHORT:]))
    return said


def _inside(text: str) -> Attribution:
    """Names in brackets, 本报讯（记者 张三 通讯员 李四）, or behind 本报记者 at the head of the line."""
    if (found := _BRACKETED.search(text)) is not None:
        names = _NAMES.split(_REPORTERS.sub(" ", found[1]).strip())
        names = [name for name in names if re.fullmatch("[\u4e00-\u9fff·]{2,12}|[A-Z][A-Za-z .]{2,20}", name)]
        return Attribution(author="、".join(names) or None)
    if (found := _DATELINE.search(text)) is not None:
        return Attribution(author="、".join(_NAMES.split(found[1].strip())))
    author, editor = _SLASHED.search(text), _EDITED.match(text.strip())
    return Attribution(author=author and author[1], editor=editor and editor[1])


def _bare(line: str) -> str | None:
    """A line of nothing but a date and a medium's name: 2020-04-11 09:30  新华网."""
    rest, dates = WRITTEN.subn("", line)
    name = rest.strip(" \u3000|·-")
    return name if dates == 1 and _MEDIUM.match(name) else None


_PAIRS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("〔", "〕"))


def _value(text: str) -> str | None:
    for opening, closing in _PAIRS:
        if text.count(opening) > text.count(closing):  # 攀枝花日报（2020年4月11日
            text = text[: text.rindex(opening)]
    value = text.strip(" \t\u3000:：|丨｜/-—_.，,、")
    if value.startswith("《") and value.endswith("》") and value.count("《") == 1:
        value = value[1:-1]
    return None if value in _NOTHING or not re.search(r"\w", value) else value
