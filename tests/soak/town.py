"""A replica in which time passes: articles are published, hosts fail, a layout changes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import urlsplit

from crawler.items import SHANGHAI
from crawler.replica import Answer, Replica, render
from crawler.replica import sites as replica_sites
from crawler.replica.content import CINIC, COLUMNS, PAGE_ROWS, PANZHIHUA, Column, Written
from crawler.replica.server import _Server
from crawler.site import Expect, Site

START = datetime(2026, 3, 1, tzinfo=UTC)
EVERY = timedelta(hours=12)
COLUMN_OF = {(column.host, column.path): column for column in COLUMNS if column.host in (CINIC, PANZHIHUA)}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a host for a while: refuses (503), flaky (one in five fails), redesigned (no rows)."""

    host: str
    kind: str
    begins: datetime
    ends: datetime


def sites() -> dict[str, Site]:
    """Two sources of the replica, crawled twice a day."""
    expects = Expect(articles_per_week=(1, 500), with_date=0.95, quiet_for=timedelta(days=7))
    found = replica_sites()
    return {
        name: replace(
            found[name],
            every=EVERY,
            expects=expects,
            entrances=tuple(replace(one, every=EVERY) for one in found[name].entrances),
        )
        for name in ("cinic", "panzhihua")
    }


def written(days: int, *, seed: int = 7) -> list[tuple[datetime, Written]]:
    """What is published: some articles a day in each column, at odd hours; the oldest first."""
    rng = random.Random(seed)
    found = []
    for number in range(-20, days * 2):
        for place, column in enumerate(COLUMN_OF.values()):
            at = START + timedelta(hours=12 * number + rng.uniform(0, 12))
            local = at.astimezone(SHANGHAI)
            name = f"{970000 + (number + 20) * 20 + place}"
            topic = "".join(rng.sample("钒钛钢铁煤电水利农林果蔬康养旅游交通教育医疗科技园区项目投资创新绿色低碳", 12))
            body = tuple(
                f"{topic}第{name}号消息之{part}，"
                + "".join(chr(rng.randrange(0x4E00, 0x9F00)) for _ in range(120))
                + "。"
                for part in range(3)
            )
            found.append(
                (
                    at,
                    Written(
                        host=column.host,
                        path=f"{column.path}{name}.shtml",
                        column=column.path,
                        title=f"攀枝花{topic}{name}",
                        day=local.date(),
                        clock=local.time().replace(microsecond=0),
                        origin="攀枝花日报",
                        paragraphs=body,
                    ),
                )
            )
    return sorted(found, key=lambda pair: pair[0])


@dataclass(slots=True)
class Town(Replica):
    """The replica at the time ``now``."""

    now: datetime = START
    published: list[tuple[datetime, Written]] = field(default_factory=list)
    troubles: tuple[Trouble, ...] = ()
    _dice: random.Random = field(default_factory=lambda: random.Random(3))

    def _page(self, url: str, *, visit: int, tries: int) -> Answer:
        host = urlsplit(url).hostname or ""
        wrong = {one.kind for one in self.troubles if one.host == host and one.begins <= self.now < one.ends}
        if "refuses" in wrong or ("flaky" in wrong and self._dice.random() < 0.2):
            return Answer(status=503, body=b"busy")
        there = [one for at, one in self.published if at <= self.now]
        article = next((one for one in there if one.url == url), None)
        if article is not None:
            return Answer(body=render.article(article, visit=1).encode())
        listing = self._listing(url, there, redesigned="redesigned" in wrong)
        return listing or Replica._page(
            self, f"http://{host}/robots.txt" if url.endswith("/robots.txt") else "", visit=visit, tries=tries
        )

    def _listing(self, url: str, there: list[Written], *, redesigned: bool) -> Answer | None:
        parts = urlsplit(url)
        folder, _, file = parts.path.rpartition("/")
        column = COLUMN_OF.get((parts.hostname or "", f"{folder}/"))
        if column is None:
            return None
        rows = [one for one in reversed(there) if (one.host, one.column) == (column.host, column.path)]
        pages = [rows[start : start + PAGE_ROWS] for start in range(0, len(rows), PAGE_ROWS)]
        digits = "".join(filter(str.isdigit, file))
        number = int(digits) if digits else 1
        if number > len(pages):
            return None
        text = self._text(column, pages[number - 1], number, len(pages))
        return Answer(body=("<html><body><p>改版中</p></body></html>" if redesigned else text).encode())

    @staticmethod
    def _text(column: Column, page: list[Written], number: int, last: int) -> str:
        return render.listing(column, page, number=number, last=last)


@contextmanager
def serve(town: Town) -> Iterator[Town]:
    """The town on a free port of loopback."""
    with _Server(town) as server:
        town.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield town
        finally:
            server.shutdown()
            thread.join()
