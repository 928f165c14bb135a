"""``panxi crawl``: one crawl over the frontier."""

from __future__ import annotations

import logging
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    DEFAULT_DB,
    LARGEST,
    AllowLoopback,
    AsJson,
    Db,
    Sources,
    a_page_to_visit,
    archive,
    ask_for_contact,
    console,
    emit,
    facts,
    fail,
    page,
    plural,
    sites,
)
from crawler.cli.help import examples

if TYPE_CHECKING:
    from collections import Counter

    from rich.console import Console
    from rich.status import Status

    from crawler.crawl import Crawled
    from crawler.walk import Tally

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "PANXI_CONTACT=you@example.org panxi crawl",
        "panxi crawl cinic 攀枝花日报 --max-pages 50",
        "panxi crawl --url http://www.cinic.org.cn/xy/sc/1.html --depth 0",
    )
)
def crawl(
    sources: Sources = None,
    url: Annotated[
        list[str] | None,
        typer.Option(
            "--url",
            metavar="URL",
            parser=a_page_to_visit,
            help="Visit this page and its further reading, nothing else.",
        ),
    ] = None,
    depth: Annotated[
        int | None, typer.Option(min=0, max=10, help="Steps of further reading (延伸阅读) to follow.")
    ] = None,
    max_pages: Annotated[int | None, typer.Option(min=1, max=LARGEST, help="Stop after so many pages.")] = None,
    revisit: Annotated[
        bool,
        typer.Option("--revisit", help="Ask again for every known article (conditionally), and for what failed."),
    ] = False,
    due: Annotated[
        bool,
        typer.Option("--due", help="As a schedule does: only listings that are due, one crawl of a source at a time."),
    ] = False,
    allow_loopback: AllowLoopback = False,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="More log; twice: all.")] = 0,
) -> None:
    """One crawl: what the sources list anew, and what an earlier crawl left undone.

    It can be stopped at any moment (Ctrl-C, or harder) and goes on where it was. The summary says what is new,
    changed, repeated, and what failed and why.
    """
    from crawler.health import judge
    from crawler.sites import SITES
    from storage import frontier
    from storage.locks import held

    if sources and url:
        fail("name sources or addresses, not both", hint="a named page is read by the source that knows its host")
    names = [site.name for site in sites(sources)]
    if not due and not allow_loopback:
        ask_for_contact()
    with archive(db, create=True) as engine, held(engine, names) if due else nullcontext(True) as ours:
        if not ours:
            console.print("Nothing done: another process crawls this source.", markup=False)
            raise typer.Exit(0)
        crawled = run(
            db,
            verbose=verbose,
            quiet=as_json,
            source=",".join(names) if sources else None,
            url=" ".join(url) if url else None,
            depth="" if depth is None else str(depth),
            max_pages="" if max_pages is None else str(max_pages),
            revisit="1" if revisit else "",
            due="1" if due else "",
            settings={"PANXI_ALLOW_LOOPBACK": allow_loopback or None},
        )
        judge(engine, SITES.values())
        with engine.connect() as connection:
            others = frontier.counts(connection, names if sources else None).get("leased", 0)
    if as_json:
        emit(summary(crawled))
    else:
        tell(crawled, db, others=others)
    raise typer.Exit(0 if crawled.complete else 1)


def run(
    db: str, *, verbose: int = 0, quiet: bool = False, settings: dict[str, Any] | None = None, **arguments: str | None
) -> Crawled:
    """Crawls with a progress line on a terminal; ends the command with code 2 for arguments that make no sense."""
    from crawler.crawl import crawl, project_settings
    from crawler.logs import DATE_FORMAT, in_china_time
    from crawler.open_archive import raw_folder
    from storage.raw import prepare

    in_china_time()
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    configured = project_settings(
        PANXI_DB=db, LOG_LEVEL=logging.getLevelName(level), LOG_DATEFORMAT=DATE_FORMAT, **(settings or {})
    )
    try:
        prepare(raw_folder(db, configured["PANXI_WARC_DIR"]))
    except OSError as error:
        fail(
            f"raw pages can't be kept in {error.filename!r}: {error.strerror}",
            hint="name another folder: PANXI_WARC_DIR",
        )
    try:
        if quiet or verbose or not sys.stderr.isatty():
            return crawl(configured, arguments)
        status = console.status("")
        try:
            return crawl(configured, arguments, watch=lambda tally: _show(status, tally))
        finally:
            status.stop()
    except ValueError as error:
        fail(str(error), hint="panxi sources lists the sources; panxi crawl --help the options")


