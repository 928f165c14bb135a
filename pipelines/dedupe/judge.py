"""Whether two articles tell one story: their time, what they name as their origin, and their texts together.

Text alone merges the formulas that return every day and every year; time alone merges the two notices of one
morning; so each rule below asks for both, and a conflict of facts overrules any likeness.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

import numpy as np

from crawler.items import MIRRORED, Article, Kinship, Story
from pipelines.dedupe.core import FRESH
from pipelines.dedupe.facts import NUMBER, Difference, difference, gaps
from pipelines.dedupe.notices import formal, identifiers_conflict, numbers_conflict, stages_conflict
from pipelines.dedupe.reading import Reading
from pipelines.dedupe.titles import CLOSE, TITLED, matched, parts_conflict, titles_agree, titles_conflict

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
LEAST, NOTICE, BRIEF, LONGER = 20, 40, 60, 120
"""Characters a text has at least to be an excerpt of another; the same under one title; to be one that was edited,
under its title; the same under another."""
REWRITTEN, RETITLED = 0.25, 0.15
"""Share of the shorter text in long passages of its own inside it, up to which they may be: under one title, two."""
ENDS = 60
"""Characters of its own at its head and foot, up to which it may be."""
KEPT, KEPT_LONG, KEPT_SHORT = 0.6, 0.75, 0.87
"""Share of the shorter text that the other has in order, from which it may be: under one title; under two, of a
report; under two, of a notice."""
AS_LONG = 0.75
"""Length by the other's from which two are whole texts."""
INSIDE = 0.03
"""Share of the shorter text that differs inside it, up to which it is an excerpt with another head and foot."""
SPECIFIC = 3
"""Numbers that make a text one of a kind."""
TELLING = 10
"""Characters of a title from which it may tell a story alone."""
QUARTER, ONE_THIRD, HALF = 1 / 4, 1 / 3, 1 / 2
ONE_DAY = timedelta()
"""How far two publications lie apart that have hardly more than a title."""
LATELY = timedelta(days=10)
"""How late a reprint is at most for the day it states to be taken for the other's stated day."""
LATE = timedelta(days=30)
"""How late one of a long text is that names the same medium, or is full of figures."""


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
        mirrored=any(issue.kind == MIRRORED for issue in article.issues),
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
    if not (one.story.body and two.story.body):
        return _by_title(one, two)
    similarity, containment = _likeness(one, two)
    if similarity < EDITED and containment < EDITED_PART:
        return None
    if not _one_time(one, two, similarity) or _named_otherwise(one, two, similarity) or _other_notice(one, two):
        return None
    found = gaps(one.text, two.text) if similarity < 1 else []
    notices = formal(one.notice.title) and formal(two.notice.title)
    differs = difference(found, len(NUMBER.findall(one.text)), formal=notices)
    if _facts_conflict(differs, len(one.text)) or (differs.identifying and not _dated(one, two)):
        return None
    alike = similarity >= ALIKE or (containment >= CONTAINED and len(one.core) >= LEAST)
    if not alike and not _edited(one, two, containment, differs):
        return None
    return _kinship(one, two, similarity, containment)


def _likeness(one: Reading, two: Reading) -> tuple[float, float]:
    """Jaccard similarity of the texts' shingles, and the share of the shorter one's that the longer has."""
    if one.core == two.core:
        return 1.0, 1.0
    common = len(np.intersect1d(one.shingles, two.shingles, assume_unique=True))
    least = min(len(one.shingles), len(two.shingles))
    return common / (len(one.shingles) + len(two.shingles) - common), common / least


def _by_title(one: Reading, two: Reading) -> Kinship | None:
    """Where one has no body: the same title of the same day, unless that is too short to be one story's own."""
    if one.title != two.title or len(one.title) < TELLING or not _one_time(one, two, 0.0):
        return None
    both = one.core == two.core
    close = 1.0 if both else 0.0
    return Kinship(relation="identical" if both else "excerpt", similarity=close, containment=close, joins=True)


# --- time -------------------------------------------------------------------------------------------------


def _one_time(one: Reading, two: Reading, similarity: float) -> bool:
    """Whether both may be from one day: as published, as the text states, or as a named late reprint."""
    if _mirrored(one.story, two.story):
        return True
    lengthy = len(one.core) >= LENGTHY
    specific = len(NUMBER.findall(one.core)) >= SPECIFIC
    if not _dated(one, two):
        return similarity >= ALIKE and (lengthy or specific) and titles_agree(one, two)
    if _returns(one, two):
        return False
    apart = _apart(one.days, two.days)
    if len(one.core) < NOTICE:
        return apart <= ONE_DAY
    named = specific or _names_shared(one.story, two.story)
    return apart <= FRESH or (similarity >= VERBATIM and lengthy and named and apart <= LATE)


