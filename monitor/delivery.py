"""Delivery: what waits in the outbox goes out, at least once, each time under the same key.

A sending is claimed before it is tried, and marked after. So a kill in between sends it again after the
lease, at most once more a kill, with the key by which a receiver drops it. What a channel refuses is tried again later
and later, and at last set aside as a dead letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, select, update

from monitor import messages
from monitor.channels import Channel
from monitor.messages import Message
from monitor.notify import NotSentError
from storage.db import writing
from storage.schema import alert, delivery, watch

LEASE: Final = timedelta(minutes=5)
"""How long a sender may take; afterwards another one tries."""
FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)
MOST_TRIES: Final = 12
"""Then it is a dead letter: after about a day and a half."""
FLOOD: Final = 5
"""More alerts of one watch than this at once are one digest, whatever the watch says: after days off, one message."""
LONGEST_DIGEST: Final = 50

Send = Callable[[Channel, Message], None]
"""Sends a message; raises NotSentError where it was not taken."""


@dataclass(slots=True)
class Summary:
    """What a pass of delivery did, in deliveries."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    """Of the failed ones, those that were set aside."""
    quiet: list[str] = field(default_factory=list)
    """Channels that have quiet hours now."""
    unknown: list[str] = field(default_factory=list)
    """Channels that something waits for and that are not configured."""
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    """Channel, title and reason."""


@dataclass(frozen=True, slots=True)
class _Sending:
    ids: tuple[int, ...]
    attempts: int
    """How often it was refused before; a sender that died is no refusal."""
    message: Message


def deliver(
    engine: Engine,
    channels: Mapping[str, Channel],
    *,
    send: Send,
    now: Callable[[], datetime],
    lease: timedelta = LEASE,
) -> Summary:
    """Send all that is due. A channel that fails rests until the next pass; the others are not kept waiting."""
    summary = Summary()
    engine = writing(engine)
    with engine.begin() as conn:
        waiting = _channels(conn, now())
    for name in waiting:
        channel = channels.get(name)
        if channel is None:
            summary.unknown.append(name)
        elif channel.is_quiet(now()):
            summary.quiet.append(name)
        else:
            _serve(engine, channel, send, now, lease, summary)
    return summary


def pause(attempts: int) -> timedelta:
    """How long to wait after so many refusals: a minute, then twice as long each time, six hours at most."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 16)), LONGEST_PAUSE)


def counts(conn: Connection) -> dict[str, int]:
    """How many deliveries are waiting, sent and dead."""
    rows = conn.execute(select(delivery.c.state, func.count().label("number")).group_by(delivery.c.state))
    return {"waiting": 0, "sent": 0, "dead": 0} | {row.state: row.number for row in rows}


def listed(conn: Connection, state: str) -> list[dict[str, Any]]:
    """The deliveries of a state, the oldest first: id, channel, title, attempts, next_try_at, last_error."""
    statement = (
        select(
            delivery.c.id, delivery.c.channel, alert.c.title, alert.c.kind, delivery.c.attempts,
            delivery.c.next_try_at, delivery.c.sent_at, delivery.c.last_error,
        )
        .join(alert, alert.c.id == delivery.c.alert_id)
        .where(delivery.c.state == state)
        .order_by(delivery.c.id)
    )  # fmt: skip
    return [dict(row) for row in conn.execute(statement).mappings()]


def again(conn: Connection, ids: Sequence[int] | None = None, *, now: datetime) -> int:
    """Let dead letters be tried again, all or those named; returns how many."""
    statement = update(delivery).where(delivery.c.state == "dead")
    if ids is not None:
        statement = statement.where(delivery.c.id.in_(ids))
    return conn.execute(statement.values(state="waiting", attempts=0, next_try_at=now)).rowcount


def _channels(conn: Connection, now: datetime) -> list[str]:
    due = (delivery.c.state == "waiting") & (delivery.c.next_try_at <= now)
    return list(conn.execute(select(delivery.c.channel).where(due).distinct().order_by(delivery.c.channel)).scalars())


