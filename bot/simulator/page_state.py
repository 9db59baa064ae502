"""What the page shows, as JSON for its script."""

from datetime import datetime

from bot.simulator.ledger import Accepted, Refused
from bot.simulator.page_tools import Tools
from bot.simulator.people import Item, Relation, User
from bot.simulator.platform import Platform
from knowledge.days import JST

_LINES = 12


def chat_state(platform: Platform, tools: Tools, user: User, since: int) -> dict[str, object]:
    """Return the chat's lines after number `since`, and how everything else stands now."""
    with platform.lock:
        menu = platform.menus.shown(user.menu_id)
        return {
            "items": [_item(item) for item in user.chat[since:]],
            "unsent": [item.number for item in user.chat if item.unsent],
            "loading": user.loading_until > platform.now(),
            "friend": user.relation is Relation.FRIEND,
            "menu": {"id": menu.id, **menu.object} if menu and menu.picture else None,
            "faults": sum(map(len, platform.faults.waiting().values())),
            "log": _log(platform, tools),
        }


def _item(item: Item) -> dict[str, object]:
    return {
        "number": item.number,
        "mine": item.mine,
        "id": item.message_id,
        "message": {} if item.unsent else item.message,
        "time": _clock(item.time),
    }


def _log(platform: Platform, tools: Tools) -> list[str]:
    """Return the newest lines of what went over the wire, oldest first."""
    wire: tuple[Accepted | Refused, ...] = (*platform.ledger.accepted()[-_LINES:], *platform.ledger.refused()[-_LINES:])
    lines = [(entry.time, f"API {entry.endpoint.value} → {_outcome(entry)}") for entry in wire]
    for delivery in tools.deliveries(_LINES):
        kinds = "・".join(str(event["type"]) for event in delivery.events) or "検証"
        again = (
            "（再送）" if any(event["deliveryContext"] == {"isRedelivery": True} for event in delivery.events) else ""
        )
        lines.append((delivery.time, f"Webhook {kinds}{again} → {delivery.failure or delivery.status}"))
    return [f"{_clock(time, seconds=True)} {line}" for time, line in sorted(lines)[-_LINES:]]


def _outcome(entry: Accepted | Refused) -> str:
    if isinstance(entry, Accepted):
        return "受付"
    return f"{entry.status} {entry.message}" if entry.status else "応答なし"


def _clock(time: float, *, seconds: bool = False) -> str:
    return f"{datetime.fromtimestamp(time, JST):{'%H:%M:%S' if seconds else '%H:%M'}}"
