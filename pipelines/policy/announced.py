"""Which documents a sentence makes known: 市政府印发《…》, 《…》正式施行."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.policy.issuers import Place
from pipelines.policy.phrases import acts_for_the_state, clause, mentioned, subject, together
from pipelines.policy.rules import rules
from pipelines.policy.titles import Quoted, is_document, quoted

Announced = tuple[tuple[str, ...], str]
"""The documents, and the words that name who makes them known."""

_IN_FORCE: Final = ("施行", "实施", "执行", "生效")
"""These may lie ahead and are news all the same: 将于5月1日起施行."""
_UNSURE: Final = ("实施", "执行", "通过", "批准")
"""In a text these need a sign that they are news."""
_TITLE_ONLY: Final = ("来了", "落地", "上线", "亮相", "面世", "出炉", "诞生", "问世")
"""These announce in a headline; in a text they tell of effects."""
_AFTERWARDS: Final = re.compile(
    "(?:[（(][^）)]{0,60}[）)])?(?:等?(?:措施|政策|文件|规定|通知))?(?:印发|出台|发布|实施)?"
    "(?:后|以来|之后|以后|[一二三四五六七八九十两]+(?:周年|年来)|发表(?:谈话|声明|讲话))"
    "|的?(?:大?背景|形势|推动|带动|指引|支持)下|之际|的?契机"
)
_MADE_LAW: Final = re.compile(r"已(?:经|由)[^。]{6,80}(?P<verb>通过)，现[^。]{0,60}公布")
_NEAR: Final = 12
"""Characters in which a sentence says that it is recent."""
_CHOSEN: Final = 30
"""Characters behind a document in which somebody is chosen by it."""
_OBJECT: Final = re.compile("(?!并|了|于|自|实施|施行|执行|将|起|至|在|后)[\u4e00-\u9fff]")
"""What follows a verb that somebody else does: 《规范》实施一年来，各地出台支持政策."""
_PRAISE: Final = re.compile("表彰|表扬|授予|追授|嘉奖|记功|命名|奖励的(?:决定|通报)")
_RULE: Final = re.compile("办法|规定|条例|细则|方案|规则|意见")
_STATING: Final = re.compile("《[^》]*(?:》[^》《]*)?》(?:[（(][^）)]*[）)])?(?:提出|明确|指出|规定|要求|部署)")
_REVIEW: Final = re.compile("了?(?:省|市|国家)?(?:级|家)?(?:专家)?(?:组)?(?:评审|论证|验收|审查|鉴定|听证|初审|评估)")
_STANDARD_BEFORE: Final = re.compile("(?:国家|地方|行业|团体|企业)标准[—：:]*$")
_STANDARD_BEHIND: Final = re.compile(
    r"(?:白|蓝|绿)皮书|研究?报告|倡议|等?(?:首批)?[\d一二三四五六七八九十两]*[项个]?[^，。；]{0,8}?(?:国家|地方|行业|团体|企业)标准"
)
_CARRYING_OUT: Final = re.compile("贯彻|落实|宣传|推进|推动|的$")
_OF_ANOTHER: Final = re.compile("根据|依据|按照|贯彻|落实|名单|入选|关于(?!$)|会|榜")


def announced(sentence: str, home: Place, *, body: bool = False) -> Announced | None:
    """What a sentence makes known; ``body`` says that it is one of the text, not the title."""
    inside = quoted(sentence)
    if not inside:
        return None
    return next(_by_verb(sentence, inside, home), None) or next(_by_outcome(sentence, inside, home, body=body), None)


def _by_verb(sentence: str, inside: tuple[Quoted, ...], home: Place) -> Iterator[Announced]:
    """An organ's verb and the documents behind it."""
    said = rules()
    for match in said.announce.finditer(sentence):
        before, between = sentence[: match.start()], match["between"]
        last = clause(before)
        if between.startswith("的") and not said.recent.search(last) and not _states(sentence, match.end()):
            continue
        if _OF_ANOTHER.search(between) or any(one.start < match.start() < one.end for one in inside):
            continue
        if said.passing.search(last) or said.future.search(last) or not acts_for_the_state(subject(before), home):
            continue
        first = next((index for index, one in enumerate(inside) if one.start >= match.end()), None)
        run = () if first is None else together(sentence, inside, first)
        found = _official(run)
        after = sentence[run[-1].end :] if run else ""
        if found and not (_AFTERWARDS.match(after) or _chosen(after) or _standard(sentence, run)):
            yield found, before


def _by_outcome(sentence: str, inside: tuple[Quoted, ...], home: Place, *, body: bool) -> Iterator[Announced]:
    """Documents and what becomes of them."""
    said = rules()
    for index, one in enumerate(inside):
        run = together(sentence, inside, index)
        before, after = sentence[: one.start], sentence[run[-1].end :]
        outcome = said.outcome.match(after) or _MADE_LAW.match(after)
        if outcome is None or not is_document(one.title) or mentioned(before) or _standard(sentence, run):
            continue
        if outcome["verb"] == "通过" and _REVIEW.match(after, outcome.end()):
            continue
        how, verb = after[: outcome.start("verb")], outcome["verb"]
        if _AFTERWARDS.match(after) or ("，" in how and _OBJECT.match(after, outcome.end())):
            continue
        if (said.future.search(how) and verb not in _IN_FORCE) or _CARRYING_OUT.search(how):
            continue
        if body and not _is_news(sentence, how, verb):
            continue
        if acts_for_the_state(subject(before) + how, home):
            yield _official(run), before + after[: outcome.end()]


def _states(sentence: str, start: int) -> bool:
    """Whether a sentence of recent news quotes the document: 日前，市政府印发的《X》提出."""
    return bool(rules().recent.search(sentence[:_NEAR]) and _STATING.match(sentence, start))


def _chosen(after: str) -> bool:
    """Whether the news is who was chosen by the document: 印发《…的通知》，攀枝花入选."""
    return bool(rules().award.search(after.partition("。")[0][:_CHOSEN]))


def _standard(sentence: str, run: tuple[Quoted, ...]) -> bool:
    """Whether technical standards are made known: 省级地方标准《…技术规程》, 《…》等5项国家标准."""
    before, after = sentence[: run[0].start], sentence[run[-1].end :] if run else ""
    return bool(_STANDARD_BEFORE.search(before) or _STANDARD_BEHIND.match(after))


def _is_news(sentence: str, how: str, verb: str) -> bool:
    if verb in _UNSURE:
        return bool(rules().recent.search(sentence) or how.endswith(("起", "起正式")))
    return verb not in _TITLE_ONLY


def _official(run: tuple[Quoted, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.title for one in run if is_document(one.title) and not _of_persons(one.title)))


def _of_persons(title: str) -> bool:
    """Whether a document only says who was chosen or praised: 关于表彰…的通报, but not 表彰办法."""
    return "名单" in title or bool(_PRAISE.search(title) and not _RULE.search(title))
