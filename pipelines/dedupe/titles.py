"""What titles say of whether two articles tell one story: reprints are retitled, notices differ in a word."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.dedupe.core import words
from pipelines.dedupe.facts import MOST, NUMBER, UNITS, Gap, another_figure, gaps, identifies, names_another, numbers_of
from pipelines.dedupe.reading import Reading

AGREE, TITLED = 0.6, 0.9
"""Share of the shorter title in the other from which they are alike, and from which they are one."""
CLOSE = 0.5
"""Share from which what they differ in means something."""
PAIR = 2
"""Characters of the shingles two titles are aligned by."""
NOTE = 60
"""Characters of a text that only points elsewhere: 详见附件."""

SERIAL = re.compile(r"[（(]\s*(上|中|下|续|[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）]")
QUOTED = re.compile(r"《([^《》]{2,80})》")


def parts_conflict(one: Reading, two: Reading) -> bool:
    """Whether both are parts of a series, and other ones: …（上）, …（下）."""
    marks = [{*SERIAL.findall(r.story.title), *SERIAL.findall(r.story.body)} for r in (one, two)]
    return bool(marks[0] and marks[1]) and marks[0].isdisjoint(marks[1])


def titles_conflict(one: Reading, two: Reading, *, alike: bool) -> bool:
    """Whether two like titles name two things: another number, another document, another place.

    ``alike`` says that their texts are: then titles that end otherwise are another editor's.
    """
    if one.title == two.title or not one.title or not two.title:
        return False
    documents = [[words(name) for name in QUOTED.findall(r.story.title)] for r in (one, two)]
    if all(documents) and not any(matched(a, b) >= TITLED for a in documents[0] for b in documents[1]):
        return True
    if matched(one.title, two.title) < CLOSE:
        return False
    return any(_other_thing(gap, one.text, two.text, alike=alike) for gap in _title_gaps(one.title, two.title))


def _other_thing(gap: Gap, one: str, two: str, *, alike: bool) -> bool:
    """Whether a title names another thing at this place than the other one, of whose texts neither knows better."""
    if not names_another(gap):
        return False
    if another_figure(gap):
        numbers = {*numbers_of(gap.a)}, {*numbers_of(gap.b)}
        rounded = numbers[1] <= {*NUMBER.findall(one)} or numbers[0] <= {*NUMBER.findall(two)}
        return identifies(gap) or not (all(numbers) and rounded)
    if max(len(gap.a), len(gap.b)) > MOST:
        return False
    sides = [(gap.a, gap.b)]
    if len(gap.a) == 1 or len(gap.b) == 1:
        before, after = gap.before[-1:], gap.after[:1]
        sides = [(gap.a + after, gap.b + after), (before + gap.a, before + gap.b)]
    untold = len(one) < NOTE or (gap.after[0] in UNITS if gap.after else not alike)
    return any(a not in two and b not in one and ((a in one and b in two) or untold) for a, b in sides)


def titles_agree(one: Reading, two: Reading) -> bool:
    return not one.title or not two.title or matched(one.title, two.title) >= AGREE


@lru_cache(64)
def _title_gaps(a: str, b: str) -> list[Gap]:
    return gaps(a, b, PAIR)


def matched(a: str, b: str) -> float:
    """The share of the shorter of two titles that the other has."""
    if not a or not b:
        return 0.0
    if a in b or b in a:
        return 1.0
    found = _title_gaps(a, b)
    least = min(len(a) - sum(len(gap.a) for gap in found), len(b) - sum(len(gap.b) for gap in found))
    return max(0, least) / min(len(a), len(b))
