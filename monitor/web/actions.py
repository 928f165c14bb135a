"""What changes something: signing in and out, watches, and dead letters. All by POST, all with a proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor import watches
from monitor.delivery import again
from monitor.watches import Watch
from monitor.web import session
from monitor.web.answer import LARGEST_ID, Asked, Refused
from monitor.web.reads.searching import unknown
from monitor.web.serving import json, limit, page, signed_in, state
from monitor.web.views.saving import asked_for, names_for, rule_of
from monitor.web.views.search import coded, described, named
from monitor.web.views.watch import found
from monitor.web.words import FACET
from storage.db import writing
from storage.query import shown

SEE_OTHER = 303
MOST_FIELDS = 200
READ_ONLY = "这个网页是只读的。"
"""Said to who wants to write where no token is set."""
ENCODE = "值里的 & 要编码，例如 curl --data-urlencode 'question=q=钒钛&region=510400'。"
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
    """Saves the question of a search as a watch; one that is saved already is shown. A program gets it as JSON."""
    form = await _proven(request, "question")
    question = asked_for(str(form.get("question", "")))
    config = state(request).config

    def save(conn: Connection) -> tuple[Watch, bool]:
        asked = Asked(config=config, conn=conn, now=config.now())
        meant = coded(question, config)
        for facet, value in unknown(conn, meant, config.sources):
            if not named(facet, value, config):
                raise Refused(400, f"没有{FACET[facet]}“{shown(value)}”。", hint="可以用名称或代码。")
        rule = rule_of(meant)
        for name in names_for(described(meant, asked)):
            try:
                known = watches.by_name(conn, name)
            except watches.RuleError as error:
                raise Refused(409, f"关注“{name}”已存在，但这个版本读不懂它：{error}") from error
            if known is None:
                return watches.add(conn, name, rule, now=asked.now), True
            if known.rule == rule:
                return known, False
        raise AssertionError("names never end")

    watch, new = await _write(request, save)
    address = f"/watches/{watch.id}"
    if not _by_token(request):
        return RedirectResponse(address, SEE_OTHER)
    response = json(asdict(watch), 201 if new else 200)
    response.headers["Location"] = address
    return response


async def remove_watch(request: Request) -> Response:
    """Removes a watch; one of the profile's is turned off."""
    await _proven(request)
    config = state(request).config

    def remove(conn: Connection) -> None:
        asked = Asked(config=config, conn=conn, now=config.now(), path=request.path_params)
        watches.remove(conn, found(asked).name)

    await _write(request, remove)
    return _done(request, "/watches")


async def send_again(request: Request) -> Response:
    """Puts a dead letter back among those that wait."""
    await _proven(request)
    number, now = request.path_params["id"], state(request).config.now()
    if number > LARGEST_ID or not await _write(request, lambda conn: again(conn, [number], now=now)):
        raise Refused(404, "没有这条搁置的提醒。", hint="它可能已经重新发送。")
    return _done(request, "/operations#deliveries")


def _done(request: Request, page_address: str) -> Response:
    """A person goes on to a page; a program is told that it is done."""
    return Response(status_code=204) if _by_token(request) else RedirectResponse(page_address, SEE_OTHER)


def _by_token(request: Request) -> bool:
    return "authorization" in request.headers


async def _proven(request: Request, *fields: str) -> Any:
    """The form of who may write: by the cookie with the form's proof, or by the token in the header.

    A header is never sent by a browser on another site's behalf: it needs no proof. A form has these fields and no
    others: what is not known is a part of a value whose & was not encoded.
    """
    token = state(request).config.token
    if token is None:
        raise Refused(403, READ_ONLY, hint=HOW_TO_WRITE)
    form = await _form(request)
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if session.is_token(token, shown):
            return _known(form, fields)
        limit(request, state(request).sign_ins, "登录")
        raise Refused(403, "令牌不对。")
    cookie = signed_in(request)
    if cookie is None:
        raise Refused(401, "请先登录。", hint="登录后再试一次。")
    if not session.is_form_proof(token, cookie, str(form.get("proof", ""))):
        raise Refused(403, "表单已失效。", hint="请回到原来的页面，刷新后再提交。")
    return _known(form, fields)


async def _form(request: Request) -> FormData:
    """What was sent. Starlette reads bytes that were not encoded, which curl -d sends, as another script's letters."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return await request.form(max_files=0, max_fields=MOST_FIELDS)
    try:
        body = (await request.body()).decode()
        pairs = [*parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)]
    except ValueError:
        raise Refused(400, "表单读不懂：不是 UTF-8，或者项目太多。") from None
    return FormData([(name, value) for name, value in pairs])


def _known(form: FormData, fields: Sequence[str]) -> FormData:
    given = [name for name, _ in form.multi_items()]
    for name in given:
        if name not in (*fields, "proof"):
            raise Refused(400, f"表单里没有“{shown(name)}”这一项。", hint=ENCODE)
        if given.count(name) > 1:
            raise Refused(400, f"表单里“{name}”写了不止一次。")
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
