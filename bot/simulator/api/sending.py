"""Reply, push, multicast, broadcast, validation, loading animation, quota."""

from collections.abc import Sequence
from typing import cast

from bot.line import limits
from bot.line.schema import requests
from bot.simulator.api.calls import Answer, Call, RefusedError
from bot.simulator.config import UnknownRecipients
from bot.simulator.endpoints import Endpoint
from bot.simulator.ledger import Accepted
from bot.simulator.people import Json
from bot.simulator.platform import Platform
from bot.simulator.responses import unit_of
from bot.simulator.tokens import KeptRequest

VALIDATED = ("reply", "push", "multicast", "narrowcast", "broadcast")


def reply(platform: Platform, call: Call) -> Answer:
    """Answer an event: free of charge, once a token."""
    body = call.json(requests.reply_body)
    token = platform.reply_tokens.usable(str(body["replyToken"]), platform.now())
    if token is None:
        raise RefusedError(400, "Invalid reply token")
    token.used = True
    return _send(platform, call, body, (token.chat_id,))


def push(platform: Platform, call: Call) -> Answer:
    """Write to one user or group."""
    body = call.json(requests.push_body)
    _refuse_repeated(platform, call)
    to = str(body["to"])
    if to not in platform.groups and platform.people.find(to) is None:
        raise RefusedError(400, "Failed to send messages")
    _count(platform, (to,))
    return _keep(platform, call, _send(platform, call, body, (to,)))


def multicast(platform: Platform, call: Call) -> Answer:
    """Write to up to 500 users."""
    body = call.json(requests.multicast_body)
    _refuse_repeated(platform, call)
    recipients = tuple(dict.fromkeys(cast("Sequence[str]", body["to"])))
    if platform.config.unknown_recipients is UnknownRecipients.REFUSED:
        _refuse_unknown(platform, cast("Sequence[str]", body["to"]))
    _count(platform, recipients)
    _send(platform, call, body, recipients)
    return _keep(platform, call, Answer())


def broadcast(platform: Platform, call: Call) -> Answer:
    """Write to every friend."""
    body = call.json(requests.broadcast_body)
    _refuse_repeated(platform, call)
    recipients = tuple(user.id for user in platform.people.friends())
    _count(platform, recipients)
    _send(platform, call, body, recipients)
    return _keep(platform, call, Answer())


def validate(_platform: Platform, call: Call) -> Answer:
    """Say what is wrong with messages, without sending them."""
    if call.path["kind"] not in VALIDATED:
        raise RefusedError(404, "Not found")
    call.json(requests.validate_body)
    return Answer()


def loading(platform: Platform, call: Call) -> Answer:
    """Show the loading animation until the next message or for the seconds given."""
    body = call.json(requests.loading_body)
    user = platform.people.find(str(body["chatId"]))
    seconds = cast("int", body.get("loadingSeconds", limits.LOADING_SECONDS_DEFAULT))
    if user and user.reachable(platform.now()):
        user.loading_until = platform.now() + seconds
    return Answer(202)


def quota(platform: Platform, _call: Call) -> Answer:
    """Tell the monthly cap."""
    cap = platform.config.monthly_quota
    return Answer(body={"type": "none"} if cap is None else {"type": "limited", "value": cap})


def consumption(platform: Platform, _call: Call) -> Answer:
    """Tell how many recipients were counted this month."""
    return Answer(body={"totalUsage": platform.consumption.in_month(platform.now())})


def _refuse_repeated(platform: Platform, call: Call) -> None:
    kept = platform.retry_keys.accepted(call.retry_key, platform.now())
    if kept:
        refused = RefusedError(
            409, "The retry key is already accepted", headers={"x-line-accepted-request-id": kept.request_id}
        )
        refused.answer = Answer(409, {**refused.answer.body, **kept.answer}, refused.answer.headers)
        raise refused


def _keep(platform: Platform, call: Call, answer: Answer) -> Answer:
    platform.retry_keys.keep(call.retry_key, KeptRequest(call.request_id, platform.now(), answer.body))
    return answer


def _refuse_unknown(platform: Platform, recipients: Sequence[str]) -> None:
    for index, user_id in enumerate(recipients):
        if platform.people.find(user_id) is None:
            raise RefusedError(400, f"The property, to[{index}], in the request body is invalid (line: -, column: -)")


def _reached(platform: Platform, recipients: Sequence[str]) -> tuple[str, ...]:
    users = {user_id: platform.people.find(user_id) for user_id in recipients}
    now = platform.now()
    return tuple(key for key, user in users.items() if key in platform.groups or (user and user.reachable(now)))


def _count(platform: Platform, recipients: Sequence[str]) -> None:
    reached = len(_reached(platform, recipients))
    used = platform.consumption.in_month(platform.now())
    cap = platform.config.monthly_quota
    if cap is not None and used + reached > cap:
        raise RefusedError(429, "You have reached your monthly limit.")
    platform.consumption.used = used + reached


def _send(platform: Platform, call: Call, body: Json, recipients: tuple[str, ...]) -> Answer:
    messages = tuple(cast("Sequence[Json]", body["messages"]))
    now = platform.now()
    reached = _reached(platform, recipients)
    sent = [{"id": platform.ids.message(now), "quoteToken": platform.ids.hex(64)} for _ in messages]
    for user in filter(None, map(platform.people.find, reached)):
        for message, receipt in zip(messages, sent, strict=True):
            user.add(receipt["id"], message, now, mine=False)
    platform.ledger.add(
        Accepted(
            endpoint=call.endpoint,
            recipients=recipients,
            shown_to=reached,
            messages=messages,
            body=call.raw,
            request_id=call.request_id,
            retry_key=call.retry_key,
            time=now,
            message_ids=tuple(receipt["id"] for receipt in sent),
            unit=platform.units.assign(unit_of(body), now),
        )
    )
    return Answer(body={"sentMessages": sent})


HANDLERS = {
    Endpoint.REPLY: reply,
    Endpoint.PUSH: push,
    Endpoint.MULTICAST: multicast,
    Endpoint.BROADCAST: broadcast,
    Endpoint.VALIDATE: validate,
    Endpoint.LOADING: loading,
    Endpoint.QUOTA: quota,
    Endpoint.CONSUMPTION: consumption,
}
