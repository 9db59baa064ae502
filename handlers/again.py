"""What is said of a guide that was just shown: a fact of it, all of it once more, or that it says no more."""

from dataclasses import replace

from handlers import answers
from handlers.actions import AskFact
from handlers.asking import Asking
from handlers.card import fact_rows, guide_choices
from handlers.reply import Card, Outcome, Reply, Text
from knowledge.records import FactKind


def show_fact(asking: Asking, guide_id: str, fact: FactKind) -> Reply:
    """Just one fact of a guide with its source, or that the ward's record does not hold it."""
    whole = answers.show_guide(asking, guide_id)
    guide = asking.guide(guide_id)
    if whole.outcome != Outcome.ANSWERED or guide is None:
        return whole
    shown, *days = whole.parts
    if fact == FactKind.HOURS and days:
        return answers.garbage_days(asking, guide_id) or whole
    view, choices = asking.view(guide), answers.ways_on(asking, guide)
    found = fact_rows(view, fact)
    if not found:
        missing = asking.say.fact_missing.format(
            title=view.title, fact=asking.say.labels.of(fact), desk=asking.desk(guide)
        )
        return replace(whole, parts=(Text(missing),), choices=choices, form_urls=(), fact=fact, lacking=True)
    assert isinstance(shown, Card)
    forms = shown.forms if fact == FactKind.ONLINE else ()
    answer = "\n".join(found[0].lines)
    part = replace(shown, answer=answer, rows=found[1:], forms=forms, related=())
    return replace(whole, parts=(part,), choices=choices, form_urls=tuple(form.url for form in forms), fact=fact)


def fact_of(asking: Asking, fact: FactKind) -> Reply:
    """A fact of what was just shown; where several guides were offered, a choice of whose."""
    if len(asking.topics) == 1:
        return show_fact(asking, asking.topics[0], fact)
    guides = asking.guides(asking.topics)
    if not guides:
        return answers.clarify_topic(asking)
    choices = guide_choices(guides, asking.language)
    whose = (replace(each, action=AskFact(guide.id, fact)) for guide, each in zip(guides, choices, strict=True))
    sentence = asking.say.clarify_fact.format(fact=asking.say.labels.of(fact))
    return answers.offered(asking, guides, sentence, tuple(whose))


def once_more(asking: Asking, guide_id: str) -> Reply:
    """A guide's answer card again, led in by where to ask what does not stand there."""
    whole = answers.show_guide(asking, guide_id)
    guide = asking.guide(guide_id)
    if whole.outcome != Outcome.ANSWERED or guide is None:
        return whole
    return replace(whole, parts=(Text(answers.naming(asking, guide, asking.say.once_more)), *whole.parts))


def no_more(asking: Asking, guide_id: str) -> Reply:
    """An honest no: this does not stand in the guide just shown, but its desk knows."""
    guide = asking.guide(guide_id)
    if guide is None:
        return answers.not_found(asking)
    said = answers.naming(asking, guide, asking.say.no_more)
    return Reply(Outcome.NOT_FOUND, (Text(said),), answers.ways_on(asking, guide))
