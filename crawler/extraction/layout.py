"""An article read where its source's definition says the fields stand."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from crawler.extraction import cut, media, related
from crawler.extraction.blocks import blocks
from crawler.extraction.dateline import DATE
from crawler.extraction.document import Document
from crawler.items import Evidence, RelatedLink, ScrapedArticle
from crawler.site import Layout, Site


def read(document: Document, site: Site, layout: Layout) -> ScrapedArticle | None:
    """The article by this layout; None where title or body are not where it says."""
    tree = document.tree
    if layout.title is None or layout.body is None:
        return None
    title = _text(document, layout.title)
    root = tree.css_first(layout.body)
    if not title or root is None:
        return None
    evidence = [Evidence(field="title", how="selector", where=layout.title, value=title)]
    dropped = frozenset(node.mem_id for selector in layout.drop for node in root.css(selector))
    parts = cut.cut([block for block in blocks(root, skip=dropped) if not block.hidden], title)
    if not parts.text:
        return None

    def field(name: str, selector: str | None) -> str | None:
        if selector is None:
            return None
        value = _text(document, selector)
        if value:
            evidence.append(Evidence(field=name, how="selector", where=selector, value=value))
        return value

    byline = field("byline", layout.byline)
    published = field("published_at", layout.published)
    if published is None and byline is not None:
        match = DATE.search(byline)
        published = match[0] if match else None
    return ScrapedArticle(
        url=document.link(document.url) or document.url,
        source=site.name,
        title=title,
        paragraphs=tuple(block.text for block in parts.text),
        subtitle=field("subtitle", layout.subtitle),
        published=(published,) if published else (),
        byline=byline,
        tail=tuple(block.text for block in parts.tail),
        origin=field("origin", layout.origin),
        author=field("author", layout.author),
        editor=field("editor", layout.editor),
        rights=field("rights", layout.rights),
        related=_related(document, layout) if layout.related else related.find(document),
        attachments=media.attachments(document, root.parent or root),
        images=media.images(document, root),
        column=tuple(_texts(document, layout.column)) if layout.column else (),
        evidence=tuple(evidence),
    )


def _text(document: Document, selector: str) -> str | None:
    node = document.tree.css_first(selector)
    return (" ".join(node.text(separator=" ").split()) or None) if node is not None else None


def _texts(document: Document, selector: str) -> list[str]:
    return [text for node in document.tree.css(selector) if (text := " ".join(node.text().split()))]


def _related(document: Document, layout: Layout) -> tuple[RelatedLink, ...]:
    assert layout.related is not None
    found: list[RelatedLink] = []
    for node in document.tree.css(layout.related):
        anchor = next((a for a in node.css("a[href]") if a.text(strip=True)), None)
        if anchor is None:
            continue
        summary = _inside(node, layout.related_summary)
        on = related.as_date(_inside(node, layout.related_date) or "")
        found.append(
            RelatedLink(
                position=len(found) + 1,
                title=" ".join(anchor.text().split()),
                url=document.link(anchor.attrs.get("href")),
                summary=summary,
                date=on,
            )
        )
    return tuple(found)


def _inside(node: LexborNode, selector: str | None) -> str | None:
    inner = node.css_first(selector) if selector is not None else None
    return (" ".join(inner.text().split()) or None) if inner is not None else None
