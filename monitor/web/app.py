"""The page's routes, and what is said when something is refused or goes wrong."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import anyio.to_thread
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from monitor.web import actions, plain
from monitor.web.answer import FORMS, Answer, Asked, Form, Refused
from monitor.web.config import Config
from monitor.web.guard import Guard
from monitor.web.limiter import Limiter
from monitor.web.question import BadQuestion
from monitor.web.render import STATIC, environment
from monitor.web.serving import State, address, answer, json, limit, page, state
from monitor.web.views import article, compare, home, operations, policy, search, source, watch

log = logging.getLogger(__name__)

View = Callable[[Asked], Answer]
VIEWS: Mapping[str, View] = {
    "/": home.home,
    "/search": search.search,
    "/articles/{id:int}": article.article,
    "/articles/{id:int}/raw": article.raw_page,
    "/articles/{id:int}/revisions/{number:int}": compare.revision,
    "/articles/{id:int}/compare/{other:int}": compare.reprint,
    "/policy": policy.time_line,
    "/policy/{id:int}": policy.record,
    "/operations": operations.operations,
    "/sources/{name}": source.source,
    "/watches": watch.watches,
    "/watches/{id:int}": watch.watch,
}
LIMITED = frozenset({"/search"})
"""Views that cost the index a look-up."""
LARGEST_FORM = 64 * 1024
WORKERS = 2
"""Threads that answer, in the order of asking: while one waits for the database the other has the interpreter."""


def create_app(config: Config) -> Starlette:
    """The ASGI application; nothing is opened before the first request."""
    env = environment(config.now)
    app = Starlette(
        routes=[*_pages(), *plain.ROUTES, *actions.ROUTES, Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[
            Middleware(Guard, hosts=config.hosts),
            Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_FORM),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=1),
        ],
        exception_handlers={
            HTTPException: _http_error,
            Refused: _refused,
            BadQuestion: _bad_question,
            DBAPIError: _archive_error,
            PoolTimeoutError: _archive_error,
            Exception: _fault,
        },
        lifespan=_lifespan,
    )
    app.state.panxi = State(
        config=config,
        render=lambda template, **context: env.get_template(template).render(**context),
        searches=Limiter(burst=config.search_burst, rate=config.search_rate),
        sign_ins=Limiter(burst=5, rate=1 / 30),
    )
    return app


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = WORKERS
    # An answer is made of thousands of objects that die with it, and what is loaded by now stays: looking for cycles
    # among them took a sixth of the time.
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 50, 100)
    gc.freeze()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


def _pages() -> list[BaseRoute]:
    """Each view at its path, and its twins at the path with their ending."""
    return [Route(address(path, form), _endpoint(path, view, form)) for path, view in VIEWS.items() for form in FORMS]


def _endpoint(path: str, view: View, form: Form) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        if path in LIMITED:
            limit(request, state(request).searches, "检索")
        return answer(request, view, form)

    return endpoint


# --- what is said when there is no answer -----------------------------------------------------------------

SENTENCES = {
    404: ("没有这一页。", "它可能已被移走，或者网址不完整。"),
    405: ("这个网址不接受这种请求。", ""),
    413: ("提交的内容太大。", ""),
}


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence, hint = SENTENCES.get(error.status_code, ("这个请求没有办成。", ""))
    return _said(request, error.status_code, sentence, hint, error.headers)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _said(request, error.status, error.sentence, error.hint, error.headers)


def _bad_question(request: Request, error: Exception) -> Response:
    return _said(request, 400, str(error), "")


def _archive_error(request: Request, error: Exception) -> Response:
    log.error("the archive did not answer %r: %r", request.url.path, error)
    return _said(
        request,
        503,
        "档案库暂时没有应答。",
        "数据不会因此丢失；请稍后重试，或让管理员查看 panxi serve 的日志。",
        {"Retry-After": "10"},
    )


def _fault(request: Request, error: Exception) -> Response:
    log.error("a fault in %r", request.url.path, exc_info=error)
    return _said(request, 500, "这一页出错了。", "这是程序的错误，详情已写入 panxi serve 的日志。")


def _said(
    request: Request, status: int, sentence: str, hint: str, headers: Mapping[str, str] | None = None
) -> Response:
    if request.url.path.endswith((".json", ".atom")) or "authorization" in request.headers:
        response = json({"error": sentence, "hint": hint or None}, status)
    else:
        response = page(request, "error.html", title=sentence, status=status, code=status, hint=hint)
    response.headers.update(headers or {})
    return response