def _show(status: Status, tally: Tally) -> None:
    """Not before the crawl runs: its thread would keep the workshop from being forked."""
    status.update(progress(tally))
    status.start()


def progress(tally: Tally) -> str:
    """The line that is shown while a crawl runs."""
    failed = f" · [red]{sum(tally.failures.values())} failed[/]" if tally.failures else ""
    return (
        f"{tally.visits} pages · [green]{tally.new} new[/] · {tally.changed} changed · {tally.repeated} known{failed}"
    )


def summary(crawled: Crawled) -> dict[str, Any]:
    """The crawl as one JSON object."""
    tally = crawled.tally
    return {
        "ended": crawled.reason,
        "seconds": round(crawled.seconds, 2),
        "pages": tally.visits,
        "listings": tally.listings,
        "rows": tally.rows,
        "rows_elsewhere": tally.rows_elsewhere,
        "new": tally.new,
        "changed": tally.changed,
        "repeated": tally.repeated,
        "article_requests": tally.article_requests,
        "articles_spared": tally.spared,
        "passed_over": _reasons(tally.passed_over, tally),
        "failed": _reasons(tally.failures, tally),
    }


def _reasons(counted: Counter[str], tally: Tally) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "count": count, "example": tally.examples[reason]} for reason, count in counted.most_common()
    ]


ENDINGS = {
    "finished": "All that was due has been visited.",
    "max_pages": "Stopped at the number of pages you asked for; the next crawl goes on from here.",
    "shutdown": "Stopped. What was read is kept; the next crawl goes on from here.",
    "archive_error": "The archive could not be written; the log above says why. Nothing that was stored is lost.",
}


def tell(crawled: Crawled, db: str, *, others: int = 0) -> None:
    """The summary for a person; ``others`` is how many addresses another crawl is at work on."""
    from rich.text import Text

    tally = crawled.tally
    out = page()
    table = facts()
    for number, noun, what in (
        (tally.visits, "page", f"visited in {crawled.seconds:.1f} s, {tally.listings} of them listings"),
        (tally.rows, "row", "found on the listings"),
        (tally.rows_elsewhere, "row", "of these not followed: they lead to sites that are no source"),
        (tally.new, "article", "new"),
        (tally.changed, "article", "changed: the earlier text is kept as a revision"),
        (tally.repeated, "article", "seen again, unchanged"),
        (tally.spared, "known article", f"left alone; {tally.article_requests} were asked for"),
    ):
        if number or noun == "page" or what == "new":
            table.add_row(Text(str(number), "bold", justify="right"), f"{plural(number, noun)} {what}")
    out.print(table)
    _tell_reasons(out, "passed over", tally.passed_over, tally)
    _tell_reasons(out, "failed", tally.failures, tally)
    if crawled.reason == "finished" and tally.failures:
        out.print("All that was due has been tried; what failed is tried again, and panxi status tells of it.")
    elif crawled.reason == "finished" and others:
        out.print(f"All that was free has been visited; another crawl holds {others} more {plural(others, 'page')}.")
    else:
        out.print(ENDINGS.get(crawled.reason, f"Ended: {crawled.reason}."))
    out.print(f"Archive: {_without_password(db)}", style="dim", markup=False)


def _tell_reasons(out: Console, heading: str, counted: Counter[str], tally: Tally) -> None:
    if counted:
        out.print(f"[bold]{counted.total()}[/] {plural(counted.total(), 'page')} {heading}:")
    for reason, count in counted.most_common(12):
        out.print(f"  {count} × {reason}, e.g. {tally.examples[reason]}", markup=False, style="dim")


def _without_password(db: str) -> str:
    from sqlalchemy import make_url

    return make_url(db).render_as_string(hide_password=True)
