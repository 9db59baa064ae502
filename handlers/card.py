"""Laying a guide's facts out as a card, or one of them as a sentence; every figure comes from the record."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.actions import AskFact, GiveFeedback, ShowGuide
from handlers.phrases import Phrases, phrases
from handlers.reply import Card, Choice, Link, Row
from knowledge.guide import Confidence, Deadline, Desk, Fact, Fee, Guide, Hours, Item, Money, Names
from knowledge.records import FactKind
from knowledge.text import Language

LABEL_LIMIT = 20
FORM_LIMIT = 40
NOTES_SHOWN = 3
ENOUGH_ROWS = 4
_OPENING = "（("


@dataclass(frozen=True)
class GuideView:
    """A guide with its desks, as seen in one language on one day, with the notice that stands under everything."""

    guide: Guide
    desks: tuple[Desk, ...]
    language: Language
    today: date
    notice: str
    plain: bool = False

    @property
    def say(self) -> Phrases:
        """The sentences of the view's language."""
        return phrases(self.language, plain=self.plain)

    @property
    def title(self) -> str:
        """The guide's title in the view's language."""
        return title_in(self.guide, self.language)


def name_in(names: Names, language: Language) -> str | None:
    """What a guide is called in a language other than Japanese; None where nobody has named it in that language."""
    called: dict[Language, tuple[str, ...]] = {
        Language.JA: (),
        Language.EN: names.en,
        Language.ZH: names.zh,
        Language.KO: names.ko,
        Language.VI: names.vi,
    }
    return next(iter(called[language]), None)


def title_in(guide: Guide, language: Language) -> str:
    """A guide's title; in another language its name there, then the Japanese one to show at the desk."""
    name = name_in(guide.names, language)
    return f"{name}（{guide.title}）" if name else guide.title


def short(title: str, limit: int = LABEL_LIMIT) -> str:
    """A title as a button's label: without the brackets at its end, cut with an ellipsis where still too long."""
    cut = min((at for mark in _OPENING if (at := title.find(mark)) > 0), default=len(title))
    title = title[:cut].strip()
    return title if len(title) <= limit else title[: limit - 1] + "…"


def guide_choice(guide: Guide, language: Language) -> Choice:
    """A button that shows a guide."""
    return Choice(short(name_in(guide.names, language) or guide.title), ShowGuide(guide.id))


def guide_choices(guides: Sequence[Guide], language: Language, beside: Guide | None = None) -> tuple[Choice, ...]:
    """Buttons that show guides; what would read like another, or like the card `beside`, says the rest of its title."""
    choices = [guide_choice(guide, language) for guide in guides]
    shown = [guide_choice(beside, language)] if beside else []
    labels = Counter(choice.label for choice in (*choices, *shown))
    pairs = zip(guides, choices, strict=True)
    return tuple(_told_apart(guide, choice) if labels[choice.label] > 1 else choice for guide, choice in pairs)


def _told_apart(guide: Guide, choice: Choice) -> Choice:
    rest = guide.title.partition("（")[2].removesuffix("）")
    return replace(choice, label=short(rest or guide.title))


def origin(scope: str, say: Phrases) -> str:
    """Where a fact of another body comes from, as people call it."""
    return say.national if scope == "national" else scope.partition(":")[2]


def _marked(text: str, fact: Fact, view: GuideView) -> str:
    borrowed = fact.scope is not None and fact.scope not in ("toshima", "national", view.guide.source.scope)
    return text + view.say.example.format(origin=origin(fact.scope or "", view.say)) if borrowed else text


def deadline_line(view: GuideView, deadline: Deadline) -> str:
    """A deadline in one line: its case, until when, whether it has passed, and whose example it is."""
    text = f"{deadline.case}：{deadline.text}" if deadline.case else deadline.text
    ended = deadline.rule.by if deadline.rule else None
    if ended and ended < view.today:
        text += view.say.closed.format(date=day(ended, view.language))
    return _marked(text, deadline, view)


def day(value: date, language: Language) -> str:
    """A date as it is written here; for readers of other languages in ISO 8601, which nobody misreads."""
    if language != Language.JA:
        return value.isoformat()
    return f"{value.year}年{value.month}月{value.day}日"


def _fee(view: GuideView, fee: Fee) -> str:
    amount = view.say.free if fee.yen == 0 else view.say.yen.format(amount=f"{fee.yen:,}")
    note = view.say.when.format(condition=fee.note) if fee.note else ""
    return _marked(f"{fee.case}：{amount}{note}", fee, view)


def _item(view: GuideView, item: Item) -> str:
    return _marked(item.name + (view.say.when.format(condition=item.when) if item.when else ""), item, view)


def _hours(view: GuideView, hours: Hours) -> str:
    note = view.say.when.format(condition=hours.note) if hours.note else ""
    return _marked(f"{hours.days} {hours.opens}〜{hours.closes}{note}", hours, view)


def desk_line(desk: Desk) -> str:
    """A desk in one line: name, where, phone."""
    name = desk.name if desk.body == "豊島区" or desk.body in desk.name else f"{desk.name}（{desk.body}）"
    place = "・".join(part for part in (desk.floor, desk.address) if part)
    phone = f"電話 {desk.phone}{'（代表）' if desk.switchboard else ''}" if desk.phone else ""
    return " ".join(part for part in (name, place, phone) if part)


