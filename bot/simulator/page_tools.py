"""What a visitor of the page can do: a resident's acts, and the little machine room beside the phone."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from bot.simulator.people import User
from bot.simulator.phone import Phone
from bot.simulator.platform import Platform
from bot.simulator.webhooks import Delivery, Failure, WebhookSender, deliver_to

_UNDERSTOOD = ""
_NOT_UNDERSTOOD = "この操作はできません。"
_NO_WEBHOOK = "Webhookの送り先が設定されていません。"
_MOST_TYPED = 10_000
_FAILED = {
    Failure.TIMEOUT: "Webhookの返事が2秒以内にありませんでした。",
    Failure.CONNECTION: "Webhookの送り先につながりませんでした。",
    Failure.STATUS: "Webhookがエラーを返しました。",
}
_VOICE = b"\x00\x00\x00\x18ftypM4A "


class Tools:
    """The acts by name; each returns a notice for the visitor, empty where the chat itself says enough."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._sender = WebhookSender(platform, self._deliver)
        self._acts: dict[str, Callable[[User, Mapping[str, Any]], Delivery | str | None]] = {
            "say": self._say,
            "press": lambda user, asked: self._phone(user).press(asked["action"], asked.get("picked")),
            "sticker": lambda user, _asked: self._phone(user).sticker(),
            "picture": lambda user, asked: self._phone(user).picture(asked["content"], asked["type"]),
            "voice": lambda user, _asked: self._phone(user).voice(_VOICE),
            "place": lambda user, _asked: self._phone(user).place(
                35.7263, 139.7166, "豊島区役所", "豊島区南池袋2-45-1"
            ),
            "unsend": lambda user, asked: self._phone(user).unsend(str(asked["id"])),
            "follow": lambda user, _asked: self._phone(user).follow(),
            "block": lambda user, _asked: self._phone(user).block(),
            "verify": self._verify,
            "redeliver": self._redeliver,
            "fault": self._fault,
        }

    def do(self, user: User, asked: Mapping[str, Any]) -> str:
        """Do what was asked and return the notice to show; what is not understood does nothing."""
        act = self._acts.get(str(asked.get("kind")))
        if act is None:
            return _NOT_UNDERSTOOD
        if self._platform.webhook_url is None:
            return _NO_WEBHOOK
        try:
            done = act(user, asked)
        except (KeyError, TypeError):
            return _NOT_UNDERSTOOD
        return done if isinstance(done, str) else _notice(done)

    def deliveries(self, count: int) -> list[Delivery]:
        """Return the newest webhooks, oldest first."""
        return self._sender.history[-count:]

    def _deliver(self, body: bytes, headers: Mapping[str, str]) -> int:
        return deliver_to(str(self._platform.webhook_url))(body, headers)

    def _phone(self, user: User) -> Phone:
        return Phone(self._platform, user, self._sender)

    def _say(self, user: User, asked: Mapping[str, Any]) -> Delivery | str:
        text = asked["text"]
        if not isinstance(text, str) or not text.strip():
            return "メッセージを入力してください。"
        if len(text) > _MOST_TYPED:
            return f"メッセージは{_MOST_TYPED:,}文字までです。"
        return self._phone(user).say(text)

    def _verify(self, _user: User, _asked: Mapping[str, Any]) -> str:
        delivery = self._sender.verify()
        return _notice(delivery) or f"検証に成功しました（{delivery.status}）。"

    def _redeliver(self, user: User, _asked: Mapping[str, Any]) -> str:
        source = {"type": "user", "userId": user.id}
        for delivery in reversed(self._sender.history):
            if any(event["source"] == source for event in delivery.events):
                return _notice(self._sender.redeliver(delivery)) or "同じ出来事をもう一度届けました。"
        return "まだ何も届けていません。"

    def _fault(self, _user: User, asked: Mapping[str, Any]) -> str:
        names = {fault.value: fault for fault in Fault}
        fault = names.get(str(asked["fault"]))
        if fault is None:
            return _NOT_UNDERSTOOD
        with self._platform.lock:
            self._platform.faults.queue(Endpoint.REPLY, fault)
        return "次の返信でこの障害が起きます。"


def _notice(delivery: Delivery | None) -> str:
    return _FAILED[delivery.failure] if delivery and delivery.failure else _UNDERSTOOD
