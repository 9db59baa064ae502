"""Rich menus and aliases, the account, friends and contents."""

import httpx
import pytest

from bot.simulator.config import SimulatorConfig
from bot.simulator.events import Events
from bot.simulator.people import User
from tests.bot.line.samples import RICH_MENU
from tests.bot.line.test_validate_image import picture
from tests.bot.simulator.stand import SECRET, TOKEN, Api, Clock


def _create(api: Api) -> str:
    menu_id: str = api.post("/v2/bot/richmenu", RICH_MENU).json()["richMenuId"]
    return menu_id


def _upload(api: Api, menu_id: str, content: bytes, kind: str = "image/png") -> httpx.Response:
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": kind}
    return api.http.post(f"/v2/bot/richmenu/{menu_id}/content", content=content, headers=headers)


def test_a_menu_from_creation_to_deletion(api: Api) -> None:
    """Created, given its picture once, made the default, listed, deleted, and then gone as a default too."""
    menu_id, image = _create(api), picture(2500, 1686)
    refused = api.call("POST", f"/v2/bot/user/all/richmenu/{menu_id}")
    assert (refused.status_code, "image" in refused.json()["message"]) == (400, True)
    assert _upload(api, menu_id, image).status_code == 200
    assert _upload(api, menu_id, image).status_code == 400
    assert api.call("GET", f"/v2/bot/richmenu/{menu_id}/content").content == image
    assert api.call("POST", f"/v2/bot/user/all/richmenu/{menu_id}").status_code == 200
    assert api.call("GET", "/v2/bot/user/all/richmenu").json() == {"richMenuId": menu_id}
    assert api.call("GET", "/v2/bot/richmenu/list").json() == {"richmenus": [{"richMenuId": menu_id, **RICH_MENU}]}
    assert api.call("GET", f"/v2/bot/richmenu/{menu_id}").json()["size"] == RICH_MENU["size"]
    assert api.call("DELETE", f"/v2/bot/richmenu/{menu_id}").status_code == 200
    assert api.call("GET", "/v2/bot/user/all/richmenu").status_code == 404
    assert api.call("GET", f"/v2/bot/richmenu/{menu_id}").status_code == 404


def test_menus_and_pictures_are_checked(api: Api) -> None:
    """A bad menu is named by its property; a bad picture by what is wrong; a picture of another kind is 415."""
    bad = api.post("/v2/bot/richmenu", {**RICH_MENU, "chatBarText": "あ" * 15})
    assert [detail["property"] for detail in bad.json()["details"]] == ["chatBarText"]
    assert api.post("/v2/bot/richmenu/validate", RICH_MENU).status_code == 200
    assert api.call("GET", "/v2/bot/richmenu/list").json() == {"richmenus": []}
    menu_id = _create(api)
    assert _upload(api, menu_id, b"GIF89a", "image/gif").status_code == 415
    assert _upload(api, menu_id, picture(700, 400)).status_code == 400
    assert _upload(api, "richmenu-nothing", picture(2500, 1686)).status_code == 404
    assert api.call("GET", f"/v2/bot/richmenu/{menu_id}/content").status_code == 404


def test_a_users_own_menu_goes_before_the_default(api: Api, alice: User) -> None:
    """Linked, told and unlinked per user."""
    menu_id = _create(api)
    _upload(api, menu_id, picture(2500, 1686))
    path = f"/v2/bot/user/{alice.id}/richmenu"
    assert api.call("GET", path).status_code == 404
    assert api.call("POST", f"{path}/{menu_id}").status_code == 200
    assert api.call("GET", path).json() == {"richMenuId": menu_id}
    shown = api.platform.menus.shown(alice.menu_id)
    assert shown is not None
    assert shown.id == menu_id
    assert api.call("DELETE", path).status_code == 200
    assert api.platform.menus.shown(alice.menu_id) is None