def contact_line(desk: Desk, say: Phrases) -> str:
    """Whom to call, in one line of a sentence: name and phone."""
    if not desk.phone:
        return desk.name
    form = say.contact_switchboard if desk.switchboard else say.contact
    return form.format(name=desk.name, phone=desk.phone)


def _fees(kind: Money) -> Callable[[GuideView], list[str]]:
    return lambda view: [_fee(view, fee) for fee in view.guide.fees if fee.kind == kind]


def _agent(view: GuideView) -> list[str]:
    agent = view.guide.agent
    if not agent:
        return []
    verdict = view.say.agent_yes if agent.allowed else view.say.agent_no
    return [_marked(f"{verdict} {agent.text}" if view.language != Language.JA else agent.text, agent, view)]


def _online(view: GuideView) -> list[str]:
    return [
        _marked(form.name + (view.say.needs.format(things="・".join(form.needs)) if form.needs else ""), form, view)
        for form in view.guide.forms
    ]


_LINES: dict[str, Callable[[GuideView], list[str]]] = {
    "audience": lambda view: [view.guide.audience],
    "deadline": lambda view: [deadline_line(view, each) for each in view.guide.deadlines],
    "fee": _fees(Money.FEE),
    "benefit": _fees(Money.BENEFIT),
    "items": lambda view: [_item(view, each) for each in view.guide.items],
    "desk": lambda view: [desk_line(each) for each in view.desks],
    "hours": lambda view: [_hours(view, each) for each in view.guide.hours],
    "online": _online,
    "agent": _agent,
    "details": lambda view: [_marked(note.text, note, view) for note in view.guide.notes],
}


def rows(view: GuideView, names: Sequence[str]) -> tuple[Row, ...]:
    """The named rows that have something to say."""
    found = ((name, tuple(_LINES[name](view))) for name in names)
    return tuple(Row(getattr(view.say.labels, name), lines) for name, lines in found if lines)


def fact_rows(view: GuideView, fact: FactKind) -> tuple[Row, ...]:
    """The rows that answer one question about a guide: with a fee what is paid out, with a place its hours."""
    match fact:
        case FactKind.FEE:
            return rows(view, ("fee", "benefit"))
        case FactKind.DESK:
            return rows(view, ("desk", "hours"))
        case FactKind.HOURS:
            return rows(view, ("hours",))
        case FactKind.AUDIENCE:
            return rows(view, ("audience", "details"))
        case _:
            return rows(view, (fact.value,))


_ORDER = ("deadline", "fee", "benefit", "items", "desk", "hours", "online", "agent", "audience")


def _card_rows(view: GuideView, first: FactKind | None) -> tuple[Row, ...]:
    """Typed facts, the one asked for first; prose only where there is little else to show."""
    asked = fact_rows(view, first) if first else ()
    typed = asked + tuple(row for row in rows(view, _ORDER) if row not in asked)
    if len(typed) >= ENOUGH_ROWS:
        return typed
    return typed + tuple(Row(row.label, row.lines[:NOTES_SHOWN]) for row in rows(view, ("details",)))


def caution(view: GuideView) -> str | None:
    """What a resident must know before trusting the card: it is another body's example, or thinly sourced."""
    scope = view.guide.source.scope
    if scope not in ("toshima", "national"):
        return view.say.caution_scope.format(origin=origin(scope, view.say))
    if scope == "national":
        return view.say.caution_scope.format(origin=view.say.national)
    return view.say.caution_low if view.guide.confidence == Confidence.LOW else None


def source_note(view: GuideView) -> str:
    """Source, date of the copy and of the check, the department that owns the guide, and the ward's notice."""
    source, say = view.guide.source, view.say
    lines = [say.source.format(title=source.title, checked=day(source.checked, view.language))]
    lines += [say.copied.format(copied=source.copied)] if source.copied else []
    return "\n".join([*lines, say.owner.format(owner=view.guide.owner), view.notice])


def card(view: GuideView, question: str, related: Sequence[Guide], first: FactKind | None = None) -> Card:
    """A guide's answer card; the fact that was asked for comes first."""
    guide, say = view.guide, view.say
    desk = next((desk for desk in view.desks if desk.phone), None)
    more = Choice(say.more, AskFact(guide.id, FactKind.DETAILS))
    return Card(
        title=view.title,
        answer=f"{guide.answer}\n{say.in_japanese}".rstrip(),
        rows=_card_rows(view, first),
        forms=tuple(Link(short(form.name, FORM_LIMIT), str(form.url)) for form in guide.forms),
        phone=Link(say.call.format(phone=desk.phone), f"tel:{desk.phone}") if desk else None,
        caution=caution(view),
        source=Link(guide.source.title, str(guide.source.url)),
        source_note=source_note(view),
        related=(more, *guide_choices(related, view.language)),
        feedback=feedback(question, say),
    )


def feedback(question: str, say: Phrases) -> tuple[Choice, ...]:
    """The two buttons under an answer."""
    return Choice(say.solved, GiveFeedback(question, solved=True)), Choice(
        say.wrong, GiveFeedback(question, solved=False)
    )
