"""Whether two articles tell one story: their time, what they name as their origin, and their texts together.

Text alone merges the formulas that return every day and every year; time alone merges the two notices of one
morning; so each rule below asks for both, and a conflict of facts overrules any likeness.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

import numpy as np

from crawler.items import Article, Kinship, Story
from pipelines.dedupe.core import FRESH, story_days, trimmed, words
from pipelines.dedupe.facts import (
    MOST,
    NUMBER,
    UNITS,
    Difference,
    Gap,
    another_figure,
    difference,
    gaps,
    identifies,
    names_another,
    numbers_of,
)
from pipelines.dedupe.fingerprint import Hashes, distinct, shingles

ALIKE = 0.8
"""Jaccard similarity from which two texts of one time are one, unless their facts differ."""
CONTAINED = 0.95
"""Share of the shorter text in the longer from which it is an excerpt."""
EDITED, EDITED_PART = 0.3, 0.8
"""Similarity and containment from which they may be, where titles and figures agree."""
VERBATIM, LENGTHY = 0.95, 150
"""Similarity and characters of a text from which it is the same one even where time does not say so."""
SHORT = 240
"""Characters of a notice: in so few, one fact is what the text is about."""
NOTICE = 40
LEAST = 20
"""Characters a text has at least to be an excerpt of another."""
NOTE = 60
"""Characters of a text that only points elsewhere: 详见附件."""
BRIEF = 60
"""Characters below which only likeness counts."""
REWRITTEN, RETITLED = 0.25, 0.15
"""Share of the shorter text in long passages of its own, under one title and under two."""
AS_LONG = 0.75
INSIDE = 0.03
KEPT, KEPT_LONG, KEPT_SHORT = 0.6, 0.75, 0.87
"""Share of the shorter text in the other: under one title; of a report; of a notice."""
TITLED = 0.9
"""Share of a title from which it is the other's."""
SPECIFIC = 3
"""Numbers that make a text one of a kind."""
AGREE = 0.6
PAIR = 2
"""Characters of the shingles two titles are aligned by."""
QUARTER, ONE_THIRD, HALF = 1 / 4, 1 / 3, 1 / 2
LATELY = timedelta(days=10)
LATE = timedelta(days=30)
"""How late a named reprint of a long text is still taken for one without a date of its own."""

TITLE_MARK = re.compile(r"^\s*[\[【（(〔](?:视频|图|组图|图文|转载|快讯|独家)[\]】）)〕]")
SERIAL = re.compile(r"[（(]\s*(上|中|下|续|[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）]")
QUOTED = re.compile(r"《([^《》]{2,80})》")


class Reading:
    """A story with what is asked of it more than once."""

    def __init__(self, told: Story) -> None:
        self.story = told
        self.body = trimmed(told.body) if told.body else told.title
        self.core = words(self.body)
        self.title = words(TITLE_MARK.sub("", told.title))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Its publication's, and before it the one it states."""
        return story_days(self.story.body, self.story.published_at)

    @cached_property
    def shingles(self) -> Hashes:
        return distinct(shingles(self.core))


def story(article: Article) -> Story:
    """What of an article is compared."""
    return Story(
        url=article.url,
        title=article.title,
        body=article.body,
        published_at=article.published_at,
        origin=article.origin,
        reprinted_from=article.reprinted_from,
        mirror_of=article.mirror_of,
    )


@lru_cache(64)
def _reading(told: Story) -> Reading:
    return Reading(told)


def same_story(a: Story, b: Story) -> Kinship | None:
    """How two articles are related, or None where they tell two stories. Symmetric in its arguments."""
    one, two = sorted((_reading(a), _reading(b)), key=lambda r: (len(r.core), r.core, r.title, r.story.url))
    return _kin(one, two) if one.core else None


@lru_cache(64)
def _kin(one: Reading, two: Reading) -> Kinship | None:
    """The same for the shorter and the longer text; remembered, as a pair that is found is then given its place."""
    if one.core == two.core:
        close = 1.0, 1.0
    else:
        common = len(np.intersect1d(one.shingles, two.shingles, assume_unique=True))
        least = min(len(one.shingles), len(two.shingles))
        close = common / (len(one.shingles) + len(two.shingles) - common), common / least
        if close[0] < EDITED and close[1] < EDITED_PART:
            return None
    similarity, containment = close
    if not _one_time(one, two, similarity):
        return None
    if _titles_conflict(one, two) or _parts_conflict(one, two):
        return None
    found = gaps(one.core, two.core) if similarity < 1 else []
    differs = difference(found, len(NUMBER.findall(one.core)))
    if _facts_conflict(differs, len(one.core)):
        return None
    alike = similarity >= ALIKE or (containment >= CONTAINED and len(one.core) >= LEAST)
    if not alike and not _edited(one, two, containment, differs):
        return None
    return _kinship(one, two, similarity, containment)


# --- time -------------------------------------------------------------------------------------------------


def _one_time(one: Reading, two: Reading, similarity: float) -> bool:
    """Whether both may be from one day: as published, as the text states, or as a named late reprint."""
    if _mirrored(one.story, two.story):
        return True
    verbatim = similarity >= VERBATIM and len(one.core) >= LENGTHY
    specific = len(NUMBER.findall(one.core)) >= SPECIFIC
    days = one.days, two.days
    if not (days[0] and days[1]):
        return (verbatim or (similarity >= ALIKE and specific)) and _titles_agree(one, two)
    apart = _apart(*days)
    if apart <= FRESH:
        return True
    return verbatim and apart <= LATE and (specific or _names_shared(one.story, two.story))


