"""Which regions and industries an article is about, with the words that say so. The word lists are data."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from crawler.items import Article, Tag
from pipelines.gazetteer import Matcher

DATA = Path(__file__).parent / "data"
AND = frozenset("、和及与")
ENOUGH = 2
"""Times that weak words of an industry stand in a text that is about it, where none is in the title."""


@dataclass(frozen=True, slots=True)
class NamedAfter:
    """Things that are called after a place and say nothing of it: 云南松 is a pine, 河南话 a dialect."""

    things: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    """What begins as one of them and is none: 松潘."""
    trade: tuple[str, ...] = ()
    """What stands behind one where the place's own business is meant: 重庆火锅产业."""

    def begins(self, text: str, at: int) -> bool:
        """Whether the text goes on with one of these things."""
        if not text.startswith(self.things, at) or text.startswith(self.but, at):
            return False
        thing = max((one for one in self.things if text.startswith(one, at)), key=len)
        return not text.startswith(self.trade, at + len(thing))


@dataclass(frozen=True, slots=True)
class Sense:
    """What one word stands for, and where it does not."""

    code: str
    sure: bool
    """A region: needs no other word beside it. An industry: once is enough."""
    not_behind: tuple[str, ...]
    not_before: tuple[str, ...]
    beside: str | None = None
    """A region whose name, or that of a place in it, must stand in the same text."""
    after: tuple[str, ...] = ()
    """How the text in front of an unsure word ends, where it ends in a Han character."""
    named_after: NamedAfter | None = None
    """Things that are only called after a region; none where the word is its full name."""

    @property
    def plain(self) -> bool:
        """Whether the word has this sense wherever it stands."""
        return not (self.not_behind or self.not_before or self.beside or self.named_after)

    def fits(self, text: str, start: int, end: int) -> bool:
        """Whether the word at these offsets has this sense, judged by its neighbours."""
        if text.endswith(self.not_behind, 0, start) or text.startswith(self.not_before, end):
            return False
        if self.named_after is not None and self.named_after.begins(text, end):
            return False
        return self.beside is None or not _han(text[start - 1 : start]) or text.endswith(self.after, 0, start)


class Gazetteer:
    """A list of words with what they stand for, ready to be looked for."""

    def __init__(self, names: dict[str, str], senses: dict[str, list[Sense]]) -> None:
        self.names = names
        self.senses = senses
        self._matcher = Matcher(senses)
        self._plain = {word for word, several in senses.items() if all(sense.plain for sense in several)}

    def found(self, text: str) -> list[Found]:
        """The words of the list in the text, each with its offset and a sense that fits."""
        plain, senses = self._plain, self.senses
        return [
            (word, start, sense)
            for word, start, end in self._matcher.hits(text)
            for sense in senses[word]
            if word in plain or sense.fits(text, start, end)
        ]


Found = tuple[str, int, Sense]
"""A word, its offset in the text, and what it stands for there."""


# --- regions ----------------------------------------------------------------------------------------------


def regions(gazetteer: Gazetteer, text: str) -> tuple[Tag, ...]:
    """The regions that the text names, the one named most first, and behind them those they lie in."""
    told = _words_by_code(_with_their_city(gazetteer.found(text), text))
    counts = {code: len(words) for code, words in told.items()}
    for code in counts:
        for outer in around(code):
            if outer in gazetteer.names and outer not in told:
                told[outer] = told[code]
    return _tags(gazetteer, told, counts)


def _with_their_city(found: list[Found], text: str) -> Iterator[Found]:
    """The finds without the places that are sure only beside their city, where it is not in the text."""
    sure = {sense.code for _, _, sense in found if sense.beside is None}
    named = sure.union(*map(around, sure))
    behind, listed = -1, ""
    for word, start, sense in found:
        if sense.beside is not None:
            # 中山市东区、西区: behind an "and", a place is of the city of the one before it.
            of_the_same = behind == start - 1 and sense.beside in (listed, *around(listed))
            if sense.beside not in named or (text[start - 1 : start] in AND and not of_the_same):
                continue
        behind, listed = start + len(word), sense.code
        yield word, start, sense


@cache
def around(code: str) -> tuple[str, ...]:
    """The codes of the regions one lies in, by GB/T 2260: of 510403/geliping 510403, 510400, 510000."""
    base, _, own = code.partition("/")
    outer = [base] if own else []
    outer += [base[:digits].ljust(6, "0") for digits in (4, 2)]
    return tuple(dict.fromkeys(one for one in outer if one != code))


