"""What two similar texts differ in: what a person would call another fact, or only another wording.

Reprints differ by wording: a cut clause, a typing error, another head. Texts on one template, and formulas that
return every day, differ in their facts: the number, the date, the name, the title in 《》.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

GRAM = 3
LIMIT = 12_000
"""Characters of each text that are aligned: what decides stands long before, and time stays bounded."""

NUMERAL = "零〇一二三四五六七八九十百千万亿两"
DIGITS = re.compile(r"\d+")
FIGURE = re.compile(r"(\d+)(\D)")
"""A number with the first character of its unit."""
NUMBER = re.compile(rf"\d+|[{NUMERAL}]+")
IDENTIFYING = re.compile(r"号|期|届|次|批|季|日|月|年|版|场|轮|论|审稿|包|标包|标段|地块")
PART = re.compile(r"包|标包|分包|标段|批|期|届|轮|集")
"""Behind a number that says which part of an affair it is, be the text as long as it may: 第1包."""
LOT, LOT_BEFORE = re.compile(r"包|标包|分包|标段"), re.compile(r"(?:[采标分]包|标段|包号?)$")
PART_NUMBER = re.compile(rf"\d{{1,3}}|[{NUMERAL}]{{1,3}}|[a-z]")
INSIDE = re.compile(rf"第[\d{NUMERAL}]|\d(?:号|期|届|次|批|日|月|年)")
"""Numbers that say which one of many it is; other numbers say how much."""
LEAST, MOST = 2, 8
"""Characters of a name, or of a figure with its unit."""
LONG = 16
"""Characters of a passage from which it is more than an edit."""
ORDERS = ("上中下", "东南西北中", "甲乙丙丁戊", "春夏秋冬", "早中晚", "内外", "正副")
"""Single characters that stand for one another only where another thing is meant."""
VARIANTS = (
    "的地得",
    "作做",
    "他她它",
    "和与及",
    "份分",
    "像象",
    "账帐",
    "坐座",
    "两二",
    "订定",
    "在再",
    "已以",
    "须需",
)
"""Single characters that are mistaken or taken for one another."""
LEAST_PROPER, MOST_PROPER = 4, 40
"""Characters of a long proper name; a shorter one is one in a notice alone, in front of 小学 or 公司."""
NAME_END = re.compile(
    r"有限|公司|集团|[厂矿店社]|合作社|银行|学校|[小中大]学|学院|幼儿园|医院|卫生[院室]|项目|工程|标段|小区|楼盘"
    r"|中心|协会|局|街道|社区|[村镇]|[路桥]|隧道|水库|公园|园区|基地|生产线|[一二三四五六]期|宿舍|公寓|大厦"
)
"""What a long proper name ends in."""
PUBLISHER = re.compile(r"日报|晚报|报社|传媒|媒体|新闻|网|电视|广播|出版|平台")
"""What names who published a text, at its foot."""
UNITS = "区县市镇乡村州省局厅院校"
"""What ends the name of a place or an office."""
HERE = frozenset(("我", "本", "该", "全", "当地", "这", "此", "今", "昨"))
ONE_OF = {ord(one): order[0] for order in ORDERS for one in order}


class Gap(NamedTuple):
    """A place between two passages that both texts have."""

    a: str
    b: str
    before: str
    """What stands in front of it in both."""
    after: str
    """What stands behind it in both."""

    @property
    def inside(self) -> bool:
        """Whether both texts go on around it."""
        return bool(self.before and self.after)


@dataclass(frozen=True, slots=True)
class Difference:
    """How two texts differ where they have the same place for something."""

    figures: int
    """Places where both have a number, and another one."""
    identifying: int
    """Those of them whose number says which one of many the text is about."""
    names: int
    """Places where both have a word of their own, and the same two words stand so again."""
    proper: int
    """Places where a long proper name (a company's, a school's, a project's) stands for another one."""
    parts: int
    """Places where one part of an affair (第1包) stands for another one; they are among ``identifying``."""
    words: int
    """Places where a word of two or more characters stands for another one that shares none with it."""
    letters: int
    """Places where one Han character stands for another one that it is not mistaken for."""
    wording: int
    """Places that differ otherwise."""
    agreeing: int
    """Numbers that both have in the passages they share."""
    lacking: int
    """Characters of the first text that the second lacks."""
    rewritten: int
    """Those of them in passages too long for an edit: inside it, or where the other text has a long one too."""
    ends: int
    """Those of them before the first and behind the last passage that both share."""

    @property
    def facts(self) -> int:
        return self.figures + self.names

    @property
    def places(self) -> int:
        return self.figures + self.names + self.proper + self.words + self.letters + self.wording


def difference(found: Sequence[Gap], numbers: int, *, formal: bool = False) -> Difference:
    """What the gaps between two texts say; ``numbers`` is how many the first text has.

    ``formal`` says that both are notices: a name at the head or the foot is then no publisher's line, and a short one
    counts as well.
    """
    figures = identifying = proper = parts = words = letters = wording = 0
    swaps = Counter((gap.a, gap.b) for gap in found if names_another(gap) and not numbers_of(gap.a))
    names = sum(count for count in swaps.values() if count > 1)
    for gap in found:
        if another_figure(gap):
            figures += 1
            identifying += identifies(gap)
            parts += another_part(gap)
        elif another_part(gap):
            figures, identifying, parts = figures + 1, identifying + 1, parts + 1
        elif swaps[gap.a, gap.b] > 1:
            continue
        elif another_name(gap, LEAST if formal else LEAST_PROPER) and (gap.inside or (formal and _its_own(gap))):
            proper += 1
        elif names_another(gap) and _another_word(gap.a, gap.b):
            words += 1
        elif names_another(gap) and len(gap.a) == len(gap.b) == 1 and (gap.a + gap.b).isalpha():
            letters += 1
        else:
            wording += 1
    agreeing = numbers - sum(len(NUMBER.findall(gap.a)) for gap in found)
    lacking = sum(len(gap.a) for gap in found)
    ends = sum(len(gap.a) for gap in found if not gap.inside)
    long = sum(len(gap.a) for gap in found if len(gap.a) > LONG and (gap.inside or len(gap.b) > LONG))
    return Difference(
        figures, identifying, names, proper, parts, words, letters, wording, agreeing, lacking, long, ends
    )


def numbers_of(text: str) -> list[str]:
    return DIGITS.findall(text) or (NUMBER.findall(text) if NUMBER.fullmatch(text) else [])


def identifies(gap: Gap) -> bool:
    return gap.before.endswith("第") or bool(IDENTIFYING.match(gap.after)) or bool(INSIDE.search(gap.a + gap.b))


def another_figure(gap: Gap) -> bool:
    """Whether one number stands for another in the same words, or 下 for 上: not so where a digit was mistyped."""
    if not gap.a or not gap.b:
        return False
    if any(gap.a in order and gap.b in order for order in ORDERS):
        return True
    if not numbers_of(gap.a) or not numbers_of(gap.b):
        return False
    if _form(gap.a) == _form(gap.b):
        return True
    one, two = FIGURE.search(gap.a + gap.after), FIGURE.search(gap.b + gap.after)
    if one is None or two is None or one[1] == two[1]:
        return False
    return one[2] == two[2] and one.start() == two.start() == 0


def names_another(gap: Gap) -> bool:
    """Whether a word stands for another one, and neither is the place's own way to say where: 我市 for 攀枝花市."""
    if not gap.a or not gap.b or {gap.a.rstrip(UNITS), gap.b.rstrip(UNITS)} & HERE:
        return False
    return not any(gap.a in like and gap.b in like for like in VARIANTS)


def another_part(gap: Gap) -> bool:
    """Whether another part of one affair stands there: 第1包, 包2, B标段."""
    if not PART_NUMBER.fullmatch(gap.a) or not PART_NUMBER.fullmatch(gap.b):
        return False
    if gap.before.endswith("第"):
        return PART.match(gap.after) is not None
    return LOT.match(gap.after) is not None or LOT_BEFORE.search(gap.before) is not None


def _its_own(gap: Gap) -> bool:
    """Whether what stands at the head or the foot of two notices is theirs, and not who published them."""
    return not PUBLISHER.search(gap.a + gap.b)


def another_name(gap: Gap, least: int) -> bool:
    """Whether one proper name stands for another one that has hardly a character in common with it."""
    if min(len(gap.a), len(gap.b)) < least or max(len(gap.a), len(gap.b)) > MOST_PROPER or not names_another(gap):
        return False
    tails = (gap.a[-3:], gap.b[-3:]) if min(len(gap.a), len(gap.b)) >= LEAST_PROPER else ("", "")
    if not all(NAME_END.search(tail + gap.after[:2]) for tail in tails):
        return False
    pairs = [{side[i : i + 2] for i in range(len(side) - 1)} for side in (gap.a, gap.b)]
    common = len({*gap.a} & {*gap.b} - {*UNITS})
    return pairs[0].isdisjoint(pairs[1]) and common * 4 <= min(len(gap.a), len(gap.b))


def _form(text: str) -> str:
    return NUMBER.sub("#", text.translate(ONE_OF))


def _another_word(a: str, b: str) -> bool:
    return LEAST <= len(a) <= MOST and LEAST <= len(b) <= MOST and not {*a} & {*b} - {*UNITS}


def gaps(a: str, b: str, gram: int = GRAM) -> list[Gap]:
    """What stands between the passages two texts share, in order; numbers are never cut in two."""
    one, two = a[:LIMIT], b[:LIMIT]
    if len(one) < gram or len(two) < gram:
        return [Gap(one, two, "", "")]
    matcher = SequenceMatcher(
        None,
        [one[i : i + gram] for i in range(len(one) - gram + 1)],
        [two[i : i + gram] for i in range(len(two) - gram + 1)],
    )
    found = []
    end_a = end_b = 0
    for start_a, start_b, size in matcher.get_matching_blocks():
        # The last block is empty and stands behind the last shingle: at the end of the text.
        until_a, until_b = (start_a, start_b) if size else (len(one), len(two))
        overlap = max(end_a - until_a, end_b - until_b, 0)
        from_a, from_b = end_a - overlap, end_b - overlap
        if until_a > from_a or until_b > from_b:
            found.append(_gap(one, two, (from_a, until_a), (from_b, until_b)))
        end_a, end_b = start_a + size + gram - 1, start_b + size + gram - 1
    return found


def _gap(a: str, b: str, in_a: tuple[int, int], in_b: tuple[int, int]) -> Gap:
    (start_a, stop_a), (start_b, stop_b) = in_a, in_b
    while start_a < stop_a and start_b < stop_b and a[start_a] == b[start_b]:
        start_a, start_b = start_a + 1, start_b + 1
    while start_a < stop_a and start_b < stop_b and a[stop_a - 1] == b[stop_b - 1]:
        stop_a, stop_b = stop_a - 1, stop_b - 1
    if a[start_a:stop_a][:1].isdigit() or b[start_b:stop_b][:1].isdigit():
        while start_a and start_b and a[start_a - 1] == b[start_b - 1] and a[start_a - 1].isdigit():
            start_a, start_b = start_a - 1, start_b - 1
    if a[start_a:stop_a][-1:].isdigit() or b[start_b:stop_b][-1:].isdigit():
        while stop_a < len(a) and stop_b < len(b) and a[stop_a] == b[stop_b] and a[stop_a].isdigit():
            stop_a, stop_b = stop_a + 1, stop_b + 1
    return Gap(a[start_a:stop_a], b[start_b:stop_b], a[max(0, start_a - 4) : start_a], a[stop_a : stop_a + 4])