def _apart(a: tuple[date, ...], b: tuple[date, ...]) -> timedelta:
    """How far apart the publications are, or where one is a late reprint, the day it states and the other's.

    Two that state one day are both late only if one of them is not very late: a formula may state any day.
    """
    apart = [abs(a[0] - b[0]), abs(a[-1] - b[0]), abs(a[0] - b[-1])]
    if min(a[0] - a[-1], b[0] - b[-1]) <= LATELY:
        apart.append(abs(a[-1] - b[-1]))
    return min(apart)


def _mirrored(a: Story, b: Story) -> bool:
    return a.mirror_of == b.url or b.mirror_of == a.url or (a.mirror_of is not None and a.mirror_of == b.mirror_of)


def _names_shared(a: Story, b: Story) -> bool:
    return bool({a.origin, a.reprinted_from} & {b.origin, b.reprinted_from} - {None})


# --- conflicts --------------------------------------------------------------------------------------------


def _facts_conflict(differs: Difference, length: int) -> bool:
    """Whether what differs are facts, so that both texts were made on one template."""
    facts = differs.figures + differs.names
    share = (facts + differs.words) / differs.places if differs.places else 0.0
    if length < SHORT and (share > HALF or (differs.identifying and share >= QUARTER)):
        return True
    return facts > 1 and (share >= ONE_THIRD or (facts >= SPECIFIC and differs.figures > differs.agreeing))


def _parts_conflict(one: Reading, two: Reading) -> bool:
    """Whether both are parts of a series, and other ones: …（上）, …（下）."""
    marks = [{*SERIAL.findall(r.story.title), *SERIAL.findall(r.story.body)} for r in (one, two)]
    return bool(marks[0] and marks[1]) and marks[0].isdisjoint(marks[1])


def _titles_conflict(one: Reading, two: Reading) -> bool:
    """Whether two like titles name two things: another number, another document, another place."""
    if one.title == two.title or not one.title or not two.title:
        return False
    documents = [[words(name) for name in QUOTED.findall(r.story.title)] for r in (one, two)]
    if all(documents) and not any(_matched(a, b) >= TITLED for a in documents[0] for b in documents[1]):
        return True
    if _matched(one.title, two.title) < HALF:
        return False
    return any(_other_thing(gap, one.core, two.core) for gap in _title_gaps(one.title, two.title))


def _other_thing(gap: Gap, one: str, two: str) -> bool:
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
    untold = len(one) < NOTE or gap.after[:1] in UNITS
    return any(a not in two and b not in one and ((a in one and b in two) or untold) for a, b in sides)


def _titles_agree(one: Reading, two: Reading) -> bool:
    return not one.title or not two.title or _matched(one.title, two.title) >= AGREE


@lru_cache(64)
def _title_gaps(a: str, b: str) -> list[Gap]:
    return gaps(a, b, PAIR)


def _matched(a: str, b: str) -> float:
    """The share of the shorter of two titles that the other has."""
    if not a or not b:
        return 0.0
    if a in b or b in a:
        return 1.0
    found = _title_gaps(a, b)
    least = min(len(a) - sum(len(gap.a) for gap in found), len(b) - sum(len(gap.b) for gap in found))
    return max(0, least) / min(len(a), len(b))


def _edited(one: Reading, two: Reading, containment: float, differs: Difference) -> bool:
    """Whether less like texts are one that was edited: in small places all over it, or at its head and foot.

    Measured on real news of three days: of different items, 0.85 of the shorter stands in order in the longer at most,
    and 0.8 where it is as long as a report; what an editor leaves of a text is more.
    """
    length = len(one.core)
    if differs.figures * 3 > differs.agreeing + differs.wording:
        return False
    kept, inside = 1 - differs.lacking / length, (differs.lacking - differs.ends) / length
    as_long = length >= AS_LONG * len(two.core)
    titled = _matched(one.title, two.title) >= TITLED
    rewritten = differs.rewritten <= (REWRITTEN if titled else RETITLED) * length
    whole = rewritten and differs.ends <= min(NOTE, length * ONE_THIRD)
    if titled:
        part = containment >= TITLED and length >= NOTICE
        return part or (length >= BRIEF and (containment >= EDITED_PART or (whole and as_long and kept >= KEPT)))
    if length < NOTICE * 3 or not whole:
        return False
    if inside <= INSIDE:
        return True
    return as_long and kept >= (KEPT_LONG if length >= SHORT else KEPT_SHORT)


# --- relation ---------------------------------------------------------------------------------------------


def _kinship(one: Reading, two: Reading, similarity: float, containment: float) -> Kinship:
    part = len(one.core) / len(two.core)
    excerpt = part < ALIKE and containment >= EDITED_PART
    whole = not excerpt or part > HALF or _titles_agree(one, two)
    made = Kinship(relation="reprint", similarity=round(similarity, 4), containment=round(containment, 4), joins=whole)
    if one.core == two.core:
        return replace(made, relation="identical")
    if excerpt:
        return replace(made, relation="excerpt")
    return replace(made, relation="revision") if _one_publisher(one.story, two.story) else made


def _one_publisher(a: Story, b: Story) -> bool:
    return urlsplit(a.url).hostname == urlsplit(b.url).hostname and a.reprinted_from == b.reprinted_from
