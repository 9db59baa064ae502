"""Cards, citations and checklists as Flex bubbles; what does not fit is left out from the end, and the card says so."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.line import flex, limits
from bot.line.client import Json
from bot.line.measure import clip, escaped_size
from bot.text_layout import part_as_text, source_name
from handlers.reply import Card, Checklist, Citation, Link, Row, Text

MORE = "※ 表示しきれない内容があります。くわしくは出典のページか窓口でご確認ください。"
_LONG = 1_200
_SHORT = 300
_FEEDBACK = 3
_LINES_OF_PARAGRAPH = 1_500


@dataclass(frozen=True)
class _Size:
    """How many of the optional pieces (forms, then lines of rows, in their order) are shown."""

    shown: int
    of: int

    @property
    def note(self) -> list[Json]:
        return [flex.text(MORE, size="sm", color=flex.SOFT)] if self.shown < self.of else []


def card_message(card: Card) -> Json:
    """A guide's answer."""
    total = len(card.forms) + sum(len(row.lines) for row in card.rows)
    return flex.message(_largest(lambda size: _card(card, size), total), part_as_text(card))


def citation_message(citation: Citation) -> Json:
    """A passage, word for word."""
    paragraphs = _paragraphs(citation.text)
    build = lambda size: _citation(citation, paragraphs[: size.shown], size)  # noqa: E731
    return flex.message(_largest(build, len(paragraphs)), part_as_text(citation))


def checklist_message(checklist: Checklist) -> Json:
    """What to do, each step to tap."""
    build = lambda size: _checklist(checklist, size)  # noqa: E731
    return flex.message(_largest(build, len(checklist.steps)), part_as_text(checklist))


def text_message(part: Text) -> Json:
    """A paragraph with its links as buttons."""
    return flex.message(_largest(lambda size: _text(part, size), len(part.links)), part_as_text(part))


def _largest(build: Callable[[_Size], Json], total: int) -> Json:
    """The fullest bubble within LINE's size."""
    whole = build(_Size(total, total))
    if escaped_size(whole) <= limits.FLEX_BUBBLE_BYTES:
        return whole
    low, high = 0, total - 1
    while low < high:
        middle = (low + high + 1) // 2
        fits = escaped_size(build(_Size(middle, total))) <= limits.FLEX_BUBBLE_BYTES
        low, high = (middle, high) if fits else (low, middle - 1)
    return build(_Size(low, total))


def _card(card: Card, size: _Size) -> Json:
    forms = card.forms[: size.shown]
    body = [flex.text(_clipped(card.answer, _LONG), size="lg", weight="bold", color=flex.DEEP)]
    rows = _first_lines(card.rows, size.shown - len(forms))
    if rows:
        body += [flex.line(), *(_row(row) for row in rows)]
    phones = (card.phone,) if card.phone else ()
    body += [_address(link) for link in (*forms, *phones) if flex.uri(link) is None] + size.note
    if card.caution:
        body.append(_caution(card.caution))
    body += [flex.line(), *_source(card)]
    footer = [flex.button(action) for form in forms if (action := flex.uri(form))]
    footer += [flex.button(action, "secondary") for phone in phones if (action := flex.uri(phone))]
    return flex.bubble(_clipped(card.title, _SHORT), body, footer + flex.pair(card.feedback[:_FEEDBACK]))


def _first_lines(rows: tuple[Row, ...], count: int) -> list[Row]:
    shown: list[Row] = []
    for row in rows:
        lines = tuple(_clipped(each, _LONG) for each in row.lines[:count])
        count -= len(lines)
        if lines:
            shown.append(replace(row, lines=lines))
    return shown


def _row(row: Row) -> Json:
    label = flex.text(_clipped(row.label, 60), size="sm", weight="bold", color=flex.GREEN)
    mark = "・" if len(row.lines) > 1 else ""
    lines = [flex.text(mark + each) for each in row.lines]
    return flex.box("vertical", [label, *lines], spacing="xs", margin="md")


def _address(link: Link) -> Json:
    return flex.text(_clipped(f"{link.label} {link.url}", _LONG), size="sm")


def _caution(caution: str) -> Json:
    told = flex.text(_clipped(caution, _LONG), size="sm", color=flex.CAUTION_INK)
    return flex.box("vertical", [told], backgroundColor=flex.CAUTION_GROUND, cornerRadius="8px", paddingAll="md")


def _source(card: Card) -> list[Json]:
    action = flex.uri(card.source)
    named = [flex.text(_clipped(source_name(card), _SHORT), size="sm", color=flex.SOFT)] if source_name(card) else []
    first, *others = [*named, *(part for line in card.source_note.splitlines()[:12] for part in _small(line))] or [
        flex.text(_clipped(card.source.url, _SHORT), size="sm", color=flex.SOFT)
    ]
    if action:
        first |= {"action": action | {"label": "出典を開く"}, "decoration": "underline", "color": flex.LINK}
    return [first, *others]


def _small(note: str) -> list[Json]:
    return [flex.text(_clipped(note, _SHORT), size="sm", color=flex.SOFT)] if note.strip() else []


def _paragraphs(passage: str) -> list[str]:
    """The passage in pieces short enough to leave some out; a piece is never lost in the cutting."""
    pieces = (piece for paragraph in passage.splitlines() for piece in _pieces(paragraph))
    return [piece for piece in pieces if piece.strip()]


def _pieces(paragraph: str) -> list[str]:
    pieces = []
    while paragraph:
        head = clip(paragraph, _LINES_OF_PARAGRAPH, limits.TEXT.unit, "")
        pieces.append(head)
        paragraph = paragraph[len(head) :] if head else ""
    return pieces


def _citation(citation: Citation, paragraphs: list[str], size: _Size) -> Json:
    body = _small(citation.section) + [flex.text(each) for each in paragraphs] + size.note
    body += [flex.line(), *_small(citation.source_note)]
    return flex.bubble(_clipped(citation.title, _SHORT), body, flex.pair(citation.feedback[:_FEEDBACK]))


def _checklist(checklist: Checklist, size: _Size) -> Json:
    intro = [flex.text(_clipped(checklist.intro, _LONG))] if checklist.intro.strip() else []
    steps: list[Json] = []
    for step in checklist.steps[: size.shown]:
        when = [flex.text(_clipped(step.when, _SHORT), size="sm", weight="bold", color=flex.GREEN)] if step.when else []
        title = flex.text(f"{_clipped(step.title, _SHORT)} ›")
        steps += [flex.line(), flex.box("vertical", [*when, title], spacing="xs", action=flex.postback(step.choice))]
    return flex.bubble(_clipped(checklist.title, _SHORT), intro + steps + size.note or [flex.text("…")], [])


def _text(part: Text, size: _Size) -> Json:
    links = part.links[: size.shown]
    body = [flex.text(_clipped(part.text, _LINES_OF_PARAGRAPH * 2))]
    body += [_address(link) for link in links if flex.uri(link) is None] + size.note
    footer = [flex.button(action) for link in links if (action := flex.uri(link))]
    bubble: Json = {"type": "bubble", "size": "giga", "body": flex.box("vertical", body, spacing="md")}
    return bubble | ({"footer": flex.box("vertical", footer, spacing="sm")} if footer else {})


def _clipped(content: str, most: int) -> str:
    """The text in at most `most` UTF-16 units, with an ellipsis where cut; LINE refuses empty texts."""
    return clip(content.strip() or "…", most, limits.TEXT.unit)
