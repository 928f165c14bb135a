"""What changes something: signing in and out, watches, and dead letters. All by POST, all with a proof."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor import watches
from monitor.delivery import again
from monitor.web import session
from monitor.web.answer import LARGEST_ID, Asked, Refused
from monitor.web.question import read
from monitor.web.serving import limit, page, signed_in, state
from monitor.web.views.saving import LONGEST_NAME, rule_of
from monitor.web.views.search import described
from monitor.web.views.watch import found
from storage.db import writing

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


async def save_watch(request: Request) -> Response:
    """Saves the question of a search as a watch; one that is saved already is shown."""
    form = await _proven(request)
    question = read(parse_qsl(str(form.get("question", ""))))
    rule = rule_of(question)
    config = state(request).config

    def save(conn: Connection) -> int:
        asked = Asked(config=config, conn=conn, now=config.now())
        name = described(question, asked)[:LONGEST_NAME]
        try:
            known = watches.by_name(conn, name)
        except watches.RuleError as error:
            raise Refused(409, f"关注“{name}”已存在，但这个版本读不懂它：{error}") from error
        return (known or watches.add(conn, name, rule, now=asked.now)).id

    return RedirectResponse(f"/watches/{await _write(request, save)}", SEE_OTHER)


async def remove_watch(request: Request) -> Response:
    """Removes a watch; one of the profile's is turned off."""
    await _proven(request)
    config = state(request).config

    def remove(conn: Connection) -> None:
        asked = Asked(config=config, conn=conn, now=config.now(), path=request.path_params)
        watches.remove(conn, found(asked).name)

    await _write(request, remove)
    return RedirectResponse("/watches", SEE_OTHER)


async def send_again(request: Request) -> Response:
    """Puts a dead letter back among those that wait."""
    await _proven(request)
    number, now = request.path_params["id"], state(request).config.now()
    if number > LARGEST_ID or not await _write(request, lambda conn: again(conn, [number], now=now)):
        raise Refused(404, "没有这条搁置的提醒。", hint="它可能已经重新发送。")
    return RedirectResponse("/operations#deliveries", SEE_OTHER)


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
    Route("/watches", save_watch, methods=["POST"]),
    Route("/watches/{id:int}/remove", remove_watch, methods=["POST"]),
    Route("/deliveries/{id:int}/again", send_again, methods=["POST"]),
)
