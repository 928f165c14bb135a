"""How an answer becomes a response: the page with its frame, or one of its twins."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.web import session
from monitor.web.answer import FORMS, Answer, Asked, Form, Refused
from monitor.web.config import Config
from monitor.web.feed import feed
from monitor.web.limiter import Limiter

Render = Callable[..., str]


@dataclass(frozen=True, slots=True)
class State:
    """What all requests share."""

    config: Config
    render: Render
    searches: Limiter
    sign_ins: Limiter


def state(request: Request) -> State:
    """The application's state."""
    shared: State = request.app.state.panxi
    return shared


def signed_in(request: Request) -> str | None:
    """The request's session cookie, where it is good; else None."""
    token = state(request).config.token
    cookie = request.cookies.get(session.COOKIE, "")
    return cookie if token and session.is_session(token, cookie, time.time()) else None


def limit(request: Request, limiter: Limiter, what: str) -> None:
    """Refuses the request of an address that asks too often."""
    wait = limiter.wait(request.client.host if request.client else "", time.monotonic())
    if wait > 0:
        raise Refused(
            429,
            f"{what}太频繁，请 {wait:.0f} 秒后再试。" if wait >= 1 else f"{what}太频繁，请稍后再试。",
            hint="需要成批数据时，请用 panxi export 导出。",
            headers={"Retry-After": str(int(wait) + 1)},
        )


def answer(request: Request, view: Callable[[Asked], Answer], form: Form) -> Response:
    """Asks the view and serves its answer in the form that the address names."""
    config = state(request).config
    with config.engine.connect() as conn:
        asked = Asked(
            config=config,
            conn=conn,
            now=config.now(),
            pairs=tuple(request.query_params.multi_items()),
            path=request.path_params,
        )
        given = view(asked)
        if form == "json":
            return json(given.json())
        if form != "html":
            path, query = _page_of(request.url.path, form), f"?{request.url.query}" if request.url.query else ""
            base = str(request.base_url)
            page_address = base.rstrip("/") + path + query
            return feed(given, form, address=str(request.url), alternate=page_address, base=base, now=asked.now)
    return page(request, given.template, title=given.title, twins=_twins(request), **given.context)


def page(request: Request, template: str, *, title: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A template in the frame of all pages."""
    shared = state(request)
    cookie = signed_in(request)
    token = shared.config.token
    return HTMLResponse(
        shared.render(
            template,
            title=title,
            here=request.url.path,
            query=request.url.query,
            may_write=cookie is not None,
            has_token=token is not None,
            proof=session.form_proof(token, cookie) if token and cookie else "",
            **{"twins": None, **context},
        ),
        status,
        {"Cache-Control": "no-cache" if cookie is None else "no-store"},
    )


def json(value: Any, status: int = 200) -> Response:
    """JSON in UTF-8; a lone surrogate, which UTF-8 can't say, is U+FFFD."""
    return Response(
        orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS) + b"\n",
        status,
        {"Cache-Control": "no-cache"},
        media_type="application/json",
    )


def address(path: str, form: Form) -> str:
    """The path of a view's twin."""
    return path if form == "html" else f"{'/index' if path == '/' else path}.{form}"


def _page_of(path: str, form: Form) -> str:
    page_path = path.removesuffix(f".{form}")
    return "/" if page_path == "/index" else page_path


def _twins(request: Request) -> dict[str, str]:
    query = f"?{request.url.query}" if request.url.query else ""
    return {form: address(request.url.path, form) + query for form in FORMS if form != "html"}