def _serve(
    engine: Engine, channel: Channel, send: Send, now: Callable[[], datetime], lease: timedelta, summary: Summary
) -> None:
    while True:
        with engine.begin() as conn:
            sending = _claim(conn, channel.name, now(), lease)
        if sending is None:
            return
        try:
            _sent(send, channel, sending.message)
        except NotSentError as error:
            with engine.begin() as conn:
                dead = _failed(conn, sending, error, now())
            summary.failed += len(sending.ids)
            summary.dead += len(sending.ids) if dead else 0
            summary.errors.append((channel.name, sending.message.title, str(error)))
            return
        with engine.begin() as conn:
            sent = {"state": "sent", "sent_at": now(), "next_try_at": None, "last_error": None}
            conn.execute(update(delivery).where(delivery.c.id.in_(sending.ids)).values(sent))
        summary.sent += len(sending.ids)


def _sent(send: Send, channel: Channel, message: Message) -> None:
    """Sends; whatever a plugin raises counts as a failed attempt, so that no channel holds up the others for ever.

    Only the error's kind is told: its words may hold the channel's address, and so its secret.
    """
    try:
        send(channel, message)
    except NotSentError:
        raise
    except Exception as error:
        raise NotSentError(f"the plugin failed: {type(error).__name__}") from error


def _claim(conn: Connection, channel: str, now: datetime, lease: timedelta) -> _Sending | None:
    """The next sending that is due, leased to this process; None where nothing is."""
    due = (delivery.c.channel == channel) & (delivery.c.state == "waiting") & (delivery.c.next_try_at <= now)
    rows = conn.execute(
        select(delivery.c.id, delivery.c.batch, alert.c.watch_id, watch.c.digest)
        .join(alert, alert.c.id == delivery.c.alert_id)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(due)
        .order_by(delivery.c.next_try_at, delivery.c.id)
    ).all()
    if not rows:
        return None
    first = rows[0]
    if first.batch is not None:
        chosen = [row.id for row in rows if row.batch == first.batch]
    else:
        alike = [row.id for row in rows if row.batch is None and row.watch_id == first.watch_id]
        together = first.digest != "each" or len(alike) > FLOOD
        chosen = alike[:LONGEST_DIGEST] if together else alike[:1]
    # Where another sender was quicker, its lease has moved next_try_at and the row is no longer due.
    taken = update(delivery).where(due, delivery.c.id.in_(chosen))
    taken = taken.values(next_try_at=now + lease)
    ids = sorted(conn.execute(taken.returning(delivery.c.id)).scalars())
    return _sending(conn, ids, first.batch, now) if ids else _claim(conn, channel, now, lease)


def _sending(conn: Connection, ids: Sequence[int], batch: str | None, now: datetime) -> _Sending:
    """The message of what was claimed; what a digest has no room for is given back."""
    rows = conn.execute(
        select(delivery.c.id, delivery.c.attempts, alert.c.payload)
        .join(alert, alert.c.id == delivery.c.alert_id)
        .where(delivery.c.id.in_(ids))
        .order_by(alert.c.created_at, alert.c.id)
    ).all()
    payloads = [row.payload for row in rows]
    if batch is None and (room := messages.fitting(payloads)) < len(rows):
        rest = update(delivery).where(delivery.c.id.in_([row.id for row in rows[room:]]))
        conn.execute(rest.values(next_try_at=now))
        rows, payloads = rows[:room], payloads[:room]
    chosen = tuple(sorted(row.id for row in rows))
    attempts = max(row.attempts for row in rows)
    if batch is None and len(rows) == 1:
        return _Sending(chosen, attempts, messages.message(payloads[0]))
    if batch is None:
        keys = "\n".join(payload["key"] for payload in payloads)
        batch = f"digest:{hashlib.sha256(keys.encode()).hexdigest()[:32]}"
        conn.execute(update(delivery).where(delivery.c.id.in_(chosen)).values(batch=batch))
    return _Sending(chosen, attempts, messages.digest(batch, payloads))


def _failed(conn: Connection, sending: _Sending, error: NotSentError, now: datetime) -> bool:
    """Note a failure; whether the sending is now a dead letter."""
    attempts = sending.attempts + 1
    dead = attempts >= MOST_TRIES
    wait = max(pause(attempts), error.retry_after or timedelta())
    values = {
        "attempts": attempts,
        "state": "dead" if dead else "waiting",
        "next_try_at": None if dead else now + wait,
        "last_error": str(error),
    }
    conn.execute(update(delivery).where(delivery.c.id.in_(sending.ids)).values(values))
    return dead
