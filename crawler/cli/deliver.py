"""``panxi deliver``: the alerts that wait go out."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import DEFAULT_DB, LARGEST, AsJson, Db, archive, console, emit, fail, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from monitor.delivery import Summary

app = typer.Typer(add_completion=False)


@app.command(epilog=examples("panxi deliver", "panxi deliver --dead", "panxi deliver --again 17"))
def deliver(
    dead: Annotated[bool, typer.Option("--dead", help="Show what was set aside, and send nothing.")] = False,
    again: Annotated[
        list[int] | None,
        typer.Option(min=1, max=LARGEST, help="Try this dead letter once more (its number); may be given again."),
    ] = None,
    again_all: Annotated[bool, typer.Option("--again-all", help="Try all dead letters once more.")] = False,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Send the alerts that are due, through the channels of the environment (see docs/alerts.md)."""
    from monitor import delivery
    from monitor.channels import ChannelError, channels
    from storage.db import writing

    with archive(db) as engine:
        if dead:
            with engine.connect() as connection:
                _show(delivery.listed(connection, "dead"), as_json=as_json)
            return
        try:
            configured = channels(os.environ)
        except ChannelError as error:
            fail(str(error))
        if again or again_all:
            with writing(engine).begin() as connection:
                found = delivery.again(connection, None if again_all else again, now=datetime.now(UTC))
            if not again_all and found < len(set(again or ())):
                fail("not all of these are dead letters; panxi deliver --dead shows them")
        summary = run(engine, configured)
        with engine.connect() as connection:
            counts = delivery.counts(connection)
    _tell(summary, counts, as_json=as_json)
    if summary.failed or summary.unknown:
        raise typer.Exit(1)


def run(engine: Any, configured: Any) -> Summary:
    """One pass of delivery with the real senders; the sources are judged first, for one may be late by now."""
    from crawler.guards.networks import refusal
    from crawler.health import judge
    from crawler.sites import SITES
    from monitor import delivery, notify, outbox
    from storage.db import writing

    def now() -> datetime:
        return datetime.now(UTC)

    judge(engine, SITES.values())
    with writing(engine).begin() as connection:
        outbox.vanished(connection, now=now())
    return delivery.deliver(
        engine,
        configured,
        send=lambda channel, message: notify.send(channel, message, now=now(), refusal=refusal),
        now=now,
    )


def _tell(summary: Summary, counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "sent": summary.sent,
                "failed": summary.failed,
                "dead": counts["dead"],
                "waiting": counts["waiting"],
                "quiet": summary.quiet,
                "unknown": summary.unknown,
                "errors": [{"channel": c, "title": t, "reason": r} for c, t, r in summary.errors],
            }
        )
        return
    for channel, title, reason in summary.errors:
        console.print(f"{channel}: {title!r} not sent: {reason}", style="red", markup=False)
    for channel in summary.unknown:
        console.print(f"{channel}: no such channel; set PANXI_CHANNEL_{channel.upper()}", style="red", markup=False)
    for channel in summary.quiet:
        console.print(f"{channel}: quiet hours", style="dim", markup=False)
    page().print(
        f"{summary.sent} sent, {summary.failed} failed, {counts['waiting']} waiting, {counts['dead']} set aside"
    )


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    for row in rows:
        if as_json:
            emit(row)
        else:
            page().print(
                f"{row['id']:>6}  {row['channel']}  {row['title']}  ({row['attempts']} tries: {row['last_error']})",
                markup=False,
            )
    if not rows and not as_json:
        page().print("No dead letters.", style="dim")
