"""The rich menu follows the mode at a strict LINE: put up, tried again, never half, by whichever worker comes first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.line.drawing import FontMissingError
from bot.line.richmenu import RichMenu
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from knowledge.models import MenuDeployment, Mode, World
from tests.bot.disaster.conftest import Town


def _labels(town: Town) -> list[str]:
    shown = town.platform.menus.shown(None)
    made: dict[str, Any] = dict(shown.object) if shown else {"areas": []}
    return [str(area["action"]["label"]) for area in made["areas"]]


def _row(town: Town, change: int) -> MenuDeployment:
    with town.sessions() as session:
        return session.get_one(MenuDeployment, change)


def test_each_mode_has_its_menu(town: Town) -> None:
    """Disaster, recovery, and back; in ordinary times that never ended nothing is touched."""
    assert not town.menu.once(town.now)
    assert _labels(town) == []
    for mode, first in (
        (Mode.DISASTER, "避難所をさがす"),
        (Mode.RECOVERY, "罹災証明書"),
        (Mode.NORMAL, "証明書をとる"),
    ):
        town.turn(mode)
        assert town.menu.once(town.now)
        assert _labels(town)[0] == first
        assert not town.menu.once(town.now)
    assert len(town.platform.menus.menus) == 1


@pytest.mark.parametrize(
    "endpoint", [Endpoint.MENU_LIST, Endpoint.MENU_CREATE, Endpoint.MENU_UPLOAD, Endpoint.DEFAULT_SET]
)
@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.RATE_LIMITED, Fault.RESET])
def test_a_failure_at_any_step_is_said_and_tried_again(town: Town, endpoint: Endpoint, fault: Fault) -> None:
    """The old menu stays up meanwhile; the next tries wait longer and longer."""
    town.turn(Mode.RECOVERY)
    assert town.menu.once(town.now)
    town.turn(Mode.DISASTER)
    town.platform.faults.queue(endpoint, fault, fault)
    assert not town.menu.once(town.now)
    assert _labels(town)[0] == "罹災証明書"
    assert _row(town, 2).problem in {"RetryableError", "UnansweredError"}
    assert not town.menu.once(town.now + timedelta(seconds=1))
    assert _row(town, 2).attempts == 1
    assert not town.menu.once(town.now + timedelta(seconds=3))
    assert town.menu.once(town.now + timedelta(seconds=60))
    assert _labels(town)[0] == "避難所をさがす"
    assert (_row(town, 2).attempts, _row(town, 2).problem) == (3, None)


def test_after_three_failures_those_on_call_hear_of_it(town: Town) -> None:
    """Once, with where to look."""
    phone = town.tester(1, on_call=True)
    town.turn()
    town.platform.faults.queue(Endpoint.MENU_LIST, *[Fault.SERVER_ERROR] * 5)
    for minute in range(5):
        town.menu.once(town.now + timedelta(minutes=2 * minute))
    town.calling.once(town.now + timedelta(minutes=10))
    assert sum("リッチメニューを LINE に出せていません" in text for text in town.said_to(phone)) == 1


def test_a_missing_picture_is_a_failure_with_a_name(town: Town) -> None:
    """The console says what to do about it."""

    def missing() -> RichMenu:
        raise FontMissingError

    town.turn()
    assert not replace(town.menu, menu=missing).once(town.now)
    assert _row(town, 1).problem == "FontMissingError"


def test_a_worker_that_died_at_it_is_replaced(town: Town) -> None:
    """After a minute; before that nobody does the same twice."""
    town.turn()

    def killed() -> RichMenu:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(town.menu, menu=killed).once(town.now)
    assert not town.menu.once(town.now + timedelta(seconds=30))
    assert town.menu.once(town.now + timedelta(seconds=61))


def test_a_slow_worker_does_not_leave_an_old_menu_up(town: Town) -> None:
    """Where it finishes after a newer change was put up, that one is put up again."""
    town.turn()

    def slow() -> RichMenu:
        old = town.menu.menu()
        town.turn(Mode.RECOVERY)
        assert town.menu.once(town.now)
        return old

    assert replace(town.menu, menu=slow).once(town.now)
    assert _labels(town)[0] == "避難所をさがす"
    assert town.menu.once(town.now)
    assert _labels(town)[0] == "罹災証明書"


def test_a_drill_leaves_everybodys_menu_alone(town: Town) -> None:
    """It has no path to it."""
    town.turn(world=World.DRILL)
    assert not town.menu.once(town.now)
    assert _labels(town) == []
