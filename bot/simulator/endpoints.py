"""The endpoints the stand-in answers, with their paths and rate limits (line-platform.md, section 3)."""

from dataclasses import dataclass
from enum import StrEnum

from bot.line import limits
from bot.line.limits import Rate


class Endpoint(StrEnum):
    """One operation of the Messaging API; faults and rate limits are kept for each."""

    REPLY = "reply"
    PUSH = "push"
    MULTICAST = "multicast"
    BROADCAST = "broadcast"
    VALIDATE = "validate"
    LOADING = "loading"
    PROFILE = "profile"
    INFO = "info"
    QUOTA = "quota"
    CONSUMPTION = "consumption"
    INSIGHT_UNIT = "insight_unit"
    FOLLOWERS = "followers"
    CONTENT = "content"
    TRANSCODING = "transcoding"
    GROUP_LEAVE = "group_leave"
    ROOM_LEAVE = "room_leave"
    MENU_CREATE = "menu_create"
    MENU_VALIDATE = "menu_validate"
    MENU_GET = "menu_get"
    MENU_LIST = "menu_list"
    MENU_DELETE = "menu_delete"
    MENU_UPLOAD = "menu_upload"
    MENU_DOWNLOAD = "menu_download"
    DEFAULT_SET = "default_set"
    DEFAULT_GET = "default_get"
    DEFAULT_CLEAR = "default_clear"
    ALIAS_CREATE = "alias_create"
    ALIAS_UPDATE = "alias_update"
    ALIAS_GET = "alias_get"
    ALIAS_LIST = "alias_list"
    ALIAS_DELETE = "alias_delete"
    USER_MENU_LINK = "user_menu_link"
    USER_MENU_GET = "user_menu_get"
    USER_MENU_UNLINK = "user_menu_unlink"
    WEBHOOK_SET = "webhook_set"
    WEBHOOK_GET = "webhook_get"
    WEBHOOK_TEST = "webhook_test"


RETRYABLE = frozenset({Endpoint.PUSH, Endpoint.MULTICAST, Endpoint.BROADCAST})
BINARY = frozenset({Endpoint.MENU_UPLOAD})


@dataclass(frozen=True)
class Address:
    """Where an endpoint lives; fixed paths stand before those with a parameter in the same place."""

    endpoint: Endpoint
    method: str
    path: str
    rate: Rate = limits.RATE_DEFAULT


_CHANGE = limits.RATE_RICH_MENU_CHANGE
_HOOK = limits.RATE_WEBHOOK_ENDPOINT

ADDRESSES = (
    Address(Endpoint.REPLY, "POST", "/v2/bot/message/reply"),
    Address(Endpoint.PUSH, "POST", "/v2/bot/message/push"),
    Address(Endpoint.MULTICAST, "POST", "/v2/bot/message/multicast", limits.RATE_MULTICAST),
    Address(Endpoint.BROADCAST, "POST", "/v2/bot/message/broadcast", limits.RATE_BROADCAST),
    Address(Endpoint.VALIDATE, "POST", "/v2/bot/message/validate/{kind}"),
    Address(Endpoint.QUOTA, "GET", "/v2/bot/message/quota"),
    Address(Endpoint.CONSUMPTION, "GET", "/v2/bot/message/quota/consumption"),
    Address(Endpoint.INSIGHT_UNIT, "GET", "/v2/bot/insight/message/event/aggregation", limits.RATE_INSIGHT),
    Address(Endpoint.CONTENT, "GET", "/v2/bot/message/{message_id}/content"),
    Address(Endpoint.TRANSCODING, "GET", "/v2/bot/message/{message_id}/content/transcoding"),
    Address(Endpoint.LOADING, "POST", "/v2/bot/chat/loading/start", limits.RATE_LOADING),
    Address(Endpoint.PROFILE, "GET", "/v2/bot/profile/{user_id}"),
    Address(Endpoint.INFO, "GET", "/v2/bot/info"),
    Address(Endpoint.FOLLOWERS, "GET", "/v2/bot/followers/ids"),
    Address(Endpoint.GROUP_LEAVE, "POST", "/v2/bot/group/{chat_id}/leave"),
    Address(Endpoint.ROOM_LEAVE, "POST", "/v2/bot/room/{chat_id}/leave"),
    Address(Endpoint.MENU_CREATE, "POST", "/v2/bot/richmenu", _CHANGE),
    Address(Endpoint.MENU_VALIDATE, "POST", "/v2/bot/richmenu/validate"),
    Address(Endpoint.MENU_LIST, "GET", "/v2/bot/richmenu/list", limits.RATE_RICH_MENU_LIST),
    Address(Endpoint.ALIAS_CREATE, "POST", "/v2/bot/richmenu/alias"),
    Address(Endpoint.ALIAS_LIST, "GET", "/v2/bot/richmenu/alias/list"),
    Address(Endpoint.ALIAS_UPDATE, "POST", "/v2/bot/richmenu/alias/{alias_id}"),
    Address(Endpoint.ALIAS_GET, "GET", "/v2/bot/richmenu/alias/{alias_id}"),
    Address(Endpoint.ALIAS_DELETE, "DELETE", "/v2/bot/richmenu/alias/{alias_id}", _CHANGE),
    Address(Endpoint.MENU_GET, "GET", "/v2/bot/richmenu/{menu_id}"),
    Address(Endpoint.MENU_DELETE, "DELETE", "/v2/bot/richmenu/{menu_id}", _CHANGE),
    Address(Endpoint.MENU_UPLOAD, "POST", "/v2/bot/richmenu/{menu_id}/content"),
    Address(Endpoint.MENU_DOWNLOAD, "GET", "/v2/bot/richmenu/{menu_id}/content"),
    Address(Endpoint.DEFAULT_SET, "POST", "/v2/bot/user/all/richmenu/{menu_id}"),
    Address(Endpoint.DEFAULT_GET, "GET", "/v2/bot/user/all/richmenu"),
    Address(Endpoint.DEFAULT_CLEAR, "DELETE", "/v2/bot/user/all/richmenu"),
    Address(Endpoint.USER_MENU_LINK, "POST", "/v2/bot/user/{user_id}/richmenu/{menu_id}"),
    Address(Endpoint.USER_MENU_GET, "GET", "/v2/bot/user/{user_id}/richmenu"),
    Address(Endpoint.USER_MENU_UNLINK, "DELETE", "/v2/bot/user/{user_id}/richmenu"),
    Address(Endpoint.WEBHOOK_SET, "PUT", "/v2/bot/channel/webhook/endpoint", _HOOK),
    Address(Endpoint.WEBHOOK_GET, "GET", "/v2/bot/channel/webhook/endpoint", _HOOK),
    Address(Endpoint.WEBHOOK_TEST, "POST", "/v2/bot/channel/webhook/test", limits.RATE_WEBHOOK_TEST),
)
