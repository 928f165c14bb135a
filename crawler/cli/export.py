"""``panxi export``: a corpus."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer

from crawler.cli import names
from crawler.cli.common import (
    DEFAULT_DB,
    LARGEST,
    SEEDS,
    AsJson,
    Db,
    a_day,
    a_path,
    archive,
    console,
    emit,
    fail,
    known,
    plural,
    progress,
)
from crawler.cli.help import examples
from crawler.items import SHANGHAI

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.corpus.export import Done, Means
    from storage.corpus.options import Options
    from storage.progress import Progress

app = typer.Typer(add_completion=False)

READABLE = frozenset({"jsonl", "csv", "edges.csv", "graphml"})
"""Formats that a terminal can show."""
CHOOSE, SHAPE, TIME = "Which articles", "What of them", "Since when"

ENDING = re.compile(r"\.[a-z]\w*$", re.IGNORECASE | re.ASCII)
"""What is meant for the ending of a file: corpus-2020.04 is a folder."""

Names = list[str] | None


def _target(typed: str) -> str:
    return typed if typed == "-" else str(a_path(typed))


def _time(typed: str) -> datetime:
    """A time without a zone is China's."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(f"a time is such as 2020-04-11T08:00+08:00, not {typed!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _listed(typed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in typed.split(",") if name.strip())


def _weights(typed: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in typed.split(","))
    except ValueError:
        raise typer.BadParameter(f"weights are such as 0.8,0.1,0.1, not {typed!r}") from None


def _sample(typed: str) -> float:
    """A share has a point and a number has none: 1.0 would else be one article."""
    try:
        found = float(typed)
    except ValueError:
        raise typer.BadParameter(f"a sample is a share such as 0.1 or a number such as 500, not {typed!r}") from None
    if found >= 1 and not typed.strip().isdecimal():
        raise typer.BadParameter(f"a sample is a share below 1 or a whole number of articles, not {typed!r}")
    if not found <= LARGEST:
        raise typer.BadParameter(f"a sample is of at most {LARGEST} articles, not {typed!r}")
    return found


