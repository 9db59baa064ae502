"""Webhook events of every type, built as LINE builds them (line-platform.md, section 1)."""

from collections.abc import Mapping, Sequence

from bot.simulator.people import Item, Json, Relation, User
from bot.simulator.platform import Content, Platform

Event = dict[str, object]


class Events:
    """Makes events and does at the platform what they tell of: chat lines, contents, relations, reply tokens."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def text(self, user: User, text: str, **more: object) -> Event:
        """A text message; `more` adds properties such as `mention`, `emojis` or `quotedMessageId`."""
        return self._message(user, {"type": "text", "text": text, **self._quotable(), **more})

    def sticker(self, user: User, package_id: str = "446", sticker_id: str = "1988", *keywords: str) -> Event:
        """A sticker with up to fifteen keywords."""
        sticker = {"packageId": package_id, "stickerId": sticker_id, "stickerResourceType": "STATIC"}
        return self._message(user, {"type": "sticker", **sticker, "keywords": list(keywords[:15]), **self._quotable()})

    def image(
        self, user: User, content: bytes, content_type: str = "image/jpeg", index: int = 0, total: int = 0
    ) -> Event:
        """A picture, one of a set where `total` is given."""
        more = {"imageSet": {"id": self._platform.ids.hex(), "index": index, "total": total}} if total else {}
        return self._file(user, {"type": "image", **self._quotable(), **more}, content, content_type)

    def video(self, user: User, content: bytes, duration: int = 10_000, conversion: float = 0.0) -> Event:
        """A video that can be fetched after `conversion` seconds."""
        return self._file(
            user, {"type": "video", "duration": duration, **self._quotable()}, content, "video/mp4", conversion
        )

    def audio(self, user: User, content: bytes, duration: int = 5_000, conversion: float = 0.0) -> Event:
        """A voice message; it has no quote token."""
        return self._file(user, {"type": "audio", "duration": duration}, content, "audio/x-m4a", conversion)

    def file(self, user: User, name: str, content: bytes) -> Event:
        """A file; it has no quote token and no content provider."""
        event = self._message(user, {"type": "file", "fileName": name, "fileSize": len(content)})
        self._keep(event, content, "application/octet-stream", 0.0)
        return event

    def location(self, user: User, latitude: float, longitude: float, title: str = "", address: str = "") -> Event:
        """A place; title and address may be missing."""
        named = {name: value for name, value in (("title", title), ("address", address)) if value}
        return self._message(user, {"type": "location", **named, "latitude": latitude, "longitude": longitude})

    def postback(self, user: User, data: str, params: Mapping[str, str] | None = None, shown: str = "") -> Event:
        """A pressed button; `shown` is its display text, which the chat shows and the event does not carry."""
        with self._platform.lock:
            if shown:
                self._line(user, {"type": "text", "text": shown})
            user.last_wrote = self._platform.now()
            pressed: dict[str, object] = {"data": data, "params": dict(params)} if params else {"data": data}
            return self._event("postback", _from(user), reply=True, postback=pressed)

    def follow(self, user: User) -> Event:
        """The user adds the account, or unblocks it."""
        with self._platform.lock:
            unblocked, user.relation = user.relation is Relation.BLOCKED, Relation.FRIEND
            return self._event("follow", _from(user), reply=True, follow={"isUnblocked": unblocked})

    def unfollow(self, user: User) -> Event:
        """The user blocks the account."""
        with self._platform.lock:
            user.relation = Relation.BLOCKED
            return self._event("unfollow", _from(user), reply=False)

    def unsend(self, user: User, message_id: str) -> Event:
        """The user takes a message back: its content can no longer be fetched."""
        with self._platform.lock:
            for item in user.chat:
                item.unsent = item.unsent or item.message_id == message_id
            kept = self._platform.contents.get(message_id)
            if kept:
                self._platform.contents[message_id] = Content(b"", kept.content_type, kept.ready_at, gone=True)
            return self._event("unsend", _from(user), reply=False, unsend={"messageId": message_id})

    def join(self, group_id: str) -> Event:
        """The account is invited to a group or room."""
        with self._platform.lock:
            self._platform.groups.add(group_id)
            return self._event("join", _in(group_id), reply=True)

    def leave(self, group_id: str) -> Event:
        """The account is removed from a group or room."""
        with self._platform.lock:
            self._platform.groups.discard(group_id)
            return self._event("leave", _in(group_id), reply=False)

    def member_joined(self, group_id: str, users: Sequence[User]) -> Event:
        """Users join a group the account is in."""
        with self._platform.lock:
            return self._event("memberJoined", _in(group_id), reply=True, joined={"members": list(map(_from, users))})

    def member_left(self, group_id: str, users: Sequence[User]) -> Event:
        """Users leave a group the account is in."""
        with self._platform.lock:
            return self._event("memberLeft", _in(group_id), reply=False, left={"members": list(map(_from, users))})

    def group_text(self, group_id: str, user: User, text: str) -> Event:
        """A text message in a group."""
        with self._platform.lock:
            message = {"type": "text", "id": self._id(), "text": text, **self._quotable()}
            return self._event("message", _in(group_id, user), reply=True, message=message)

    def message_edited(self, group_id: str, user: User, message_id: str, text: str) -> Event:
        """A text in a group is changed: the same message id with new tokens."""
        with self._platform.lock:
            message = {"type": "text", "id": message_id, "text": text, "quoteToken": self._platform.ids.hex(64)}
            return self._event("messageEdited", _in(group_id, user), reply=True, message=message)

    def beacon(self, user: User, kind: str = "enter") -> Event:
        """The user comes near a beacon (enter, banner or stay)."""
        with self._platform.lock:
            return self._event("beacon", _from(user), reply=True, beacon={"hwid": "d41d8cd98f", "type": kind})

    def account_link(self, user: User, nonce: str, result: str = "ok") -> Event:
        """The user linked an account; a failed one has no reply token."""
        with self._platform.lock:
            link = {"result": result, "nonce": nonce}
            return self._event("accountLink", _from(user), reply=result == "ok", link=link)

    def video_play_complete(self, user: User, tracking_id: str) -> Event:
        """The user watched a video with a tracking id to its end."""
        with self._platform.lock:
            done = {"trackingId": tracking_id}
            return self._event("videoPlayComplete", _from(user), reply=True, videoPlayComplete=done)

    def unknown(self, user: User, kind: str = "telepathy", **more: object) -> Event:
        """An event of a type that does not exist yet."""
        with self._platform.lock:
            return self._event(kind, _from(user), reply=True, **more)

    def _message(self, user: User, message: Event) -> Event:
        with self._platform.lock:
            line = self._line(user, message)
            return self._event("message", _from(user), reply=True, message={"id": line.message_id, **message})

    def _file(self, user: User, message: Event, content: bytes, content_type: str, conversion: float = 0.0) -> Event:
        event = self._message(user, {**message, "contentProvider": {"type": "line"}})
        self._keep(event, content, content_type, conversion)
        return event

    def _keep(self, event: Event, content: bytes, content_type: str, conversion: float) -> None:
        message = event["message"]
        assert isinstance(message, dict)
        with self._platform.lock:
            kept = Content(content, content_type, self._platform.now() + conversion)
            self._platform.contents[message["id"]] = kept

    def _line(self, user: User, message: Json) -> Item:
        return user.add(self._id(), message, self._platform.now(), mine=True)

    def _id(self) -> str:
        return self._platform.ids.message(self._platform.now())

    def _quotable(self) -> Event:
        return {"quoteToken": self._platform.ids.hex(64), "markAsReadToken": self._platform.ids.hex(64)}

    def _event(self, kind: str, source: Event, *, reply: bool, **more: object) -> Event:
        now = self._platform.now()
        event: Event = {
            "type": kind,
            "mode": "active",
            "timestamp": int(now * 1000),
            "source": source,
            "webhookEventId": self._platform.ids.ulid(now),
            "deliveryContext": {"isRedelivery": False},
            **more,
        }
        if reply:
            token = self._platform.ids.hex()
            chat = source.get("groupId") or source.get("roomId") or source["userId"]
            self._platform.reply_tokens.issue(token, str(chat), now)
            event["replyToken"] = token
        return event


def _from(user: User) -> Event:
    return {"type": "user", "userId": user.id}


def _in(group_id: str, user: User | None = None) -> Event:
    kind = "room" if group_id.startswith("R") else "group"
    return {"type": kind, f"{kind}Id": group_id, **({"userId": user.id} if user else {})}
