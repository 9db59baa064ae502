"""The rich menu's picture, drawn: a sign and a word for each entry, large, on calm ground."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.line.richmenu import HEIGHT, WIDTH, Box, RichMenu, boxes
from handlers.menu import entries
from knowledge.errors import PocketError
from knowledge.records import MenuEntry, MenuSign

FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
    Path("/usr/share/fonts/opentype/ipafont-gothic/ipagp.ttf"),
    Path("/usr/share/fonts/truetype/fonts-japanese-gothic.ttf"),
)
PICTURE = "richmenu.png"
_GROUND, _LINE, _GREEN, _INK, _PALE = "#F6FAF7", "#D5DDD8", "#1B6B3A", "#14301F", "#E3EFE7"
_LETTERS = 92
_DISC = 190
_PEN = 18

Sign = Callable[[ImageDraw.ImageDraw, int, int], None]


def find_font() -> Path | None:
    """A Japanese font of this machine (`fonts-noto-cjk`), or None."""
    return next((path for path in FONTS if path.exists()), None)


class FontMissingError(PocketError):
    """リッチメニューの絵を描く日本語の文字がありません。

    fonts-noto-cjk を入れるか、手続案内のフォルダーに richmenu.png を置いてください。
    """


def menu_of(menu: Sequence[MenuEntry], pack: Path, picture: str = PICTURE) -> RichMenu:
    """The rich menu of a pack: with its own picture of that name, or one drawn here; raises FontMissingError."""
    own, font = pack / picture, find_font()
    if own.is_file():
        return RichMenu(entries(menu), own.read_bytes())
    if font is None:
        raise FontMissingError
    return RichMenu(entries(menu), draw(menu, font))


def draw(menu: Sequence[MenuEntry], font: Path) -> bytes:
    """The picture as a PNG of at most 256 colours."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    pen = ImageDraw.Draw(image)
    letters = ImageFont.truetype(str(font), _LETTERS)
    for entry, box in zip(menu, boxes(len(menu)), strict=True):
        _cell(pen, box, entry.label, _SIGNS[entry.sign], letters)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _cell(pen: ImageDraw.ImageDraw, box: Box, label: str, sign: Sign, letters: ImageFont.FreeTypeFont) -> None:
    left, top, right, bottom = box
    x, y = (left + right) // 2, (top + bottom) // 2 - 90
    pen.rectangle((left, top, right, bottom), outline=_LINE, width=4)
    pen.ellipse((x - _DISC, y - _DISC, x + _DISC, y + _DISC), fill=_PALE)
    sign(pen, x, y)
    pen.text((x, bottom - 170), label, font=letters, fill=_INK, anchor="mm")


def _paper(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.rounded_rectangle((x - 75, y - 105, x + 75, y + 105), 14, outline=_GREEN, width=_PEN)
    for row in (-45, 0, 45):
        pen.line((x - 38, y + row, x + 38, y + row), fill=_GREEN, width=_PEN)


def _bin(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.line((x - 95, y - 70, x + 95, y - 70), fill=_GREEN, width=_PEN)
    pen.rectangle((x - 35, y - 105, x + 35, y - 70), outline=_GREEN, width=_PEN)
    pen.polygon(((x - 75, y - 70), (x + 75, y - 70), (x + 58, y + 105), (x - 58, y + 105)), outline=_GREEN, width=_PEN)
    for column in (-25, 25):
        pen.line((x + column, y - 30, x + column, y + 65), fill=_GREEN, width=_PEN)


def _truck(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.rectangle((x - 125, y - 65, x + 25, y + 55), outline=_GREEN, width=_PEN)
    pen.polygon(
        ((x + 25, y - 20), (x + 80, y - 20), (x + 120, y + 20), (x + 120, y + 55), (x + 25, y + 55)),
        outline=_GREEN,
        width=_PEN,
    )
    for wheel in (-70, 75):
        pen.ellipse((x + wheel - 34, y + 25, x + wheel + 34, y + 93), fill=_PALE, outline=_GREEN, width=_PEN)


def _child(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.ellipse((x - 105, y - 105, x + 105, y + 105), outline=_GREEN, width=_PEN)
    for eye in (-42, 42):
        pen.ellipse((x + eye - 13, y - 33, x + eye + 13, y - 7), fill=_GREEN)
    pen.arc((x - 52, y - 30, x + 52, y + 62), 20, 160, fill=_GREEN, width=_PEN)


def _shield(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    edge = ((x, y - 115), (x + 95, y - 80), (x + 85, y + 30), (x, y + 115), (x - 85, y + 30), (x - 95, y - 80))
    pen.polygon(edge, outline=_GREEN, width=_PEN)
    pen.line((x - 40, y, x - 8, y + 34, x + 46, y - 36), fill=_GREEN, width=_PEN, joint="curve")


def _tiles(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for column in (-58, 58):
        for row in (-58, 58):
            corner = (x + column - 42, y + row - 42, x + column + 42, y + row + 42)
            pen.rounded_rectangle(corner, 12, outline=_GREEN, width=_PEN)


def _house(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.line((x - 120, y - 5, x, y - 110, x + 120, y - 5), fill=_GREEN, width=_PEN, joint="curve")
    pen.rectangle((x - 85, y - 5, x + 85, y + 100), outline=_GREEN, width=_PEN)
    pen.rectangle((x - 25, y + 35, x + 25, y + 100), outline=_GREEN, width=_PEN)


def _way(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.line((x - 110, y, x + 70, y), fill=_GREEN, width=_PEN * 2)
    pen.polygon(((x + 40, y - 75), (x + 120, y), (x + 40, y + 75)), fill=_GREEN)


def _phone(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.rounded_rectangle((x - 62, y - 115, x + 62, y + 115), 24, outline=_GREEN, width=_PEN)
    pen.line((x - 22, y + 78, x + 22, y + 78), fill=_GREEN, width=_PEN)


def _speech(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.rounded_rectangle((x - 115, y - 90, x + 115, y + 45), 40, outline=_GREEN, width=_PEN)
    pen.polygon(((x - 45, y + 45), (x + 15, y + 45), (x - 45, y + 105)), fill=_GREEN)


def _drop(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.polygon(((x, y - 120), (x - 68, y + 10), (x + 68, y + 10)), fill=_GREEN)
    pen.ellipse((x - 80, y - 45, x + 80, y + 110), fill=_GREEN)


def _bell(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.arc((x - 75, y - 105, x + 75, y + 45), 180, 360, fill=_GREEN, width=_PEN)
    pen.line((x - 66, y - 30, x - 95, y + 60, x + 95, y + 60, x + 66, y - 30), fill=_GREEN, width=_PEN, joint="curve")
    pen.ellipse((x - 26, y + 68, x + 26, y + 112), fill=_GREEN)


_SIGNS: dict[MenuSign, Sign] = {
    MenuSign.PAPER: _paper,
    MenuSign.BIN: _bin,
    MenuSign.TRUCK: _truck,
    MenuSign.CHILD: _child,
    MenuSign.SHIELD: _shield,
    MenuSign.TILES: _tiles,
    MenuSign.HOUSE: _house,
    MenuSign.WAY: _way,
    MenuSign.PHONE: _phone,
    MenuSign.SPEECH: _speech,
    MenuSign.DROP: _drop,
    MenuSign.BELL: _bell,
}
