"""From a signed webhook to the answer at LINE's door, on a real database and real HTTP."""

from knowledge.models import Delivery, InboundEvent, Question, Resident
from tests.bot.line.conftest import Door
from tests.bot.line.said import ALICE, text
from tests.bot.wire import Wire


def test_a_question_is_stored_acknowledged_handled_and_answered(door: Door, wire: Wire) -> None:
    """One text gives one question, one resident, one reply by its token; body and payload are emptied afterwards."""
    asked = text("住民票はいくら？")
    door.take(asked)
    call = wire.wait_for(1)[0]
    assert call.path == "/v2/bot/message/reply"
    assert call.json["replyToken"] == asked["replyToken"]
    assert call.json["messages"][0]["text"] == "「住民票はいくら？」ですね"
    door.wait_until_done()
    with door.sessions() as session:
        assert session.query(Question).one().text == "住民票はいくら？"
        assert session.query(Resident).one().line_user_id == ALICE
        row = session.get_one(InboundEvent, asked["webhookEventId"])
        delivery = session.get_one(Delivery, asked["webhookEventId"])
        assert (row.status, row.body) == ("done", None)
        assert (delivery.status, delivery.payload, delivery.method) == ("accepted", None, "reply")
