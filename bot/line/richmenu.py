"""The rich menu, made from code: its areas, and its deployment in an order in which residents never see half of it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from bot.line.client import LineClient
from bot.line.errors import FinalError
from bot.line.flex import postback
from handlers.menu import ENTRIES

WIDTH, HEIGHT = 2_500, 1_686
COLUMNS, ROWS = 3, 2
ALIAS = "pocket-main"
PICTURE = Path(__file__).parent / "assets" / "richmenu.png"
_NAMES = "pocket-"

Box = tuple[int, int, int, int]
Json = dict[str, Any]


def boxes() -> list[Box]:
    """Where each entry stands, as left, top, right, bottom in pixels; together they cover the picture."""
    across = [WIDTH * n // COLUMNS for n in range(COLUMNS + 1)]
    down = [HEIGHT * n // ROWS for n in range(ROWS + 1)]
    return [(across[c], down[r], across[c + 1], down[r + 1]) for r in range(ROWS) for c in range(COLUMNS)]


def rich_menu(picture: bytes) -> Json:
    """The rich menu object; its name carries a digest of everything in it, so the same menu is known again."""
    menu: Json = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "chatBarText": "メニュー",
        "areas": [
            {"bounds": {"x": left, "y": top, "width": right - left, "height": bottom - top}, "action": postback(entry)}
            for entry, (left, top, right, bottom) in zip(ENTRIES, boxes(), strict=True)
        ],
    }
    digest = hashlib.sha256(json.dumps(menu, sort_keys=True).encode() + picture).hexdigest()
    return menu | {"name": f"{_NAMES}{digest[:16]}"}


def deploy(client: LineClient, picture: bytes | None = None) -> str:
    """Put the rich menu up and give its id; where the same one is up already nothing changes. Raises LineError.

    Created, given its picture, named by the alias, made everybody's default, and only then are our older ones deleted:
    a failure at any step leaves the menu that was there.
    """
    picture = PICTURE.read_bytes() if picture is None else picture
    menu = rich_menu(picture)
    ours = _ours(client)
    current = _default(client)
    if current is not None and ours.get(current) == menu["name"]:
        return current
    new = str(client.call("POST", "/v2/bot/richmenu", menu)["richMenuId"])
    client.upload(f"/v2/bot/richmenu/{new}/content", picture, "image/png")
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
