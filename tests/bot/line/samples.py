"""Messages as the ward sends them, one of every kind, for the validator and the simulator to agree on."""

import json

Json = dict[str, object]

IMAGE = "https://pocket.example.jp/static/card.png"
POSTBACK: Json = {"type": "postback", "label": "解決した", "data": "v=1&a=solved", "displayText": "解決した"}
LINK: Json = {"type": "uri", "label": "電子申請へ", "uri": "https://example.jp/form?id=1&q=%E8%BB%A2%E5%85%A5"}

TEXT: Json = {"type": "text", "text": "お問い合わせありがとうございます。𠮷田さん👨‍👩‍👧"}
QUICK: Json = {
    "type": "text",
    "text": "どの手続ですか？",
    "quickReply": {
        "items": [
            {"type": "action", "action": {"type": "message", "label": "引っ越し", "text": "引っ越し"}},
            {"type": "action", "action": {"type": "location", "label": "位置情報"}},
            {"type": "action", "imageUrl": IMAGE, "action": {"type": "camera", "label": "カメラ"}},
        ]
    },
}


def row(name: str, value: str) -> Json:
    """One line of an answer card: a small grey name, the value beside it."""
    return {
        "type": "box",
        "layout": "baseline",
        "spacing": "sm",
        "contents": [
            {"type": "text", "text": name, "size": "sm", "color": "#5B6670", "flex": 2},
            {"type": "text", "text": value, "size": "sm", "wrap": True, "flex": 5},
        ],
    }


