"""The account, its friends, what they sent, and groups."""

from bot.line import limits
from bot.simulator.api.calls import Answer, Call, RefusedError
from bot.simulator.endpoints import Endpoint
from bot.simulator.people import Relation
from bot.simulator.platform import Content, Platform


def profile(platform: Platform, call: Call) -> Answer:
    """Tell a user's display name; those who blocked the account are not found."""
    user = platform.people.find(call.path["user_id"])
    if user is None or user.relation is Relation.BLOCKED:
        raise RefusedError(404, "Not found")
    return Answer(body={"displayName": user.name, "userId": user.id, "language": "ja"})


def info(platform: Platform, _call: Call) -> Answer:
    """Tell who the account is."""
    return Answer(
        body={
            "userId": platform.bot_user_id,
            "basicId": "@pocket",
            "displayName": "ポケット行政",
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }
    )


def followers(platform: Platform, call: Call) -> Answer:
    """List friends' ids, a page at a time; verified accounts only."""
    if not platform.config.verified:
        raise RefusedError(403, "Access to this API is not available for your account")
    written, start = call.query.get("limit", "300"), call.query.get("start", "0")
    limit = int(written) if written.isascii() and written.isdigit() else 0
    first = int(start) if start.isascii() and start.isdigit() else -1
    if not 1 <= limit <= limits.FOLLOWERS_PER_PAGE or first < 0:
        raise RefusedError(400, "The query parameter is invalid")
    ids = [user.id for user in platform.people.friends()]
    end = first + limit
    more = {"next": str(end)} if end < len(ids) else {}
    return Answer(body={"userIds": ids[first:end], **more})


def content(platform: Platform, call: Call) -> Answer:
    """Give the file a user sent: 202 while it is converted, 404 unknown, 410 once unsent."""
    kept = _kept(platform, call)
    if platform.now() < kept.ready_at:
        return Answer(202)
    return Answer(content=kept.content, headers={"content-type": kept.content_type})


def transcoding(platform: Platform, call: Call) -> Answer:
    """Tell whether a file is ready."""
    ready = platform.now() >= _kept(platform, call).ready_at
    return Answer(body={"status": "succeeded" if ready else "processing"})


def _kept(platform: Platform, call: Call) -> Content:
    kept = platform.contents.get(call.path["message_id"])
    if kept is None:
        raise RefusedError(404, "Not found")
    if kept.gone:
        raise RefusedError(410, "Gone")
    return kept


def leave(platform: Platform, call: Call) -> Answer:
    """Leave a group or room."""
    if call.path["chat_id"] not in platform.groups:
        raise RefusedError(404, "Not found")
    platform.groups.discard(call.path["chat_id"])
    return Answer()


HANDLERS = {
    Endpoint.PROFILE: profile,
    Endpoint.INFO: info,
    Endpoint.FOLLOWERS: followers,
    Endpoint.CONTENT: content,
    Endpoint.TRANSCODING: transcoding,
    Endpoint.GROUP_LEAVE: leave,
    Endpoint.ROOM_LEAVE: leave,
}
