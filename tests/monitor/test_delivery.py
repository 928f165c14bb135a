from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import Engine

from monitor import delivery
from monitor.channels import Channel
from monitor.delivery import FLOOD, LEASE, LONGEST_PAUSE, MOST_TRIES, deliver, pause
from monitor.messages import LONGEST, Message
from monitor.notify import NotSentError
from storage.db import writing
from tests.monitor.telling import DAY, HOUR, NOW, deliveries, document, known_source, put, report, watching

MINUTE = timedelta(minutes=1)


class Sender:
    """Takes messages, or refuses those to the channels that are down."""

    def __init__(self, *down: str, wait: timedelta | None = None) -> None:
        self.down, self.wait = set(down), wait
        self.sent: list[tuple[str, Message]] = []
        self.tries = 0

    def __call__(self, channel: Channel, message: Message) -> None:
        self.tries += 1
        if channel.name in self.down:
            raise NotSentError("HTTP 503", retry_after=self.wait)
        self.sent.append((channel.name, message))

    @property
    def keys(self) -> list[str]:
        return [message.key for _, message in self.sent]


def channels(*names: str, **more) -> dict[str, Channel]:
    return {name: Channel(name=name, url="https://example.com", **more) for name in names}


def passing(engine: Engine, send: Sender, *names: str, at: datetime = NOW, **more) -> delivery.Summary:
    return deliver(engine, channels(*names, **more), send=send, now=lambda: at)


def test_a_digest_tells_of_no_more_than_it_has_room_for_and_the_rest_follows(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("hook",))
    for number in range(40):
        put(
            engine,
            document(number, f"关于第{number:02}号事项的很长很长的名字的管理办法", code=f"攀府发〔2026〕{number}号"),
        )
    send = Sender()
    assert passing(engine, send, "hook").sent == 40
    assert len(send.sent) > 1
    assert all(len(message.text) <= LONGEST for _, message in send.sent)
    told = [alert["key"] for _, message in send.sent for alert in message.alerts]
    assert len(told) == len(set(told)) == 40
    read = "\n".join(message.text for _, message in send.sent).splitlines()
    assert {f"http://www.example/{number}" for number in range(40)} <= set(read)


def test_each_channel_gets_each_alert_once(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("hook", "mail"))
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号"))
    put(engine, report(2, "乙规划"))
    send = Sender()
    assert passing(engine, send, "hook", "mail").sent == 4
    assert passing(engine, send, "hook", "mail", at=NOW + DAY).sent == 0
    assert sorted(name for name, _ in send.sent) == ["hook", "hook", "mail", "mail"]
    assert len(set(send.keys)) == 2
    message = send.sent[0][1]
    assert message.title == "【新政策】《攀枝花市甲办法》"
    for part in ("攀府发〔2026〕1号", "攀枝花市人民政府", "施行：2027-01-01", "http://www.example/1"):
        assert part in message.text


