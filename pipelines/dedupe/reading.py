"""A story, read for being compared: what of its text counts, worked out once."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property

from crawler.items import Story
from pipelines.dedupe import notices
from pipelines.dedupe.core import day_of, levelled, stated_day, story_days, trimmed, words
from pipelines.dedupe.fingerprint import Hashes, distinct, shingles

TITLE_MARK = re.compile(r"^\s*[\[【（(〔](?:视频|图|组图|图文|转载|快讯|独家)[\]】）)〕]")


class Reading:
    """A story with what is asked of it more than once."""

    def __init__(self, told: Story) -> None:
        self.story = told
        self.body = trimmed(told.body) if told.body else told.title
        self.core = words(self.body)
        self.title = levelled(words(TITLE_MARK.sub("", told.title)))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Its publication's, and before it the one it states."""
        return story_days(self.story.body, self.story.published_at)

    @cached_property
    def own_days(self) -> frozenset[date]:
        """Its publication's and the one it states, be they as near as they may."""
        published = None if self.story.published_at is None else day_of(self.story.published_at)
        days = (published, stated_day(self.story.body, published))
        return frozenset(day for day in days if day is not None)

    @cached_property
    def text(self) -> str:
        """Its words, as they are aligned with another's."""
        return levelled(self.core)

    @cached_property
    def shingles(self) -> Hashes:
        return distinct(shingles(self.core))

    @cached_property
    def notice(self) -> notices.Notice:
        """What it says of itself as a notice."""
        title = words(self.story.title)
        return notices.Notice(title, title + self.core[: notices.TELLING_HEAD], title + self.core)

    @cached_property
    def identifiers(self) -> dict[str, set[str]]:
        """What stands after 编号 and its like, by label, and in its title without one."""
        labelled = notices.identifiers(f"{self.story.title}\n{self.story.body}")
        bare = notices.codes(self.story.title)
        return {**labelled, "": bare} if bare else labelled

    @cached_property
    def numbers(self) -> set[notices.Number]:
        """The documents' numbers that it tells of."""
        return notices.numbers(f"{self.story.title}\n{self.story.body}")

    @cached_property
    def own_numbers(self) -> set[notices.Number]:
        """Those that may be its own."""
        return notices.own_numbers(self.story.title, self.body) if self.numbers else set()

    @cached_property
    def people(self) -> set[str]:
        """The people it lists."""
        return notices.people(self.story.body)
