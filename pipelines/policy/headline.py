"""Headlines that announce without naming a document in 《》: 攀枝花出台20条措施支持企业复工."""

from __future__ import annotations

import re
from typing import Final

from pipelines.policy.issuers import Place, organs
from pipelines.policy.phrases import acts_for_the_state, clause, unquoted
from pipelines.policy.rules import rules
from pipelines.policy.terms import HAN

_DONE: Final = ("实施", "施行", "通过", "落地", "敲定")
"""Verbs that tell of effects when they stand before what is done."""
_PUBLIC: Final = re.compile(rf"^[我全][国市省县区州]|^国家|^中央|^[{HAN}]{{1,4}}[县区市州省]|部门|国家|两部|央行|部委")
_ANNIVERSARY: Final = re.compile(
    "(?:印发|出台|发布|公布|颁布|施行|实施){1,2}[\\d一二三四五六七八九十两]+(?:周年|年来)|^纪念"
)
_LAW: Final = re.compile(
    r"(?P<verb>(?:表决|审议|投票)通过)(?P<object>[^。；]*?(?:(?<![办方])法|条例|修正案|决议|决定)(?=$|[\s，]))"
)
_CLAUSE: Final = re.compile(r"[^，,。；\s！!？?]*")
_ASKED: Final = ("？", "?")
_ARTICLES: Final = re.compile(r"[\d一二三四五六七八九十]+条|“[^”]+条")


def headline(title: str, home: Place) -> str | None:
    """The words before the verb of a headline that announces; None where it announces nothing."""
    said = rules()
    outside = unquoted(title)
    if passed := _LAW.search(outside):
        return outside[: passed.start()] if organs(outside[: passed.start()], home) else None
    match = said.headline.search(outside)
    if match is None or said.ending.search(title) or said.foreign.search(title) or _ANNIVERSARY.search(title):
        return None
    before = outside[: match.start("verb") if match["verb"] else match.start("object2")]
    thing = match["object"] or outside[: match.end("object2")]
    rest = _CLAUSE.match(outside, match.end())
    if (
        match["verb"] in _DONE
        or not _is_policy(thing, rest.group() if rest else "")
        or outside.startswith(_ASKED, match.end())
    ):
        return None
    if said.passing.search(clause(before)) or said.future.search(before) or said.meeting.search(before):
        return None
    public = home.city or home.province or home.county or organs(title, home) or _PUBLIC.search(title)
    # Before 办法出台 stands what the rule is about (民办学校, 专项基金): only a company itself says that it is private.
    private = not acts_for_the_state(before, home) if match["verb"] else said.company.search(before)
    return (before or title) if public and not private else None


def _is_policy(thing: str, rest: str) -> bool:
    """Whether what is made known is a policy and no product, list or figure; ``rest`` follows in the same clause."""
    if thing.endswith("条"):
        return bool(_ARTICLES.search(thing))
    return not rules().wares.search(thing) or bool(re.search("若干|政策|措施|办法|建设指南", thing + rest))