# --- industries -------------------------------------------------------------------------------------------


def industries(gazetteer: Gazetteer, text: str, title: int) -> tuple[Tag, ...]:
    """The industries that the text is about and their divisions, the one with most words first.

    The first ``title`` characters of the text are its title.
    """
    found = gazetteer.found(text)
    head = {sense.code for _, start, sense in found if sense.sure or start < title}
    every = _words_by_code(found)
    counts = {code: len(words) for code, words in every.items()}
    told = {code: words for code, words in every.items() if counts[code] >= ENOUGH or code in head}
    for code, words in list(told.items()):
        division = code[:3]
        if division in gazetteer.names and division not in told:
            told[division] = words
    return _tags(gazetteer, told, counts)


def _words_by_code(found: Iterable[Found]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for word, _, sense in found:
        told.setdefault(sense.code, []).append(word)
    return told


def _tags(gazetteer: Gazetteer, told: dict[str, list[str]], counts: dict[str, int]) -> tuple[Tag, ...]:
    """The tags, those of most words first."""
    ordered = sorted((-counts.get(code, 0), code) for code in told)
    return tuple(_tag(code, gazetteer.names[code], tuple(dict.fromkeys(told[code]))) for _, code in ordered)


@lru_cache(8192)
def _tag(code: str, name: str, words: tuple[str, ...]) -> Tag:
    """Of the many tags of a crawl most are alike."""
    return Tag(code=code, name=name, words=words)


# --- the lists --------------------------------------------------------------------------------------------


def read_regions(path: Path) -> Gazetteer:
    """The regions of a profile; raises ValueError for a list that contradicts itself."""
    names: dict[str, str] = {}
    senses: dict[str, list[Sense]] = {}
    table = _table(path)
    lists = {name: tuple(words) for name, words in table.get("named_after", {}).items()}
    called = NamedAfter(**lists) if lists else None
    for entry in table["region"]:
        code = _named(names, entry, path)
        guards = tuple(entry.get("not_behind", ())), tuple(entry.get("not_before", ()))
        for word in entry["words"]:
            senses.setdefault(word, []).append(
                Sense(code, True, *guards, named_after=None if word == entry["name"] else called)
            )
        for word in entry.get("unsure", ()):
            senses.setdefault(word, []).append(Sense(code, False, *guards, entry["of"], tuple(entry["after"])))
    return Gazetteer(names, senses)


def read_industries(path: Path) -> Gazetteer:
    """The industries of a profile; raises ValueError for a list that contradicts itself."""
    names: dict[str, str] = {}
    senses: dict[str, list[Sense]] = {}
    table = _table(path)
    guards = {
        guard["word"]: (tuple(guard.get("not_behind", ())), tuple(guard.get("not_before", ())))
        for guard in table.get("guard", ())
    }
    for entry in table["industry"]:
        code = _named(names, entry, path)
        for sure, words in ((True, entry["strong"]), (False, entry.get("words", ()))):
            for word in words:
                senses.setdefault(word, []).append(Sense(code, sure, *guards.get(word, ((), ()))))
    if unknown := guards.keys() - senses.keys():
        raise ValueError(f"{path}: guards for words that are not in the list: {sorted(unknown)!r}")
    return Gazetteer(names, senses)


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _named(names: dict[str, str], entry: dict[str, Any], path: Path) -> str:
    code = str(entry["code"])
    if code in names:
        raise ValueError(f"{path}: two entries for {code!r}")
    names[code] = entry["name"]
    return code


@lru_cache(4)
def enricher(profile: Path = DATA) -> Callable[[Article], Article]:
    """What gives an article the regions and industries of the profile in this folder.

    The folder holds ``regions.toml`` and ``industries.toml``; they are read once.
    """
    places = read_regions(profile / "regions.toml")
    trades = read_industries(profile / "industries.toml")

    def enrich(article: Article) -> Article:
        text = f"{article.title}\n{article.body}"
        return replace(article, regions=regions(places, text), industries=industries(trades, text, len(article.title)))

    return enrich


def enrich(article: Article) -> Article:
    """The article with its regions and industries, by the default profile."""
    return enricher()(article)


def _han(characters: Iterable[str]) -> bool:
    return any("\u4e00" <= one <= "\u9fff" for one in characters)
