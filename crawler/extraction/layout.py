"""An article read where its source's definition says the fields stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborNode

from crawler.extraction import cut, generic, media, related
from crawler.extraction import parts as parts_of
from crawler.extraction.blocks import LINK, blocks, flat
from crawler.extraction.dateline import DATE
from crawler.extraction.document import Document
from crawler.items import Evidence, NotArticle, RelatedLink, ScrapedArticle
from crawler.site import Layout, Site

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
    return ScrapedArticle(
        url=document.link(document.url) or document.url,
        source=site.name,
        title=title,
        paragraphs=tuple(block.text for block in parts.text),
        tail=tuple(block.text for block in parts.tail),
        attachments=media.attachments(document, root.parent or root),
        images=media.images(document, root, dropped),
        next_page=parts_of.next_page(document, root.parent or root),
        evidence=(Evidence(field="title", how="selector", where=layout.title, value=title), *evidence),
        **fields,
    )


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
