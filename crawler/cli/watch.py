"""``panxi watch``: a reader's saved questions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from crawler.cli.common import DEFAULT_DB, AsJson, Db, a_web_address, archive, console, day, emit, fail, known, page
from crawler.cli.help import examples

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.watches import Rule, Watch

app = typer.Typer(no_args_is_help=True, help="Saved questions: what is new for them is told once.")

Names = list[str] | None
Scope = Annotated[
    str | None,
    typer.Option(help="documents, announcements (reports too; the default), policy (interpretations too) or articles."),
]
Region = Annotated[Names, typer.Option(help="A name or a code of GB/T 2260; may be given again.")]
Industry = Annotated[Names, typer.Option(help="A name or a code of GB/T 4754; may be given again.")]
Issuer = Annotated[Names, typer.Option(help="An issuer, or a part of its name: 攀枝花, 市政府.")]
Kind = Annotated[Names, typer.Option(help="意见, 通知, 规划, …")]
Source = Annotated[Names, typer.Option(help="Only of this source: its name, title or host.")]
Words = Annotated[str | None, typer.Option(help="Words as in panxi search: AND OR NOT, either script.")]
ISSUER = re.compile(
    r".*(?:政府|委|局|厅|部|办|院|署|会|组|社|中心|办公室|指挥部|机制|人大|政协|总队|支队|[省市县区州旗盟])"
)
"""What an issuer's name ends with; a bare place needs none."""


@app.command(
    epilog=examples(
        "panxi watch add 钒钛 --words '钒钛 AND (意见 OR 规划)' --channel mail",
        "panxi watch add 攀枝花政策 --channel mail --digest daily",
    )
)
def add(
    name: Annotated[str, typer.Argument(help="What you call it.")],
    scope: Scope = None,
    region: Region = None,
    issuer: Issuer = None,
    kind: Kind = None,
    source: Source = None,
    industry: Industry = None,
    words: Words = None,
    follow_ups: Annotated[
        bool, typer.Option("--follow-ups", help="Tell of further reports and interpretations too.")
    ] = False,
    revisions: Annotated[bool, typer.Option(help="Tell when a document's page changes.")] = True,
    channel: Annotated[Names, typer.Option(help="Where to send: a channel of PANXI_CHANNEL_NAME.")] = None,
    digest: Annotated[str, typer.Option(help="each, hourly or daily.")] = "each",
    db: Db = DEFAULT_DB,
) -> None:
    """Save a watch; what the archive holds already is not told."""
    from monitor import watches
    from storage.db import writing

    now = datetime.now(UTC)
    to = tuple(dict.fromkeys(_channel(one) for one in channel or ()))
    with archive(db, create=True) as engine, engine.connect() as connection:
        asked = _rule(connection, scope, region, issuer, kind, source, industry, words)
    with archive(db) as engine, writing(engine).begin() as connection:
        watches.ensure(connection, watches.profile(), now=now)
        try:
            if name in watches.profile() and not asked:
                one = watches.send_to(connection, name, to, _digest(digest))
            else:
                rule = watches.rule_of(asked | {"follow_ups": follow_ups, "revisions": revisions})
                one = watches.add(connection, name.strip(), rule, now=now, channels=to, digest=_digest(digest))
        except watches.RuleError as error:
            fail(str(error))
    console.print(f"watching {one.name}", markup=False)
    if not one.channels:
        console.print("       no channel: its alerts are in its feed alone; see docs/alerts.md", style="dim")


@app.command("list", epilog=examples("panxi watch list", "panxi watch list --json | jq -r .name"))
def list_watches(db: Db = DEFAULT_DB, as_json: AsJson = False) -> None:
    """The watches."""
    from monitor import watches

    with archive(db) as engine, engine.connect() as connection:
        found, unreadable = watches.read(connection)
    if as_json:
        for one in found:
            emit(_row(one) | {"unreadable": None})
        for other in unreadable:
            emit({"name": other.name, "active": other.active, "unreadable": other.reason})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("name", "asks for", "sends to", "digest", "on"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            one.name, _said(one.rule), ", ".join(one.channels) or "feed", one.digest, "yes" if one.active else "no"
        )
    for other in unreadable:
        table.add_row(other.name, f"can't be read: {other.reason}", "nothing", "", "yes" if other.active else "no")
    page().print(table)


