"""Answers that are no pages: health, figures, the raw page as text, and word to robots."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor import feeds, metrics
from monitor.web.answer import Asked
from monitor.web.serving import json, state
from monitor.web.views.article import found, raw_text
from monitor.web.views.watch import found as watch
from storage.schema import run, source

SANDBOXED = "sandbox; default-src 'none'; frame-ancestors 'none'"


def health(request: Request) -> Response:
    """Whether the archive answers: 200, or 503 by the application's handler where it does not.

    Sources are counted by the state that ``monitor.health`` last gave them; one that is ill does not make this
    server so.
    """
    with state(request).config.engine.connect() as conn:
        sources = conn.execute(select(source.c.state, func.count()).group_by(source.c.state)).all()
        last = conn.execute(select(run.c.finished_at).order_by(run.c.started_at.desc()).limit(1)).scalar_one_or_none()
    return json({"status": "ok", "last_run_finished_at": last, "sources": {row[0]: row[1] for row in sources}})


def figures(request: Request) -> Response:
    """The figures in Prometheus' text form."""
    with state(request).config.engine.connect() as conn:
        return PlainTextResponse(metrics.text(conn), media_type=metrics.CONTENT_TYPE)


def raw(request: Request) -> Response:
    """The raw page of an article as plain text, and nothing a browser could take for anything else."""
    config = state(request).config
    with config.engine.connect() as conn:
        asked = Asked(config=config, conn=conn, now=config.now(), path=request.path_params)
        _, text = raw_text(asked, found(asked))
    return PlainTextResponse(
        text.encode("utf-8", "replace"),
        headers={
            "Content-Security-Policy": SANDBOXED,
            "Content-Disposition": f'inline; filename="panxi-{asked.id()}.txt"',
        },
    )


def days(request: Request) -> Response:
    """The days of the documents that a watch told of, as a calendar."""
    config = state(request).config
    with config.engine.connect() as conn:
        one = watch(Asked(config=config, conn=conn, now=config.now(), path=request.path_params))
        return Response(
            feeds.calendar(feeds.appointments(conn, one), title=one.name), media_type="text/calendar; charset=utf-8"
        )


def robots(_request: Request) -> Response:
    """No robot has business here."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


ROUTES = (
    Route("/healthz", health),
    Route("/metrics", figures),
    Route("/articles/{id:int}/raw.txt", raw),
    Route("/watches/{id:int}.ics", days),
    Route("/robots.txt", robots),
)
