"""When a page says it was published, and the lines that say so."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from crawler.extraction.blocks import Block
from crawler.extraction.document import Document, where
from crawler.items import SHANGHAI, Evidence, How
from pipelines.text.dates import SHORT, WRITTEN, parse_date

DATE = WRITTEN
"""A date with its year, as the cleaning reads them."""

_TIME = re.compile(r"\d\s*[:：时時点點]")
_PUBLISHED = re.compile(
    r"(?:发布|發布|發佈|发表|刊发|发稿|出版|上传|录入|生成|公开|印发)?(?:时间|時間|日期|于|於)\s*[:：]?\s*$"
    r"|(?:发布|發布|發佈)\s*[:：]?\s*$"
)
_OTHER = re.compile(r"(?:更新|修改|修訂|修订|成文|生效|施行|实施|失效|截止|截至|访问|当前|今天|现在)[^，。]{0,6}$")
_UPDATED = re.compile(r"(?:最后)?(?:更新|修改|修訂)(?:时间|時間|日期|于|於)?\s*[:：]?\s*$")

_META = (
    "pubdate", "datepublished", "article:published_time", "og:published_time", "publishdate", "publish-date",
    "pub_date", "publish_time", "publishtime",
    "article:create_at", "og:release_date", "article:published", "dc.date", "date",
    "_pubtime", "apub:time", "firstcreate", "dcterms.created", "dateupdate", "weibo: article:create_at", "createdate",
)  # fmt: skip
_META_UPDATED = ("datemodified", "article:modified_time", "og:updated_time", "lastmodified", "weibo: article:update_at")
URL_DATE = re.compile(
    r"/[A-Za-z]?((?:19|20)\d\d)[-/_]?([01]\d)[-/_]?([0-3]\d)(?:[/_.-]|$)|/((?:19|20)\d\d)[-/](\d{1,2})/(\d{1,2})/"
)
_ISO = len("2020-04-11")
_LONGEST = 200
"""Characters; running text tells of other days."""
_SHORT = 40
"""Characters of a line that gives medium and day without a label."""
_STAMP = re.compile(
    r"(?:publish(?:ed)?_?time|pub_?time|create_?time|ct|ptime|pubdate|datePublished|publishTime|publish_?date)"
    r"[\"']?\s*[:=]\s*[\"']?((?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?|1[0-9]{9}(?:\d{3})?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dates:
    """Strings that say when, the best first."""

    published: tuple[str, ...]
    updated: str | None
    evidence: tuple[Evidence, ...]


def day(text: str) -> date | None:
    """The day a string names, to compare two strings by."""
    if len(text) == _ISO and text[4] == text[7] == "-":  # as most lists have it
        with suppress(ValueError):
            return date.fromisoformat(text)
    found = parse_date(text)
    return found[0].date() if found is not None else None


_Found = tuple[float, str, How, str]
"""How far a string is believed, the string, and where it was found."""


def find(document: Document, start: int, text_from: int, text_to: int) -> Dates:
    """All strings on the page that may say when the article was published, the most believable first.

    ``start`` is the block of the title; the text runs from block ``text_from`` to ``text_to`` (exclusive). The national
    meta tag PubDate is believed first, then a labelled line at the title, then an unlabelled one, then machine-readable
    descriptions, then a line behind the text, the address, and a script's variable. Of several that name one day the
    one with the time of day comes first.
    """
    blocks = document.blocks
    found: list[_Found] = []
    updated: list[str] = []
    _visible(blocks[start:text_from], 8.0, found, updated)
    _visible(blocks[max(start - 8, 0) : start], 7.0, found, updated)
    _visible(blocks[text_to : text_to + 12], 5.0, found, updated)
    _described(document, found, updated)
    ordered = _order(found or _last_resorts(document, blocks[start:text_from]))
    return Dates(
        tuple(dict.fromkeys(text for _, text, _, _ in ordered)),
        updated[0] if updated else None,
        tuple(Evidence(field="published_at", how=how, where=place, value=text) for _, text, how, place in ordered),
    )


def _visible(blocks: list[Block], trust: float, found: list[_Found], updated: list[str]) -> None:
    """Dates that a reader sees; one with a label is believed a little more."""
    for block in blocks:
        if len(block.text) > _LONGEST:
            continue
        for match in DATE.finditer(block.said):
            before = block.said[: match.start()]
            if _UPDATED.search(before):
                updated.append(match[0])
            elif not _OTHER.search(before):
                labelled = 0.5 if _PUBLISHED.search(before) else 0.0
                found.append((trust + labelled, match[0], "pattern", where(block.box.node)))
        if DATE.search(block.said) is None:
            short = (one for one in SHORT.finditer(block.said) if _PUBLISHED.search(block.said[: one.start()]))
            found.extend((trust - 1.0, match[0], "pattern", where(block.box.node)) for match in short)


def _described(document: Document, found: list[_Found], updated: list[str]) -> None:
    """Dates for machines: meta tags, JSON-LD, <time>."""
    meta = document.meta
    for rank, name in enumerate(_META):
        if name in meta and any(character.isdigit() for character in meta[name]):
            trust = 9.0 if name == "pubdate" and "articletitle" in meta else 6.5 - rank / 20
            found.append((trust, meta[name], "meta", name))
    updated.extend(meta[name] for name in _META_UPDATED if name in meta)
    data = document.linked_data
    if isinstance(data.get("datePublished"), str):
        found.append((6.9, data["datePublished"], "json-ld", "datePublished"))
    if isinstance(data.get("dateModified"), str):
        updated.append(data["dateModified"])
    for node in document.tree.css("time[datetime]")[:3]:
        stamp = node.attrs.sget("datetime")
        if day(stamp):
            found.append((6.0, stamp, "meta", "time[datetime]"))


def _last_resorts(document: Document, over: list[Block]) -> list[_Found]:
    """What a script and the address say; last, as it has no year, a day with its hour ``over`` the text."""
    found: list[_Found] = []
    for script in document.tree.css("script:not([src])"):
        match = _STAMP.search(script.text())
        if match:
            stamp = match[1]
            if stamp.isdecimal():  # seconds or milliseconds since 1970
                stamp = datetime.fromtimestamp(int(stamp[:10]), SHANGHAI).isoformat(sep=" ")
            found.append((4.0, stamp, "pattern", match[0].partition(match[1])[0].strip(" \"':=")))
            break
    match = URL_DATE.search(document.url)
    if match:
        year, month, of_month = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
        found.append((3.0, f"{year}-{int(month):02d}-{int(of_month):02d}", "url", match[0]))
    for block in over:
        short = SHORT.search(block.said) if len(block.text) <= _SHORT else None
        if short is not None and _TIME.search(short[0]):
            found.append((2.0, short[0], "pattern", where(block.box.node)))
    return found


def _order(found: list[_Found]) -> list[_Found]:
    """By trust; but a string that names the same day as the best and has the time comes before one that has not."""
    found.sort(key=lambda one: -one[0])
    if not found:
        return found
    best = found[0]
    named = day(best[1])
    if named is not None and not _TIME.search(best[1]):
        for other in found[1:]:
            if day(other[1]) == named and _TIME.search(other[1]):
                found.remove(other)
                found.insert(0, other)
                break
    return found
