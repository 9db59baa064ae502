"""The webhook over real HTTP: what is refused and how, what is stored of what is accepted."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bot.line.client import LineClient
from bot.line.signature import sign
from bot.line.webhook import MOST_BYTES, PATH
from knowledge.models import InboundEvent
from tests.bot.line.conftest import SECRET, Door, house
from tests.bot.line.said import ALICE, body, event
from tests.bot.line.said import text as said
from tests.bot.line.test_signature import forgery


@pytest.fixture
def mute(engine: Engine, client: LineClient) -> Iterator[Door]:
    """The webhook without its pool: what was stored stays as it is."""
    with house(engine, client, pool=False) as door:
        yield door


def _rows(door: Door) -> list[InboundEvent]:
    with door.sessions() as session:
        return session.query(InboundEvent).order_by(InboundEvent.received_at, InboundEvent.id).all()


def _stored(door: Door) -> dict[str, object]:
    content: dict[str, object] = json.loads(_rows(door)[0].body or "")
    return content


def test_the_verify_button_is_answered_at_once(mute: Door) -> None:
    """No events: 200, nothing stored."""
    assert mute.post(body()).status_code == 200
    assert _rows(mute) == []


def test_forged_requests_are_refused(mute: Door) -> None:
    """Not one is accepted, not one answered with a 5xx."""
    statuses = set()
    for number in range(130):
        content, signatures = forgery(number)
        headers = [(b"x-line-signature", each) for each in signatures]
        statuses.add(mute.http.post(mute.url + PATH, content=content, headers=headers).status_code)
    assert statuses <= {400, 401}
    assert _rows(mute) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"1", b"{}", b'{"events": {}}', b'{"events": null}', b"\xff\xfe",
        b'{"events": [NaN]}', b'{"events": [Infinity]}', b'{"events": [' + b"9" * 5_000 + b"]}",
        b'{"events": ' + b"[" * 100_000, b'{"events": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"events": [{"type": "message", "message": {"type": "text", "text": "\\ud83d"}}]}',
    ],
    ids=lambda content: repr(content[:40]),
)  # fmt: skip
def test_what_is_no_webhook_is_400(mute: Door, content: bytes) -> None:
    """Signed or not, what cannot be read gets a plain JSON error."""
    answer = mute.post(content)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}


_NAMES = ["type", "message", "source", "userId", "text", "id", "timestamp", "webhookEventId", "postback"]
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_json, max_size=4))
def test_any_signed_json_is_answered_without_5xx(door: Door, events: list[object]) -> None:
    """Odd events are left out or ignored; the webhook and the pool live on."""
    assert door.post(json.dumps({"events": events}).encode()).status_code in (200, 400)


def test_after_odd_events_the_pool_still_closes_everything(door: Door) -> None:
    """Events whose parts have the wrong types end as done, none stays open."""
    odd = [
        {"type": "message", "message": 3},
        {"type": "unsend", "source": "x"},
        {"type": "follow", "timestamp": "soon"},
    ]
    odd += [{"type": "postback", "postback": []}, {"type": "message"}, {"type": "neverHeardOf"}]
    door.take(*odd)
    door.wait_until_done()
    assert {row.status for row in _rows(door)} == {"done"}


def test_a_large_body_is_413(mute: Door) -> None:
    """Announced or not, more than a megabyte is not read to its end."""
    content = b" " * (MOST_BYTES + 1)
    assert mute.post(content).status_code == 413
    pieces = (b" " * 100_000 for _ in range(11))
    assert mute.http.post(mute.url + PATH, content=pieces).status_code == 413


def test_a_length_that_is_no_number_is_refused(mute: Door) -> None:
    """By the server or by us, and never with a 5xx."""
    host, port = mute.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(b"POST /line/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: ten\r\n\r\n")
        assert raw.recv(100).split()[1] in (b"400", b"413")


def test_another_method_is_405(mute: Door) -> None:
    """Only POST."""
    assert httpx.get(mute.url + PATH, trust_env=False).status_code == 405


def test_without_storage_there_is_no_200(mute: Door) -> None:
    """A database that refuses is a 503, so LINE sends again; once it works the same event is taken."""
    content = body(said("こんにちは"))
    with mute.sessions.begin() as session:
        session.execute(text("ALTER TABLE inbound_events RENAME TO away"))
    assert mute.post(content).status_code == 503
    with mute.sessions.begin() as session:
        session.execute(text("ALTER TABLE away RENAME TO inbound_events"))
    assert mute.post(content).status_code == 200
    assert len(_rows(mute)) == 1


def test_one_odd_event_does_not_hurt_the_others(mute: Door) -> None:
    """A batch of good, senseless and unknown events: the good ones are stored, in one request."""
    good, unknown = said("ごみの日は？"), event("holographicCall")
    mute.take(3, None, good, {"no": "type"}, unknown, [])
    assert {row.id for row in _rows(mute)} == {good["webhookEventId"], unknown["webhookEventId"]}


def test_a_redelivered_event_is_stored_once(mute: Door) -> None:
    """Also where it came without an id: then its content is its key, whatever the delivery context says."""
    with_id = said("一度だけ")
    without = {name: value for name, value in said("これも").items() if name != "webhookEventId"}
    for redelivery in (False, True):
        for each in (with_id, without):
            mute.take(each | {"deliveryContext": {"isRedelivery": redelivery}})
    assert len(_rows(mute)) == 2


def test_personal_data_is_masked_before_it_is_stored(mute: Door) -> None:
    """Phone and mail become a bracketed word; the rest of the sentence stays."""
    mute.take(said("電話は090-1234-5678、メールは taro@example.jp です"))
    stored = json.dumps(_stored(mute), ensure_ascii=False)
    assert "1234" not in stored
    assert "taro" not in stored
    assert "です" in stored


def test_what_answering_does_not_need_is_not_stored(mute: Door) -> None:
    """A location keeps neither place nor name, a sticker only that it is one, and no quote token is kept."""
    place = {
        "type": "location",
        "id": "1",
        "title": "自宅",
        "address": "豊島区南池袋2-45-1",
        "latitude": 35.7,
        "longitude": 139.7,
    }
    mute.take(event("message", message=place))
    assert _stored(mute)["message"] == {"id": "1", "type": "location"}
    assert _stored(mute)["source"] == {"type": "user", "userId": ALICE}


def test_a_nul_in_a_text_is_taken_out(mute: Door) -> None:
    """PostgreSQL could not store it."""
    mute.take(said("住民\0票"))
    assert _stored(mute)["message"] == {"id": "444573844083572737", "type": "text", "text": "住民票"}


def test_the_signature_header_is_read_in_any_case(mute: Door) -> None:
    """LINE may change the case of header names without notice."""
    content = body(said("大文字"))
    answer = mute.http.post(
        mute.url + PATH, content=content, headers={"X-LINE-SIGNATURE": sign(content, SECRET).decode()}
    )
    assert answer.status_code == 200
