"""Rich menus: create, picture, default, per user, aliases."""

from bot.line import limits
from bot.line.schema.richmenu import alias_create, alias_update, image_problems, rich_menu
from bot.simulator.api.calls import Answer, Call, RefusedError
from bot.simulator.endpoints import Endpoint
from bot.simulator.menus import Picture, RichMenu
from bot.simulator.people import User
from bot.simulator.platform import Platform


def create(platform: Platform, call: Call) -> Answer:
    """Keep a menu; its picture comes next."""
    menu = call.json(rich_menu)
    if len(platform.menus.menus) >= limits.RICH_MENUS:
        raise RefusedError(400, "The number of rich menus exceeds the limit")
    menu_id = f"richmenu-{platform.ids.hex()}"
    platform.menus.menus[menu_id] = RichMenu(menu_id, menu)
    return Answer(body={"richMenuId": menu_id})


def validate(_platform: Platform, call: Call) -> Answer:
    """Say what is wrong with a menu, without keeping it."""
    call.json(rich_menu)
    return Answer()


def get(platform: Platform, call: Call) -> Answer:
    """Give one menu."""
    menu = _menu(platform, call.path["menu_id"])
    return Answer(body={"richMenuId": menu.id, **menu.object})


def list_all(platform: Platform, _call: Call) -> Answer:
    """Give all menus."""
    return Answer(
        body={"richmenus": [{"richMenuId": menu.id, **menu.object} for menu in platform.menus.menus.values()]}
    )


def delete(platform: Platform, call: Call) -> Answer:
    """Remove a menu."""
    platform.menus.delete(_menu(platform, call.path["menu_id"]).id)
    return Answer()


def upload(platform: Platform, call: Call) -> Answer:
    """Take the picture of a menu, once."""
    menu = _menu(platform, call.path["menu_id"])
    if menu.picture:
        raise RefusedError(400, "An image has already been uploaded to the richmenu")
    problems = image_problems(call.raw, call.content_type)
    if problems:
        raise RefusedError(415 if problems[0].property == "Content-Type" else 400, problems[0].message)
    menu.picture = Picture(call.raw, call.content_type)
    return Answer()


def download(platform: Platform, call: Call) -> Answer:
    """Give the picture of a menu."""
    picture = _menu(platform, call.path["menu_id"]).picture
    if picture is None:
        raise RefusedError(404, "Not found")
    return Answer(content=picture.content, headers={"content-type": picture.content_type})


def default_set(platform: Platform, call: Call) -> Answer:
    """Show a menu to everyone without one of their own."""
    platform.menus.default_id = _with_picture(platform, call.path["menu_id"]).id
    return Answer()


def default_get(platform: Platform, _call: Call) -> Answer:
    """Tell the default menu."""
    if platform.menus.default_id is None:
        raise RefusedError(404, "no default richmenu")
    return Answer(body={"richMenuId": platform.menus.default_id})


def default_clear(platform: Platform, _call: Call) -> Answer:
    """Show no default menu any more."""
    platform.menus.default_id = None
    return Answer()


def alias_make(platform: Platform, call: Call) -> Answer:
    """Name a menu."""
    body = call.json(alias_create)
    alias = str(body["richMenuAliasId"])
    if alias in platform.menus.aliases:
        raise RefusedError(400, "conflict richmenu alias id")
    if len(platform.menus.aliases) >= limits.RICH_MENU_ALIASES:
        raise RefusedError(400, "The number of rich menu aliases exceeds the limit")
    return _point(platform, alias, str(body["richMenuId"]))


def alias_change(platform: Platform, call: Call) -> Answer:
    """Let a name stand for another menu."""
    body = call.json(alias_update)
    return _point(platform, _alias(platform, call), str(body["richMenuId"]))


def alias_get(platform: Platform, call: Call) -> Answer:
    """Tell what a name stands for."""
    alias = _alias(platform, call)
    return Answer(body={"richMenuAliasId": alias, "richMenuId": platform.menus.aliases[alias]})


def alias_list(platform: Platform, _call: Call) -> Answer:
    """Give all names."""
    pairs = platform.menus.aliases.items()
    return Answer(body={"aliases": [{"richMenuAliasId": alias, "richMenuId": menu_id} for alias, menu_id in pairs]})


def alias_delete(platform: Platform, call: Call) -> Answer:
    """Forget a name."""
    del platform.menus.aliases[_alias(platform, call)]
    return Answer()


def link(platform: Platform, call: Call) -> Answer:
    """Show a menu to one user."""
    _user(platform, call).menu_id = _with_picture(platform, call.path["menu_id"]).id
    return Answer()


def linked(platform: Platform, call: Call) -> Answer:
    """Tell the menu linked to a user."""
    menu_id = _user(platform, call).menu_id
    if menu_id not in platform.menus.menus:
        raise RefusedError(404, "the user has no richmenu")
    return Answer(body={"richMenuId": menu_id})


def unlink(platform: Platform, call: Call) -> Answer:
    """Show the default menu to a user again."""
    _user(platform, call).menu_id = None
    return Answer()


def _menu(platform: Platform, menu_id: str) -> RichMenu:
    menu = platform.menus.menus.get(menu_id)
    if menu is None:
        raise RefusedError(404, "richmenu not found")
    return menu


def _with_picture(platform: Platform, menu_id: str) -> RichMenu:
    menu = _menu(platform, menu_id)
    if menu.picture is None:
        raise RefusedError(400, "must upload richmenu image before applying it to user")
    return menu


def _alias(platform: Platform, call: Call) -> str:
    alias = call.path["alias_id"]
    if alias not in platform.menus.aliases:
        raise RefusedError(404, "richmenu alias not found")
    return alias


def _point(platform: Platform, alias: str, menu_id: str) -> Answer:
    menu = platform.menus.menus.get(menu_id)
    if menu is None or menu.picture is None:
        raise RefusedError(400, "richmenu not found")
    platform.menus.aliases[alias] = menu.id
    return Answer()


def _user(platform: Platform, call: Call) -> User:
    user = platform.people.find(call.path["user_id"])
    if user is None:
        raise RefusedError(400, "The value for the 'userId' parameter is invalid")
    return user


HANDLERS = {
    Endpoint.MENU_CREATE: create,
    Endpoint.MENU_VALIDATE: validate,
    Endpoint.MENU_GET: get,
    Endpoint.MENU_LIST: list_all,
    Endpoint.MENU_DELETE: delete,
    Endpoint.MENU_UPLOAD: upload,
    Endpoint.MENU_DOWNLOAD: download,
    Endpoint.DEFAULT_SET: default_set,
    Endpoint.DEFAULT_GET: default_get,
    Endpoint.DEFAULT_CLEAR: default_clear,
    Endpoint.ALIAS_CREATE: alias_make,
    Endpoint.ALIAS_UPDATE: alias_change,
    Endpoint.ALIAS_GET: alias_get,
    Endpoint.ALIAS_LIST: alias_list,
    Endpoint.ALIAS_DELETE: alias_delete,
    Endpoint.USER_MENU_LINK: link,
    Endpoint.USER_MENU_GET: linked,
    Endpoint.USER_MENU_UNLINK: unlink,
}
