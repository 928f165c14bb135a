"""An article read where its source's definition says the fields stand."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborNode

from crawler.extraction import cut, generic, media, related
from crawler.extraction import parts as parts_of
from crawler.extraction.blocks import LINK, blocks, flat
from crawler.extraction.dateline import DATE
from crawler.extraction.document import Document
from crawler.items import Evidence, How, NotArticle, RelatedLink, ScrapedArticle
from crawler.site import Layout, Site
from pipelines.text.attribution import attribute

SHOWN = 80
"""Characters of a long text that are kept to show where it came from."""
_CREDITS = ("origin", "reprinted_from", "author", "editor")
_TEXTS = ("subtitle", "byline", "origin", "author", "editor", "rights")


def read(document: Document, site: Site, layout: Layout) -> ScrapedArticle | NotArticle | None:
    """The article by this layout; None where what it names is not on the page.

    A layout that names title and body is read by itself. What any other leaves open is the generic reader's.
    """
    root: LexborNode | None = None
    if layout.body is not None:
        root = document.tree.css_first(layout.body)
        if root is None:
            return None
    if layout.title is not None and root is not None:
        return _whole(document, site, layout, root)
    article = generic.read(document, root)
    if isinstance(article, NotArticle):
        return article
    fields, evidence = _fields(document, layout)
    if layout.title is not None:
        title = _text(document, layout.title)
        if title is None:
            return None
        fields["title"] = title
    return replace(article, source=site.name, evidence=(*evidence, *article.evidence), **fields)


def _whole(document: Document, site: Site, layout: Layout, root: LexborNode) -> ScrapedArticle | None:
    """The hot path: nothing is looked for but what the layout names."""
    assert layout.title is not None
    title = _text(document, layout.title)
    if title is None:
        return None
    dropped = root.css(", ".join(layout.drop)) if layout.drop else []
    inside = blocks(root, skip=frozenset(node.mem_id for node in dropped))
    parts = cut.cut([block for block in inside if not block.hidden], title)
    if not parts.text:
        return None
    fields, evidence = _fields(document, layout)
    fields.setdefault("rights", parts.rights)
    fields.setdefault("related", related.find(document) if layout.related is None else ())
    article = ScrapedArticle(
        url=document.link(document.url) or document.url,
        source=site.name,
        title=title,
        paragraphs=tuple(block.text for block in parts.text),
        tail=tuple(block.text for block in parts.tail),
        attachments=media.attachments(document, root.parent or root, text=root),
        images=media.images(document, root, dropped),
        next_page=parts_of.next_page(document, root.parent or root),
        **fields,
    )
    told = Evidence(field="title", how="selector", where=layout.title, value=title)
    return replace(article, evidence=(told, *evidence, *_evidence(article, layout, {one.field for one in evidence})))


def _evidence(article: ScrapedArticle, layout: Layout, told: Container[str]) -> Iterator[Evidence]:
    """Where the fields came from that are not read by a text's selector: one line a field, for each is stored."""
    inside = layout.body or ""
    yield from _credits(article.byline or "", "selector", layout.byline or "", told)
    for line in article.tail:
        yield from _credits(line, "pattern", f"{inside}, behind the text", told)
    said: tuple[tuple[str, How, str, str | None], ...] = (
        ("body", "selector", inside, article.paragraphs[0][:SHOWN]),
        ("rights", "pattern", "版权, 免责", (article.rights or "")[:SHOWN]),
        ("column", "selector", layout.column or "", " > ".join(article.column)),
        ("next_page", "pattern", "下一页", article.next_page),
    )
    yield from (
        Evidence(field=field, how=how, where=at, value=value)
        for field, how, at, value in said
        if value and field not in told
    )
    if article.related:
        first = article.related[0]
        found: How = "pattern" if layout.related is None else "selector"
        yield Evidence(field="related", how=found, where=layout.related or first.heading or "", value=first.title)
    if article.attachments:
        yield Evidence(field="attachments", how="selector", where="a[href]", value=article.attachments[0].url)
    if article.images:
        yield Evidence(field="images", how="selector", where=f"{inside} img", value=article.images[0].url)


def _credits(line: str, how: How, place: str, told: Container[str]) -> Iterator[Evidence]:
    """What the labels of a line say: 来源：… 编辑：…"""
    said = attribute(line)
    for name in _CREDITS:
        value: str | None = getattr(said, name)
        if value is not None and name not in told:
            yield Evidence(field=name, how=how, where=place, value=value)


def _fields(document: Document, layout: Layout) -> tuple[dict[str, Any], list[Evidence]]:
    """The fields that the layout names and the page has."""
    found: dict[str, Any] = {}
    evidence: list[Evidence] = []
    for name in _TEXTS:
        selector = getattr(layout, name)
        value = _text(document, selector) if selector is not None else None
        if value is not None:
            found[name] = value
            evidence.append(Evidence(field=name, how="selector", where=selector, value=value))
    published = _text(document, layout.published) if layout.published is not None else found.get("byline")
    match = DATE.search(published) if published is not None else None
    if match is not None:
        found["published"] = (match[0],)
        selector = layout.published or layout.byline or ""
        evidence.append(Evidence(field="published_at", how="selector", where=selector, value=match[0]))
    if layout.column is not None:
        found["column"] = tuple(_texts(document, layout.column))
    if layout.related is not None:
        found["related"] = _related(document, layout)
    return found, evidence


def _text(document: Document, selector: str) -> str | None:
    node = document.tree.css_first(selector)
    return (" ".join(node.text(separator=" ").split()) or None) if node is not None else None


def _texts(document: Document, selector: str) -> list[str]:
    return [text for node in document.tree.css(selector) if (text := flat(node))]


def _related(document: Document, layout: Layout) -> tuple[RelatedLink, ...]:
    assert layout.related is not None
    found: list[RelatedLink] = []
    for node in document.tree.css(layout.related):
        anchors = (inner for inner in node.traverse() if inner.tag_id == LINK)
        anchor, title = next(((a, text) for a in anchors if (text := flat(a))), (None, ""))
        if anchor is None:
            continue
        found.append(
            RelatedLink(
                position=len(found) + 1,
                title=title,
                url=document.link(anchor.attrs.get("href")),
                summary=_inside(node, layout.related_summary),
                date=related.as_date(_inside(node, layout.related_date) or ""),
                heading=layout.related_heading,
            )
        )
    return tuple(found)


def _inside(node: LexborNode, selector: str | None) -> str | None:
    inner = node.css_first(selector) if selector is not None else None
    return (flat(inner) or None) if inner is not None else None
