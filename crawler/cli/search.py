"""``panxi search``: the full text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from crawler.cli.common import DEFAULT_DB, AsJson, Db, a_day, archive, day, emit, fail, known, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import ColumnElement, Connection

    from storage.search import Marked

app = typer.Typer(add_completion=False)
LOOKED_AT = 5_000
"""Finds that are put in order: ten times what the page looks at, for nobody else waits."""


class Asking(TyperCommand):
    """The command that no one-letter option but -h has: what else begins with one dash is a word to leave out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        options = args[: args.index("--")] if "--" in args else args
        without = next((one for one in options if re.match("-[^-]", one) and one != "-h"), None)
        if without is not None:
            fail(
                f"{without!r} reads as an option",
                hint=f"the query is one argument, behind -- where it begins with a dash: panxi search -- '… {without}'",
            )
        return super().parse_args(ctx, args)


@app.command(
    cls=Asking,
    epilog=examples(
        "panxi search 钒钛",
        "panxi search '\"一区多园\" 产业 -石墨'",
        "panxi search '(钒 OR 钛) 意见' --region 攀枝花 --since 2020-01-01",
    ),
)
def search(
    query: Annotated[str, typer.Argument(help='Words, "a phrase", AND OR NOT, -word; either script.')],
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Only of these sources: name, title or host.")
    ] = None,
    region: Annotated[list[str] | None, typer.Option("--region", help="Only of these regions: code or name.")] = None,
    industry: Annotated[
        list[str] | None, typer.Option("--industry", help="Only of these industries: code or name.")
    ] = None,
    policy: Annotated[bool, typer.Option("--policy", help="Only what speaks of an official document.")] = False,
    since: Annotated[date | None, typer.Option(metavar="DAY", parser=a_day, help="Published on or after.")] = None,
    until: Annotated[date | None, typer.Option(metavar="DAY", parser=a_day, help="Published on or before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, max=10_000, help="How many to pass over first.")] = 0,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Search titles and texts; the best first, with the place where the words stand."""
    from pipelines.text.script import to_simplified
    from storage import search as index
    from storage.clusters import copied
    from storage.db import mapped
    from storage.query import problem
    from storage.schema import article

    if (trouble := problem(query, to_simplified)) is not None:
        fail(trouble)
    if since and until and since > until:
        fail(f"--since {since} is after --until {until}: nothing was published then")
    with archive(db) as engine, mapped(engine).connect() as connection:
        where = [
            *_about(connection, source, region, industry),
            *_since(since, until),
            *([article.c.policy_relation.is_not(None)] if policy else []),
            ~copied(),
        ]
        found = index.search(
            connection, query, fold=to_simplified, where=where, limit=limit, offset=offset, most=LOOKED_AT
        )
    if as_json:
        for hit in found.hits:
            emit(hit.to_json())
        return
    out = page()
    for hit in found.hits:
        out.print(f"[bold cyan]{hit.id}[/] ", _styled(hit.title), sep="")
        out.print(f"   {day(hit.published_at)}  {hit.origin or hit.source or ''}  {hit.url}", style="dim", markup=False)
        out.print("   ", _styled(hit.snippet), sep="")
    if not found.total:
        out.print("Nothing found.", style="dim")
        return
    place = f"{offset + 1}–{offset + len(found.hits)}" if found.hits else "none"
    shown = f", {place} shown" if found.total > len(found.hits) else ""
    out.print(f"{'more than ' if found.more else ''}{found.total} found{shown}", style="dim")
    if found.more:
        out.print("Of equally good ones only those that came in last were looked at.", style="dim")


def _about(
    connection: Connection, sources: list[str] | None, regions: list[str] | None, industries: list[str] | None
) -> Iterator[ColumnElement[bool]]:
    from functools import partial

    from sqlalchemy import func, or_, select

    from crawler.cli import names
    from storage.schema import article, source, tag

    if sources:
        kept = connection.execute(select(source.c.name)).scalars().all()
        yield article.c.source.in_(known(partial(names.source, kept=kept), sources))
    for kind, codes in (("region", known(names.region, regions)), ("industry", known(names.industry, industries))):
        if codes:
            within = or_(*(func.substr(tag.c.code, 1, len(code)) == code for code in codes))
            yield article.c.id.in_(select(tag.c.article_id).where(tag.c.kind == kind, within))


def _since(since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    from datetime import timedelta

    from crawler.items import SHANGHAI
    from storage.schema import article

    if since:
        yield article.c.published_at >= datetime.combine(since, time(), SHANGHAI)
    if until and until < date.max:
        yield article.c.published_at < datetime.combine(until, time(), SHANGHAI) + timedelta(days=1)


def _styled(parts: Marked) -> Text:
    from rich.text import Text

    return Text.assemble(*((text, "bold yellow" if wanted else "") for text, wanted in parts))
