"""Request bodies of the endpoints the ward uses."""

from bot.line import limits
from bot.line.schema.links import link
from bot.line.schema.messages import messages
from bot.line.schema.rules import Rule, array, boolean, one_of, record, text

_quiet: dict[str, Rule] = {"notificationDisabled": boolean}
_units: dict[str, Rule] = {
    "customAggregationUnits": array(text(pattern=limits.AGGREGATION_UNIT_PATTERN), 0, limits.AGGREGATION_UNITS)
}
_messages: dict[str, Rule] = {"messages": messages}
_recipients = array(text(pattern=limits.USER_ID_PATTERN), 1, limits.RECIPIENTS_PER_REQUEST)

reply_body = record({"replyToken": text(), **_messages}, _quiet)
push_body = record({"to": text(pattern=limits.CHAT_ID_PATTERN), **_messages}, {**_quiet, **_units})
multicast_body = record({"to": _recipients, **_messages}, {**_quiet, **_units})
broadcast_body = record(_messages, _quiet)
validate_body = record(_messages)
loading_body = record(
    {"chatId": text(pattern=limits.USER_ID_PATTERN)}, {"loadingSeconds": one_of(*limits.LOADING_SECONDS)}
)
# The reference asks for https; a stand-in on the same machine has no certificate, so the simulator alone allows http.
webhook_endpoint_body = record({"endpoint": link(("https", "http"), limits.WEBHOOK_URL)})
webhook_test_body = record({}, {"endpoint": link(("https", "http"), limits.WEBHOOK_URL)})
