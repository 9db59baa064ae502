"""A notice's blocks as LINE messages; in a drill every one of them says 【訓練】."""

import json
from datetime import datetime

from bot.line import flex, limits
from bot.line.client import Json, Message
from bot.line.flex import postback
from bot.line.measure import clip
from bot.line.validate import check
from handlers.card import short
from handlers.reply import Choice, Link
from handlers.settings.actions import Choose, ShowSettings
from handlers.settings.wording import wording
from knowledge.changes import WantTopic
from knowledge.days import JST
from knowledge.models import Campaign, Topic, Urgency, World
from knowledge.notice import Block, Button, CardBlock, Content, EventBlock, PictureBlock, TextBlock, Variant

DRILL = "【訓練】"
TEST = "【試し送り】"
_DAYS = "月火水木金土日"
_CALENDAR = {
    Variant.JA: "カレンダーに追加",
    Variant.EASY: "カレンダーに入れる",
    Variant.EN: "Add to calendar",
    Variant.ZH: "添加到日历",
    Variant.KO: "캘린더에 추가",
    Variant.VI: "Thêm vào lịch",
}


def render(content: Content, variant: Variant, world: World, calendar_url: str, test: str = "") -> list[Message]:
    """The messages of one request, checked against LINE's limits; raises LineMessageInvalid.

    `calendar_url` is where the calendar files of this notice are, without the number of the block. `test` stands
    before every message of a test send.
    """
    mark = test + (DRILL if world is World.DRILL else "")
    blocks = enumerate(content.blocks(variant))
    messages = [_message(block, mark, variant, f"{calendar_url}/{variant}/{number}.ics") for number, block in blocks]
    check(messages)
    return messages


def with_way_out(messages: list[Message], campaign: Campaign, variant: Variant) -> list[Message]:
    """A notice with taps that end notices of its topic, and that open the settings; urgent ones and drills as is."""
    wanted = campaign.topic and campaign.urgency == Urgency.NORMAL and campaign.world == World.LIVE
    if not messages or not wanted:
        return messages
    say, topic = wording(variant), Topic(str(campaign.topic))
    stop = Choice(short(say.stop.format(topic=say.topics[topic])), Choose(WantTopic(topic, wanted=False)))
    items = [postback(stop), postback(Choice(short(say.title), ShowSettings()))]
    quick: Json = {"items": [{"type": "action", "action": item} for item in items]}
    found = [*messages[:-1], messages[-1] | {"quickReply": quick}]
    check(found)
    return found


def written(messages: list[Message]) -> str:
    """Messages as the text that is stored and sent, the same one for the same messages."""
    return json.dumps(messages, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _message(block: Block, mark: str, variant: Variant, calendar_url: str) -> Message:
    match block:
        case TextBlock():
            return {"type": "text", "text": mark + block.text}
        case CardBlock():
            return _card(mark, block.title, [flex.text(mark + block.text)], block.text, block.buttons)
        case PictureBlock():
            return _picture(block, mark)
        case EventBlock():
            return _event(block, mark, variant, calendar_url)


def _card(mark: str, title: str | None, body: list[Json], told: str, buttons: tuple[Button, ...]) -> Message:
    actions = [flex.uri(Link(button.label, button.url)) for button in buttons]
    footer = [flex.button(action) for action in actions if action]
    alternative = mark + " ".join(part for part in (title, told) if part)
    if title:
        return flex.message(flex.bubble(mark + title, body, footer), alternative)
    container: Json = {"type": "bubble", "size": "giga", "body": flex.box("vertical", body, spacing="md")}
    if footer:
        container["footer"] = flex.box("vertical", footer, spacing="sm")
    return flex.message(container, alternative)


def _picture(block: PictureBlock, mark: str) -> Message:
    """A picture in a card, because only a card can carry its description to those who can not see it."""
    description = mark + block.description
    container: Json = {
        "type": "bubble",
        "size": "giga",
        "hero": {"type": "image", "url": block.url, "size": "full", "aspectMode": "fit", "aspectRatio": "4:3"},
        "body": flex.box("vertical", [flex.text(description)], paddingAll="lg"),
    }
    return flex.message(container, description)


def _event(block: EventBlock, mark: str, variant: Variant, calendar_url: str) -> Message:
    when, place = span(block.starts, block.ends), block.place
    rows = [flex.text(when, weight="bold", color=flex.DEEP), flex.text(place)]
    rows += [flex.text(block.text)] if block.text else []
    button = Button(label=clip(_CALENDAR[variant], limits.LABEL.most, limits.LABEL.unit), url=calendar_url)
    return _card(mark, block.title, rows, f"{when} {place}", (button,))


def span(starts: datetime, ends: datetime) -> str:
    """From when until when, in Japan; the day is said again only where it is another one."""
    first, last = starts.astimezone(JST), ends.astimezone(JST)
    begin = f"{first.year}年{first.month}月{first.day}日（{_DAYS[first.weekday()]}）{first:%H:%M}"
    if first.date() == last.date():
        return f"{begin}〜{last:%H:%M}"
    return f"{begin}〜{last.month}月{last.day}日（{_DAYS[last.weekday()]}）{last:%H:%M}"
