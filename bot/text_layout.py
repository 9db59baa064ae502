"""A reply as plain text: the terminal, the text that stands in for a picture, and what a screen reader reads."""

from collections.abc import Sequence

from handlers.actions import Action
from handlers.reply import Card, Checklist, Choice, Citation, Link, Part, Reply, Text


def as_text(reply: Reply) -> str:
    """The whole reply; choices as a list of what can be pressed."""
    blocks = [part_as_text(part) for part in reply.parts]
    if reply.notice:
        blocks.insert(0, reply.notice)
    blocks.append("\n".join(f"▶ {choice.label}" for choice in choices_of(reply)))
    return "\n\n".join(block for block in blocks if block)


def choices_of(reply: Reply) -> list[Choice]:
    """The reply's own choices, then what its cards are related to; a button twice helps nobody."""
    related = [choice for part in reply.parts if isinstance(part, Card) for choice in part.related]
    by_action: dict[Action, Choice] = {}
    for choice in (*reply.choices, *related):
        by_action.setdefault(choice.action, choice)
    return list(by_action.values())


def part_as_text(part: Part) -> str:
    """One part; everything its card shows is in it."""
    match part:
        case Text(text, links):
            return _lines(text, *_untold(links, text))
        case Card():
            return _card(part)
        case Citation():
            return _lines(part.title, part.section, f"「{part.text}」", part.source_note)
        case Checklist():
            steps = (f"□ {step.title}" + (f"（{step.when}）" if step.when else "") for step in part.steps)
            return _lines(part.title, part.intro, *steps)


def _card(card: Card) -> str:
    rows = (f"■ {row.label}\n" + "\n".join(f"・{line}" for line in row.lines) for row in card.rows)
    head = _lines(f"【{card.title}】", card.answer)
    links = card.forms if card.phone is None else (*card.forms, card.phone)
    told = _lines(head, *rows)
    return _lines(told, *_untold(links, told), card.caution or "", source_name(card), card.source.url, card.source_note)


def source_name(card: Card) -> str:
    """What the source is called, or nothing where the note below says it already."""
    return "" if card.source.label in card.source_note else card.source.label


def _untold(links: Sequence[Link], told: str) -> list[str]:
    """The links whose number or address the text does not hold already."""
    return [_link(link) for link in links if link.url.removeprefix("tel:") not in told]


def _link(link: Link) -> str:
    address = link.url.removeprefix("tel:")
    return link.label if address in link.label else f"{link.label} {address}".strip()


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
