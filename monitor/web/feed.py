"""The feed twin of a view."""

from __future__ import annotations

from html import escape

from feedgen.feed import FeedGenerator
from starlette.responses import Response

from monitor.web.answer import Answer, Entry
from monitor.web.question import UNSEEN
from monitor.web.render import outward

MEDIA_TYPE = "application/atom+xml"


def atom(answer: Answer, *, base: str, path: str, query: str) -> Response:
    """The answer's entries as an Atom feed. ``base`` is this server's address with its last slash."""
    base = base.rstrip("/")
    question = f"?{query}" if query else ""
    entries = sorted(answer.feed(), key=lambda entry: entry.updated, reverse=True)
    feed = FeedGenerator()
    feed.id(f"{base}{path}{question}")
    feed.title(_clean(answer.title))
    feed.language("zh-CN")
    feed.link(href=f"{base}{path}{question}", rel="self", type=MEDIA_TYPE)
    feed.link(href=f"{base}{path.removesuffix('.atom').replace('/index', '/')}{question}", rel="alternate")
    if entries:
        feed.updated(entries[0].updated)
    for entry in entries:
        _add(feed, entry, base)
    return Response(feed.atom_str(), headers={"Cache-Control": "no-cache"}, media_type=MEDIA_TYPE)


def _add(feed: FeedGenerator, entry: Entry, base: str) -> None:
    item = feed.add_entry(order="append")
    item.id(base + entry.path)
    item.title(_clean(entry.title))
    item.updated(entry.updated)
    item.link(href=base + entry.path, rel="alternate")
    if entry.published:
        item.published(entry.published)
    if entry.author:
        item.author(name=_clean(entry.author))
    if link := outward(entry.link):
        item.link(href=_clean(link), rel="via")
    if entry.text:
        paragraphs = "".join(f"<p>{escape(_clean(line))}</p>" for line in entry.text.split("\n"))
        item.content(paragraphs, type="html")


def _clean(text: str) -> str:
    """Without what XML can't hold: one control character breaks a whole feed."""
    return UNSEEN.sub(" ", text)
