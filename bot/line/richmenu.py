"""The rich menu, made from the pack's entries: its areas, and its deployment so that residents never see half of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.line.client import LineClient
from bot.line.errors import FinalError
from bot.line.flex import postback
from handlers.reply import Choice

WIDTH, HEIGHT = 2_500, 1_686
COLUMNS = 3
ALIAS = "pocket-main"
_NAMES = "pocket-"

Box = tuple[int, int, int, int]
Json = dict[str, Any]


@dataclass(frozen=True)
class RichMenu:
    """The entries, in the order of reading, and the picture (PNG) that shows them."""

    entries: tuple[Choice, ...]
    picture: bytes


def boxes(count: int) -> list[Box]:
    """Where each entry stands, as left, top, right, bottom in pixels, three a row; together they cover the picture."""
    rows = [min(COLUMNS, count - first) for first in range(0, count, COLUMNS)]
    edges = [HEIGHT * down // len(rows) for down in range(len(rows) + 1)]
    return [
        (WIDTH * at // row, edges[down], WIDTH * (at + 1) // row, edges[down + 1])
        for down, row in enumerate(rows)
        for at in range(row)
    ]


def rich_menu(menu: RichMenu) -> Json:
    """The rich menu object; its name carries a digest of everything in it, so the same menu is known again."""
    made: Json = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "chatBarText": "メニュー",
        "areas": [
            {"bounds": {"x": left, "y": top, "width": right - left, "height": bottom - top}, "action": postback(entry)}
            for entry, (left, top, right, bottom) in _placed(menu.entries)
        ],
    }
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode() + menu.picture).hexdigest()
    return made | {"name": f"{_NAMES}{digest[:16]}"}


def _placed(entries: Sequence[Choice]) -> list[tuple[Choice, Box]]:
    return list(zip(entries, boxes(len(entries)), strict=True))


def deploy(client: LineClient, menu: RichMenu) -> str:
    """Put the rich menu up and give its id; where the same one is up already nothing changes. Raises LineError.

    Created, given its picture, named by the alias, made everybody's default, and only then are our older ones deleted:
    a failure at any step leaves the menu that was there.
    """
    made = rich_menu(menu)
    ours = _ours(client)
    current = _default(client)
    if current is not None and ours.get(current) == made["name"]:
        return current
    new = str(client.call("POST", "/v2/bot/richmenu", made)["richMenuId"])
    client.upload(f"/v2/bot/richmenu/{new}/content", menu.picture, "image/png")
    _name(client, new)
    client.call("POST", f"/v2/bot/user/all/richmenu/{new}", None)
    for old in ours:
        client.call("DELETE", f"/v2/bot/richmenu/{old}", None)
    return new


def _ours(client: LineClient) -> dict[str, str]:
    """Our menus by id; those made in LINE's own manager are left alone."""
    listed: list[Json] = client.call("GET", "/v2/bot/richmenu/list", None).get("richmenus", [])
    return {str(each["richMenuId"]): str(each["name"]) for each in listed if str(each["name"]).startswith(_NAMES)}


def _default(client: LineClient) -> str | None:
    try:
        return str(client.call("GET", "/v2/bot/user/all/richmenu", None).get("richMenuId"))
    except FinalError as error:
        if error.status == 404:
            return None
        raise


def _name(client: LineClient, menu: str) -> None:
    try:
        client.call("POST", f"/v2/bot/richmenu/alias/{ALIAS}", {"richMenuId": menu})
    except FinalError as error:
        if error.status not in (400, 404):
            raise
        client.call("POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": ALIAS, "richMenuId": menu})
