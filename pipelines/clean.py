"""A page's strings to an article: ScrapedArticle -> Article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import reduce
from hashlib import sha256
from itertools import islice

from crawler.items import SHANGHAI, Article, Damage, OfficialTable, ScrapedArticle
from pipelines.check import check
from pipelines.text import boilerplate, damage, script
from pipelines.text.attribution import Attribution, attribute, attribute_text
from pipelines.text.dates import Dated, parse_date
from pipelines.text.restore import Output, restore

_SPACES = re.compile(" {2,}")
_EDGE = 8
"""So many paragraphs at either end of a body may be a site's own lines."""
_TITLE_LENGTH = 60
"""Characters up to which a line behind 延伸阅读 may be the title of a link."""


def clean_text(text: str, *, script: Output = "simplified") -> str:
    """Restores a text line by line, in the script asked for; see ``pipelines.text.restore``."""
    return restore(text, into=script)


def clean(scraped: ScrapedArticle, *, now: datetime) -> Article:
    """The article that the page's strings say. ``now`` (aware) is when the page was read."""
    texts = _restored(scraped)
    title, subtitle, byline = texts.field(), texts.field(), texts.field()
    labelled = Attribution(*(_unlabelled(name, texts.field()) for name in _LABELLED))
    rights = texts.field()
    tail = texts.fields(len(scraped.tail))
    column = tuple(text for text in texts.fields(len(scraped.column)) if text)
    related = tuple(replace(link, title=texts.field(), summary=texts.field() or None) for link in scraped.related)
    attachments = tuple(replace(file, name=texts.field()) for file in scraped.attachments)
    images = tuple(replace(image, caption=texts.field() or None) for image in scraped.images)
    official = None
    if scraped.official is not None:
        official = OfficialTable(**{field.name: texts.field() or None for field in fields(OfficialTable)})
    body = _body(texts.fields(len(scraped.paragraphs)), scraped.paragraphs)
    text = "\n".join(body.paragraphs)
    original = "\n".join(body.originals)

    lines = [attribute(line) for line in (byline, *tail, *body.credits) if line]
    said = reduce(Attribution.otherwise, (*lines, attribute_text(body.paragraphs)), labelled)
    dated = _published((*scraped.published, byline, *(official.published or "" for _ in "1" if official)), now)
    updated = parse_date(scraped.updated, today=_day(now)) if scraped.updated else None
    article = Article(
        url=scraped.url,
        source=scraped.source,
        title=title,
        title_original=scraped.title,
        subtitle=subtitle or None,
        body=text,
        body_original=original,
        script=script.detect(f"{scraped.title}\n{original}"),
        content_sha256=sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).hexdigest(),
        published_at=dated and dated[0],
        date_precision=dated and dated[1],
        updated_at=updated and updated[0],
        origin=said.origin,
        reprinted_from=said.reprinted_from,
        author=said.author,
        editor=said.editor,
        rights=rights or body.rights or next((line for line in tail if boilerplate.kind(line) == "rights"), None),
        language=scraped.language,
        related=related,
        attachments=attachments,
        images=images,
        column=column,
        official=official,
        damage=(*_damage("title", title), *_damage("body", text)),
        evidence=scraped.evidence,
    )
    return replace(article, issues=check(article, body.dropped, goes_on=scraped.next_page, now=now))


_LABELLED = ("origin", "reprinted_from", "author", "editor")


class _Texts:
    """The page's strings after restoring, in the order they went in."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts

    def field(self) -> str:
        return next(self._texts)

    def fields(self, count: int) -> list[str]:
        return list(islice(self._texts, count))


def _restored(scraped: ScrapedArticle) -> _Texts:
    """All strings of the page restored in one go: the page is the unit, and each step starts up once."""
    texts = [scraped.title, scraped.subtitle, scraped.byline]
    texts += (getattr(scraped, name) for name in _LABELLED)
    texts += (scraped.rights, *scraped.tail, *scraped.column)
    for link in scraped.related:
        texts += (link.title, link.summary)
    texts += (file.name for file in scraped.attachments)
    texts += (image.caption for image in scraped.images)
    if scraped.official is not None:
        texts += (getattr(scraped.official, field.name) for field in fields(OfficialTable))
    texts += scraped.paragraphs
    joined = restore("\n".join(_flat(text) if text else "" for text in texts))
    return _Texts(_tight(line) for line in joined.split("\n"))


def _flat(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def _tight(text: str) -> str:
    return _SPACES.sub(" ", text).strip() if "  " in text else text.strip()


@dataclass(frozen=True, slots=True)
class _Body:
    paragraphs: list[str]
    originals: list[str]
    """The same paragraphs as the page has them."""
    credits: list[str]
    """Lines that said who wrote it and were no text."""
    rights: str | None
    dropped: list[str]
    """Lines that are nowhere else: buttons, neighbours, what stood under 延伸阅读."""


def _body(paragraphs: Sequence[str], originals: Sequence[str]) -> _Body:
    kinds = [boilerplate.kind(paragraph) for paragraph in paragraphs]
    end = _further(kinds, paragraphs)
    last = _last_text(kinds[:end])
    kept: list[int] = []
    dropped = [paragraph for paragraph in paragraphs[end:] if paragraph]
    named: list[str] = []
    notices: list[int] = []
    for index, (paragraph, kind) in enumerate(zip(paragraphs[:end], kinds[:end], strict=True)):
        at_edge = index < _EDGE or index >= end - _EDGE
        if kind == "credits" and at_edge:
            named.append(paragraph)
        elif kind == "rights" and index >= end - _EDGE and kept:
            notices.append(index)
        elif kind == "bar" or (kind == "neighbour" and index > last):
            dropped.append(paragraph)
        elif paragraph:
            kept.append(index)
    if boilerplate.is_little([paragraphs[index] for index in kept]):  # the notice is what the page is about
        kept, notices = sorted(kept + notices), []
    rights = paragraphs[notices[0]] if notices else None
    return _Body([paragraphs[i] for i in kept], [_flat(originals[i]) for i in kept], named, rights, dropped)


def _last_text(kinds: Sequence[boilerplate.Kind | None]) -> int:
    """The last line that is text: 下篇：… heads a part of it where text follows."""
    return max((index for index, kind in enumerate(kinds) if kind is None), default=-1)


def _further(kinds: Sequence[boilerplate.Kind | None], paragraphs: Sequence[str]) -> int:
    """Where the body ends: before a heading 延伸阅读 with nothing but titles behind it."""
    for index, kind in enumerate(kinds):
        if kind == "further" and all(len(text) <= _TITLE_LENGTH for text in paragraphs[index:]):
            return index
    return len(kinds)


def _unlabelled(name: str, value: str) -> str | None:
    """The value of a field that the page labels apart, without the label where it is in the string too."""
    return getattr(attribute(value), name) or value or None if value else None


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _published(texts: Sequence[str], now: datetime) -> Dated | None:
    """The best date: the first that is not in the future, with its time of day where another string has that."""
    found = [dated for text in texts if text and (dated := parse_date(text, today=_day(now)))]
    past = [dated for dated in found if dated[0] <= now + timedelta(days=1)] or found
    if not past:
        return None
    same = [dated for dated in past if dated[0].date() == past[0][0].date() and dated[1] != "day"]
    return same[0] if past[0][1] == "day" and same else past[0]


def _damage(field: str, text: str) -> Iterator[Damage]:
    for span in damage.find(text):
        yield Damage(field="title" if field == "title" else "body", start=span.start, end=span.end, kind=span.kind)
