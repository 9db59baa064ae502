"""Webhook bodies as LINE sends them, and answers that leave a mark in the database."""

import json
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.actions import Action, ShowMenu, pack
from handlers.conversation import Asker
from handlers.reply import Choice, Outcome, Reply, Text
from knowledge.models import Question

Json = dict[str, Any]
ALICE = "U" + "a" * 32
BOB = "U" + "b" * 32
TOKEN = "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA"


def event(kind: str, user: str | None = ALICE, **more: Any) -> Json:
    """An event of now; name what differs."""
    source: Json = {"type": "user"} | ({"userId": user} if user else {})
    known = {
        "type": kind,
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": source,
        "webhookEventId": "01" + uuid.uuid4().hex[:24].upper(),
        "deliveryContext": {"isRedelivery": False},
    }
    if kind not in {"unsend", "unfollow", "leave"}:
        known["replyToken"] = uuid.uuid4().hex
    return known | more


def text(words: str, message: str = "444573844083572737", **more: Any) -> Json:
    """A text message."""
    return event("message", message={"type": "text", "id": message, "quoteToken": "q3Plxr4AgKd", "text": words}, **more)


def press(action: Action, **more: Any) -> Json:
    """A button of ours."""
    return event("postback", postback={"data": pack(action)}, **more)


def body(*events: Any) -> bytes:
    """The webhook that carries the events."""
    content = {"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": events}
    return json.dumps(content, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Marks:
    """Answers everything, and leaves one row a time it was asked: more than one for an event is a doubled effect."""

    def ask(self, session: Session, text: str, asker: Asker, now: datetime) -> Reply:
        self._mark(session, asker.event or "", asker.message, text, asker.resident, now)
        return Reply(Outcome.ANSWERED, (Text(f"「{text}」ですね"),), (Choice("メニュー", ShowMenu()),))

    def act(self, session: Session, action: Action, asker: Asker, now: datetime) -> Reply:
        self._mark(session, asker.event or "", None, pack(action), asker.resident, now)
        return Reply(Outcome.MENU, (Text("メニューです"),))

    def welcome(self, session: Session) -> Reply:  # noqa: ARG002 - as the responder has it
        return Reply(Outcome.MENU, (Text("ようこそ"),))

    def unsupported(self, session: Session, kind: str, asker: Asker | None = None) -> Reply:  # noqa: ARG002
        return Reply(Outcome.UNSUPPORTED, (Text(f"{kind}は読めません"),))

    def forget(self, session: Session, message_id: str) -> None:
        session.query(Question).filter(Question.message_id == message_id).update({"text": None})

    def _mark(
        self, session: Session, event: str, message: str | None, text: str, resident: int | None, now: datetime
    ) -> None:
        session.add(
            Question(
                id=uuid.uuid4().hex, event_id=None, message_id=message, resident_id=resident, channel="line", lang="ja",
                text=text, outcome="answered", guide_id=None, passage_id=None, candidates=[], trace={"event": event},
                snapshot="", asked_at=now, feedback=None,
            )
        )  # fmt: skip
