"""A story, read for being compared: what of its text counts, worked out once."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property

from crawler.items import Story
from pipelines.dedupe.core import levelled, story_days, trimmed, words
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
    def text(self) -> str:
        """Its words, as they are aligned with another's."""
        return levelled(self.core)

    @cached_property
    def shingles(self) -> Hashes:
        return distinct(shingles(self.core))
