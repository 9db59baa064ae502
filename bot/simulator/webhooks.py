"""Sends signed webhooks as LINE does: batches, redeliveries, shuffled, with two seconds of patience."""

import base64
import copy
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeAlias

import httpx

from bot.line.limits import WEBHOOK_PATIENCE
from bot.simulator.events import Event
from bot.simulator.people import Json
from bot.simulator.platform import Platform

Deliver: TypeAlias = Callable[[bytes, Mapping[str, str]], int]


class Failure(StrEnum):
    """Why a webhook counts as not received, in the words of LINE's error statistics."""

    TIMEOUT = "request_timeout"
    CONNECTION = "could_not_connect"
    STATUS = "error_status_code"


@dataclass(frozen=True)
class Delivery:
    """One webhook as it was sent, and what came back (`status` None: nothing)."""

    events: tuple[Json, ...]
    body: bytes
    headers: Mapping[str, str]
    status: int | None
    failure: Failure | None
    time: float


def deliver_with(client: httpx.Client, url: str, patience: float = WEBHOOK_PATIENCE) -> Deliver:
    """Return a sender over HTTP that waits as long as LINE does; its httpx errors say that nothing came back."""

    def deliver(body: bytes, headers: Mapping[str, str]) -> int:
        return client.post(url, content=body, headers=dict(headers), timeout=patience).status_code

    return deliver


def deliver_to(url: str) -> Deliver:
    """Return a sender that opens a connection for each webhook and leaves none behind."""

    def deliver(body: bytes, headers: Mapping[str, str]) -> int:
        # Without TLS there is nothing to verify, and loading the authorities would cost more than the delivery.
        with httpx.Client(trust_env=False, verify=url.startswith("https:")) as client:
            return deliver_with(client, url)(body, headers)

    return deliver


def signature(secret: str, body: bytes) -> str:
    """Return Base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class WebhookSender:
    """Delivers events of one platform to one webhook and keeps the history."""

    def __init__(self, platform: Platform, deliver: Deliver) -> None:
        self._platform = platform
        self._deliver = deliver
        self.history: list[Delivery] = []

    def send(self, *events: Event, header: str = "x-line-signature") -> Delivery:
        """Deliver events in one webhook; `header` is the signature's name in any case."""
        return self._post(events, header, redelivery=False)

    def verify(self) -> Delivery:
        """Deliver what the console's verify button does: no events."""
        return self.send()

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver once more: the same ids and tokens, marked as a redelivery."""
        events = copy.deepcopy([dict(event) for event in delivery.events])
        for event in events:
            event["deliveryContext"] = {"isRedelivery": True}
        return self._post(events, "x-line-signature", redelivery=True)

    def redeliver_failed(self) -> list[Delivery]:
        """Deliver once more whatever was not acknowledged, now and in redeliveries."""
        acknowledged = {_key(event) for delivery in self.history if not delivery.failure for event in delivery.events}
        failed = [delivery for delivery in self.history if delivery.failure]
        waiting = [each for each in failed if any(_key(event) not in acknowledged for event in each.events)]
        newest = {tuple(map(_key, delivery.events)): delivery for delivery in waiting}
        return [self.redeliver(delivery) for delivery in newest.values()]

    def scatter(self, events: Sequence[Event], random: Random, copies: int = 1, most: int = 5) -> list[Delivery]:
        """Deliver every event `copies` times, in random order, in batches of up to `most` of whichever users."""
        deck = [event for event in events for _ in range(copies)]
        random.shuffle(deck)
        sent: list[Delivery] = []
        while deck:
            batch = [deck.pop() for _ in range(min(len(deck), random.randint(1, most)))]
            sent.append(self.send(*batch))
        return sent

    def _post(self, events: Sequence[Event], header: str, *, redelivery: bool) -> Delivery:
        with self._platform.lock:
            now = self._platform.now()
            for event in events:
                self._platform.reply_tokens.delivered(event.get("replyToken"), now, redelivery=redelivery)
        content = {"destination": self._platform.bot_user_id, "events": list(events)}
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            header: signature(self._platform.config.channel_secret, body),
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
        }
        status, failure = self._attempt(body, headers)
        delivery = Delivery(tuple(events), body, headers, status, failure, now)
        self.history.append(delivery)
        return delivery

    def _attempt(self, body: bytes, headers: Mapping[str, str]) -> tuple[int | None, Failure | None]:
        try:
            status = self._deliver(body, headers)
        except httpx.TimeoutException:
            return None, Failure.TIMEOUT
        except httpx.TransportError:
            return None, Failure.CONNECTION
        return status, None if 200 <= status < 300 else Failure.STATUS


def _key(event: Json) -> str:
    return str(event["webhookEventId"])