@app.command(
    "test",
    epilog=examples("panxi watch test 攀枝花政策", "panxi watch test --words '钒钛 NOT 石墨' --scope articles"),
)
def try_out(
    name: Annotated[str | None, typer.Argument(help="A saved watch; or give a rule by options.")] = None,
    scope: Scope = None,
    region: Region = None,
    issuer: Issuer = None,
    kind: Kind = None,
    source: Source = None,
    industry: Industry = None,
    words: Words = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """What a watch would have told of what is in the archive, the newest first."""
    from itertools import islice

    from monitor import watches
    from pipelines.policy import issuer_key
    from pipelines.text.script import to_simplified

    with archive(db) as engine, engine.connect() as connection:
        asked = _rule(connection, scope, region, issuer, kind, source, industry, words)
        if name and asked:
            fail(f"{name!r} is a saved watch, which has its rule", hint="test takes a name, or a rule by options")
        try:
            rule = _named(connection, name) if name else watches.sensible(watches.rule_of(asked))
        except watches.RuleError as error:
            fail(str(error))
        found = list(islice(watches.matches(connection, rule, fold=to_simplified, organ=issuer_key), limit))
    for row in found:
        policy = row["policy"] or {}
        if as_json:
            emit({"id": row["id"], "title": row["title"], "url": row["url"], "source": row["source"], "policy": policy})
        else:
            page().print(f"{day(row['published_at']):10}  [cyan]{policy.get('relation') or 'article':14}[/]", end="")
            page().print(f"{row['title']}  {row['url']}", markup=False)
    if not found:
        console.print("Nothing in the archive matches.", style="dim")


@app.command(epilog=examples("panxi watch remove 钒钛"))
def remove(name: Annotated[str, typer.Argument(help="As panxi watch list shows it.")], db: Db = DEFAULT_DB) -> None:
    """Remove a watch and its alerts; one of the profile's is turned off."""
    from monitor import watches
    from storage.db import writing

    with archive(db) as engine, writing(engine).begin() as connection:
        if not watches.remove(connection, name):
            _unknown(connection, name)
    if name in watches.profile():
        console.print(f"turned off {name}, which comes with the profile", markup=False)
        console.print(f"       panxi watch add {name} turns it on again", style="dim", markup=False)
    else:
        console.print(f"removed {name}", markup=False)


@app.command(epilog=examples("panxi watch feed 攀枝花政策 --format ics > policy.ics"))
def feed(
    name: Annotated[str, typer.Argument(help="As panxi watch list shows it.")],
    form: Annotated[str, typer.Option("--format", help="atom, json or ics.")] = "atom",
    address: Annotated[
        str | None,
        typer.Option(parser=a_web_address, help="Where the feed will stand; where panxi serve has it, if not given."),
    ] = None,
    db: Db = DEFAULT_DB,
) -> None:
    """What a watch told, as a feed or a calendar, on standard output."""
    import sys

    from monitor import feeds

    with archive(db) as engine, engine.connect() as connection:
        one = _saved(connection, name)
        if one is None:
            _unknown(connection, name)
        if form == "ics":
            made = feeds.calendar(feeds.appointments(connection, one), title=one.name)
        elif form in ("atom", "json"):
            there = address or f"http://127.0.0.1:8423/watches/{one.id}.{form}"
            entries = feeds.entries(connection, one)
            if form == "atom":
                made = feeds.atom(entries, title=one.name, address=there, begun=one.created_at)
            else:
                made = feeds.json_feed(entries, title=one.name, address=there)
        else:
            fail(f"a feed is atom, json or ics, not {form!r}")
    sys.stdout.buffer.write(made)


def _rule(
    connection: Connection,
    scope: str | None,
    region: Names,
    issuer: Names,
    kind: Names,
    source: Names,
    industry: Names,
    words: str | None,
) -> dict[str, Any]:
    """The rule's fields that were given, under the names that the archive knows."""
    from functools import partial

    from sqlalchemy import select

    from crawler.cli import names
    from pipelines.text.script import to_simplified
    from storage.query import problem
    from storage.schema import source as sources

    if words is not None and (trouble := problem(words, to_simplified)) is not None:
        fail(trouble)
    kept = connection.execute(select(sources.c.name)).scalars().all() if source else ()
    given = {
        "scope": scope,
        "regions": known(names.region, region),
        "issuers": [_issuer(one) for one in issuer or ()],
        "kinds": known(names.policy_kind, kind),
        "sources": known(partial(names.source, kept=kept), source),
        "industries": known(names.industry, industry),
        "words": words,
    }
    return {field: value for field, value in given.items() if value is not None and value != []}


def _issuer(typed: str) -> str:
    """An organ, a part of its name or a place, in simplified characters."""
    from pipelines.policy.issuers import is_place
    from pipelines.text.script import to_simplified

    name = to_simplified(typed.strip())
    if not ISSUER.fullmatch(name) and not is_place(name):
        fail(f"{typed!r} is no issuer", hint="an issuer is a place or an organ: 攀枝花, 市政府, 四川省经济和信息化厅")
    return name


def _channel(typed: str) -> str:
    """The name of a channel; one that is not among those configured here is refused, where any are."""
    from monitor.channels import ChannelError, channels

    name = typed.strip().lower()
    if not re.fullmatch(r"\w+", name):
        fail(f"a channel's name is letters, digits and _, not {typed!r}")
    try:
        configured = channels(os.environ)
    except ChannelError as error:
        fail(str(error))
    if configured and name not in configured:
        fail(f"no channel is called {name!r}{_meant(name, configured)}", hint=f"set PANXI_CHANNEL_{name.upper()}")
    if not configured:
        console.print(f"       set PANXI_CHANNEL_{name.upper()} before panxi deliver runs", style="dim", markup=False)
    return name


def _meant(typed: str, there: Iterable[str]) -> str:
    from difflib import get_close_matches

    found = get_close_matches(typed, list(there), 3, 0.5)
    return f"; did you mean {' or '.join(found)}?" if found else ""


def _unknown(connection: Connection, name: str) -> NoReturn:
    from monitor import watches

    found, unreadable = watches.read(connection)
    there = [*(one.name for one in found), *(one.name for one in unreadable)]
    fail(f"there is no watch {name!r}{_meant(name, there)}", hint="panxi watch list shows them")


def _saved(connection: Connection, name: str) -> Watch | None:
    from monitor import watches

    try:
        return watches.by_name(connection, name)
    except watches.RuleError as error:
        fail(f"the watch {name!r} can't be read: {error}")


def _named(connection: Connection, name: str) -> Rule:
    from monitor import watches

    one = _saved(connection, name)
    rule = one.rule if one else watches.profile().get(name)
    if rule is None:
        _unknown(connection, name)
    return rule


def _digest(text: str) -> Any:
    if text not in ("each", "hourly", "daily"):
        fail(f"a digest is each, hourly or daily, not {text!r}")
    return text


def _row(one: Watch) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": one.name,
        "rule": asdict(one.rule),
        "channels": one.channels,
        "digest": one.digest,
        "active": one.active,
        "created_at": one.created_at,
    }


def _said(rule: Rule) -> str:
    from crawler.cli import names

    regions, industries = names.regions().shown, names.industries().shown
    asked = (
        ("in", [regions.get(one, one) for one in rule.regions]),
        ("by", rule.issuers),
        ("kind", rule.kinds),
        ("of", rule.sources),
        ("on", [industries.get(one, one) for one in rule.industries]),
    )
    parts: list[str] = [rule.scope, *(f"{label} {' or '.join(values)}" for label, values in asked if values)]
    return ", ".join([*parts, f"with {rule.words}"] if rule.words else parts)
