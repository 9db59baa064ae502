"""The loading animation: shown where an answer takes long, and never in its way."""

import threading

from bot.line.client import LineClient
from bot.line.loading import SHOWN_SECONDS, Loading
from tests.bot.line.said import ALICE, BOB
from tests.bot.wire import Wire


def test_slow_work_is_animated(client: LineClient, wire: Wire) -> None:
    """Once, in the chat of the one who waits."""
    with Loading(client, patience=0) as loading, loading.while_working(ALICE, 0):
        wire.wait_for(1, "/v2/bot/chat/loading/start")
    assert [call.json for call in wire.calls] == [{"chatId": ALICE, "loadingSeconds": SHOWN_SECONDS}]


def test_quick_work_is_not(client: LineClient, wire: Wire) -> None:
    """A thousand quick answers start nothing, and leave nothing behind."""
    with Loading(client, patience=30) as loading:
        for _ in range(1_000):
            with loading.while_working(ALICE, 0):
                pass
        assert vars(loading)["_users"] == {}
    assert wire.calls == []


def test_a_question_already_old_is_animated_sooner(client: LineClient, wire: Wire) -> None:
    """Its age counts as waiting: it comes before one that is new."""
    with Loading(client, patience=60) as loading, loading.while_working(BOB, 0), loading.while_working(ALICE, 61):
        assert wire.wait_for(1, "/v2/bot/chat/loading/start")[0].json["chatId"] == ALICE


def test_nobody_to_show_it_to(client: LineClient, wire: Wire) -> None:
    """A user who did not agree to be known gets no animation."""
    with Loading(client, patience=0) as loading, loading.while_working(None, 100):
        pass
    assert wire.calls == []


def test_a_refused_animation_delays_no_one(client: LineClient, wire: Wire) -> None:
    """The work goes on, and the next animation is still shown."""
    wire.answers.append((500, {}))
    done = threading.Event()
    with Loading(client, patience=0) as loading:
        with loading.while_working(ALICE, 0):
            wire.wait_for(1, "/v2/bot/chat/loading/start")
            done.set()
        with loading.while_working(BOB, 0):
            wire.wait_for(2, "/v2/bot/chat/loading/start")
    assert done.is_set()
