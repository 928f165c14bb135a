"""Column pages: their rows and their following pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extraction import feeds, islands, pager, words
from crawler.extraction.blocks import flat
from crawler.extraction.dateline import URL_DATE
from crawler.extraction.document import Document
from crawler.extraction.packed import unpacked
from crawler.extraction.related import as_date
from crawler.items import SHANGHAI, Listing, NotArticle, Page, Row
from crawler.site import Entrance, Site

_SPLIT_DAY = re.compile(r"(?<!\d)(\d{1,2})\s+((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})(?![-./\d])")
"""A day set apart from its month: 11 over 2020-04."""
_YEARS = ("19", "20", "１９", "２０", "年")
"""What stands in every day with its year."""
_NUMERIC_DAY = re.compile(r"[\[(（]?(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?!\d)(?:\s\d{1,2}:\d\d(?::\d\d)?)?[\])）]?")
"""A day in a link, as lists write it; 2024年4月11日 may be the title's first words."""
_DAY_ELEMENTS = "span, em, i, time, small, div, p"
_AROUND_DAY = " |｜·"
_TITLE_LEAST = 6
"""Characters of a title by which a list is told from a menu."""
_SHORT = 2
"""Characters of the shortest title in a list."""
_FOR_COLUMN = 0.25
"""What a title counts that leads to a column."""
_MOST_LINKS = 10_000
"""Links of a column page that are looked at."""
_LEVELS = 5
"""How far out from its link the element of a row may be."""
_BESIDE = 80
"""Characters that stand in a row beside its title, at most."""
_LONGEST_ROW = 2_000
"""Characters of a row, white space and all."""
_COLUMN = re.compile(r"^[^?#]*/(?:(?!\d+/)[^/?#]*/(?:[?#]|$)|(?:index|list|channel|column)[\w-]*(?:\.\w+)?$)")
"""The address of a column, as most are: it ends with a folder that is no number, or names a list."""
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class _Group:
    """Links that stand in rows of one kind."""

    links: dict[str, tuple[str, LexborNode]] = field(default_factory=dict)
    """By address its title and the element of its row."""


@dataclass(slots=True)
class _Facts:
    """What the groups ask of a page, each thing found out once: thousands of them may share a row."""

    document: Document
    site: Site | None
    texts: dict[int, str] = field(default_factory=dict)
    days: dict[int, date | None] = field(default_factory=dict)
    beside: dict[int, date | None] = field(default_factory=dict)
    days_of_urls: dict[str, date | None] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)

    def text(self, node: LexborNode) -> str:
        """All that the element says."""
        key = node.mem_id
        if key not in self.texts:
            self.texts[key] = node.text(separator=" ")
        return self.texts[key]

    def day(self, node: LexborNode, url: str, *, among: bool) -> date | None:
        """The day that the element names, that stands beside a link ``among`` others, or else that of the address."""
        key = node.mem_id
        if key not in self.days:
            self.days[key] = _day_said(self.text(node))
        if (said := self.days[key]) is not None:
            return said
        if among and key not in self.beside:
            self.beside[key] = _day_beside(node) if node.tag == "a" else None
        if among and (beside := self.beside[key]) is not None:
            return beside
        if url not in self.days_of_urls:
            self.days_of_urls[url] = _day_of_url(url)
        return self.days_of_urls[url]

    @property
    def limited(self) -> bool:
        """Whether the source's definition says what an article's address is like."""
        return self.site is not None and self.site.article_url is not None

    def is_known(self, url: str) -> bool:
        """Whether the source's definition calls the address an article's."""
        if url not in self.known:
            self.known[url] = self.limited and self.site is not None and self.site.is_article(url)
        return self.known[url]


@dataclass(slots=True)
class _Choice:
    """A group as the page's main list: its rows, and what speaks for it."""

    rows: tuple[Row, ...]
    known: bool
    """Whether most of them lead to what the source calls an article."""
    score: float


def read(page: Page, site: Site | None) -> Listing | NotArticle:
    """The rows of a column page, feed, sitemap or JSON list, in the page's order, each address once."""
    entrance = _entrance(page.url, site)
    if entrance is not None and entrance.read is not None:
        return entrance.read(page)
    whole = unpacked(page)
    if isinstance(whole, NotArticle):
        return whole
    kind = entrance.kind if entrance is not None else "auto"
    if kind in {"feed", "sitemap"} or (kind == "auto" and feeds.is_feed(whole.body)):
        return feeds.read(whole)
    if kind == "json" or (kind == "auto" and islands.is_json(whole)):
        found = islands.read_json(whole)
        return found or NotArticle(kind="other", reason="no list of titles and addresses in the JSON")
    return _read_page(whole, site, entrance)


