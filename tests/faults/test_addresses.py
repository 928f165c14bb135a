"""A site that names and moves its pages between two forms of its address."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from tests.faults.crawling import crawl
from tests.faults.hostile import said, serving
from tests.faults.test_crawl import page


def test_a_page_with_two_addresses_is_visited_and_kept_once(tmp_path: Path) -> None:
    db = tmp_path / "panxi.db"
    lines = "".join(
        f'<li><a href="http://{host}.example/{number}.html">第{number}号纪要</a><span>2025-03-10</span></li>'
        for number in range(3)
        for host in ("town", "www.town")
    )
    with serving() as server:
        server.answers["town.example/list/"] = said(f"<html><ul>{lines}</ul></html>")
        server.answers |= {f"town.example/{number}.html": page(number) for number in range(2)}
        server.answers["town.example/2.html"] = said(
            "", "Location: http://www.town.example/2.html", status="301 Moved Permanently"
        )
        server.answers["www.town.example/2.html"] = page(2)
        crawled = crawl(server.url, db, "both")
        asked = [path for path, _headers in server.asked if path.endswith(".html")]
    assert crawled.tally["new"] == 3
    assert len(asked) == 4, "one of them by its redirect"
    engine = create_engine(f"sqlite:///{db}")
    with engine.connect() as conn:
        articles = sorted(conn.execute(text("SELECT url FROM article")).scalars())
        known = sorted(conn.execute(text("SELECT url FROM frontier WHERE kind = 'article'")).scalars())
    engine.dispose()
    assert articles == known == [f"http://town.example/{number}.html" for number in range(3)]