CARD: Json = {
    "type": "bubble",
    "size": "mega",
    "header": {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": "#0B5C4A",
        "paddingAll": "16px",
        "contents": [
            {"type": "text", "text": "転入届", "weight": "bold", "size": "lg", "color": "#FFFFFF"},
            {
                "type": "text",
                "text": "ほかの区市町村から引っ越してきた方",
                "size": "xs",
                "color": "#D7EFE8",
                "margin": "sm",
            },
        ],
    },
    "body": {
        "type": "box",
        "layout": "vertical",
        "spacing": "md",
        "contents": [
            {"type": "text", "text": "引っ越した日から14日以内に届け出てください。", "wrap": True},
            {"type": "separator", "margin": "md"},
            row("期限", "住み始めた日から14日以内"),
            row("費用", "無料"),
            row("持ち物", "転出証明書、本人確認書類、マイナンバーカード（お持ちの方）"),
            {
                "type": "text",
                "contents": [
                    {"type": "span", "text": "出典 ", "weight": "bold"},
                    {"type": "span", "text": "区公式サイト（2026年11月1日確認）", "color": "#5B6670", "size": "xxs"},
                ],
            },
        ],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "spacing": "sm",
        "contents": [
            {"type": "button", "style": "primary", "color": "#0B5C4A", "height": "sm", "action": LINK},
            {
                "type": "box",
                "layout": "horizontal",
                "spacing": "sm",
                "contents": [
                    {"type": "button", "style": "secondary", "height": "sm", "action": POSTBACK},
                    {
                        "type": "button",
                        "style": "link",
                        "height": "sm",
                        "action": {"type": "postback", "label": "違う", "data": "v=1&a=wrong", "displayText": "違う"},
                    },
                ],
            },
        ],
    },
    "styles": {"footer": {"separator": True}},
}
FLEX: Json = {"type": "flex", "altText": "転入届のご案内", "contents": CARD}
CAROUSEL: Json = {
    "type": "flex",
    "altText": "候補が2つあります",
    "contents": {"type": "carousel", "contents": [CARD, CARD]},
}
HERO: Json = {
    "type": "flex",
    "altText": "避難所",
    "contents": {
        "type": "bubble",
        "hero": {"type": "image", "url": IMAGE, "size": "full", "aspectRatio": "20:13", "aspectMode": "cover"},
        "body": {
            "type": "box",
            "layout": "horizontal",
            "background": {"type": "linearGradient", "angle": "90deg", "startColor": "#FFFFFF", "endColor": "#EEEEEE"},
            "contents": [
                {"type": "image", "url": IMAGE, "size": "48px", "flex": 0},
                {"type": "filler"},
                {
                    "type": "box",
                    "layout": "baseline",
                    "contents": [{"type": "icon", "url": IMAGE, "size": "sm"}, {"type": "text", "text": "徒歩5分"}],
                    "action": {"type": "clipboard", "label": "写す", "clipboardText": "東池袋中央公園"},
                },
            ],
        },
    },
}
PICKER: Json = {
    "type": "template",
    "altText": "日付を選んでください",
    "template": {
        "type": "buttons",
        "title": "引っ越し日",
        "text": "いつ引っ越しましたか？",
        "actions": [
            {
                "type": "datetimepicker",
                "label": "日付を選ぶ",
                "data": "v=1&a=date",
                "mode": "date",
                "initial": "2026-11-21",
                "min": "2026-01-01",
                "max": "2026-12-31",
            }
        ],
    },
}
CONFIRM: Json = {
    "type": "template",
    "altText": "確認",
    "template": {"type": "confirm", "text": "登録しますか？", "actions": [POSTBACK, LINK]},
}
COLUMNS: Json = {
    "type": "template",
    "altText": "一覧",
    "template": {
        "type": "carousel",
        "columns": [
            {"title": "転入", "text": "引っ越してきた", "thumbnailImageUrl": IMAGE, "actions": [POSTBACK]},
            {"title": "転出", "text": "引っ越していく", "thumbnailImageUrl": IMAGE, "actions": [LINK]},
        ],
    },
}
PICTURES: Json = {
    "type": "template",
    "altText": "写真",
    "template": {"type": "image_carousel", "columns": [{"imageUrl": IMAGE, "action": {**LINK, "label": "開く"}}]},
}
IMAGEMAP: Json = {
    "type": "imagemap",
    "baseUrl": "https://pocket.example.jp/map",
    "altText": "地図",
    "baseSize": {"width": 1040, "height": 585},
    "actions": [
        {"type": "uri", "linkUri": "https://example.jp/", "area": {"x": 0, "y": 0, "width": 520, "height": 585}},
        {"type": "message", "text": "避難所", "area": {"x": 520, "y": 0, "width": 520, "height": 585}},
    ],
}
OTHERS: tuple[Json, ...] = (
    {
        "type": "textV2",
        "text": "{name}さん {{こんにちは}}",
        "substitution": {"name": {"type": "emoji", "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "002"}},
    },
    {
        "type": "text",
        "text": "こんにちは$",
        "emojis": [{"index": 5, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}],
    },
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    {"type": "image", "originalContentUrl": IMAGE, "previewImageUrl": IMAGE},
    {"type": "video", "originalContentUrl": IMAGE, "previewImageUrl": IMAGE, "trackingId": "t-1"},
    {"type": "audio", "originalContentUrl": IMAGE, "duration": 60000},
    {"type": "location", "title": "区役所", "address": "豊島区南池袋2-45-1", "latitude": 35.72, "longitude": 139.71},
    {**TEXT, "sender": {"name": "防災課", "iconUrl": IMAGE}},
)
RICH_MENU: Json = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "標準メニュー",
    "chatBarText": "メニュー",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 1250, "height": 1686},
            "action": {"type": "message", "text": "手続を探す"},
        },
        {
            "bounds": {"x": 1250, "y": 0, "width": 1250, "height": 1686},
            "action": {"type": "uri", "uri": "https://www.city.example.jp/"},
        },
    ],
}
ALL: tuple[Json, ...] = (TEXT, QUICK, FLEX, CAROUSEL, HERO, PICKER, CONFIRM, COLUMNS, PICTURES, IMAGEMAP, *OTHERS)


def altered(sample: Json, path: str, value: object) -> Json:
    """Return a copy of `sample`, sharing nothing, with the value at a path like `contents.body.contents[1].text`."""
    changed: Json = json.loads(json.dumps(sample))
    steps: list[str | int] = []
    for part in path.replace("]", "").split("."):
        name, *indexes = part.split("[")
        steps += [name, *(int(index) for index in indexes)]
    place: object = changed
    for step in steps[:-1]:
        place = place[step]  # type: ignore[index]
    place[steps[-1]] = value  # type: ignore[index]
    return changed
