"""One function an outcome: what is said when a guide, a fact, another body, danger or nothing at all was found."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from handlers.actions import Action, Cite, ShowGuide, ShowLifeEvent, ShowMenu
from handlers.asking import Asking
from handlers.card import (
    card,
    day,
    deadline_line,
    feedback,
    guide_choice,
    guide_choices,
    short,
    title_in,
)
from handlers.collecting import days_beside, days_named
from handlers.deadline.actions import RemindMe
from handlers.menu import entries, event_name
from handlers.reply import Checklist, Choice, Citation, Link, Outcome, Reply, Step, Text
from handlers.settings.actions import ShowSettings
from handlers.settings.wording import wording
from knowledge import deadlines, library
from knowledge.dated import on
from knowledge.days import day_in_japan
from knowledge.guide import Deadline, Guide, span_days
from knowledge.models import SourcePassage, SourceRow
from knowledge.records import Crisis, FactKind, Helpline, LifeEvent, OtherBody, SmallTalk

RELATED = 4
MENU_CHOICES = 12
SOME_DAY = 100_000
URGENT_STEPS = 5
FIRST_LINES = 2


def show_guide(asking: Asking, guide_id: str, first: FactKind | None = None) -> Reply:
    """A guide's answer card; past its review date only its desk; withdrawn, the switchboard."""
    guide = asking.guide(guide_id)
    if guide is None:
        return Reply(Outcome.EXPIRED, (Text(asking.say.withdrawn.format(desk=asking.desk())),), menu_choices(asking))
    return tell(asking, guide, first)


def tell(asking: Asking, guide: Guide, first: FactKind | None = None) -> Reply:
    """A guide's answer card, also of one that is not public yet; past its review date only its desk."""
    guide = on(guide, asking.today)
    if asking.expired(guide):
        sentence = asking.say.expired.format(title=guide.title, desk=asking.desk(guide))
        return Reply(Outcome.EXPIRED, (Text(sentence),), menu_choices(asking), guide=guide.id)
    related = asking.guides(guide.related[:RELATED])
    shown = card(asking.view(guide), asking.question, related, first)
    return Reply(
        Outcome.ANSWERED,
        (shown, *days_beside(asking, guide.id)),
        choices=(*remind_choice(asking, guide), *shown.related, menu_choice(asking)),
        guide=guide.id,
        form_urls=tuple(form.url for form in shown.forms),
    )


def garbage_days(asking: Asking, guide_id: str) -> Reply | None:
    """The days of the place that was named, and the guide on them a tap away; None where there are none to tell."""
    guide, days = asking.guide(guide_id), days_named(asking, guide_id)
    if guide is None or not days or asking.expired(guide):
        return None
    return Reply(Outcome.ANSWERED, days, ways_on(asking, guide), guide=guide.id)


def show_life_event(asking: Asking, event_id: str) -> Reply:
    """What to do for a life event, the nearest deadline first."""
    event = library.record(asking.session, LifeEvent, event_id)
    if event is None:
        return gone(asking)
    guides = [guide for guide in asking.guides(event.steps) if not asking.expired(guide)]
    guides.sort(key=_days_left)
    pairs = zip(guides, guide_choices(guides, asking.language), strict=True)
    steps = tuple(Step(_when(asking, guide), title_in(guide, asking.language), choice) for guide, choice in pairs)
    return Reply(
        Outcome.MENU,
        (Checklist(event_name(event, asking.language), asking.say.steps_intro or event.intro, steps),),
        choices=tuple(step.choice for step in steps[:MENU_CHOICES]),
        candidates=tuple(guide.id for guide in guides),
    )


def life_event(asking: Asking, event_id: str, named: Collection[str]) -> Reply:
    """The answer to a question about a life event as a whole: its first guide, and what comes next."""
    listed = show_life_event(asking, event_id)
    if not listed.candidates:
        return listed
    return _followed_by(asking, show_guide(asking, first_of(listed, named)[0]), event_id, listed)


def first_of(listed: Reply, named: Collection[str]) -> list[str]:
    """The guides of a life event, the most urgent first; before them those `named` in the question."""
    return sorted(listed.candidates, key=lambda guide: guide not in named)


