"""Who may ask, who may write, and what each answer carries."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from crawler.cli import serve
from monitor import watches
from monitor.web import session
from monitor.web.app import create_app
from monitor.web.config import Config
from monitor.web.limiter import Limiter
from monitor.web.plain import SANDBOXED
from storage.schema import delivery
from tests.monitor.web.conftest import TOKEN


def sign_in(client: TestClient) -> str:
    """Signs in; returns the proof that forms carry."""
    answer = client.post("/sign-in", data={"token": TOKEN}, follow_redirects=False)
    assert answer.status_code == 303
    return session.form_proof(TOKEN, client.cookies[session.COOKIE])


BEARER = {"Authorization": f"Bearer {TOKEN}"}


def saved(client: TestClient) -> list[str]:
    with client.app.state.panxi.config.engine.connect() as conn:  # type: ignore[attr-defined]
        return [one.name for one in watches.every(conn)]


def state_of(client: TestClient, number: int) -> str:
    with client.app.state.panxi.config.engine.connect() as conn:  # type: ignore[attr-defined]
        return str(conn.execute(select(delivery.c.state).where(delivery.c.id == number)).scalar_one())


@pytest.fixture
def fresh(config: Config) -> Iterator[TestClient]:
    with TestClient(create_app(config), raise_server_exceptions=False) as client:
        yield client


def test_every_answer_is_guarded(client: TestClient) -> None:
    for path in (
        "/",
        "/search?q=x",
        "/articles/1",
        "/nowhere",
        "/search.json",
        "/search.atom",
        "/static/style.css",
        "/healthz",
    ):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"


def test_the_policy_forbids_what_the_page_does_not_do(client: TestClient) -> None:
    for path in ("/", "/search?q=钒钛", "/articles/61", "/operations", "/policy"):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page.replace("&lt;style", "")
        assert " onclick=" not in page


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "169.254.169.254", "", "localhost:80:80", "evil.example:8423"]
)
def test_a_foreign_host_header_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8423", "127.0.0.1:1"])
def test_our_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_without_a_token_nothing_can_be_written(config: Config) -> None:
    with TestClient(create_app(replace(config, token=None))) as client:
        for path in ("/watches", "/watches/1/remove", "/deliveries/3/again", "/sign-in", "/sign-out"):
            assert (
                client.post(path, data={"token": "", "proof": ""}, headers={"Authorization": "Bearer "}).status_code
                == 403
            ), path
        assert "存为关注" not in client.get("/search?q=钒钛").text


def test_reading_needs_no_token(client: TestClient) -> None:
    assert client.get("/articles/1").status_code == 200


def test_a_wrong_token_is_refused_and_soon_slowed_down(fresh: TestClient) -> None:
    codes = [fresh.post("/sign-in", data={"token": f"guess{n}"}).status_code for n in range(8)]
    assert codes[0] == 403
    assert codes[-1] == 429
    assert session.COOKIE not in fresh.cookies


def test_guesses_by_header_are_slowed_down_too(fresh: TestClient) -> None:
    codes = [fresh.post("/watches", headers={"Authorization": f"Bearer guess{n}"}).status_code for n in range(8)]
    assert codes[0] == 403
    assert codes[-1] == 429


def test_the_cookie_can_not_be_read_or_sent_from_elsewhere(fresh: TestClient) -> None:
    answer = fresh.post("/sign-in", data={"token": TOKEN}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie


def test_a_form_without_its_proof_changes_nothing(on_each: TestClient) -> None:
    proof = sign_in(on_each)
    before = saved(on_each)
    for wrong in ("", "0" * 64, proof[:-1] + ("0" if proof[-1] != "0" else "1")):
        assert on_each.post("/watches", data={"question": "q=钒钛", "proof": wrong}).status_code == 403
        assert on_each.post("/deliveries/3/again", data={"proof": wrong}).status_code == 403
    assert saved(on_each) == before
    assert state_of(on_each, 3) == "dead"


def test_a_form_sent_by_another_site_changes_nothing(fresh: TestClient) -> None:
    proof = sign_in(fresh)
    before = saved(fresh)
    for site in ("cross-site", "same-site"):
        answer = fresh.post("/watches", data={"question": "q=钒钛", "proof": proof}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert saved(fresh) == before


def test_a_proof_of_another_session_is_none(fresh: TestClient) -> None:
    sign_in(fresh)
    other = session.form_proof(TOKEN, session.new_session(TOKEN, 0))
    assert fresh.post("/watches", data={"question": "q=钒钛", "proof": other}).status_code == 403


def test_a_get_changes_nothing(fresh: TestClient) -> None:
    sign_in(fresh)
    for path in ("/watches/1/remove", "/deliveries/3/again", "/sign-out"):
        assert fresh.get(path).status_code == 405
    assert "攀枝花政策" in saved(fresh)


def test_watches_are_saved_and_removed(on_each: TestClient) -> None:
    proof = sign_in(on_each)
    page = on_each.get("/search?q=釩鈦&region=510400&kind=意见")
    assert "存为关注" in page.text
    answer = on_each.post("/watches", data={"question": "q=釩鈦&region=510400&kind=意见&industry=C32", "proof": proof})
    assert answer.status_code == 200
    assert answer.url.path == "/watches/2"
    told = on_each.get("/watches/2.json").json()
    assert told["rule"]["words"] == "釩鈦"
    assert told["rule"]["regions"] == ["510400"]
    assert told["rule"]["scope"] == "policy"
    assert told["rule"]["industries"] == ["C32"]
    again = on_each.post("/watches", data={"question": "q=釩鈦&region=510400&kind=意见&industry=C32", "proof": proof})
    assert again.url.path == "/watches/2"
    assert on_each.get("/watches/2.ics").text.startswith("BEGIN:VCALENDAR")
    assert on_each.post("/watches/2/remove", data={"proof": proof}).status_code == 200
    assert on_each.get("/watches/2").status_code == 404


def test_what_a_watch_can_not_ask_is_refused_with_a_reason(fresh: TestClient) -> None:
    proof = sign_in(fresh)
    for question in ("", "relation=nonsense", "page=0"):
        answer = fresh.post("/watches", data={"question": question, "proof": proof})
        assert answer.status_code == 400, question
    assert saved(fresh) == ["攀枝花政策"]


def test_a_dead_letter_is_sent_again_once(on_each: TestClient) -> None:
    proof = sign_in(on_each)
    assert on_each.post("/deliveries/3/again", data={"proof": proof}).status_code == 200
    assert state_of(on_each, 3) == "waiting"
    assert on_each.post("/deliveries/3/again", data={"proof": proof}).status_code == 404
    assert on_each.post("/deliveries/99999999999999999999/again", data={"proof": proof}).status_code == 404


def test_a_program_writes_with_the_token_alone(fresh: TestClient) -> None:
    answer = fresh.post("/sign-out", headers=BEARER, follow_redirects=False)
    assert answer.status_code == 303
    question = "q=釩鈦&region=510400"
    made = fresh.post("/watches", data={"question": question}, headers=BEARER, follow_redirects=False)
    assert (made.status_code, made.headers["location"]) == (201, "/watches/2")
    assert made.json()["name"] == "釩鈦 · 攀枝花市"
    assert made.json()["rule"]["regions"] == ["510400"]
    assert made.json()["rule"] == fresh.get("/watches/2.json").json()["rule"]
    again = fresh.post("/watches", data={"question": question}, headers=BEARER, follow_redirects=False)
    assert (again.status_code, again.json()["id"]) == (200, 2)
    gone = fresh.post("/watches/2/remove", headers=BEARER, follow_redirects=False)
    assert (gone.status_code, gone.content) == (204, b"")
    assert fresh.post("/deliveries/3/again", headers=BEARER, follow_redirects=False).status_code == 204
    missing = fresh.post("/watches/99/remove", headers=BEARER)
    assert (missing.status_code, set(missing.json())) == (404, {"error", "hint"})


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("question=q=钒钛&region=510400", "region"),  # an & that was not encoded
        ("question=q%3D钒钛&foo=1", "foo"),
        ("question=q%3D钒钛&question=q%3D石墨", "question"),
        ("question=q%3D钒钛%26regin%3D510400", "regin"),
        ("question=钒钛", "钒钛"),
        ("question=q%3D钒%2500钛", "控制字符"),
        ("question=q%3D钒%250A钛", "控制字符"),
        ("question=q%3D钒%25E2%2580%25AE钛", "控制字符"),
        ('{"q": "钒钛"}', "表单"),
        ("question=q%3D钒钛".encode("gb18030"), "UTF-8"),
        ("question=q%3D钒钛%26region%3D999", "999"),
        ("question=q%3D钒钛%26source%3Dnobody", "nobody"),
    ],
)
def test_a_form_that_is_not_understood_is_refused_and_nothing_is_saved(
    fresh: TestClient, form: str | bytes, said: str
) -> None:
    headers = BEARER | {"Content-Type": "application/x-www-form-urlencoded"}
    answer = fresh.post("/watches", content=form, headers=headers)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert saved(fresh) == ["攀枝花政策"]


def test_a_watch_asks_for_the_code_of_a_name_also_before_an_article_has_it(config: Config) -> None:
    def lookup(typed: str) -> str:
        if typed not in ("海南省", "460000"):
            raise ValueError(typed)
        return "460000"

    with TestClient(create_app(replace(config, names={"region": lookup}))) as client:
        made = client.post("/watches", data={"question": "region=海南省"}, headers=BEARER)
        assert (made.status_code, made.json()["rule"]["regions"]) == (201, ["460000"])
        client.post(f"/watches/{made.json()['id']}/remove", headers=BEARER)


def test_a_wide_blank_is_no_control_character(fresh: TestClient) -> None:
    form = BEARER | {"Content-Type": "application/x-www-form-urlencoded"}
    made = fresh.post("/watches", content="question=q%3D钒钛\u3000石墨", headers=form)
    assert (made.status_code, made.json()["name"]) == (201, "钒钛 石墨")


def test_two_questions_that_begin_alike_are_two_watches(fresh: TestClient) -> None:
    long = "钒钛磁铁矿" * 20
    one, two = (fresh.post("/watches", data={"question": f"q={long}{end}"}, headers=BEARER).json() for end in "甲乙")
    assert one["id"] != two["id"]
    assert two["name"] == f"{one['name']}（2）"
    assert two["rule"]["words"].endswith("乙")


def test_signing_out_ends_it(fresh: TestClient) -> None:
    proof = sign_in(fresh)
    fresh.post("/sign-out", data={"proof": proof})
    assert session.COOKIE not in fresh.cookies


def test_signing_in_never_leads_to_another_site(fresh: TestClient) -> None:
    for back in (
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:x",
        "///evil.example",
    ):
        answer = fresh.post("/sign-in", data={"token": TOKEN, "back": back}, follow_redirects=False)
        if answer.status_code == 429:
            break
        assert answer.headers["location"] == "/", back


def test_sessions_run_out_and_die_with_their_token() -> None:
    cookie = session.new_session(TOKEN, 1_000)
    assert session.is_session(TOKEN, cookie, 1_000 + session.LASTS - 1)
    assert not session.is_session(TOKEN, cookie, 1_000 + session.LASTS + 1)
    assert not session.is_session("another-token-entirely", cookie, 1_001)
    expiry, nonce, signature = cookie.split(".")
    assert not session.is_session(TOKEN, f"{int(expiry) + 9}.{nonce}.{signature}", 1_001)
    for nonsense in ("", ".", "..", "a.b.c", "é.ü.ß", cookie + "x"):
        assert not session.is_session(TOKEN, nonsense, 0)


def test_searches_are_limited_and_pages_are_not(config: Config) -> None:
    with TestClient(create_app(replace(config, search_burst=3, search_rate=0.1))) as client:
        codes = [client.get("/search?q=钒钛").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        refused = client.get("/search.json?q=钒钛")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/articles/1").status_code == 200


def test_the_limiter_refills_keeps_addresses_apart_and_forgets() -> None:
    limiter = Limiter(burst=2, rate=1.0, keys=2)
    assert [limiter.wait("a", 0.0) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert limiter.wait("b", 0.0) == 0.0
    assert limiter.wait("a", 1.0) == 0.0
    assert limiter.wait("a", 1.0) == 1.0
    limiter.wait("c", 1.0)
    assert len(limiter._buckets) == 2


def test_a_form_that_is_too_large_is_refused(fresh: TestClient) -> None:
    assert fresh.post("/sign-in", data={"token": "x" * 200_000}).status_code == 413


def test_an_address_that_is_too_long_is_refused(client: TestClient) -> None:
    assert client.get("/search?q=" + "x" * 9_000).status_code == 414


def test_pages_of_who_is_signed_in_are_not_stored(fresh: TestClient) -> None:
    assert fresh.get("/").headers["cache-control"] == "no-cache"
    sign_in(fresh)
    assert fresh.get("/").headers["cache-control"] == "no-store"


def test_raw_text_is_sandboxed(client: TestClient) -> None:
    assert client.get("/articles/61/raw.txt").headers["content-security-policy"] == SANDBOXED


def test_what_is_refused_is_logged_in_one_line(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        client.get("/a%0aFORGED%0d", headers={"Host": "evil.example"})
    assert len(caplog.records) == 1
    assert "\n" not in caplog.records[0].getMessage()


# --- panxi serve -----------------------------------------------------------------------------------------


def test_other_addresses_need_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import typer

    monkeypatch.delenv("PANXI_TOKEN", raising=False)
    for host in ("0.0.0.0", "::", "192.168.1.4", "example.org"):
        with pytest.raises(typer.Exit) as refused:
            serve.serve(host=host, port=0, db=f"sqlite:///{tmp_path / 'a.db'}")
        assert refused.value.exit_code == 2
    assert "needs a token" in capsys.readouterr().err


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    import typer

    (tmp_path / "token").write_text("short\n")
    with pytest.raises(typer.Exit):
        serve.serve(token_file=tmp_path / "token", db=f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(typer.Exit):
        serve.serve(token_file=tmp_path / "absent", db=f"sqlite:///{tmp_path / 'a.db'}")
