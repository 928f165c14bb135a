"""``panxi search``: the full text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, archive, emit, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import ColumnElement

    from storage.search import Hit, Marked

app = typer.Typer(add_completion=False)


@app.command(
    epilog=examples(
        "panxi search 钒钛",
        "panxi search '\"一区多园\" 产业 -石墨'",
        "panxi search '(钒 OR 钛) 意见' --region 攀枝花 --since 2020-01-01",
    )
)
def search(
    query: Annotated[str, typer.Argument(help='Words, "a phrase", AND OR NOT, -word; either script.')],
    source: Annotated[list[str] | None, typer.Option("--source", help="Only of these sources.")] = None,
    region: Annotated[list[str] | None, typer.Option("--region", help="Only of these regions: code or name.")] = None,
    industry: Annotated[list[str] | None, typer.Option("--industry", help="Only of these industries.")] = None,
    policy: Annotated[bool, typer.Option("--policy", help="Only what speaks of an official document.")] = False,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Published on or after.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Published on or before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, max=10_000, help="How many to pass over first.")] = 0,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Search titles and texts; the best first, with the place where the words stand."""
    from pipelines.text.script import to_simplified
    from storage import search as index

    where = _conditions(source, region, industry, since, until, policy=policy)
    with archive(db) as engine, engine.connect() as connection:
        found = index.search(connection, query, fold=to_simplified, where=where, limit=limit, offset=offset)
    if as_json:
        for hit in found.hits:
            emit(_json(hit))
        return
    out = page()
    for hit in found.hits:
        out.print(f"[bold cyan]{hit.id}[/] ", _styled(hit.title), sep="")
        out.print(f"   {_day(hit)}  {hit.origin or hit.source or ''}  {hit.url}", style="dim", markup=False)
        out.print("   ", _styled(hit.snippet), sep="")
    shown = f", {offset + 1}–{offset + len(found.hits)} shown" if found.total > len(found.hits) else ""
    out.print(f"{found.total} found{shown}" if found.hits else "Nothing found.", style="dim")


def _conditions(
    sources: list[str] | None,
    regions: list[str] | None,
    industries: list[str] | None,
    since: datetime | None,
    until: datetime | None,
    *,
    policy: bool,
) -> list[ColumnElement[bool]]:
    from datetime import timedelta

    from sqlalchemy import or_, select

    from crawler.items import SHANGHAI
    from storage.schema import article, tag

    where: list[ColumnElement[bool]] = []
    if sources:
        where.append(article.c.source.in_(sources))
    for kind, wanted in (("region", regions), ("industry", industries)):
        if wanted:
            tagged = select(tag.c.article_id).where(
                tag.c.kind == kind, or_(tag.c.code.in_(wanted), tag.c.name.in_(wanted))
            )
            where.append(article.c.id.in_(tagged))
    if policy:
        where.append(article.c.policy_relation.is_not(None))
    if since:
        where.append(article.c.published_at >= since.replace(tzinfo=SHANGHAI))
    if until:
        where.append(article.c.published_at < until.replace(tzinfo=SHANGHAI) + timedelta(days=1))
    return where


def _styled(parts: Marked) -> Text:
    from rich.text import Text

    return Text.assemble(*((text, "bold yellow" if wanted else "") for text, wanted in parts))


def _day(hit: Hit) -> str:
    from crawler.items import SHANGHAI

    return hit.published_at.astimezone(SHANGHAI).date().isoformat() if hit.published_at else "no date"


def _json(hit: Hit) -> dict[str, Any]:
    from crawler.items import SHANGHAI

    return {
        "id": hit.id,
        "url": hit.url,
        "source": hit.source,
        "title": "".join(text for text, _ in hit.title),
        "snippet": "".join(text for text, _ in hit.snippet),
        "published_at": hit.published_at.astimezone(SHANGHAI).isoformat() if hit.published_at else None,
        "origin": hit.origin,
        "cluster": hit.cluster,
        "score": hit.score,
    }
