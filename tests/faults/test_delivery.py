"""Cases 32 to 35: what is promised of alerts when senders die, channels fail and days are missed."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.guards.networks import refusal
from monitor import delivery, notify
from monitor.channels import Channel
from monitor.delivery import deliver
from monitor.messages import Message
from storage.db import open_engine
from tests.monitor.telling import (
    DAY,
    HOUR,
    NOW,
    Receiver,
    deliveries,
    document,
    known_source,
    mailbox,
    put,
    receiver,
    report,
    told,
    watching,
)

PANXI = Path(sys.executable).with_name("panxi")
KILLS = 50
FAST = 3_600
"""Seconds of the senders' clock in one real second: their pauses and leases pass quickly."""


def sender(url: str, hooks: dict[str, str], began: float) -> None:
    """A process that delivers again and again until it is killed."""
    engine = open_engine(url)

    def now() -> datetime:
        return NOW + timedelta(seconds=(time.time() - began) * FAST)

    while True:
        deliver(
            engine, to(hooks), send=lambda one, message: notify.send(one, message, now=now(), refusal=refusal), now=now
        )
        time.sleep(0.002)


def killed_often(engine: Engine, hooks: dict[str, str], kills: int) -> None:
    """Deliver with a sender that is killed ``kills`` times at random moments, then with one that lives."""
    url = engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.test_delivery"])
    moments, began = random.Random(32), time.time()
    for number in range(kills + 1):
        process = context.Process(target=sender, args=(url, hooks, began), daemon=True)
        process.start()
        if number < kills:
            time.sleep(moments.uniform(0.005, 0.08))
        else:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and any(row.state == "waiting" for row in deliveries(engine)):
                time.sleep(0.05)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()


def passing(engine: Engine, channels: dict[str, Channel], at: datetime) -> delivery.Summary:
    """One pass of delivery at that time, with the real senders."""
    return deliver(engine, channels, send=lambda c, m: notify.send(c, m, now=at, refusal=refusal), now=lambda: at)


def keys(hook: Receiver) -> Counter[str]:
    """How often each key was taken: what was answered 503 was not."""
    return Counter(got.json["key"] for got in hook.got if got.path != "/refused")


