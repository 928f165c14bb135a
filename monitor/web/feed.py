"""The feed twins of a view: Atom and JSON Feed, as ``monitor.feeds`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from monitor import feeds
from monitor.web.answer import Answer, Entry, Form
from monitor.web.render import outward

MEDIA: Mapping[Form, str] = {"atom": "application/atom+xml", "feed.json": "application/feed+json"}


def feed(answer: Answer, form: Form, *, address: str, alternate: str, base: str, now: datetime) -> Response:
    """The answer's entries. ``address`` is the feed's own, ``alternate`` its page's, ``base`` this server's."""
    entries = [_entry(entry, base) for entry in sorted(answer.feed(), key=lambda entry: entry.updated, reverse=True)]
    if form == "atom":
        written = feeds.atom(entries, title=answer.title, address=address, alternate=alternate, begun=now)
    else:
        written = feeds.json_feed(entries, title=answer.title, address=address, alternate=alternate)
    return Response(written, headers={"Cache-Control": "no-cache"}, media_type=MEDIA[form])


def _entry(entry: Entry, base: str) -> feeds.Entry:
    link = outward(entry.link)
    return feeds.Entry(
        id=feeds.stable_id(f"page:{link or entry.path}"),
        title=entry.title,
        url=link or base.rstrip("/") + entry.path,
        text=entry.text,
        updated=entry.updated,
        published=entry.published,
        author=entry.author,
    )
