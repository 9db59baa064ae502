"""The page over real HTTP: what a visitor can do, what is shown, and what a stranger can not."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.people import User
from bot.simulator.platform import Platform
from tests.bot.line.samples import QUICK, RICH_MENU
from tests.bot.line.test_validate_image import picture
from tests.bot.simulator.stand import HELLO, SECRET, TOKEN, Clock, Receiver, Street

Json = dict[str, object]


@dataclass
class Visitor:
    """A browser at the page, mounted under a path as in the product."""

    http: httpx.Client
    platform: Platform
    receiver: Receiver
    clock: Clock

    @property
    def user(self) -> User:
        found = self.platform.people.find(self.http.cookies["pocket_simulator_user"])
        assert found is not None
        return found

    def act(self, kind: str, **more: object) -> str:
        notice: str = self.http.post("act", json={"kind": kind, **more}).json()["notice"]
        return notice

    def chat(self, since: int = 0) -> dict[str, object]:
        state: dict[str, object] = self.http.get("chat", params={"since": since}).json()
        return state

    def api(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = {
            "authorization": f"Bearer {TOKEN}",
            "content-type": "image/png" if "content" in more else "application/json",
        }
        return self.http.request(method, f"v2/bot/{path}", headers=headers, **more)  # type: ignore[arg-type]


@pytest.fixture
def config() -> SimulatorConfig:
    """A channel without a webhook; each visitor's is set when it is served."""
    return SimulatorConfig(SECRET, TOKEN, seed=1, now=Clock())


@pytest.fixture
def visitor(config: SimulatorConfig, street: Street) -> Iterator[Visitor]:
    """A visitor who has just opened the page."""
    receiver = Receiver()
    assert isinstance(config.now, Clock)
    with street.served(receiver.app()) as hook:
        app = create_simulator(replace(config, webhook_url=f"{hook}/hook"))
        mounted = Starlette(routes=[Mount("/simulator", app)])
        with (
            street.served(mounted) as url,
            httpx.Client(base_url=f"{url}/simulator/", trust_env=False, verify=False) as http,
        ):
            assert http.get("").status_code == 200
            yield Visitor(http, app.state.platform, receiver, config.now)


def test_the_page_says_that_it_is_for_practice(visitor: Visitor) -> None:
    """The header is there, scripts and styles are files of its own, and nothing is inline."""
    page = visitor.http.get("")
    assert "これはパソコンの中の練習用画面です。LINEには送られません" in page.text
    assert " style=" not in page.text
    assert "onclick" not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    for name in ("phone.js", "messages.js", "flex.js", "phone.css", "icon.svg"):
        assert visitor.http.get(f"static/{name}").status_code == 200


def test_every_browser_has_a_user_of_its_own(visitor: Visitor) -> None:
    """The cookie is kept from scripts and other sites; opening again keeps the user."""
    first = visitor.user
    visitor.http.get("")
    assert visitor.user is first
    fresh = httpx.get(visitor.http.base_url, trust_env=False)
    cookie = fresh.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"path={visitor.http.base_url.path};" in cookie
    assert len(visitor.platform.people.friends()) == 2


def test_typing_reaches_the_bot_and_the_answer_is_shown(visitor: Visitor) -> None:
    """What is typed goes out as a signed event; the reply comes with the next look, from the line seen last."""
    assert visitor.act("say", text="引っ越し") == ""
    (event,) = visitor.receiver.events
    assert (event["message"]["text"], event["source"]["userId"]) == ("引っ越し", visitor.user.id)
    visitor.api("POST", "message/reply", json={"replyToken": event["replyToken"], "messages": [QUICK]})
    items = visitor.chat()["items"]
    assert isinstance(items, list)
    assert [(item["mine"], item["message"]["text"]) for item in items] == [(True, "引っ越し"), (False, QUICK["text"])]
    assert items[1]["message"] == QUICK
    later = visitor.chat(since=1)["items"]
    assert isinstance(later, list)
    assert [item["number"] for item in later] == [2]


def test_the_loading_animation_is_shown_until_it_ends(visitor: Visitor) -> None:
    """For as long as was asked, or until a message."""
    body = {"chatId": visitor.user.id, "loadingSeconds": 5}
    visitor.api("POST", "chat/loading/start", json=body)
    assert visitor.chat()["loading"] is True
    visitor.clock.pass_(5)
    assert visitor.chat()["loading"] is False


def test_a_resident_can_do_everything_a_phone_can(visitor: Visitor) -> None:
    """Sticker, voice, place, button, picture and taking back become events of their types."""
    for kind in ("sticker", "voice", "place"):
        assert visitor.act(kind) == ""
    visitor.act("press", action={"type": "postback", "data": "v=1", "displayText": "解決した"})
    image = picture(60, 40)
    visitor.http.post("picture", content=image, headers={"content-type": "image/png"})
    sent = visitor.receiver.events[-1]["message"]["id"]
    assert visitor.http.get(f"content/{sent}").content == image
    visitor.act("unsend", id=sent)
    assert visitor.http.get(f"content/{sent}").status_code == 404
    events = visitor.receiver.events
    assert [event["type"] for event in events] == ["message"] * 3 + ["postback", "message", "unsend"]
    assert [event["message"]["type"] for event in events[:3]] == ["sticker", "audio", "location"]
    state = visitor.chat()
    assert state["unsent"] == [5]
    items = state["items"]
    assert isinstance(items, list)
    assert items[4]["message"] == {}


