"""Any article page, read by what Chinese news and government pages have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborNode

from crawler.extraction import body, credit, crumbs, cut, dateline, media, official, related, title, words
from crawler.extraction import parts as parts_of
from crawler.extraction.blocks import Block, pieces
from crawler.extraction.document import Document, where
from crawler.extraction.verdict import refuse
from crawler.items import Evidence, How, NotArticle, OfficialTable, ScrapedArticle


def read(document: Document, root: LexborNode | None = None) -> ScrapedArticle | NotArticle:
    """The page as an article, or why it is none. ``root`` is the element that holds the text, where it is known."""
    blocks = document.blocks
    anchor = title.anchor(document)
    found = body.find(blocks, anchor) if root is None else body.within(blocks, root)
    table = official.find(blocks, found.start + 40 if found is not None else len(blocks))
    heading = title.find(document, _text_start(blocks, found))
    if table is not None and table[0].title is not None and _is_row(heading, table[0].title):
        heading = title.Found(table[0].title, "table", "标题")
    verdict = refuse(document, found, heading, sure=anchor is not None or _has_byline(blocks, heading))
    if verdict is not None:
        return verdict
    assert heading is not None
    if found is None:
        start = stop = (heading.last or 0) + 1
        parts = cut.Cut()
    else:
        start, stop = found.start, found.stop
        if table is not None and table[2] > start:
            start = min(table[2], stop)
        title_line = heading.text
        if heading.index != heading.last is not None and start <= heading.last < stop:
            start, title_line = heading.last, blocks[heading.last].text  # its first lines are no text
        parts = cut.cut(blocks[start:stop], title_line)
    first = start + parts.first
    after = start + parts.last + 1 if parts.text else start
    dates = dateline.find(document, heading.last if heading.last is not None else first, first, after)
    over = blocks[(heading.last + 1 if heading.last is not None else max(0, first - 6)) : first]
    if heading.index is not None:  # some pages have the line of source and date over the title
        above = max(heading.index - 4, 0 if table is None else min(table[2], heading.index))
        over = [block for block in blocks[above : heading.index] if _is_credit(block)] + over
    if table is not None:
        over = [block for block in over if block not in blocks[table[1] : table[2]] or words.LABELS.search(block.said)]
    byline = [" ".join(pieces(block)) for block in over if _is_credit(block)]
    tail = list(parts.tail)
    tail.extend(block for block in blocks[after : after + 30] if block not in tail and _is_late_credit(block))
    data: OfficialTable | None = table[0] if table is not None else None
    named = credit.find(document, over, parts.text, tail)
    evidence = [Evidence(field="title", how=heading.how, where=heading.where, value=heading.text), *dates.evidence]
    evidence.extend(named.evidence)
    if found is not None and parts.text:
        evidence.append(Evidence(field="body", how="heuristic", where=where(found.node), value=parts.text[0].text[:80]))
    article = ScrapedArticle(
        url=document.link(document.url) or document.url,
        source=None,
        title=heading.text,
        paragraphs=tuple(block.text for block in parts.text),
        subtitle=title.subtitle(document, heading, first),
        published=dates.published or _official_dates(data),
        updated=dates.updated,
        byline=" ".join(byline) or None,
        tail=tuple(block.text for block in tail),
        origin=named.origin,
        reprinted_from=named.reprinted_from,
        author=named.author,
        editor=named.editor,
        rights=parts.rights or _rights(blocks[after:]),
        related=related.find(document, blocks[first] if parts.text else None),
        attachments=media.attachments(
            document, document.root, text=found.node if found is not None else None, foot=_foot(blocks[after:])
        ),
        images=media.images(document, found.node) if found is not None else (),
        column=crumbs.find(blocks, first, heading.text),
        official=data,
        language=_language(document),
        next_page=parts_of.next_page(document, document.root),
    )
    return replace(article, evidence=(*evidence, *_evidence(article)))


def _is_row(heading: title.Found | None, named: str) -> bool:
    """Whether no line of the page shows the title but the official table's own, 标题：…"""
    if heading is None or heading.index is None:
        return True
    shown, plain = title.bare(heading.text), title.bare(named)
    return shown != plain and shown.removesuffix(plain) in {"标题", "名称", "信息名称", "文件名称", "公文名称"}


