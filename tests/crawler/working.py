"""A worker over the replica, in a process of its own: ``python -m tests.crawler.working DB PROXY WARC``.

With ``crawl SOURCE`` behind, it is the crawl that such a worker starts.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import make_url

from crawler.crawl import crawl, project_settings
from crawler.replica import sites as replica_sites
from crawler.site import Site
from crawler.told import Ended
from crawler.worker import Pulse, install, make_app, run_process, work
from storage.db import open_engine
from storage.locks import held

PULSE = Pulse(tick="* * * * * */1", heartbeat=0.5, dead_after=3.0)
DELAY = 0.05


def sites() -> dict[str, Site]:
    """The replica's sources at a pace that can be measured; once crawled they are not due again."""
    return {
        name: replace(site, delay=DELAY, concurrency=1, every=timedelta(days=1))
        for name, site in replica_sites().items()
    }


def main() -> None:
    db, proxy, warc, *command = sys.argv[1:]
    engine = open_engine(db)
    if not command:
        install(engine)
        conninfo = make_url(db).set(drivername="postgresql").render_as_string(hide_password=False)

        async def start(*asked: str) -> Ended:
            name, *rest = asked
            if name != "crawl":
                return Ended(0)
            return await run_process([sys.executable, "-m", __spec__.name, db, proxy, warc, name, rest[0]])

        asyncio.run(
            work(make_app(conninfo, engine, sites(), start, PULSE), parallel=1, name=str(os.getpid()), pulse=PULSE)
        )
        return
    with held(engine, command[1:]) as ours:
        if not ours:
            return
        done = crawl(
            project_settings(
                PANXI_DB=db,
                PANXI_PROXY=proxy,
                PANXI_WARC_DIR=warc,
                PANXI_SITES="tests.crawler.working.sites",
                PANXI_ALLOW_LOOPBACK=True,
                LOG_LEVEL="WARNING",
            ),
            {"source": command[1], "due": "1"},
        )
    sys.exit(0 if done.complete else 1)


if __name__ == "__main__":
    main()