def _read_page(page: Page, site: Site | None, entrance: Entrance | None) -> Listing | NotArticle:
    document = Document.of(page)
    if isinstance(document, NotArticle):
        return document
    onward: tuple[str, ...] = ()
    if islands.has_datastore(document.html):
        records, onward = islands.datastore(document.html.decode(), document.base)
        rows = _records(records, document.base)
    elif entrance is not None and entrance.rows is not None:
        rows = _rows(document, entrance)
    else:
        rows = generic_rows(document, site)
    if not rows:
        return NotArticle(kind="empty" if not document.blocks else "other", reason="no rows were found")
    if not onward:
        anchors = document.tree.css(entrance.next) if entrance is not None and entrance.next is not None else None
        following = pager.following(document, anchors)
        onward = (following,) if following is not None else ()
    return Listing(rows=rows, next_pages=onward)


def _entrance(url: str, site: Site | None) -> Entrance | None:
    """The site's entrance the page belongs to: its own address, or the nearest in whose folder it lies."""
    if site is None:
        return None
    best: Entrance | None = None
    for entrance in site.entrances:
        if entrance.url == url:
            return entrance
        folder = entrance.url.partition("?")[0].rpartition("/")[0] + "/"
        if url.startswith(folder) and (best is None or len(entrance.url) > len(best.url)):
            best = entrance
    return best


def _rows(document: Document, entrance: Entrance) -> tuple[Row, ...]:
    assert entrance.rows is not None
    found: dict[str, Row] = {}
    for node in document.tree.css(entrance.rows):
        anchor = node.css_first(entrance.link)
        url = document.link(anchor.attrs.get("href")) if anchor is not None else None
        if anchor is None or url is None or url in found:
            continue
        named = node.css_first(entrance.title) if entrance.title else anchor
        stamp = node.css_first(entrance.date) if entrance.date else node
        day = _day(stamp, url) if stamp is not None else None
        found[url] = Row(url=url, title=_title(named or anchor), date=_midnight(day))
    return tuple(found.values())


def _title(node: LexborNode) -> str | None:
    text = _without_day(node, flat(node))
    full = " ".join(node.attrs.sget("title").split())
    if full and (not text or text.endswith(("…", "...", "..")) or full.startswith(text)):
        text = full
    return text.lstrip("·•▪■◆●> ") or None


def _without_day(anchor: LexborNode, text: str) -> str:
    """The link's text without a day that stands beside the title in an element of its own; a title's own day stays."""
    for found in _NUMERIC_DAY.finditer(text):
        rest = (text[: found.start()] if found.end() == len(text) else text[found.end() :]).strip(_AROUND_DAY)
        at_edge = found.start() == 0 or found.end() == len(text)
        if at_edge and len(rest) >= _TITLE_LEAST and any(flat(one) == found[0] for one in anchor.css(_DAY_ELEMENTS)):
            return rest
    return text


def _day_beside(anchor: LexborNode) -> date | None:
    """The day in the same line as a link that <br> divides from the next: behind it, or before it."""
    return as_date(_beside(anchor, "next")) or as_date(_beside(anchor, "prev"))


def _beside(anchor: LexborNode, way: str) -> str:
    """The bare text on one side of a link, up to the line's end; none where another link or element ends it, whose day
    it may be.
    """
    text = ""
    node = getattr(anchor, way)
    while node is not None and node.tag != "br":
        if not node.is_text_node or len(text) > _LONGEST_ROW:
            return ""
        text += node.text_content or ""
        node = getattr(node, way)
    return text


def _day(row: LexborNode, url: str) -> date | None:
    return _day_said(row.text(separator=" ")) or _day_of_url(url)


def _day_said(text: str) -> date | None:
    if not any(part in text for part in _YEARS):
        return None  # most texts have none, and that is told at once
    found = as_date(text)
    if found is None:
        match = _SPLIT_DAY.search(text)
        if match is not None:
            found = as_date(f"{match[2]}-{match[3]}-{match[1]}")
    return found


def _day_of_url(url: str) -> date | None:
    match = URL_DATE.search(url)
    return as_date("-".join(part for part in match.groups() if part)) if match is not None else None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day is not None else None


def _records(records: Iterable[str], base: str) -> tuple[Row, ...]:
    """A row for each record of a data store, however short its title is."""
    found: dict[str, Row] = {}
    for record in records:
        document = Document(base, record.encode())
        links = [(url, anchor) for anchor in document.tree.css("a[href]") if (url := document.link(_href(anchor)))]
        if not links:
            continue
        url, anchor = max(links, key=lambda link: len(_title(link[1]) or ""))
        found.setdefault(url, Row(url=url, title=_title(anchor), date=_midnight(_day(document.root, url))))
    return tuple(found.values())


def _href(anchor: LexborNode) -> str | None:
    return anchor.attrs.get("href")


