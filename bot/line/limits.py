"""Every documented limit of the LINE Messaging API, in one table.

Source: LINE Developers reference and guides (2026-08), tables 4 and 5 of the project's `line-platform.md`.
The validator, the simulator and the property tests all read these values; none of them repeats a figure.
"""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """How LINE counts the length of a text."""

    UTF16 = "utf16"
    GRAPHEME = "grapheme"


@dataclass(frozen=True)
class TextLimit:
    """At most `most` units of text."""

    most: int
    unit: Unit = Unit.UTF16


# Messages
TEXT = TextLimit(5_000)
ALT_TEXT = TextLimit(1_500)
SENDER_NAME = TextLimit(20)
LOCATION_TITLE = TextLimit(100)
LOCATION_ADDRESS = TextLimit(100)
TRACKING_ID = TextLimit(100)
DELIVERY_TAG = TextLimit(30)
URL = TextLimit(2_000)
EMOJIS = 20
SUBSTITUTIONS = 100
MENTIONS = 20
QUICK_REPLY_ITEMS = 13

# Actions
LABEL = TextLimit(20, Unit.GRAPHEME)
FLEX_LABEL = TextLimit(40, Unit.GRAPHEME)
IMAGE_CAROUSEL_LABEL = TextLimit(12, Unit.GRAPHEME)
IMAGEMAP_LABEL = TextLimit(100)
POSTBACK_DATA = TextLimit(300)
DISPLAY_TEXT = TextLimit(300, Unit.GRAPHEME)
FILL_IN_TEXT = TextLimit(300, Unit.GRAPHEME)
MESSAGE_ACTION_TEXT = TextLimit(300, Unit.GRAPHEME)
IMAGEMAP_TEXT = TextLimit(400)
URI = TextLimit(1_000)
CLIPBOARD = TextLimit(1_000)
URI_SCHEMES = ("http", "https", "line", "tel")
EARLIEST_DATE = "1900-01-01"
LATEST_DATE = "2100-12-31"

# Flex. LINE says "30 KB" and "50 KB" without saying of what: the smaller reading (1,000 bytes of escaped JSON) is safe.
FLEX_BUBBLE_BYTES = 30_000
FLEX_CAROUSEL_BYTES = 50_000
FLEX_BUBBLES = 12
FLEX_ANIMATED_IMAGES = 10
ASPECT_SIDE = 100_000
ASPECT_HEIGHT_PER_WIDTH = 3

# Templates
TEMPLATE_TITLE = TextLimit(40, Unit.GRAPHEME)
BUTTONS_TEXT = TextLimit(160, Unit.GRAPHEME)
BUTTONS_TEXT_WITH_HEAD = TextLimit(60, Unit.GRAPHEME)
BUTTONS_ACTIONS = 4
CONFIRM_TEXT = TextLimit(240, Unit.GRAPHEME)
CONFIRM_ACTIONS = 2
CAROUSEL_COLUMNS = 10
CAROUSEL_TEXT = TextLimit(120, Unit.GRAPHEME)
CAROUSEL_TEXT_WITH_HEAD = TextLimit(60, Unit.GRAPHEME)
CAROUSEL_ACTIONS = 3

# Imagemap
IMAGEMAP_WIDTH = 1_040
IMAGEMAP_ACTIONS = 50

# Rich menus
RICH_MENU_NAME = TextLimit(300, Unit.GRAPHEME)
CHAT_BAR_TEXT = TextLimit(14, Unit.GRAPHEME)
RICH_MENU_AREAS = 20
RICH_MENU_MIN_WIDTH = 800
RICH_MENU_MAX_WIDTH = 2_500
RICH_MENU_MIN_HEIGHT = 250
RICH_MENU_MIN_ASPECT = 1.45
RICH_MENU_IMAGE_BYTES = 1_000_000
RICH_MENU_IMAGE_TYPES = ("image/png", "image/jpeg")
RICH_MENUS = 1_000
RICH_MENU_ALIASES = 1_000
ALIAS_PATTERN = r"[a-z0-9_-]{1,32}"

# Requests
MESSAGES_PER_REQUEST = 5
REQUEST_BYTES = 2 * 1024 * 1024
RECIPIENTS_PER_REQUEST = 500
AGGREGATION_UNITS = 1
AGGREGATION_NAMES = 1_000
AGGREGATION_UNIT_PATTERN = r"[a-zA-Z0-9_]{1,30}"
USER_ID_PATTERN = r"U[0-9a-f]{32}"
CHAT_ID_PATTERN = r"[UCR][0-9a-f]{32}"
RETRY_KEY_PATTERN = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
LOADING_SECONDS = tuple(range(5, 61, 5))
LOADING_SECONDS_DEFAULT = 20
FOLLOWERS_PER_PAGE = 1_000
INSIGHT_DAYS = 30
INSIGHT_LEAST = 20
WEBHOOK_URL = TextLimit(500)

# Time, in seconds
WEBHOOK_PATIENCE = 2.0
REPLY_TOKEN_LIFE = 60.0
REDELIVERED_TOKEN_LIFE = 20 * 60.0
RETRY_KEY_LIFE = 24 * 60 * 60.0


@dataclass(frozen=True)
class Rate:
    """At most `requests` within `seconds`, refilled evenly (a token bucket)."""

    requests: int
    seconds: float


RATE_DEFAULT = Rate(2_000, 1)
RATE_BROADCAST = Rate(60, 3_600)
RATE_WEBHOOK_TEST = Rate(60, 3_600)
RATE_WEBHOOK_ENDPOINT = Rate(1_000, 60)
RATE_RICH_MENU_CHANGE = Rate(100, 3_600)
RATE_RICH_MENU_LIST = Rate(10, 1)
RATE_INSIGHT = Rate(60, 3_600)
RATE_MULTICAST = Rate(200, 1)
RATE_LOADING = Rate(100, 1)
