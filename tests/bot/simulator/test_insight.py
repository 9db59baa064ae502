"""What LINE tells of openings: by name and day in Japan, never of fewer than twenty, of a thousand names a month."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from bot.simulator.people import User
from bot.simulator.phone import Phone
from bot.simulator.webhooks import WebhookSender, deliver_to
from tests.bot.simulator.stand import HELLO, KEY, TOKEN, Api

PATH = "/v2/bot/insight/message/event/aggregation"
FORM, MAP = "https://example.jp/form", "https://example.jp/map"
NOTHING = {
    "uniqueImpression": None,
    "uniqueClick": None,
    "uniqueMediaPlayed": None,
    "uniqueMediaPlayed100Percent": None,
}


def _card(*urls: str) -> dict[str, Any]:
    actions = [{"type": "uri", "label": "開く", "uri": url} for url in urls]
    return {
        "type": "template",
        "altText": "案内",
        "template": {"type": "buttons", "text": "案内", "actions": actions},
    }


def _phones(api: Api, count: int) -> list[Phone]:
    sender = WebhookSender(api.platform, deliver_to("http://127.0.0.1:9"))
    return [Phone(api.platform, api.platform.add_user("友だち"), sender) for _ in range(count)]


def _users(api: Api) -> list[User]:
    return api.platform.people.friends()


def _send(api: Api, unit: str, *messages: object, key: str = KEY) -> int:
    body = {
        "to": [user.id for user in _users(api)],
        "messages": messages or [HELLO],
        "customAggregationUnits": [unit],
    }
    return api.post("/v2/bot/message/multicast", body, x_line_retry_key=key).status_code


def _day(api: Api, plus: int = 0) -> str:
    return f"{datetime.fromtimestamp(api.clock.time, UTC) + timedelta(hours=9, days=plus):%Y%m%d}"


def _asked(api: Api, unit: str = "c1", first: int = 0, last: int = 0) -> Any:
    query = f"customAggregationUnit={unit}&from={_day(api, first)}&to={_day(api, last)}"
    answer = api.call("GET", f"{PATH}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_openings_and_taps_are_counted_by_person_and_by_link(api: Api) -> None:
    """Who opens twice is one person; who taps twice is one person and two taps; each link stands for itself."""
    phones = _phones(api, 25)
    assert _send(api, "c1", _card(FORM, MAP), HELLO) == 200
    for phone in phones:
        phone.look()
        phone.look()
    for phone in phones[:21]:
        phone.press({"type": "uri", "uri": FORM})
    for phone in phones[:20]:
        phone.press({"type": "uri", "uri": FORM})
        phone.press({"type": "uri", "uri": MAP})
    found = _asked(api)
    assert found["overview"] == NOTHING | {"uniqueImpression": 25, "uniqueClick": 21}
    assert [(each["seq"], each["uniqueImpression"]) for each in found["messages"]] == [(1, 25), (2, 25)]
    assert found["clicks"] == [
        {"seq": 1, "url": FORM, "click": 41, "uniqueClick": 21, "uniqueClickOfRequest": 21},
        {"seq": 1, "url": MAP, "click": 20, "uniqueClick": 20, "uniqueClickOfRequest": 20},
    ]


def test_nothing_is_said_of_fewer_than_twenty(api: Api) -> None:
    """Nineteen people are null however often they tap, and so is a name that was never sent."""
    phones = _phones(api, 30)
    _send(api, "c1", _card(FORM))
    for phone in phones[:19]:
        phone.look()
        for _ in range(3):
            phone.press({"type": "uri", "uri": FORM})
    found = _asked(api)
    assert found["overview"] == NOTHING
    assert found["clicks"] == [
        {"seq": 1, "url": FORM, "click": None, "uniqueClick": None, "uniqueClickOfRequest": None}
    ]
    phones[19].look()
    assert _asked(api)["overview"]["uniqueImpression"] == 20
    assert _asked(api, "c2") == {"overview": NOTHING, "messages": [], "clicks": []}


def test_days_are_days_in_japan(api: Api) -> None:
    """What happened on another day is not in the answer; both ends are."""
    phones = _phones(api, 20)
    _send(api, "c1")
    api.clock.pass_(86_400)
    for phone in phones:
        phone.look()
    assert _asked(api, first=-1, last=-1)["overview"] == NOTHING
    assert _asked(api)["overview"]["uniqueImpression"] == 20
    assert _asked(api, first=-30, last=0)["overview"]["uniqueImpression"] == 20


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("from=20261120&to=20261121", "customAggregationUnit"),
        ("customAggregationUnit=a-b&from=20261120&to=20261121", "customAggregationUnit"),
        (f"customAggregationUnit={'a' * 31}&from=20261120&to=20261121", "customAggregationUnit"),
        ("customAggregationUnit=c1&to=20261121", "from"),
        ("customAggregationUnit=c1&from=2026-11-20&to=20261121", "from"),
        ("customAggregationUnit=c1&from=20261320&to=20261121", "from"),
        ("customAggregationUnit=c1&from=20261121&to=20261120", "to"),
        ("customAggregationUnit=c1&from=20261101&to=20261202", "to"),
    ],
)
def test_a_wrong_question_is_refused(api: Api, query: str, wrong: str) -> None:
    """Each parameter by name: a missing one, a bad name, a day that is none, a span over thirty days or backwards."""
    answer = api.call("GET", f"{PATH}?{query}")
    assert (answer.status_code, answer.json()) == (
        400,
        {"message": f"The value for the '{wrong}' parameter is invalid"},
    )


def test_the_token_the_rate_and_the_retry_key(api: Api) -> None:
    """401 without a token, 400 with a retry key, 429 from the sixty-first question of an hour on."""
    path = f"{PATH}?customAggregationUnit=c1&from={_day(api)}&to={_day(api)}"
    assert api.http.get(path, headers={"authorization": f"Bearer {TOKEN}x"}).status_code == 401
    assert api.call("GET", path, x_line_retry_key=KEY).status_code == 400
    assert [api.call("GET", path).status_code for _ in range(60)] == [200] * 59 + [429]
    api.clock.pass_(60)
    assert api.call("GET", path).status_code == 200
    assert api.call("GET", path).status_code == 429


def test_the_thousand_and_first_name_of_a_month_counts_nothing(api: Api) -> None:
    """And nobody is told so; known names go on, and the next month takes new ones. What was refused uses none up."""
    phones = _phones(api, 20)
    api.platform.faults.queue(Endpoint.MULTICAST, Fault.SERVER_ERROR)
    assert _send(api, "refused") == 500
    with api.platform.lock:
        for number in range(999):
            api.platform.units.assign(f"n{number}", api.clock.time)
    assert [_send(api, unit, key=_key(number)) for number, unit in enumerate(["last", "late", "last"])] == [200] * 3
    for phone in phones:
        phone.look()
    assert _asked(api, "last")["overview"]["uniqueImpression"] == 20
    assert _asked(api, "late")["overview"]["uniqueImpression"] is None
    api.clock.pass_(31 * 86_400)
    _send(api, "late", key=_key(9))
    for phone in phones:
        phone.look()
    assert _asked(api, "late")["overview"]["uniqueImpression"] == 20


def _key(number: int) -> str:
    return f"{KEY[:-1]}{number}"


def test_a_request_taken_once_is_counted_once(api: Api) -> None:
    """The same key again is 409 and another opening of nothing; what is lost on its way back was still sent."""
    phones = _phones(api, 20)
    assert [_send(api, "c1"), _send(api, "c1")] == [200, 409]
    for phone in phones:
        phone.look()
    assert [(each["impression"], each["uniqueImpression"]) for each in _asked(api)["messages"]] == [(20, 20)]


def test_a_tap_on_what_nobody_sent_is_none(api: Api) -> None:
    """Only links that stand in the chat can be tapped."""
    phones = _phones(api, 20)
    _send(api, "c1", _card(FORM))
    for phone in phones:
        assert phone.press({"type": "uri", "uri": MAP}) is None
    assert _asked(api)["clicks"] == []
