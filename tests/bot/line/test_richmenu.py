"""The rich menu: within LINE's limits, leading only where something is, deployed so that nobody sees half of it."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from pydantic import SecretStr

from bot.line import drawing
from bot.line.client import LineClient
from bot.line.drawing import FontMissingError, draw, find_font, menu_of
from bot.line.errors import LineError
from bot.line.richmenu import ALIAS, HEIGHT, WIDTH, RichMenu, boxes, deploy, rich_menu
from bot.line.validate import image_problems, rich_menu_problems
from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from bot.simulator.menus import Menus
from bot.simulator.platform import Platform
from handlers.actions import ShowGuide, ShowLifeEvent, ShowMenu, unpack
from knowledge.pack import load_pack
from tests.bot.line.conftest import serving
from tests.bot.simulator.stand import SECRET, TOKEN

PACK = Path(__file__).parents[3] / "knowledge" / "packs" / "toshima"
ENTRIES = load_pack(PACK).ward.menu
MENU = menu_of(ENTRIES, PACK)


@pytest.fixture
def line() -> Iterator[tuple[LineClient, Platform]]:
    """A client of the strict simulator, and its state."""
    app = create_simulator(SimulatorConfig(SECRET, TOKEN, seed=1, hang_seconds=2))
    with serving(app) as url, LineClient(url, url, SecretStr(TOKEN), timeout_seconds=5) as client:
        yield client, app.state.platform


def _menu_like(colour: str) -> RichMenu:
    out = io.BytesIO()
    Image.new("RGB", (WIDTH, HEIGHT), colour).save(out, "PNG")
    return RichMenu(MENU.entries, out.getvalue())


def _up(menus: Menus) -> tuple[list[str], str | None, str | None]:
    return list(menus.menus), menus.default_id, menus.aliases.get(ALIAS)


def test_line_takes_menu_and_picture() -> None:
    """Both pass the validator."""
    assert rich_menu_problems(rich_menu(MENU)) == ()
    assert image_problems(MENU.picture, "image/png") == ()


@pytest.mark.parametrize("count", range(1, 7))
def test_the_areas_cover_the_picture_without_overlap(count: int) -> None:
    """No tap goes nowhere, none to two entries, however many a pack has."""
    places = boxes(count)
    assert len(places) == count
    assert sum((right - left) * (bottom - top) for left, top, right, bottom in places) == WIDTH * HEIGHT
    assert all(0 <= left < right <= WIDTH and 0 <= top < bottom <= HEIGHT for left, top, right, bottom in places)


def test_every_area_does_what_its_entry_says() -> None:
    """A guide, a life event, or the menu as a whole, in the pack's order."""
    actions = [unpack(area["action"]["data"]) for area in rich_menu(MENU)["areas"]]
    assert actions[0] == ShowGuide("juminhyo")
    assert actions[2] == ShowLifeEvent("moving-in")
    assert actions[-1] == ShowMenu()
    assert actions == [entry.action for entry in MENU.entries]


@pytest.mark.skipif(find_font() is None, reason="no Japanese font here")
def test_the_picture_is_the_one_the_code_draws() -> None:
    """Drawn again it is the same, but for what another version of the font may change."""
    font = find_font()
    assert font is not None
    drawn, kept = (Image.open(io.BytesIO(each)).convert("L") for each in (draw(ENTRIES, font), MENU.picture))
    differing = sum(ImageChops.difference(drawn, kept).point(lambda level: level > 64).histogram()[1:])
    assert differing < WIDTH * HEIGHT * 0.01


def test_a_pack_without_a_picture_gets_one_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where nothing can draw Japanese, the operator is told what to install."""
    if find_font() is not None:
        assert image_problems(menu_of(ENTRIES[:4], tmp_path).picture, "image/png") == ()
    monkeypatch.setattr(drawing, "FONTS", ())
    with pytest.raises(FontMissingError):
        menu_of(ENTRIES, tmp_path)


def test_a_menu_is_put_up_and_the_old_one_taken_down(line: tuple[LineClient, Platform]) -> None:
    """The new one has picture, alias and default before ours of before is deleted; others' menus stay."""
    client, platform = line
    foreign = str(client.call("POST", "/v2/bot/richmenu", rich_menu(MENU) | {"name": "made by hand"})["richMenuId"])
    first = deploy(client, _menu_like("#1B6B3A"))
    second = deploy(client, _menu_like("#14532D"))
    assert first != second
    assert _up(platform.menus) == ([foreign, second], second, second)


def test_deploying_the_same_again_changes_nothing(line: tuple[LineClient, Platform]) -> None:
    """Known by the digest in its name."""
    client, platform = line
    assert deploy(client, MENU) == deploy(client, MENU)
    assert len(platform.menus.menus) == 1


@pytest.mark.parametrize(
    "step", [Endpoint.MENU_CREATE, Endpoint.MENU_UPLOAD, Endpoint.ALIAS_UPDATE, Endpoint.DEFAULT_SET]
)
def test_a_failure_leaves_the_menu_that_was_there(line: tuple[LineClient, Platform], step: Endpoint) -> None:
    """At whichever step; deploying once more puts the new one up and clears away what was left."""
    client, platform = line
    old = deploy(client, _menu_like("#1B6B3A"))
    platform.faults.queue(step, Fault.SERVER_ERROR)
    with pytest.raises(LineError):
        deploy(client, _menu_like("#14532D"))
    assert platform.menus.default_id == old
    new = deploy(client, _menu_like("#14532D"))
    assert _up(platform.menus) == ([new], new, new)
