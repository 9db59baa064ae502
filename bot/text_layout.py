"""A reply as plain text: the terminal, the text that stands in for a picture, and what a screen reader reads."""

from handlers.reply import Card, Checklist, Choice, Citation, Link, Part, Reply, Text


def as_text(reply: Reply) -> str:
    """The whole reply; choices as a list of what can be pressed."""
    blocks = [part_as_text(part) for part in reply.parts]
    if reply.notice:
        blocks.insert(0, reply.notice)
    if reply.choices:
        blocks.append(_choices(reply.choices))
    return "\n\n".join(block for block in blocks if block)


def part_as_text(part: Part) -> str:
    """One part; everything its card shows is in it."""
    match part:
        case Text(text, links):
            return _lines(text, *map(_link, links))
        case Card():
            return _card(part)
        case Citation():
            return _lines(part.title, part.section, f"「{part.text}」", part.source_note)
        case Checklist():
            steps = (f"□ {step.when}　{step.title}" for step in part.steps)
            return _lines(part.title, part.intro, *steps)


def _card(card: Card) -> str:
    rows = (f"■ {row.label}\n" + "\n".join(f"・{line}" for line in row.lines) for row in card.rows)
    head = _lines(f"【{card.title}】", card.answer)
    tail = _lines(*map(_link, card.forms), card.caution or "", _link(card.source), card.source_note)
    related = _choices(card.related) if card.related else ""
    return _lines(head, *rows, tail, related)


def _link(link: Link) -> str:
    return f"{link.label} {link.url.removeprefix('tel:')}".strip()


def _choices(choices: tuple[Choice, ...]) -> str:
    return "\n".join(f"▶ {choice.label}" for choice in choices)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