def with_life_event(asking: Asking, reply: Reply, event_ids: Sequence[str]) -> Reply:
    """A guide's answer, followed by what is most urgent in the life event that the guide belongs to."""
    for event_id in event_ids:
        event = library.record(asking.session, LifeEvent, event_id)
        if event and reply.outcome == Outcome.ANSWERED and reply.guide in event.steps:
            return _followed_by(asking, reply, event_id, show_life_event(asking, event_id))
    return reply


def or_rather(asking: Asking, reply: Reply, guide_ids: Sequence[str]) -> Reply:
    """An answer, with other guides that may have been meant first among its choices."""
    others = [guide for guide in asking.guides(guide_ids) if guide.id != reply.guide]
    choices = guide_choices(others, asking.language, asking.guide(reply.guide) if reply.guide else None)
    rest = tuple(each for each in reply.choices if each.action not in {choice.action for choice in choices})
    return replace(reply, choices=(*choices, *rest), candidates=tuple(guide.id for guide in others))


def or_read(asking: Asking, reply: Reply, passage_ids: Sequence[int], *, foremost: bool) -> Reply:
    """A reply with a way to passages of sources that may tell more: before its guides, or after them."""
    public = tuple(id_ for id_ in passage_ids if library.source_passage(asking.session, id_))
    if not public or reply.outcome in (Outcome.CRISIS, Outcome.EXPIRED):
        return reply
    place = 0 if foremost else len(reply.candidates)
    label = asking.say.read_more if reply.passage else asking.say.read_plan
    choice = Choice(short(label), Cite(public))
    choices = (*reply.choices[:place], choice, *reply.choices[place:])[:MENU_CHOICES]
    hint = (Text(asking.say.read_plan_hint),) if reply.outcome in (Outcome.NOT_FOUND, Outcome.CLARIFY) else ()
    return replace(reply, parts=(*reply.parts, *hint), choices=choices)


def _followed_by(asking: Asking, reply: Reply, event_id: str, listed: Reply) -> Reply:
    urgent = tuple(_urgent(part, reply.guide or "") for part in listed.parts if isinstance(part, Checklist))
    whole = Choice(short(asking.say.whole_list), ShowLifeEvent(event_id))
    return replace(reply, parts=reply.parts + urgent, choices=(whole, *reply.choices))


def _urgent(checklist: Checklist, shown: str) -> Checklist:
    others = tuple(step for step in checklist.steps if step.choice.action != ShowGuide(shown))
    dated = tuple(step for step in others if step.when) or others
    return replace(checklist, steps=dated[:URGENT_STEPS])


def _rule_days(deadline: Deadline) -> int:
    rule = deadline.rule
    return span_days(rule.within) if rule and rule.after and rule.within else SOME_DAY


def _days_left(guide: Guide) -> int:
    return min((_rule_days(deadline) for deadline in guide.deadlines), default=SOME_DAY)


def _when(asking: Asking, guide: Guide) -> str:
    nearest = min(guide.deadlines, key=_rule_days, default=None)
    return deadline_line(asking.glance(guide), nearest) if nearest and _rule_days(nearest) < SOME_DAY else ""


def menu(asking: Asking) -> Reply:
    """What can be asked, to choose from."""
    say = asking.say
    settings = (settings_choice(asking),) if asking.resident is not None else ()
    return Reply(Outcome.MENU, (Text(f"{say.menu_title}\n{say.menu_intro}"),), (*menu_choices(asking), *settings))


def settings_choice(asking: Asking) -> Choice:
    """The button that opens a resident's own settings."""
    return Choice(short(wording(asking.variant).title), ShowSettings())


def menu_choices(asking: Asking) -> tuple[Choice, ...]:
    """The rich menu's entries as far as they lead somewhere, then the other life events."""
    first = entries(library.ward(asking.session).menu, asking.language)
    first = tuple(entry for entry in first if _leads_somewhere(asking, entry.action))
    events = library.records(asking.session, LifeEvent)
    others = (Choice(short(event_name(each, asking.language)), ShowLifeEvent(each.id)) for each in events)
    shown = {entry.action for entry in first}
    return (*first, *(each for each in others if each.action not in shown))[:MENU_CHOICES]


