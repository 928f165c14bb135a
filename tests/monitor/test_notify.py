from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import timedelta

import pytest
import requests
from lxml.html import fromstring

from crawler.guards.networks import refusal
from monitor.channels import Channel
from monitor.messages import digest, message
from monitor.notify import NotSentError, redacted, send
from monitor.wire import recorded
from tests.monitor.telling import NOW, mailbox, receiver

PAYLOAD = {
    "key": "1:policy:2:issued",
    "kind": "new",
    "watch": "攀枝花",
    "title": "攀枝花市甲规划出台\r\nBcc: everyone@example.com\x00",
    "url": "http://www.example/1",
    "published_at": "2026-11-23T12:00:00+08:00",
    "policy": {"title": "攀枝花市甲规划", "issuers": ["攀枝花市政府"], "number": "攀府发〔2026〕2号"},
}
MESSAGE = message(PAYLOAD)
TOKEN = "a1b2c3d4-secret-token-e5f6"
LOCAL = ("127.0.0.1",)


def channel(url: str, **more) -> Channel:
    return Channel(name="x", url=url, **({"allow": LOCAL} | more))


def give(to: Channel) -> None:
    send(to, MESSAGE, now=NOW, refusal=refusal)


def test_a_webhook_is_signed_and_names_its_key() -> None:
    with receiver() as hook:
        give(channel(f"{hook.url}/{TOKEN}", secret="shared"))
    (got,) = hook.got
    stamp = got.headers["x-panxi-timestamp"]
    expected = hmac.new(b"shared", stamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-panxi-signature"] == f"sha256={expected}"
    assert got.headers["idempotency-key"] == got.json["key"] == PAYLOAD["key"]
    assert got.json["alerts"][0]["policy"]["number"] == "攀府发〔2026〕2号"
    assert got.json["title"] == "【新政策】《攀枝花市甲规划》"


def test_without_a_secret_nothing_is_signed() -> None:
    with receiver() as hook:
        give(channel(hook.url))
    assert "x-panxi-signature" not in hook.got[0].headers


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_what_a_webhook_refuses_was_not_sent(status: int) -> None:
    with receiver((status, b"http://127.0.0.1:1/")) as hook, pytest.raises(NotSentError, match=str(status)) as refused:
        give(channel(hook.url))
    assert len(hook.got) == 1
    assert refused.value.retry_after == (timedelta(hours=2) if status == 429 else None)


def test_a_receiver_that_is_down_was_not_sent_to() -> None:
    with receiver() as hook:
        url = hook.url
    with pytest.raises(NotSentError, match="connection"):
        give(channel(f"{url}/{TOKEN}"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://169.254.169.254/"]
)
def test_case_18_a_webhook_in_a_closed_network_is_refused_unless_it_is_allowed_by_name(url: str) -> None:
    with pytest.raises(NotSentError, match="closed network"):
        give(channel(url, allow=()))


def test_the_address_that_is_judged_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    answers = [[(2, 1, 6, "", ("93.184.216.34", 80))], [(2, 1, 6, "", ("127.0.0.1", 80))]]
    asked: list[str] = []

    def rebinding(host: str, *_: object, **__: object) -> list:
        asked.append(host)
        if host[0].isdigit():
            raise OSError("not reached in a test")
        return answers.pop(0)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with pytest.raises(NotSentError):
        give(channel("http://rebinding.example/", allow=()))
    assert asked == ["rebinding.example", "93.184.216.34"]


def test_a_proxy_of_the_environment_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with receiver() as hook:
        give(channel(hook.url))
    assert len(hook.got) == 1


def test_requests_are_as_they_were_afterwards() -> None:
    send_before = requests.Session.send
    with pytest.raises(ZeroDivisionError), recorded(refusal):
        1 / 0  # noqa: B018
    assert requests.Session.send is send_before


# --- Apprise ----------------------------------------------------------------------------------------------


def vendor(monkeypatch: pytest.MonkeyPatch, scheme: str, base: str) -> str:
    """An Apprise address of a vendor whose server is the receiver."""
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu
    from apprise.plugins.wecombot import NotifyWeComBot

    monkeypatch.setattr(NotifyFeishu, "notify_url", base + "/feishu/{token}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", base + "/dingtalk/{token}")
    monkeypatch.setattr(NotifyWeComBot, "notify_url", base + "/wecom/{key}", raising=False)
    return {
        "feishu": f"feishu://{TOKEN}",
        "dingtalk": f"dingtalk://{TOKEN.replace('-', '')}",
        "json": f"json://user:{TOKEN}@{base.removeprefix('http://')}/path",
    }[scheme]


@pytest.mark.parametrize(
    ("scheme", "answer"),
    [
        ("feishu", b'{"code":19024,"msg":"Key Words Not Found"}'),
        ("feishu", b'{"StatusCode":9499,"StatusMessage":"Bad Request"}'),
        ("dingtalk", b'{"errcode":310000,"errmsg":"keywords not in content"}'),
        ("json", b'{"errcode":93000,"errmsg":"invalid webhook url"}'),
        ("json", b'{"ok":false,"description":"chat not found"}'),
    ],
)
def test_two_hundred_with_an_error_inside_is_a_failure(monkeypatch, scheme: str, answer: bytes) -> None:
    with receiver((200, answer)) as hook, pytest.raises(NotSentError, match="HTTP 200, but"):
        give(channel(vendor(monkeypatch, scheme, hook.url)))
    assert len(hook.got) == 1


@pytest.mark.parametrize(
    ("scheme", "answer"),
    [
        ("feishu", b'{"code":0,"msg":"success","data":{}}'),
        ("dingtalk", b'{"errcode":0,"errmsg":"ok"}'),
        ("json", b'{"code":200,"message":"success"}'),
        ("json", b'{"ok":true}'),
        ("json", b"ok"),
        ("json", b"[]"),
        ("json", b""),
    ],
)
def test_a_vendor_that_took_it_took_it(monkeypatch, scheme: str, answer: bytes) -> None:
    with receiver((200, answer)) as hook:
        give(channel(vendor(monkeypatch, scheme, hook.url)))
    assert "攀府发〔2026〕2号" in hook.got[0].json.get("content", {}).get("text", "") or scheme != "feishu"


def test_an_address_that_apprise_does_not_know() -> None:
    with pytest.raises(NotSentError, match="does not know"):
        give(channel(f"nosuch://{TOKEN}"))


def test_mail_arrives_with_its_fields_and_no_header_of_the_pages() -> None:
    with mailbox() as (port, got):
        give(channel(f"mailto://127.0.0.1:{port}?from=panxi@example.com&to=reader@example.com&mode=insecure"))
    (mail,) = got
    assert mail["To"] == "reader@example.com"
    assert mail["Subject"] == "【新政策】《攀枝花市甲规划》"
    assert mail["X-Panxi-Key"] == PAYLOAD["key"]
    assert mail["Bcc"] is None
    text = mail.get_body(("plain", "html")).get_content()
    assert "攀府发〔2026〕2号" in text
    assert "http://www.example/1" in text


@pytest.mark.parametrize("form", ["", "&format=html", "&format=text"])
def test_the_lines_of_a_mail_stay_lines_in_each_of_its_parts(form: str) -> None:
    title = "AT&T <b>参与</b>  &amp; 研发"
    url = "http://www.example/1?a=1&b=<i>"
    told = message(PAYLOAD | {"title": title, "url": url})
    with mailbox() as (port, got):
        at = f"mailto://127.0.0.1:{port}?from=panxi@example.com&to=reader@example.com&mode=insecure{form}"
        send(channel(at), told, now=NOW, refusal=refusal)
    (mail,) = got
    parts = {part.get_content_subtype(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    assert set(parts) == ({"plain"} if form == "&format=text" else {"plain", "html"})
    lines = [" ".join(line.split()) for line in parts["plain"].splitlines()]
    assert lines == [" ".join(line.split()) for line in told.text.splitlines()]
    if html := parts.get("html"):
        shown = fromstring(html)
        assert {each.tag for each in shown.iter()} <= {"html", "body", "p", "div", "span", "br", "a"}
        assert shown.xpath("//a/@href") == [url]
        for line in shown.iter("br"):
            line.tail = "\n" + (line.tail or "")
        assert shown.text_content().split("\n") == told.text.split("\n")


def test_lines_stay_lines_in_markdown_and_in_the_html_of_a_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.telegram import NotifyTelegram

    with receiver((200, b'{"errcode":0,"ok":true,"result":{}}')) as hook:
        monkeypatch.setattr(NotifyTelegram, "notify_url", hook.url + "/")
        give(channel(vendor(monkeypatch, "dingtalk", hook.url) + "/?format=markdown"))
        signs = message(PAYLOAD | {"policy": {**PAYLOAD["policy"], "title": "甲<b>与&乙"}})
        send(channel("tgram://123456789:abcdefg_hijklmnop/12315544/"), signs, now=NOW, refusal=refusal)
    markdown, html = hook.got[0].json["markdown"]["text"], hook.got[-1].json["text"]
    assert "攀枝花市政府  \n文号：攀府发〔2026〕2号  \n" in markdown
    assert html.splitlines()[3:5] == ["发文机关：攀枝花市政府", "文号：攀府发〔2026〕2号"]
    assert "&nbsp;" not in html
    assert "甲&lt;b&gt;与&amp;乙" in html


def test_mail_to_a_server_that_is_down_was_not_sent() -> None:
    with mailbox() as (port, _):
        pass
    with pytest.raises(NotSentError):
        give(channel(f"mailto://user:{TOKEN}@127.0.0.1:{port}?from=a@example.com&to=b@example.com&mode=insecure"))


def test_no_secret_is_said_anywhere(monkeypatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    with receiver((200, f'{{"code":9,"msg":"bad token {TOKEN}"}}'.encode())) as hook:
        down = hook.url
        with pytest.raises(NotSentError) as refused:
            give(channel(vendor(monkeypatch, "feishu", hook.url)))
        said.append(str(refused.value))
    for url in (f"{down}/{TOKEN}?key={TOKEN}", f"json://user:{TOKEN}@{down[7:]}/{TOKEN}"):
        to = channel(url, secret=TOKEN[:12])
        with pytest.raises(NotSentError) as refused:
            give(to)
        said += [str(refused.value), repr(to)]
    assert TOKEN not in "\n".join([*said, caplog.text])
    assert redacted(f"POST /{TOKEN} failed", channel(f"https://example.com/{TOKEN}")) == "POST *** failed"


def test_a_digest_lists_its_alerts() -> None:
    made = digest("digest:1", [PAYLOAD | {"title": "\ud800"}, PAYLOAD | {"kind": "withdrawal"}])
    assert made.title == "攀枝花：2条"
    assert "1. 【新政策】" in made.text
    assert "2. 【废止】" in made.text
    assert "\x00" not in made.text
    assert "\ud800" not in made.text
