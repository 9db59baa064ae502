"""The one answer to an event: prepared with its way and key before the first byte is sent, then sent as prepared."""

import json
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from bot.line.client import LineClient, Message
from bot.line.events import Envelope
from knowledge.models import Delivery, DeliveryStatus

TOKEN_AGE = timedelta(seconds=50)
"""A reply token is good for a minute (reference: Send reply message); ten seconds are left for the way."""
REDELIVERED_TOKEN_AGE = timedelta(minutes=19)
"""That of a redelivered event for a minute from then, but for twenty minutes from the event at most."""

_KEYS = uuid.UUID("6f5d0c1e-6d0f-5b0e-9d53-5a1f6a1e7c55")


class Method(StrEnum):
    """How an answer goes out."""

    REPLY = "reply"
    PUSH = "push"


def method_for(envelope: Envelope, received_at: datetime, now: datetime) -> Method | None:
    """Reply while the token lives, else push to a known user; None where neither can be or sending is forbidden."""
    if envelope.reply_token is None:
        return None
    if _token_lives(envelope, received_at, now):
        return Method.REPLY
    return Method.PUSH if envelope.event.user else None


def age(envelope: Envelope, received_at: datetime, now: datetime) -> timedelta:
    """How long ago the event happened; by our own clock where it does not say."""
    at_ms = envelope.event.at_ms
    return timedelta(seconds=now.timestamp() - at_ms / 1000) if at_ms else now - received_at


def prepare(envelope: Envelope, messages: list[Message], method: Method, now: datetime) -> Delivery:
    """The delivery row of an answer; its retry key follows from the event, so a redone event can not send another."""
    return Delivery(
        event_id=envelope.event.id,
        payload=json.dumps(messages),
        retry_key=str(uuid.uuid5(_KEYS, envelope.event.id)),
        method=method.value,
        status=DeliveryStatus.PREPARED.value,
        created_at=now,
    )


def send(client: LineClient, envelope: Envelope, delivery: Delivery) -> None:
    """Send a prepared answer; doing it again shows it once: a reply token works once, a push carries its retry key."""
    messages: list[Message] = json.loads(delivery.payload or "[]")
    match Method(delivery.method or ""):
        case Method.REPLY:
            client.reply(envelope.reply_token or "", messages)
        case Method.PUSH:
            client.push(envelope.event.user or "", messages, delivery.retry_key)


def _token_lives(envelope: Envelope, received_at: datetime, now: datetime) -> bool:
    if not envelope.redelivered:
        return age(envelope, received_at, now) < TOKEN_AGE
    return now - received_at < TOKEN_AGE and age(envelope, received_at, now) < REDELIVERED_TOKEN_AGE