def generic_rows(document: Document, site: Site | None = None) -> tuple[Row, ...]:
    """The rows of the page's main list: links that repeat in elements of one kind, with titles and best with dates.

    Where most lead to what the source calls an article they win; one alone is a list where it does or has a date.
    """
    facts = _Facts(document, site)
    best: _Choice | None = None
    for group in _groups(document).values():
        choice = _choice(group, facts)
        if choice is not None and (best is None or (choice.known, choice.score) > (best.known, best.score)):
            best = choice
    return best.rows if best is not None else ()


def _groups(document: Document) -> dict[str, _Group]:
    """The page's links by the kinds of the elements around them, at each of the levels their row may be on."""
    groups: dict[str, _Group] = {}
    around: dict[int, _Around] = {}
    for anchor in document.tree.css("a[href]")[:_MOST_LINKS]:
        title = _title(anchor)
        if title is None or len(title) < _SHORT:
            continue
        url = document.link(_href(anchor))
        if url is None or url == document.base:
            continue
        row, home = anchor, anchor.parent
        path = "a"
        for _ in range(_LEVELS):
            here = _around(home, around) if home is not None else None
            if here is None or here.parent is None:
                break
            path = f"{here.kind}>{path}"
            group = groups.setdefault(f"{_around(here.parent, around).kind}>{path}", _Group())
            known = group.links.get(url)
            if known is None or len(known[0]) < len(title):
                group.links[url] = (title, row)
            row, home = here.node, here.parent
    return groups


class _Around(NamedTuple):
    """An element that links stand in, asked of the tree once."""

    node: LexborNode
    kind: str
    parent: LexborNode | None
    """None: this is the whole page."""


def _around(node: LexborNode, known: dict[int, _Around]) -> _Around:
    found = known.get(node.mem_id)
    if found is None:
        parent = None if node.tag == "html" else node.parent
        found = known[node.mem_id] = _Around(node, _kind(node), parent)
    return found


def _choice(group: _Group, facts: _Facts) -> _Choice | None:
    """What the group is as a list; None where it is none. Its long titles decide, the short ones come with them."""
    titles = {url: title for url, (title, _) in group.links.items() if len(title) >= _TITLE_LEAST}
    if not titles:  # a list of short ones: 人事任免, 征地公告
        titles = {url: title for url, (title, _) in group.links.items()}
    homes = {group.links[url][1].mem_id for url in titles}
    if not titles or len(homes) < 0.8 * len(titles):  # a row has one link
        return None

    def day(url: str) -> date | None:
        return facts.day(group.links[url][1], url, among=len(titles) > 1)

    known = sum(map(facts.is_known, titles))
    dated = sum(day(url) is not None for url in titles)
    if len(titles) == 1 or min(map(len, titles.values())) < _TITLE_LEAST:
        sound = known == len(titles) or (
            not facts.limited
            and dated == len(titles)
            and all(_is_alone(url, *group.links[url], facts) for url in titles)
        )
        if not sound:
            return None
    length = sum(
        min(len(title), 30) * (_FOR_COLUMN if _COLUMN.search(url) and not facts.is_known(url) else 1.0)
        for url, title in titles.items()
    )
    shapes = {_shape(url) for url in titles} if len(titles) < len(group.links) else set()
    chosen = set(titles)
    chosen.update(
        url
        for url in _short_ones(group, homes)
        if facts.is_known(url) or (day(url) is not None if dated * 2 > len(titles) else _shape(url) in shapes)
    )
    rows = tuple(
        Row(url=url, title=title, date=_midnight(day(url))) for url, (title, _) in group.links.items() if url in chosen
    )
    return _Choice(rows, known * 2 >= len(titles) and known > 0, length * (1 + 3 * dated / len(titles)))


def _short_ones(group: _Group, homes: set[int]) -> Iterator[str]:
    """Of the links whose rows have no long title, the one with the longest in each row: beside it stand its tools."""
    longest: dict[int, tuple[str, str]] = {}
    for url, (title, node) in group.links.items():
        known = longest.get(node.mem_id)
        if node.mem_id not in homes and (known is None or len(known[1]) < len(title)):
            longest[node.mem_id] = url, title
    return (url for url, _ in longest.values())


def _shape(url: str) -> str:
    return _DIGITS.sub("0", url)


def _is_alone(url: str, title: str, row: LexborNode, facts: _Facts) -> bool:
    """Whether title and date are about all that the row holds, and its link no column's and of the same site."""
    if len(facts.text(row)) > _LONGEST_ROW:
        return False
    text = "".join(facts.text(row).split())
    around = row.parent if row.tag == "a" else None
    before = facts.text(around) if around is not None else text
    return (
        urlsplit(url).netloc == urlsplit(facts.document.base).netloc
        and _COLUMN.search(url) is None
        and len(text) <= len(title) + _BESIDE
        and not words.FOOT.search(text)
        and not before[:_LONGEST_ROW].lstrip().startswith(("上一", "下一"))
    )


def _kind(node: LexborNode) -> str:
    classes = node.attrs.sget("class").split()
    return f"{node.tag}.{classes[0]}" if classes else (node.tag or "")
