"""A resident's phone: what a person does in the chat, as webhooks to the bot."""

from collections.abc import Mapping
from typing import Any

from bot.simulator.events import Event, Events
from bot.simulator.people import User
from bot.simulator.platform import Platform
from bot.simulator.webhooks import Delivery, WebhookSender


class Phone:
    """One user's phone."""

    def __init__(self, platform: Platform, user: User, sender: WebhookSender) -> None:
        self._platform = platform
        self._user = user
        self._sender = sender
        self._events = Events(platform)

    def say(self, text: str) -> Delivery:
        """Type a text and send it."""
        return self._sender.send(self._events.text(self._user, text))

    def sticker(self) -> Delivery:
        """Send a sticker."""
        return self._sender.send(self._events.sticker(self._user, "446", "1988", "よろしく"))

    def picture(self, content: bytes, content_type: str) -> Delivery:
        """Send a picture."""
        return self._sender.send(self._events.image(self._user, content, content_type))

    def voice(self, content: bytes) -> Delivery:
        """Send a voice message."""
        return self._sender.send(self._events.audio(self._user, content))

    def place(self, latitude: float, longitude: float, title: str = "", address: str = "") -> Delivery:
        """Send a place."""
        return self._sender.send(self._events.location(self._user, latitude, longitude, title, address))

    def unsend(self, message_id: str) -> Delivery:
        """Take a message back."""
        return self._sender.send(self._events.unsend(self._user, message_id))

    def follow(self) -> Delivery:
        """Add or unblock the account."""
        return self._sender.send(self._events.follow(self._user))

    def block(self) -> Delivery:
        """Block the account."""
        return self._sender.send(self._events.unfollow(self._user))

    def look(self) -> None:
        """Open the chat and see what is in it."""
        with self._platform.lock:
            self._platform.responses.look(self._user, self._platform.now())

    def press(self, action: Mapping[str, Any], picked: str | None = None) -> Delivery | None:
        """Do what a button's action asks of LINE; None where it stays on the phone (links, copying)."""
        event = self._pressed(action, picked)
        return self._sender.send(event) if event else None

    def _pressed(self, action: Mapping[str, Any], picked: str | None) -> Event | None:
        match action:
            case {"type": "message", "text": str(text)}:
                return self._events.text(self._user, text)
            case {"type": "postback", "data": str(data)}:
                return self._events.postback(
                    self._user, data, shown=action.get("displayText") or action.get("text") or ""
                )
            case {"type": "datetimepicker", "data": str(data), "mode": str(mode)} if picked:
                return self._events.postback(self._user, data, {mode: picked})
            case {"type": "richmenuswitch", "data": str(data), "richMenuAliasId": str(alias)}:
                return self._events.postback(self._user, data, self._switch(alias))
            case {"type": "uri", "uri": str(url)}:
                with self._platform.lock:
                    self._platform.responses.tap(self._user, url, self._platform.now())
                return None
            case _:
                return None

    def _switch(self, alias: str) -> dict[str, str]:
        with self._platform.lock:
            menu_id = self._platform.menus.aliases.get(alias)
            if menu_id is None:
                return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
            if menu_id not in self._platform.menus.menus:
                return {"status": "RICHMENU_NOTFOUND"}
            self._user.menu_id = menu_id
            return {"newRichMenuAliasId": alias, "status": "SUCCESS"}