def _leads_somewhere(asking: Asking, action: Action) -> bool:
    """Whether an entry shows something now: a guide may have been withdrawn, and the menu is here already."""
    match action:
        case ShowGuide(guide):
            return asking.guide(guide) is not None
        case _:
            return action != ShowMenu()


def remind_choice(asking: Asking, guide: Guide) -> tuple[Choice, ...]:
    """The button to be reminded of a guide's nearest deadline; none where it has none, or nobody to remind is known."""
    number = deadlines.countable(guide)
    if asking.resident is None or number is None:
        return ()
    return (Choice(asking.say.remind_me, RemindMe(guide.id, number)),)


def menu_choice(asking: Asking) -> Choice:
    """The button that leads to the menu."""
    return Choice(asking.say.menu_label, ShowMenu())


def ways_on(asking: Asking, guide: Guide) -> tuple[Choice, ...]:
    """The ways on from a part of a guide: the whole of it, and the menu."""
    return guide_choice(guide, asking.language), menu_choice(asking)


def clarify(asking: Asking, guide_ids: Sequence[str], shown: str | None = None) -> Reply:
    """Two or three guides to choose from, and the phone of one just shown, in case it is still meant."""
    guides, own = asking.guides(guide_ids), asking.guide(shown) if shown and shown not in guide_ids else None
    reply = offered(asking, guides, asking.say.clarify, guide_choices(guides, asking.language))
    return replace(reply, parts=(*reply.parts, Text(naming(asking, own, asking.say.not_found_topic)))) if own else reply


def offered(asking: Asking, guides: Sequence[Guide], sentence: str, choices: tuple[Choice, ...]) -> Reply:
    """Guides to choose from, led in by a sentence."""
    lines = "\n".join(f"・{title_in(guide, asking.language)}" for guide in guides)
    return Reply(
        Outcome.CLARIFY,
        (Text(f"{sentence}\n{lines}"),),
        choices=(*choices[:MENU_CHOICES], menu_choice(asking)),
        candidates=tuple(guide.id for guide in guides),
    )


def clarify_topic(asking: Asking) -> Reply:
    """A fact was asked for, but of what?"""
    return Reply(Outcome.CLARIFY, (Text(asking.say.clarify_topic),), choices=menu_choices(asking))


def not_found(asking: Asking) -> Reply:
    """An honest no, with the phone that knows more; after an answer first that of its desk, in case it is meant."""
    ward, choices = asking.desk(), menu_choices(asking)
    shown = asking.guide(asking.topics[0]) if len(asking.topics) == 1 else None
    if shown:
        choices = (guide_choice(shown, asking.language), *choices)[:MENU_CHOICES]
    of_topic = naming(asking, shown, asking.say.not_found_topic) if shown and asking.desk(shown) != ward else ""
    said = _lines(asking.say.not_found, of_topic, asking.say.not_found_hint.format(desk=ward))
    return Reply(Outcome.NOT_FOUND, (Text(said),), choices=choices)


def naming(asking: Asking, guide: Guide, sentence: str) -> str:
    """A sentence that names a guide and its desk."""
    return sentence.format(title=title_in(guide, asking.language), desk=asking.desk(guide))


def other_body(asking: Asking, body_id: str) -> Reply:
    """Who handles what the ward does not."""
    body = library.record(asking.session, OtherBody, body_id)
    if body is None:
        return not_found(asking)
    phone = (_call(asking, body.name, body.phone),) if body.phone else ()
    site = (Link(f"{body.name} {asking.say.other_body_site}", str(body.url)),) if body.url else ()
    said = _lines(asking.say.other_body_intro.format(name=body.name), body.answer)
    return Reply(Outcome.OTHER_BODY, (Text(said, phone + site),), choices=(menu_choice(asking),))