def test_aliases_switch_at_once(api: Api) -> None:
    """Made for a menu with a picture, moved to another, listed, deleted; a name is taken once."""
    first, second = _create(api), _create(api)
    body = {"richMenuAliasId": "main", "richMenuId": first}
    assert api.post("/v2/bot/richmenu/alias", body).status_code == 400
    for menu_id in (first, second):
        _upload(api, menu_id, picture(2500, 1686))
    assert api.post("/v2/bot/richmenu/alias", body).status_code == 200
    assert api.post("/v2/bot/richmenu/alias", body).status_code == 400
    assert api.post("/v2/bot/richmenu/alias", {**body, "richMenuAliasId": "Main!"}).status_code == 400
    assert api.post("/v2/bot/richmenu/alias/main", {"richMenuId": second}).status_code == 200
    assert api.call("GET", "/v2/bot/richmenu/alias/main").json() == {"richMenuAliasId": "main", "richMenuId": second}
    assert len(api.call("GET", "/v2/bot/richmenu/alias/list").json()["aliases"]) == 1
    assert api.call("DELETE", "/v2/bot/richmenu/alias/main").status_code == 200
    assert api.call("GET", "/v2/bot/richmenu/alias/main").status_code == 404


def test_menu_changes_are_limited_to_a_hundred_an_hour(api: Api) -> None:
    """The 101st creation within the hour is refused."""
    statuses = [api.post("/v2/bot/richmenu", RICH_MENU).status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]


def test_profile_and_info(api: Api, alice: User, events: Events) -> None:
    """A friend has a profile; who blocked the account is not found."""
    profile = api.call("GET", f"/v2/bot/profile/{alice.id}").json()
    assert profile == {"displayName": "アリス", "userId": alice.id, "language": "ja"}
    events.unfollow(alice)
    assert api.call("GET", f"/v2/bot/profile/{alice.id}").status_code == 404
    assert api.call("GET", "/v2/bot/info").json()["userId"] == api.platform.bot_user_id


def test_followers_come_in_pages(api: Api) -> None:
    """Pages of the size asked for, with a token for the next; at most a thousand."""
    users = [api.platform.add_user(str(number)).id for number in range(5)]
    first = api.call("GET", "/v2/bot/followers/ids?limit=3").json()
    rest = api.call("GET", f"/v2/bot/followers/ids?limit=3&start={first['next']}").json()
    assert first["userIds"] + rest["userIds"] == users
    assert "next" not in rest
    for query in ("limit=1001", "limit=0", "limit=x", "start=y"):
        assert api.call("GET", f"/v2/bot/followers/ids?{query}").status_code == 400


def test_contents_are_converted_fetched_and_taken_back(api: Api, alice: User, events: Events) -> None:
    """A video is 202 until converted, then given; unsent it is 410; a text has none."""
    video = events.video(alice, b"film", conversion=3)["message"]
    assert isinstance(video, dict)
    path = f"/v2/bot/message/{video['id']}/content"
    assert api.call("GET", path).status_code == 202
    assert api.call("GET", f"{path}/transcoding").json() == {"status": "processing"}
    api.clock.pass_(3)
    response = api.call("GET", path)
    assert (response.status_code, response.content, response.headers["content-type"]) == (200, b"film", "video/mp4")
    events.unsend(alice, video["id"])
    assert api.call("GET", path).status_code == 410
    assert api.call("GET", "/v2/bot/message/1/content").status_code == 404


class TestUnverified:
    """An account the ward has not had verified."""

    @pytest.fixture
    def config(self) -> SimulatorConfig:
        """Not verified."""
        return SimulatorConfig(SECRET, TOKEN, verified=False, now=Clock())

    def test_friends_cannot_be_listed(self, api: Api) -> None:
        """403 for unverified accounts."""
        assert api.call("GET", "/v2/bot/followers/ids").status_code == 403


def test_unknown_paths_and_methods(api: Api) -> None:
    """What is no endpoint is 404, a wrong method 405."""
    assert api.call("GET", "/v2/bot/unheard-of").status_code == 404
    assert api.call("GET", "/v2/bot/message/push").status_code == 405
