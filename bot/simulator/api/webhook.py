"""Where webhooks go, and the test button."""

from datetime import UTC, datetime

from bot.line.schema import requests
from bot.simulator.api.calls import Answer, Call, RefusedError
from bot.simulator.endpoints import Endpoint
from bot.simulator.platform import Platform
from bot.simulator.webhooks import Delivery, WebhookSender, deliver_to


def set_endpoint(platform: Platform, call: Call) -> Answer:
    """Let webhooks go to another URL."""
    platform.webhook_url = str(call.json(requests.webhook_endpoint_body)["endpoint"])
    return Answer()


def get_endpoint(platform: Platform, _call: Call) -> Answer:
    """Tell where webhooks go."""
    if platform.webhook_url is None:
        raise RefusedError(404, "Not found")
    return Answer(body={"endpoint": platform.webhook_url, "active": True})


def test_endpoint(platform: Platform, call: Call) -> Answer:
    """Deliver a webhook without events and tell what came back; called without the lock, as the bot may call back."""
    given = call.json(requests.webhook_test_body).get("endpoint") if call.raw else None
    url = given or platform.webhook_url
    if not isinstance(url, str):
        raise RefusedError(404, "Not found")
    return Answer(body=_report(WebhookSender(platform, deliver_to(url)).verify()))


def _report(delivery: Delivery) -> dict[str, object]:
    return {
        "success": delivery.failure is None,
        "timestamp": datetime.fromtimestamp(delivery.time, UTC).isoformat(timespec="milliseconds"),
        "statusCode": delivery.status or 0,
        "reason": (delivery.failure or "OK").upper(),
        "detail": str(delivery.status or "no answer"),
    }


HANDLERS = {
    Endpoint.WEBHOOK_SET: set_endpoint,
    Endpoint.WEBHOOK_GET: get_endpoint,
    Endpoint.WEBHOOK_TEST: test_endpoint,
}