def test_case_32_a_sender_killed_fifty_times_with_a_receiver_that_fails_one_in_seven(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    for number in range(40):  # as many watches, so that nothing becomes a digest
        watching(sqlite_engine, name=f"watch {number}", channels=("hook",))
    put(sqlite_engine, report(1, "甲规划"))
    with receiver() as hook:
        taken: list[str] = []

        class SomeFail(list[tuple[int, bytes]]):
            """One answer in seven is a failure."""

            count = 0

            def __len__(self) -> int:
                return 1

            def __getitem__(self, _: object) -> tuple[int, bytes]:  # type: ignore[override]
                self.count += 1
                if self.count % 7 == 0:
                    return 503, b""
                taken.append(hook.got[-1].json["key"])
                return 200, b"{}"

        hook.answers = SomeFail()
        killed_often(sqlite_engine, {"hook": hook.url}, KILLS)
    rows = deliveries(sqlite_engine)
    assert {row.state for row in rows} == {"sent"}, "none missed, none set aside"
    assert len(set(taken)) == len(rows) == 40
    assert len(taken) - len(set(taken)) <= KILLS, "at most one duplicate a kill, under the same key"


def test_a_receiver_down_for_an_hour_gets_everything_once_it_is_back(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("hook",))
    for number in range(3):
        put(sqlite_engine, report(number, f"{number}号规划"))
    at, passes = NOW, 0
    with receiver() as gone:
        url = gone.url

    while at < NOW + HOUR:
        passing(sqlite_engine, to({"hook": url}), at)
        at, passes = at + timedelta(minutes=5), passes + 1
    with receiver() as hook:
        while at < NOW + 3 * HOUR:
            passing(sqlite_engine, to({"hook": hook.url}), at)
            at += timedelta(minutes=5)
        assert sorted(keys(hook).values()) == [1, 1, 1]
    assert passes == 12


def one_life(url: str, addresses: dict[str, str], number: int, at: datetime, dies: str) -> None:
    """A process that stores one article, delivers, and is killed at a place of its own."""

    def killed(place: str) -> None:
        if dies == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def send(channel: Channel, message: Message) -> None:
        killed("claimed")
        notify.send(channel, message, now=at, refusal=refusal)
        killed("taken")

    engine = open_engine(url)
    put(engine, report(number, f"第{number:03}号规划", at=at), at=at)
    killed("stored")
    deliver(engine, to(addresses), send=send, now=lambda: at)
    os.kill(os.getpid(), signal.SIGKILL)


def to(addresses: dict[str, str]) -> dict[str, Channel]:
    return {name: Channel(name=name, url=one, allow=("127.0.0.1",)) for name, one in addresses.items()}


def mail_to(port: int) -> str:
    return f"mailto://127.0.0.1:{port}?from=panxi@example.com&to=reader@example.com&mode=insecure"


@pytest.mark.parametrize("kills", [6, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_case_32_receivers_down_for_an_hour_and_a_kill_after_each_article(sqlite_engine: Engine, kills: int) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("hook", "mail"))
    url = sqlite_engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.test_delivery", "apprise"])
    step, places = 1.5 * HOUR / kills, ("stored", "claimed", "taken")
    with receiver() as gone, mailbox() as (nowhere, _):
        down = {"hook": gone.url, "mail": mail_to(nowhere)}  # and nobody listens there any more
    with receiver() as hook, mailbox() as (port, mails):
        up = {"hook": hook.url, "mail": mail_to(port)}
        for number in range(kills):
            at = NOW + number * step
            addresses = down if at < NOW + HOUR else up
            life = context.Process(target=one_life, args=(url, addresses, number, at, places[number % 3]))
            life.start()
            life.join(60)
            assert life.exitcode == -signal.SIGKILL
        assert len(told(sqlite_engine)) == kills, "an alert with each article, whatever came after"
        for minutes in range(0, 12 * 60, 5):
            passing(sqlite_engine, to(up), NOW + 2 * HOUR + minutes * HOUR / 60)
    assert [row.state for row in deliveries(sqlite_engine)] == ["sent"] * 2 * kills
    posted = {got.json["key"]: got.json["alerts"] for got in hook.got}
    assert len(hook.got) - len(posted) <= kills, "at most one more a kill, under the same key"
    alerts = Counter(alert["key"] for alerts in posted.values() for alert in alerts)
    assert (len(alerts), set(alerts.values())) == (kills, {1}), "each alert once, for who drops a key it has seen"
    letters = {mail["X-Panxi-Key"]: mail.get_body(("plain", "html")).get_content() for mail in mails}
    read = Counter(
        number for text in letters.values() for number in set(re.findall(r"《攀枝花市第(\d+)号规划》", text))
    )
    assert (len(read), set(read.values())) == (kills, {1})
    assert len(mails) - len(letters) <= kills


def test_case_33_one_channel_of_three_is_down(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("broken", "hook", "other"))
    put(engine, report(1, "甲规划"))
    with receiver() as hook, receiver() as other, receiver((500, b"")) as broken:
        channels = to({"broken": broken.url, "hook": hook.url, "other": other.url})
        for hours in range(80):
            passing(engine, channels, NOW + hours * HOUR)
        assert (len(hook.got), len(other.got)) == (1, 1)
        assert len(broken.got) == delivery.MOST_TRIES
    with engine.connect() as conn:
        (dead,) = delivery.listed(conn, "dead")
    assert (dead["channel"], dead["last_error"]) == ("broken", "HTTP 500")


@pytest.mark.parametrize("answer", [b'{"code":19024,"msg":"Key Words Not Found"}', b'{"errcode":310000,"errmsg":"no"}'])
def test_case_34_two_hundred_with_a_vendors_error_body_is_a_failure(sqlite_engine: Engine, answer: bytes) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("chat",))
    put(sqlite_engine, report(1, "甲规划"))
    with receiver((200, answer), (200, b'{"code":0}')) as chat:
        url = f"json://{chat.url.removeprefix('http://')}"
        channels = {"chat": Channel(name="chat", url=url, allow=("127.0.0.1",))}
        first = passing(sqlite_engine, channels, NOW)
        assert (first.sent, first.failed) == (0, 1)
        assert "HTTP 200, but" in first.errors[0][2]
        assert passing(sqlite_engine, channels, NOW + HOUR).sent == 1
        assert len(chat.got) == 2


def test_case_35_seven_days_off_an_edited_title_a_moved_page_and_a_silent_first_run(engine: Engine) -> None:
    known_source(engine, baseline=None)
    watching(engine, channels=("hook",))
    for number in range(20):  # the first run over an old site
        put(
            engine,
            document(number, f"旧办法{number}", code=f"攀府发〔2020〕{number + 1}号", at=NOW - 400 * DAY),
            at=NOW,
        )
    assert {kind for kind, _ in told(engine)} == {"baseline"}
    assert deliveries(engine) == []

    from sqlalchemy import update

    from storage.db import writing
    from storage.schema import source

    with writing(engine).begin() as conn:
        conn.execute(update(source).values(baseline_at=NOW))
    back = NOW + 7 * DAY
    missed = [report(100 + day, f"第{day}日规划", at=NOW + day * DAY) for day in range(7)]
    for item in missed:
        put(engine, item, at=back)
    edited = replace(missed[0], title=f"快讯：{missed[0].title}")
    put(engine, edited, at=back + HOUR)
    put(engine, replace(missed[1], url="http://www.example/moved"), at=back + HOUR)
    new = [title for kind, title in told(engine) if kind == "new"]
    assert sorted(new) == sorted(item.title for item in missed), "each one once"

    sent = []
    channels = {"hook": Channel(name="hook", url="https://example.com")}
    deliver(engine, channels, send=lambda _, message: sent.append(message), now=lambda: back + 2 * HOUR)
    assert len(sent) == 1, "after days off, one digest"
    assert len({alert["key"] for alert in sent[0].alerts}) == len(sent[0].alerts) >= 7


def test_from_the_page_on_the_site_to_the_mailbox_and_the_webhook(tmp_path: Path) -> None:
    from storage.db import upgrade, writing
    from storage.schema import source

    url = f"sqlite:///{tmp_path / 'panxi.db'}"
    engine = open_engine(url)
    upgrade(engine)
    (tmp_path / "visits").write_text("0")  # the demo takes no archive that is not its own
    with writing(engine).begin() as conn:  # sources that were crawled whole before, so that all is news
        from sqlalchemy import insert

        for name in ("cinic", "panzhihua"):
            conn.execute(insert(source).values(name=name, baseline_at=NOW - 10_000 * DAY))

    def panxi(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PANXI_DB": url, **environment}
        return subprocess.run(
            [PANXI, *arguments], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=100, check=False
        )

    assert panxi("watch", "add", "攀枝花政策", "--channel", "hook", "--channel", "mail").returncode == 0
    crawled = panxi("demo", "--dir", str(tmp_path), "--json")
    assert json.loads(crawled.stdout)["new"] > 50, crawled.stderr
    expected = {title for kind, title in told(engine) if kind in ("new", "draft", "withdrawal")}
    assert len(expected) >= 3
    with mailbox() as (port, mails), receiver() as hook:
        channels = {
            "PANXI_CHANNEL_HOOK": hook.url,
            "PANXI_CHANNEL_HOOK_SECRET": "shared",
            "PANXI_CHANNEL_HOOK_ALLOW": "127.0.0.1",
            "PANXI_CHANNEL_MAIL": mail_to(port),
        }
        first = panxi("deliver", "--json", **channels)
        assert first.returncode == 0, first.stdout + first.stderr
        second = panxi("deliver", "--json", **channels)
        mistaken = panxi("deliver", "--again", "99", **channels)
    assert mistaken.returncode == 2
    assert "panxi deliver --dead" in mistaken.stderr
    assert json.loads(first.stdout)["sent"] == 2 * len(expected)
    assert json.loads(second.stdout)["sent"] == 0
    alerts = [alert for got in hook.got for alert in got.json["alerts"]]
    assert {alert["title"] for alert in alerts} == expected
    assert len({alert["key"] for alert in alerts}) == len(alerts) == len(expected)
    text = "\n".join(mail["Subject"] + mail.get_body(("plain", "html")).get_content() for mail in mails)
    for alert in alerts:
        policy = alert["policy"]
        assert alert["url"] in text
        assert policy["title"] is None or policy["title"] in text
        assert all(name in text for name in policy["issuers"])
    assert "shared" not in first.stdout + first.stderr