def test_a_channel_that_fails_is_tried_later_and_later_and_set_aside(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("hook",))
    put(sqlite_engine, report(1, "甲规划"))
    send, at, waits = Sender("hook"), NOW, []
    for _ in range(MOST_TRIES - 1):
        assert passing(sqlite_engine, send, "hook", at=at).failed == 1
        (row,) = deliveries(sqlite_engine)
        assert (row.state, row.last_error) == ("waiting", "HTTP 503")
        waits.append(row.next_try_at - at)
        assert passing(sqlite_engine, send, "hook", at=row.next_try_at - MINUTE / 2).failed == 0
        at = row.next_try_at
    assert waits[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE == pause(99)
    assert passing(sqlite_engine, send, "hook", at=at).dead == 1
    assert passing(sqlite_engine, send, "hook", at=at + 30 * DAY).failed == 0
    with sqlite_engine.connect() as conn:
        (dead,) = delivery.listed(conn, "dead")
        assert delivery.counts(conn) == {"waiting": 0, "sent": 0, "dead": 1}
    assert (dead["channel"], dead["last_error"], dead["title"]) == ("hook", "HTTP 503", "攀枝花市甲规划出台")
    send.down.clear()
    with writing(sqlite_engine).begin() as conn:
        assert delivery.again(conn, [dead["id"] + 1], now=at) == 0
        assert delivery.again(conn, [dead["id"]], now=at) == 1
    assert passing(sqlite_engine, send, "hook", at=at).sent == 1


def test_a_receiver_that_says_when_is_believed(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("hook",))
    put(sqlite_engine, report(1, "甲规划"))
    passing(sqlite_engine, Sender("hook", wait=3 * HOUR), "hook")
    (row,) = deliveries(sqlite_engine)
    assert row.next_try_at == NOW + 3 * HOUR


def test_a_channel_that_is_not_configured_is_named_and_nothing_is_lost(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("lost",))
    put(sqlite_engine, report(1, "甲规划"))
    send = Sender()
    assert passing(sqlite_engine, send).unknown == ["lost"]
    assert passing(sqlite_engine, send, "lost", at=NOW + DAY).sent == 1


def test_quiet_hours_keep_and_do_not_lose(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("mail",))
    put(sqlite_engine, report(1, "甲规划"))
    night = (time(22), time(7))
    send = Sender()
    summary = passing(sqlite_engine, send, "mail", at=NOW + 12 * HOUR, quiet=night)  # midnight in China
    assert (summary.sent, summary.quiet) == (0, ["mail"])
    assert passing(sqlite_engine, send, "mail", at=NOW + 20 * HOUR, quiet=night).sent == 1


def test_a_digest_is_one_message_and_the_same_when_it_is_sent_again(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("mail",), digest="hourly")
    put(engine, report(1, "甲规划"))
    put(engine, report(2, "乙规划"))
    send = Sender("mail")
    assert passing(engine, send, "mail").failed == 0, "not before the hour"
    assert passing(engine, send, "mail", at=NOW + HOUR).failed == 2
    batch = {row.batch for row in deliveries(engine)}
    put(engine, report(3, "丙规划"), at=NOW + HOUR)
    send.down.clear()
    assert passing(engine, send, "mail", at=NOW + 3 * HOUR).sent == 3
    assert [len(message.alerts) for _, message in send.sent] == [2, 1]
    assert batch == {send.keys[0]}
    assert send.sent[0][1].title == "攀枝花：2条"


def test_many_at_once_are_one_message_whatever_the_watch_says(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("mail",))
    for number in range(FLOOD + 1):
        put(sqlite_engine, report(number, f"{number}号规划"))
    send = Sender()
    assert passing(sqlite_engine, send, "mail").sent == FLOOD + 1
    assert len(send.sent) == 1


def test_a_sender_that_died_is_followed_by_another_after_its_lease(sqlite_engine: Engine) -> None:
    known_source(sqlite_engine)
    watching(sqlite_engine, channels=("mail",))
    put(sqlite_engine, report(1, "甲规划"))

    def dies(_channel: Channel, _message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(sqlite_engine, channels("mail"), send=dies, now=lambda: NOW)
    send = Sender()
    assert passing(sqlite_engine, send, "mail", at=NOW + LEASE / 2).sent == 0
    assert passing(sqlite_engine, send, "mail", at=NOW + LEASE).sent == 1


def test_two_senders_at_once_send_once(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("mail",))
    for number in range(FLOOD):
        put(engine, report(number, f"{number}号规划"))
    send = Sender()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: passing(engine, send, "mail"), range(4)))
    assert len(send.keys) == len(set(send.keys))
    assert sum(len(message.alerts) for _, message in send.sent) == FLOOD


def test_a_plugin_that_breaks_holds_up_no_other_channel_and_tells_no_secret(engine: Engine) -> None:
    known_source(engine)
    watching(engine, channels=("broken", "mail"))
    put(engine, document(1, "甲办法", code="攀府发〔2026〕1号"))
    sent = []

    def send(channel: Channel, message: Message) -> None:
        if channel.name == "broken":
            raise TypeError("https://token@hooks.example")
        sent.append(message.key)

    summary = deliver(engine, channels("broken", "mail"), send=send, now=lambda: NOW)
    assert (summary.sent, summary.failed, len(sent)) == (1, 1, 1)
    assert all("token" not in (row.last_error or "") for row in deliveries(engine))