@app.command(
    epilog=examples(
        "panxi export corpus",
        "panxi export news.jsonl.zst --from 2020-01-01 --region 攀枝花",
        "panxi export - --fields id,title,body | head",
        "panxi export delta --since-export corpus/manifest.json",
    )
)
def export(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH", parser=_target, help="A file (by its ending), a folder, or - for standard output."
        ),
    ],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="jsonl, jsonl.gz, jsonl.zst, csv, parquet, arrow, text, warc, edges, graphml. By the ending of PATH "
            "where not given; parquet for a folder, jsonl for standard output.",
        ),
    ] = None,
    *,
    published_from: Annotated[
        date | None,
        typer.Option(
            "--from", metavar="DAY", parser=a_day, help="Published on this day or later.", rich_help_panel=CHOOSE
        ),
    ] = None,
    published_until: Annotated[
        date | None,
        typer.Option("--until", metavar="DAY", parser=a_day, help="… on this day or before.", rich_help_panel=CHOOSE),
    ] = None,
    seen_from: Annotated[
        date | None,
        typer.Option(metavar="DAY", parser=a_day, help="First seen on this day or later.", rich_help_panel=CHOOSE),
    ] = None,
    seen_until: Annotated[
        date | None,
        typer.Option(metavar="DAY", parser=a_day, help="… on this day or before.", rich_help_panel=CHOOSE),
    ] = None,
    source: Annotated[Names, typer.Option(help="Of this source; may be given again.", rich_help_panel=CHOOSE)] = None,
    region: Annotated[
        Names, typer.Option(help="A name, or a code of GB/T 2260: with all it contains.", rich_help_panel=CHOOSE)
    ] = None,
    industry: Annotated[
        Names, typer.Option(help="A name, or a code of GB/T 4754: with all it contains.", rich_help_panel=CHOOSE)
    ] = None,
    policy_kind: Annotated[
        Names, typer.Option(help="意见, 通知, …; any: all articles on a policy.", rich_help_panel=CHOOSE)
    ] = None,
    issuer: Annotated[Names, typer.Option(help="Who issued the document.", rich_help_panel=CHOOSE)] = None,
    query: Annotated[str | None, typer.Option(help="As panxi search takes it.", rich_help_panel=CHOOSE)] = None,
    min_length: Annotated[
        int | None, typer.Option(min=0, max=LARGEST, help="Characters of the body.", rich_help_panel=CHOOSE)
    ] = None,
    max_length: Annotated[
        int | None, typer.Option(min=0, max=LARGEST, help="Characters of the body.", rich_help_panel=CHOOSE)
    ] = None,
    damage: Annotated[
        Literal["any", "none", "only"], typer.Option(help="With broken spans or without.", rich_help_panel=CHOOSE)
    ] = "any",
    written_in: Annotated[
        Literal["simplified", "traditional", "mixed"] | None,
        typer.Option(help="The page's script.", rich_help_panel=CHOOSE),
    ] = None,
    language: Annotated[str | None, typer.Option(help="As the page declares it.", rich_help_panel=CHOOSE)] = None,
    rights: Annotated[
        str | None,
        typer.Option(help="stated, none, or words that the copyright note holds.", rich_help_panel=CHOOSE),
    ] = None,
    reprints: Annotated[
        bool, typer.Option("--all", help="All articles of a cluster, not one alone.", rich_help_panel=CHOOSE)
    ] = False,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Also articles whose page has vanished.", rich_help_panel=CHOOSE)
    ] = False,
    fields: Annotated[
        Any,
        typer.Option(metavar="A,B,…", parser=_listed, help="Only these fields, in this order.", rich_help_panel=SHAPE),
    ] = None,
    script: Annotated[
        Literal["simplified", "traditional", "original"],
        typer.Option(help="The script of title and body.", rich_help_panel=SHAPE),
    ] = "simplified",
    limit: Annotated[
        int | None, typer.Option(min=0, max=LARGEST, help="At most so many articles.", rich_help_panel=SHAPE)
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(
            metavar="X", parser=_sample, help="A share (0.1) or a number (500) of them, by hash.", rich_help_panel=SHAPE
        ),
    ] = None,
    splits: Annotated[
        Any,
        typer.Option(
            metavar="A,B[,C]",
            parser=_weights,
            help="Weights of train, validation, test; no cluster is divided.",
            rich_help_panel=SHAPE,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=-SEEDS, max=SEEDS - 1, help="For sample and splits.", rich_help_panel=SHAPE)
    ] = 0,
    bom: Annotated[bool, typer.Option("--bom", help="CSV for Excel.", rich_help_panel=SHAPE)] = False,
    since_export: Annotated[
        Path | None,
        typer.Option(
            metavar="MANIFEST",
            help="Only what differs from that export, with tombstones; its options hold.",
            rich_help_panel=TIME,
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            metavar="TIME", parser=_time, help="The archive as it stood then (ISO 8601).", rich_help_panel=TIME
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is at PATH.")] = False,
    raw: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder of raw pages, for warc; beside the archive by default."),
    ] = None,
    db: Db = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """A corpus for analysis: chosen articles in a form that tools open, with a manifest and a dataset card.

    The same archive and options give the same bytes. PATH is written beside itself and put in place whole.
    """
    needs_arrow()
    if path == "-" and sys.__stdout__ is None:
        fail("standard output is closed: name a file")
    with _told(path), archive(db) as engine, progress(shown=path != "-" or not sys.stdout.isatty()) as told:
        from pipelines.text.script import to_simplified
        from storage.corpus.export import export as run
        from storage.corpus.options import Options, Selection

        selection = Selection(
            published_from=published_from,
            published_until=published_until,
            seen_from=seen_from,
            seen_until=seen_until,
            sources=_sources(engine, source),
            regions=tuple(known(names.region, region)),
            industries=tuple(known(names.industry, industry)),
            policy_kinds=tuple(known(_kind, policy_kind)),
            issuers=tuple(to_simplified(name) for name in issuer or ()),
            query=query,
            min_length=min_length,
            max_length=max_length,
            damage=damage,
            written_in=written_in,
            language=language,
            rights=None if rights is None else to_simplified(rights),
            reprints=reprints,
            withdrawn=withdrawn,
        )
        options = Options(
            format=_format(form, path, since_export),
            selection=selection,
            fields=fields,
            script=script,
            limit=limit,
            sample=sample,
            splits=splits or (),
            seed=seed,
            bom=bom,
            as_of=as_of,
        )
        options = options if since_export is None else _as_before(options, since_export, given=form is not None)
        _sensible(options, path)
        target = sys.stdout.buffer if path == "-" else Path(path)
        done = run(engine, target, options, _means(options, db, raw, told), force=force, since=since_export)
    if path != "-":
        _tell(done, path, as_json=as_json)
    else:
        sys.stdout.buffer.flush()


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Ends the command in one clear line where the export can't be made."""
    from storage.corpus.fields import CorpusError
    from storage.db import MEND, DatabaseError

    try:
        yield
    except (CorpusError, DatabaseError) as error:
        fail(str(error))
    except UnicodeDecodeError as error:  # Arrow takes a column's bytes as they are, and looks at them when it must
        fail(f"the database is damaged (a text that is not UTF-8: {error.reason}): {MEND}")
    except BrokenPipeError:
        raise  # who read has had enough, which is no fault
    except OSError as error:
        fail(
            f"{error.filename or path}: {error.strerror}", hint="nothing was exported; what was there still is", code=1
        )


def needs_arrow() -> None:
    """Ends the command where the libraries of exports are not installed."""
    drivers = ("adbc_driver_manager", "adbc_driver_sqlite", "adbc_driver_postgresql")
    if None in map(find_spec, ("pyarrow", "nanoarrow", *drivers)):
        fail("exports need pyarrow and ADBC", hint="pip install 'panxi[parquet]'")


def _means(options: Options, db: str, raw: Path | None, told: Progress) -> Means:
    from crawler.sites import NAMES, SITES
    from pipelines.text.script import to_simplified, to_traditional
    from storage.corpus.export import Means

    return Means(
        convert=to_traditional,
        fold=to_simplified,
        titles={name: site.title for name, site in SITES.items()},
        names=NAMES,
        progress=told,
        raw=raw or (_raw_folder(db) if options.format == "warc" else None),
    )


def _raw_folder(db: str) -> Path:
    from crawler.open_archive import raw_folder

    return raw_folder(db)


def _sources(engine: Engine, typed: Names) -> tuple[str, ...]:
    if not typed:
        return ()
    from sqlalchemy import select

    from storage.schema import article

    with engine.connect() as conn:
        kept = conn.execute(select(article.c.source).distinct()).scalars().all()
    return tuple(known(partial(names.source, kept=[name for name in kept if name]), typed))


def _format(name: str | None, path: str, since: Path | None) -> Any:
    from storage.corpus.fields import CorpusError
    from storage.corpus.formats import BY_ENDING, ENDINGS, by_ending
    from storage.corpus.options import Format

    ending = None if path == "-" else by_ending(path)
    if name is None:
        found = "jsonl" if path == "-" else ending
        if found is None and since is None and ENDING.search(path) and not Path(path).is_dir():
            there = ", ".join(one for one in BY_ENDING if one != ".txt")
            raise CorpusError(
                f"no format has the ending of {path!r}; there are {there}. --format parquet makes a folder of that name"
            )
        return found or "parquet"
    if name not in get_args(Format):
        raise CorpusError(f"there is no format {name!r}; there are: {', '.join(get_args(Format))}")
    if name == "edges" and ending == "csv":
        return "edges.csv"
    if ending not in (None, by_ending(ENDINGS[cast("Format", name)])):
        raise CorpusError(f"{path!r} ends as {ending} does, and --format says {name}: let them say the same")
    return name


def _sensible(options: Options, path: str) -> None:
    """Raises CorpusError for what only a person at a keyboard can mean wrongly."""
    from storage.corpus.fields import CorpusError

    if path == "-" and sys.stdout.isatty() and options.format not in READABLE:
        raise CorpusError(f"{options.format} is not for a terminal: name a file, or send it on with |")
    if options.as_of is not None and options.as_of > datetime.now(options.as_of.tzinfo):
        raise CorpusError(f"{options.as_of.isoformat()} is still to come: nobody knows how the archive will stand then")


def _kind(typed: str) -> str:
    return typed if typed == "any" else names.policy_kind(typed)


def _as_before(options: Options, manifest: Path, *, given: bool) -> Options:
    """The options of the earlier export, where nothing else was asked for."""
    from dataclasses import replace

    from storage.corpus.manifest import load
    from storage.corpus.options import Options

    before = Options.from_dict(load(manifest)["options"])
    untouched = Options(format=options.format, as_of=options.as_of)
    if options != untouched:
        return options
    return replace(before, as_of=options.as_of, format=options.format if given else before.format)


def _tell(done: Done, path: str, *, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        emit({"path": path, **asdict(done)})
        return
    told = f"{done.written:,} {plural(done.written, 'article')}"
    if done.withdrawn is not None:
        told = f"{done.written:,} new or changed, {done.withdrawn:,} withdrawn, {done.articles:,} in all"
    console.print(f"{told}, {_sized(done.size)} in {done.files} {plural(done.files, 'file')}: {path}", markup=False)
    console.print(f"with {', '.join(done.beside)}", markup=False)
    if not done.articles:
        console.print("No article is as the options ask; panxi status tells what the archive holds.", markup=False)


def _sized(size: int) -> str:
    """Bytes, as people say them."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"  # noqa: PLR2004
