"""Rich menu pictures."""

import io

import pytest
from PIL import Image

from bot.line.validate import image_problems


def picture(width: int, height: int, form: str = "PNG") -> bytes:
    """A plain picture of the given size."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b5c4a").save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("width", "height", "accepted"),
    [
        (2500, 1686, True),
        (800, 250, True),
        (799, 250, False),
        (2501, 843, False),
        (800, 249, False),
        (1200, 828, False),
    ],
)
def test_picture_sizes(width: int, height: int, accepted: bool) -> None:
    """800 to 2,500 wide, 250 high at least, 1.45 times as wide as high."""
    assert (image_problems(picture(width, height), "image/png") == ()) is accepted


def test_picture_format_must_be_true() -> None:
    """A JPEG is not a PNG, a GIF is neither, broken bytes are no picture, and 1 MB is the most."""
    assert image_problems(picture(800, 300, "JPEG"), "image/jpeg") == ()
    assert image_problems(picture(800, 300, "JPEG"), "image/png") != ()
    assert image_problems(picture(800, 300, "GIF"), "image/gif") != ()
    assert image_problems(picture(800, 300)[:20], "image/png") != ()
    assert image_problems(b"", "image/png") != ()
    assert image_problems(picture(800, 300) + b"\0" * 1_000_000, "image/png") != ()