def _evidence(article: ScrapedArticle) -> Iterator[Evidence]:
    """Where the fields came from that only one way of reading gives."""
    table = article.official
    said: tuple[tuple[str, How, str, str | None], ...] = (
        ("subtitle", "heuristic", "under the title", article.subtitle),
        ("updated_at", "pattern", "更新时间, meta tags", article.updated),
        ("column", "pattern", "当前位置", " > ".join(article.column)),
        (
            "official",
            "table",
            "索引号, 发文机关, …",
            (table.number or table.title) if table is not None else None,
        ),
        ("rights", "pattern", "版权, 免责", (article.rights or "")[:80]),
        ("language", "meta", "html[lang]", article.language),
        ("next_page", "pattern", "下一页", article.next_page),
    )
    yield from (Evidence(field=field, how=how, where=at, value=value) for field, how, at, value in said if value)
    for link in article.related:
        yield Evidence(field="related", how="pattern", where=link.heading or "", value=link.title)
    for file in article.attachments:
        yield Evidence(field="attachments", how="selector", where="a[href]", value=file.url)
    for image in article.images:
        yield Evidence(field="images", how="selector", where="img", value=image.url)


def _official_dates(table: OfficialTable | None) -> tuple[str, ...]:
    """The dates of the public-information table, for a page that gives no other."""
    return tuple(text for text in (table.published, table.written) if text) if table is not None else ()


_SENTENCE_ENDS = ("。", "！", "？", "”", "」", "；")


def _text_start(blocks: list[Block], found: body.Body | None) -> int:
    """The first block of running text: what stands before it may be the title."""
    if found is None:
        return len(blocks)
    for index in range(found.start, found.stop):
        value = body.weight(blocks[index])
        ends = blocks[index].said.endswith(_SENTENCE_ENDS)
        if blocks[index].heading is None and (value >= 20 or (value >= 6 and ends)):  # noqa: PLR2004 a sentence
            return index
    headed = (index for index in range(found.start, found.stop) if _is_headed(blocks, index))
    return next(headed, found.start)


def _has_byline(blocks: list[Block], heading: title.Found | None) -> bool:
    """Whether the title is a heading of the page with a date right under it."""
    return (
        heading is not None
        and heading.last is not None
        and any(_is_headed(blocks, index) for index in range(heading.last + 1, min(heading.last + _UNDER, len(blocks))))
    )


def _is_headed(blocks: list[Block], index: int) -> bool:
    """Whether the line says when the page was published, right under a heading."""
    text = blocks[index].said
    over = blocks[max(index - _UNDER + 1, 0) : index]
    return (
        any(block.heading is not None and not block.links for block in over)
        and cut.is_byline(text)
        and dateline.DATE.search(text) is not None
    )


_UNDER = 3
"""Lines from a title on among which its date stands."""


def _is_credit(block: Block) -> bool:
    text = block.said
    return cut.is_byline(text) or (len(text) <= 60 and words.CREDIT.search(text) is not None)  # noqa: PLR2004


def _is_late_credit(block: Block) -> bool:
    text = block.said
    credit = cut.is_credit(text) or (cut.is_byline(text) and words.LABELS.search(text) is not None)
    return credit and len(text) <= 60 and block.links < 0.8 * len(text)  # noqa: PLR2004


def _foot(blocks: list[Block]) -> LexborNode | None:
    """The element in which the foot of the site begins, behind the text."""
    return next((block.box.node for block in blocks if words.FOOT.search(block.said)), None)


_RIGHTS_SIZE = range(15, 801)
"""Characters of a notice."""
_RIGHTS = re.compile(r"(?:版权|版權|免责|免責|声明|聲明|转载|轉載|著作权)")


def _rights(blocks: list[Block]) -> str | None:
    for block in blocks[:40]:
        text = block.said
        if (
            len(text) in _RIGHTS_SIZE
            and _RIGHTS.search(text)
            and words.PUNCTUATION.search(text)
            and not block.links * 2 > len(text)
        ):
            return text
    return None


def _language(document: Document) -> str | None:
    node = document.tree.css_first("html[lang]")
    return (node.attrs.sget("lang").strip() or None) if node is not None else None