def test_blocking_and_coming_back(visitor: Visitor) -> None:
    """The page shows it, and the bot hears of both."""
    visitor.act("block")
    assert visitor.chat()["friend"] is False
    visitor.act("follow")
    assert visitor.chat()["friend"] is True
    assert [event["type"] for event in visitor.receiver.events] == ["unfollow", "follow"]
    assert visitor.receiver.events[1]["follow"] == {"isUnblocked": True}


def test_the_machine_room(visitor: Visitor) -> None:
    """Verify, redeliver and faults do what their buttons say, and the log tells what went over the wire."""
    assert visitor.act("redeliver") == "まだ何も届けていません。"
    assert visitor.act("verify") == "検証に成功しました（200）。"
    visitor.act("say", text="やあ")
    assert visitor.act("redeliver") == "同じ出来事をもう一度届けました。"
    first, again = visitor.receiver.events
    assert again == first | {"deliveryContext": {"isRedelivery": True}}
    assert visitor.act("fault", fault="server_error") == "次の返信でこの障害が起きます。"
    assert visitor.chat()["faults"] == 1
    body = {"replyToken": first["replyToken"], "messages": [HELLO]}
    assert visitor.api("POST", "message/reply", json=body).status_code == 500
    log = visitor.chat()["log"]
    assert isinstance(log, list)
    assert {line.split(" ", 1)[1] for line in log} == {
        "Webhook 検証 → 200",
        "Webhook message → 200",
        "Webhook message（再送） → 200",
        "API reply → 500 Internal Server Error",
    }
    assert not any(visitor.user.id in line or "やあ" in line for line in log)


def test_the_rich_menu_is_shown_with_its_picture(visitor: Visitor) -> None:
    """The default menu, once it has a picture, with its areas."""
    menu_id = visitor.api("POST", "richmenu", json=RICH_MENU).json()["richMenuId"]
    assert visitor.chat()["menu"] is None
    assert visitor.http.get(f"menu/{menu_id}").status_code == 404
    image = picture(2500, 1686)
    visitor.api("POST", f"richmenu/{menu_id}/content", content=image)
    visitor.api("POST", f"user/all/richmenu/{menu_id}")
    assert visitor.chat()["menu"] == {"id": menu_id, **RICH_MENU}
    assert visitor.http.get(f"menu/{menu_id}").content == image


@pytest.mark.parametrize(
    ("asked", "notice"),
    [
        ({"kind": "fly"}, "この操作はできません。"),
        ({}, "この操作はできません。"),
        ({"kind": "press"}, "この操作はできません。"),
        ({"kind": "press", "action": 5}, ""),
        ({"kind": "fault", "fault": "earthquake"}, "この操作はできません。"),
        ({"kind": "say", "text": " "}, "メッセージを入力してください。"),
        ({"kind": "say", "text": 5}, "メッセージを入力してください。"),
        ({"kind": "say", "text": "あ" * 10_001}, "メッセージは10,000文字までです。"),
    ],
)
def test_what_is_not_understood_does_nothing(visitor: Visitor, asked: Json, notice: str) -> None:
    """A notice for the visitor, and no event for the bot."""
    assert visitor.http.post("act", json=asked).json() == {"notice": notice}
    assert visitor.receiver.events == []


def test_other_sites_and_strangers_are_refused(visitor: Visitor) -> None:
    """Acts need JSON, which other sites can not send, and a user; pictures need their type and size."""
    assert (
        visitor.http.post("act", content=b'{"kind":"block"}', headers={"content-type": "text/plain"}).status_code == 415
    )
    assert visitor.http.post("act", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert visitor.http.post("act", json=[]).status_code == 400
    assert visitor.http.post("picture", content=b"GIF", headers={"content-type": "image/gif"}).status_code == 415
    huge = visitor.http.post("picture", content=b"x" * 10_000_001, headers={"content-type": "image/png"})
    assert huge.status_code == 413
    visitor.http.cookies.clear()
    assert visitor.http.get("chat").status_code == 410
    assert visitor.http.post("act", json={"kind": "block"}).status_code == 410
    assert visitor.http.post("picture", content=b"", headers={"content-type": "image/png"}).status_code == 410
    assert visitor.receiver.events == []


def test_failing_webhooks_are_told_to_the_visitor(visitor: Visitor) -> None:
    """An error, an absent bot and a missing setting each have their sentence."""
    visitor.receiver.status = 503
    assert visitor.act("say", text="やあ") == "Webhookがエラーを返しました。"
    visitor.platform.webhook_url = "http://127.0.0.1:9/hook"
    assert visitor.act("say", text="やあ") == "Webhookの送り先につながりませんでした。"
    visitor.platform.webhook_url = None
    assert visitor.act("say", text="やあ") == "Webhookの送り先が設定されていません。"


def test_two_visitors_do_not_see_each_other(visitor: Visitor) -> None:
    """Each has a chat of their own, even when both type at once."""
    with httpx.Client(base_url=visitor.http.base_url, trust_env=False) as http:
        http.get("")
        other = Visitor(http, visitor.platform, visitor.receiver, visitor.clock)
        threads = [
            threading.Thread(target=each.act, args=("say",), kwargs={"text": name})
            for each, name in ((visitor, "わたし"), (other, "あなた"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [item.message["text"] for item in visitor.user.chat] == ["わたし"]
        assert [item.message["text"] for item in other.user.chat] == ["あなた"]
