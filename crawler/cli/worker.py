"""``panxi worker``: crawls for an archive on PostgreSQL, beside workers on other machines."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import typer

from crawler.cli.common import DEFAULT_DB, Db, archive, ask_for_contact, fail, log_to_stderr
from crawler.cli.help import examples

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("PANXI_DB=postgresql://panxi@db.example/panxi panxi worker --parallel 4"))
def worker(
    parallel: Annotated[int, typer.Option(min=1, max=16, help="Crawls at a time in this worker.")] = 2,
    db: Db = DEFAULT_DB,
) -> None:
    """Crawl what is due, with other workers on any number of machines, until stopped.

    A source is crawled by one of them at a time; what a worker leaves behind, another takes up. Needs PostgreSQL.
    """
    from sqlalchemy import make_url

    from crawler.sites import SITES
    from storage.owner import process_owner

    with archive(db, create=True) as engine:
        if engine.dialect.name != "postgresql":
            fail("workers meet in a PostgreSQL archive", hint="on SQLite one process does it: panxi schedule")
        from crawler.worker import in_one_line, install, make_app, panxi, work

        log_to_stderr()
        for handler in logging.getLogger().handlers:
            handler.addFilter(in_one_line)
        ask_for_contact()
        install(engine)
        conninfo = make_url(db).set(drivername="postgresql").render_as_string(hide_password=False)
        asyncio.run(work(make_app(conninfo, engine, SITES, panxi(db)), parallel=parallel, name=process_owner()))
