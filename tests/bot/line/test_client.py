"""The client of LINE: what goes over the wire, and each refusal as its own kind of error."""

import json
from datetime import date

import pytest
from pydantic import SecretStr

from bot.line.client import LineClient
from bot.line.errors import FinalError, LineError, QuotaError, RetryableError, UnansweredError
from tests.bot.line.said import ALICE
from tests.bot.wire import Wire

HELLO = {"type": "text", "text": "こんにちは"}


def test_a_reply_is_exact_json_with_the_token(client: LineClient, wire: Wire) -> None:
    """UTF-8 as it is, authorised, and without a retry key: LINE refuses one on a reply."""
    client.reply("t", [HELLO])
    call = wire.calls[0]
    assert (call.method, call.path) == ("POST", "/v2/bot/message/reply")
    assert call.body == '{"replyToken":"t","messages":[{"type":"text","text":"こんにちは"}]}'.encode()
    assert call.headers["authorization"] == "Bearer token"
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    assert "x-line-retry-key" not in call.headers


def test_a_push_carries_its_retry_key(client: LineClient, wire: Wire) -> None:
    """And 409, already accepted, is success."""
    wire.answers.append((409, {"message": "The retry key is already accepted"}))
    client.push(ALICE, [HELLO], "123e4567-e89b-12d3-a456-426614174000")
    assert wire.calls[0].headers["x-line-retry-key"] == "123e4567-e89b-12d3-a456-426614174000"
    assert json.loads(wire.calls[0].body) == {"to": ALICE, "messages": [HELLO]}


def test_responses_are_asked_for_by_name_and_days(client: LineClient, wire: Wire) -> None:
    """The days as LINE writes them, no retry key, and the answer as it is."""
    wire.answers.append((200, {"overview": {"uniqueImpression": None}}))
    found = client.responses("c1", date(2026, 11, 21), date(2026, 12, 5))
    call = wire.calls[0]
    assert (call.method, call.body, call.headers["authorization"]) == ("GET", b"", "Bearer token")
    days = "customAggregationUnit=c1&from=20261121&to=20261205"
    assert call.path == f"/v2/bot/insight/message/event/aggregation?{days}"
    assert "x-line-retry-key" not in call.headers
    assert found == {"overview": {"uniqueImpression": None}}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "Invalid reply token", FinalError),
        (401, "Authentication failed", FinalError),
        (403, "Forbidden", FinalError),
        (409, "no key was sent", FinalError),
        (429, "The API rate limit has been exceeded. Try again later.", RetryableError),
        (429, "You have reached your monthly limit.", QuotaError),
        (500, "Internal server error", RetryableError),
        (503, "", RetryableError),
        (0, "", UnansweredError),
    ],
)
def test_each_refusal_is_its_own_error(
    client: LineClient, wire: Wire, status: int, message: str, kind: type[LineError]
) -> None:
    """With status and request id, and without what was sent or answered."""
    wire.answers.append((status, {"message": message}))
    with pytest.raises(LineError) as raised:
        client.reply("t", [HELLO])
    assert type(raised.value) is kind
    assert raised.value.status == (status or None)
    assert raised.value.request_id == ("request-1" if status else None)
    assert message not in str(raised.value) or not message


def test_nobody_there_is_unanswered() -> None:
    """No connection at all can be tried again."""
    url = "http://127.0.0.1:9"
    with LineClient(url, url, SecretStr("token"), timeout_seconds=1) as client, pytest.raises(UnansweredError):
        client.reply("t", [HELLO])


def test_pictures_go_to_the_other_host(wire: Wire) -> None:
    """Content is uploaded to the data host."""
    with LineClient("http://127.0.0.1:9", wire.url + "/", SecretStr("token")) as client:
        client.upload("/v2/bot/richmenu/richmenu-1/content", b"png", "image/png")
    assert (wire.calls[0].path, wire.calls[0].body) == ("/v2/bot/richmenu/richmenu-1/content", b"png")
    assert wire.calls[0].headers["content-type"] == "image/png"


def test_the_token_is_in_no_text_of_the_client(client: LineClient) -> None:
    """Not in its repr, whatever prints it."""
    assert "token" not in repr(vars(client)["_token"])
