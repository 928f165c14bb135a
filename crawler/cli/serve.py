"""``panxi serve``: the web page, feeds, health and figures."""

from __future__ import annotations

import ipaddress
import os
import signal
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import DEFAULT_DB, Db, archive, console, fail
from crawler.cli.help import examples

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crawler.site import Site
    from monitor.web.config import Config, SourceCard
    from storage.runs import Last

app = typer.Typer(add_completion=False)
SHORTEST_TOKEN = 16
"""Characters: a token is guarded by a rate limit, and must not be guessed within it."""


@app.command(
    epilog=examples(
        "panxi serve",
        "panxi serve --port 8080",
        "PANXI_TOKEN=… panxi serve --host 0.0.0.0 --host-name news.example.org",
    )
)
def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; other than loopback: only with a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8423,
    host_name: Annotated[
        list[str] | None,
        typer.Option("--host-name", help="A name under which the page may be asked for, beside loopback."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", help="A file that holds the token for changes (or set PANXI_TOKEN); none: read-only."
        ),
    ] = None,
    db: Db = DEFAULT_DB,
) -> None:
    """Serve the archive as a web page on this machine, with feeds, /healthz and /metrics.

    Without a token nothing can be changed through it.
    """
    token = _token(token_file)
    if not _is_loopback(host) and token is None:
        fail(f"{host} can be reached from other machines: that needs a token", hint="set PANXI_TOKEN or --token-file")
    with archive(db) as engine:
        run(configured(engine, db, token=token, hosts=(host, *(host_name or ()))), host=host, port=port)


def run(config: Config, *, host: str, port: int) -> None:
    """Serves until stopped. Ends the command with code 2 where the address is taken."""
    import uvicorn

    from monitor.web.app import create_app

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(config),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=15,
            h11_max_incomplete_event_size=32 * 1024,
            limit_concurrency=200,
        )
    )
    try:
        listening = server.config.bind_socket()
    except SystemExit:
        fail(f"can't listen on {host}:{port}", hint="another program has the port? try --port 0")
    listening.listen()  # who reads the address below may ask at once
    name, number = listening.getsockname()[:2]
    console.print(f"http://{f'[{name}]' if ':' in name else name}:{number}/   (Ctrl-C stops)", markup=False)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: None)  # uvicorn ends well on both and then raises them again, for others
    server.run(sockets=[listening])


def configured(engine: Engine, db: str, *, token: str | None = None, hosts: tuple[str, ...] = ()) -> Config:
    """The page's configuration over an archive: what stands in it, and where its raw pages are."""
    from crawler.cli import names
    from crawler.open_archive import raw_folder
    from monitor.web.config import LOOPBACK_NAMES, Config
    from pipelines.text.encoding import decode
    from pipelines.text.script import to_simplified
    from storage.db import mapped

    return Config(
        engine=mapped(engine),
        fold=to_simplified,
        decode=lambda body, content_type: decode(body, content_type).text,
        raw=raw_folder(db, os.environ.get("PANXI_WARC_DIR")),
        sources=source_cards(),
        names={"region": names.region, "industry": names.industry, "source": names.source},
        called={**names.regions().shown, **names.industries().shown},
        home_region=home_region(),
        token=token,
        hosts=(*LOOPBACK_NAMES, *(f"[{name}]" if ":" in name else name for name in hosts)),
    )


def home_region() -> tuple[str, str] | None:
    """Code and name of the region that the profile watches first; None where it watches none."""
    from monitor.watches import profile

    regions = next((rule.regions for rule in profile().values() if rule.regions), ())
    code = next((region for region in regions if region.isdigit()), None)
    return None if code is None else (code, next((region for region in regions if not region.isdigit()), code))


def source_cards() -> dict[str, SourceCard]:
    """The sources as the page tells of them, by name."""
    from crawler.sites import SITES
    from monitor.web.config import SourceCard

    return {
        name: SourceCard(
            name=name,
            title=site.title,
            home=site.home,
            every=site.every,
            quiet_for=site.expects.quiet_for,
            verified=site.verified is not None,
            next_run=partial(_next_run, site),
        )
        for name, site in SITES.items()
    }


def _next_run(site: Site, last_run: datetime | None, went: Last | None, now: datetime) -> datetime:
    """As the schedule has it: within the source's hours, and sooner where the last crawl did not end whole."""
    from crawler.schedule import next_run, taken_up

    return next_run(site, last_run, now, None if went is None else taken_up(went))


def _token(file: Path | None) -> str | None:
    import os

    if file is None:
        token = os.environ.get("PANXI_TOKEN", "").strip() or None
    else:
        try:
            token = file.read_text("utf-8").strip()
        except OSError as error:
            fail(f"the token can't be read from {str(file)!r}: {error.strerror}")
        except UnicodeDecodeError:
            fail(f"the token can't be read from {str(file)!r}: it is not text", hint="openssl rand -hex 24 makes one")
    if token is not None and len(token) < SHORTEST_TOKEN:
        fail(
            f"the token has {len(token)} characters; at least {SHORTEST_TOKEN} are needed", hint="openssl rand -hex 24"
        )
    return token


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
