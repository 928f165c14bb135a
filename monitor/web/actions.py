"""What changes something: signing in and out, and sending a dead letter again. All by POST, all with a proof."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.web import session
from monitor.web.answer import LARGEST_ID, Refused
from monitor.web.serving import limit, page, signed_in, state
from storage.db import writing
from storage.schema import delivery

SEE_OTHER = 303
READ_ONLY = "这个网页是只读的。"
"""Said to who wants to write where no token is set."""
HOW_TO_WRITE = "要在网页上修改，请用 panxi serve --token-file 启动，或在命令行使用 panxi watch。"


def sign_in_page(request: Request) -> Response:
    """The form that asks for the token."""
    return page(request, "sign_in.html", title="登录", back=_inside(request.query_params.get("back", "/")), wrong=False)


async def sign_in(request: Request) -> Response:
    """Token to cookie."""
    token = state(request).config.token
    if token is None:
        raise Refused(403, READ_ONLY, hint=HOW_TO_WRITE)
    limit(request, state(request).sign_ins, "登录")
    form = await request.form(max_files=0, max_fields=10)
    back = _inside(str(form.get("back", "/")))
    if not session.is_token(token, str(form.get("token", ""))):
        return page(request, "sign_in.html", title="登录", status=403, back=back, wrong=True)
    response = RedirectResponse(back, SEE_OTHER)
    response.set_cookie(
        session.COOKIE,
        session.new_session(token, time.time()),
        max_age=session.LASTS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


async def sign_out(request: Request) -> Response:
    """Forgets the cookie."""
    await _proven(request)
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(session.COOKIE)
    return response


async def send_again(request: Request) -> Response:
    """Puts a dead letter back among those that wait."""
    await _proven(request)
    number = request.path_params["id"]
    await _write(request, lambda conn: _revive(conn, number))
    return RedirectResponse("/operations#deliveries", SEE_OTHER)


def _revive(conn: Connection, number: int) -> None:
    dead = (delivery.c.id == number, delivery.c.state == "dead")
    values = {"state": "waiting", "attempts": 0, "next_try_at": None}
    if number > LARGEST_ID or conn.execute(update(delivery).where(*dead).values(values)).rowcount == 0:
        raise Refused(404, "没有这条搁置的投递。", hint="它可能已经重新发送。")


async def _proven(request: Request) -> Any:
    """The form of who may write: by the cookie with the form's proof, or by the token in the header.

    A header is never sent by a browser on another site's behalf: it needs no proof.
    """
    token = state(request).config.token
    if token is None:
        raise Refused(403, READ_ONLY, hint=HOW_TO_WRITE)
    form = await request.form(max_files=0, max_fields=200)
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if session.is_token(token, shown):
            return form
        limit(request, state(request).sign_ins, "登录")
        raise Refused(403, "令牌不对。")
    cookie = signed_in(request)
    if cookie is None:
        raise Refused(401, "请先登录。", hint="登录后再试一次。")
    if not session.is_form_proof(token, cookie, str(form.get("proof", ""))):
        raise Refused(403, "表单已失效。", hint="请回到原来的页面，刷新后再提交。")
    return form


async def _write(request: Request, change: Callable[[Connection], Any]) -> Any:
    def transaction() -> Any:
        with writing(state(request).config.engine).begin() as conn:
            return change(conn)

    return await run_in_threadpool(transaction)


def _inside(path: str) -> str:
    """The path where it is one of ours: a redirect must not lead to another site."""
    parts = urlsplit(path.replace("\\", "/"))
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc else "/"


ROUTES = (
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/deliveries/{id:int}/again", send_again, methods=["POST"]),
)