def _returns(one: Reading, two: Reading) -> bool:
    """Whether a publisher's short formula came again: 森林火险橙色预警 in the same words, on another day and page.

    A medium does not reprint itself; where it put up one text twice, both are of one day or say which day it is.
    """
    short = len(two.core) < SHORT and one.story.url != two.story.url
    return short and _host(one.story) == _host(two.story) and one.own_days.isdisjoint(two.own_days)


def _dated(one: Reading, two: Reading) -> bool:
    """Whether their time is known, or that one is the other's mirror."""
    return bool(one.days and two.days) or _mirrored(one.story, two.story)


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


def _named_otherwise(one: Reading, two: Reading, similarity: float) -> bool:
    """Whether their titles name two things, or both texts say nothing (详见附件) under two titles."""
    nothing = len(two.core) < NOTICE and not titles_agree(one, two)
    return nothing or titles_conflict(one, two, alike=similarity >= ALIKE) or parts_conflict(one, two)


def _other_notice(one: Reading, two: Reading) -> bool:
    """Whether they say so themselves: by an identifier, a document's number, a stage of the affair, whom they list."""
    if one.people and two.people and one.people.isdisjoint(two.people):
        return True
    if identifiers_conflict(one.identifiers, two.identifiers):
        return True
    if numbers_conflict((one.own_numbers, two.own_numbers), (one.numbers, two.numbers)):
        return True
    close = matched(one.title, two.title) >= CLOSE
    return stages_conflict(one.notice, two.notice, close=close, same_text=one.core == two.core)


def _facts_conflict(differs: Difference, length: int) -> bool:
    """Whether what differs are facts, so that both texts were made on one template."""
    facts = differs.figures + differs.names
    share = (facts + differs.words + differs.proper) / differs.places if differs.places else 0.0
    if (differs.proper or differs.parts) and share > HALF:
        return True
    if length < SHORT and (share > HALF or (differs.identifying and share >= QUARTER)):
        return True
    if length < LENGTHY and differs.letters == differs.places == 1:
        return True
    return facts > 1 and (share >= ONE_THIRD or (facts >= SPECIFIC and differs.figures > differs.agreeing))


def _edited(one: Reading, two: Reading, containment: float, differs: Difference) -> bool:
    """Whether less like texts are one that was edited: in small places all over it, or at its head and foot.

    Measured on real news of three days: of different items, 0.85 of the shorter stands in order in the longer at most,
    and 0.8 where it is as long as a report; what an editor leaves of a text is more.
    """
    length = len(one.text)
    if differs.figures * 3 > differs.agreeing + differs.wording + differs.letters:
        return False
    kept, inside = 1 - differs.lacking / length, (differs.lacking - differs.ends) / length
    as_long = length >= AS_LONG * len(two.text)
    titled = matched(one.title, two.title) >= TITLED
    rewritten = differs.rewritten <= (REWRITTEN if titled else RETITLED) * length
    whole = rewritten and differs.ends <= min(ENDS, length * ONE_THIRD)
    if titled:
        part = containment >= TITLED and length >= NOTICE
        return part or (length >= BRIEF and (containment >= EDITED_PART or (whole and as_long and kept >= KEPT)))
    if length < LONGER or not whole:
        return False
    if inside <= INSIDE:
        return True
    return as_long and kept >= (KEPT_LONG if length >= SHORT else KEPT_SHORT)


# --- relation ---------------------------------------------------------------------------------------------


def _kinship(one: Reading, two: Reading, similarity: float, containment: float) -> Kinship:
    part = len(one.core) / len(two.core)
    excerpt = part < ALIKE and containment >= EDITED_PART
    whole = not excerpt or part > HALF or titles_agree(one, two)
    made = Kinship(relation="reprint", similarity=round(similarity, 4), containment=round(containment, 4), joins=whole)
    if one.core == two.core:
        return replace(made, relation="identical")
    if excerpt:
        return replace(made, relation="excerpt")
    return replace(made, relation="revision") if _one_publisher(one.story, two.story) else made


def _host(told: Story) -> str:
    """The host of its address, the same for a publisher's page and its page for telephones."""
    return (urlsplit(told.url).hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("wap.")


def _one_publisher(a: Story, b: Story) -> bool:
    return _host(a) == _host(b) and a.reprinted_from == b.reprinted_from