def crisis(asking: Asking, crisis_id: str) -> Reply:
    """The numbers to call now."""
    found = library.record(asking.session, Crisis, crisis_id)
    if found is None:
        return not_found(asking)
    own = asking.guide(found.guide) if found.guide else None
    numbers = _numbers(asking, found.lines, asking.say.crisis_intro, found.message)
    choices = (guide_choice(own, asking.language),) if own else ()
    return Reply(Outcome.CRISIS, (numbers,), choices=choices, crisis=found.id)


def in_case(asking: Asking, reply: Reply, crisis_ids: Sequence[str]) -> Reply:
    """A reply led in by two numbers to call if somebody should be in danger; one that gives them anyway as it is."""
    found = [each for id_ in crisis_ids if (each := library.record(asking.session, Crisis, id_))]
    if not found or reply.outcome == Outcome.CRISIS:
        return reply
    # The first number of each danger, then the others of the likeliest; a number that two have counts once.
    first = [line for each in found[:FIRST_LINES] for line in each.lines[:1]] + [*found[0].lines]
    lines = [*{line.phone: line for line in first}.values()][:FIRST_LINES]
    return replace(reply, parts=(_numbers(asking, lines, asking.say.in_case), *reply.parts), crisis=found[0].id)


def _numbers(asking: Asking, lines: Sequence[Helpline], *said: str) -> Text:
    """Numbers to read and to tap, below what is said first."""
    calls = tuple(_call(asking, line.name, line.phone) for line in lines)
    return Text(_lines(*said, *(_helpline(line) for line in lines)), calls)


def _lines(*lines: str) -> str:
    """The lines one below the other; what the ward says in Japanese is led in by a sentence of the asker's language."""
    return "\n".join(line for line in lines if line)


def _helpline(line: Helpline) -> str:
    return f"■ {line.name} {line.phone}（{line.hours}）"


def _call(asking: Asking, name: str, phone: str) -> Link:
    return Link(asking.say.call_name.format(name=name), f"tel:{phone}")


def smalltalk(asking: Asking, talk_id: str) -> Reply:
    """A greeting for a greeting."""
    talk = library.record(asking.session, SmallTalk, talk_id)
    if talk is None:
        return not_found(asking)
    own = talk.replies and talk.replies.said(asking.language)
    said = own or _lines(asking.say.smalltalk_intro, talk.reply)
    return Reply(Outcome.SMALLTALK, (Text(said),), choices=menu_choices(asking))


def citation(asking: Asking, passage_ids: Sequence[int]) -> Reply:
    """Passages of sources as they stand there, the best first."""
    found = [library.source_passage(asking.session, passage_id) for passage_id in passage_ids]
    parts = tuple(_cited(asking, *each) for each in found if each)
    if not parts:
        return not_found(asking)
    last = replace(parts[-1], feedback=feedback(asking.question, asking.say))
    return Reply(
        Outcome.ANSWERED,
        (Text(asking.say.citation), *parts[:-1], last),
        choices=(menu_choice(asking),),
        passage=next(each[0].id for each in found if each),
    )


def _cited(asking: Asking, passage: SourcePassage, source: SourceRow) -> Citation:
    page = (asking.say.page.format(page=passage.page),) if passage.page else ()
    checked = day(day_in_japan(source.updated_at), asking.language)
    note = asking.say.source.format(title=source.title, checked=checked) + f"\n{asking.notice}"
    return Citation(source.title, " ".join((passage.section, *page)), passage.text, note)


def gone(asking: Asking) -> Reply:
    """A button whose record no longer exists."""
    return Reply(Outcome.NOT_FOUND, (Text(asking.say.button_gone),), choices=menu_choices(asking))


def feedback_thanks(asking: Asking, guide_id: str | None, *, solved: bool) -> Reply:
    """Thanks for the verdict; a wrong answer comes with the desk to call."""
    if solved:
        return Reply(Outcome.FEEDBACK, (Text(asking.say.solved_thanks),))
    guide = asking.guide(guide_id) if guide_id else None
    sentence = asking.say.wrong_thanks.format(desk=asking.desk(guide))
    return Reply(Outcome.FEEDBACK, (Text(sentence),), choices=menu_choices(asking))
