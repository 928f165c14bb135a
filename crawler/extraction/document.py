"""A page, decoded and parsed once."""

from __future__ import annotations

from codecs import BOM_UTF8
from functools import cached_property
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extraction.blocks import Block, blocks, flat
from crawler.extraction.cost import too_costly
from crawler.items import NotArticle, Page
from crawler.urls import canonical
from pipelines.text.encoding import decode


class Document:
    """One HTML page. Everything that is costly is made when it is first asked for."""

    def __init__(self, url: str, html: bytes) -> None:
        self.url = url
        self.html = html
        """In UTF-8, without a mark."""
        self.tree = LexborHTMLParser(html)
        for node in self.tree.css("rt, rp"):  # <ruby>發<rt>fā</rt></ruby>: how to read the text, and no text
            node.decompose()

    @classmethod
    def of(cls, page: Page) -> Document | NotArticle:
        """The page, decoded and parsed; or why it is not parsed."""
        html = _in_utf8(page)
        reason = too_costly(html)
        return cls(page.url, html) if reason is None else NotArticle(kind="too-large", reason=reason)

    @cached_property
    def root(self) -> LexborNode:
        """The element that holds the text."""
        root = self.tree.body or self.tree.root
        assert root is not None
        return root

    @cached_property
    def all_blocks(self) -> list[Block]:
        """The text blocks of the page, those too that it hides at first."""
        return blocks(self.root)

    @cached_property
    def blocks(self) -> list[Block]:
        """The text blocks that a reader sees."""
        return [block for block in self.all_blocks if not block.hidden]

    @cached_property
    def base(self) -> str:
        """What relative addresses are relative to."""
        node = self.tree.css_first("base[href]")
        return (canonical(node.attrs.sget("href"), self.url) if node is not None else None) or self.url

    def link(self, href: str | None) -> str | None:
        """The canonical form of an address the page names; None where it is none."""
        return canonical(href, self.base) if href else None

    @cached_property
    def heading(self) -> str:
        """What <title> says, site's suffix and all."""
        node = self.tree.css_first("title")
        return flat(node) if node is not None else ""

    @cached_property
    def meta(self) -> dict[str, str]:
        """The meta tags by lower-case name, property or itemprop; of several the first that says anything."""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[content]"):
            attributes = node.attributes
            content = " ".join((attributes.get("content") or "").split())
            if not content:
                continue
            for key in ("name", "property", "itemprop"):
                name = attributes.get(key)
                if name:
                    found.setdefault(name.strip().lower(), content)
        return found

    @cached_property
    def linked_data(self) -> dict[str, Any]:
        """The page's JSON-LD description of an article, or an empty dict."""
        for node in self.tree.css('script[type="application/ld+json"]'):
            try:
                data = orjson.loads(node.text())
            except orjson.JSONDecodeError:
                continue  # many sites write it with errors; the page's own text remains
            for item in _objects(data):
                kind = item.get("@type")
                kinds = kind if isinstance(kind, list) else [kind]
                if any(isinstance(one, str) and one.endswith(("Article", "BlogPosting", "Report")) for one in kinds):
                    return item
        return {}


def _in_utf8(page: Page) -> bytes:
    """The page's bytes as they are where they are UTF-8: most pages need no other form."""
    decoded = decode(page.body, page.content_type)
    if decoded.encoding in {"utf-8", "ascii"} and not decoded.damaged:
        return page.body.removeprefix(BOM_UTF8)
    return decoded.text.encode("utf-8", "ignore")


def _objects(data: object) -> list[dict[str, Any]]:
    """The objects of the list or graph, in its order, however deep they are nested."""
    found: list[dict[str, Any]] = []
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            found.append(one)
            waiting.append(one.get("@graph"))
    return found


def where(node: LexborNode) -> str:
    """A short selector of the element, for evidence."""
    attributes = node.attributes
    name = node.tag or ""
    if attributes.get("id"):
        return f"{name}#{attributes['id']}"
    classes = (attributes.get("class") or "").split()
    return ".".join([name, *classes[:2]])
