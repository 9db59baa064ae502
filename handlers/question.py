"""From a question to its answer: the first step that has one decides, and says why."""

import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handlers import again, answers
from handlers.asking import Asking
from handlers.collecting import place_given
from handlers.decision import GUIDES, Decision, Limits, Sure, asked_for, decide, feared, may_tell, quoted
from handlers.followup import FactAsked, fact_asked
from handlers.reply import Outcome, Reply
from handlers.story import sentences
from handlers.topic import Topic
from knowledge import library
from knowledge.encoder import EncoderError
from knowledge.passages import Owner, OwnerKind
from knowledge.records import Crisis, FactKind, OtherBody
from knowledge.search import Hits, Searcher
from knowledge.signs import any_of, stands
from knowledge.snapshot import SnapshotMissingError
from knowledge.text import normalise

_WARD = re.compile(r"[一-龥]{1,3}区")
_MENU = re.compile(
    r"(メニュー|めにゅー|menu|菜单|選單|메뉴|thực đơn)"
    r"( ?を?(見せて|みせて|出して|開いて|ください|下さい|お願い(します)?)+| please)?[!?。 ]*"
)
_LETTERS = re.compile(r"[^\W_]")
NEAR = 4
"""A life event among so many first hits is what the question is about, too."""


@dataclass(frozen=True)
class Thought:
    """An answer, what was found on the way to it, and what that was held to justify."""

    reply: Reply
    step: str
    hits: Hits | None = None
    decision: Decision | None = None

    def trace(self) -> dict[str, Any]:
        """The step, the fact that was lacking, the first hits with scores, the timings: kept with the question."""
        known = {"step": self.step} | ({"lacks": self.reply.fact} if self.reply.lacking else {})
        if self.hits is None:
            return known
        first = [[hit.owner.kind, hit.owner.id, round(hit.score, 3)] for hit in self.hits.hits[:5]]
        return {**known, "hits": first, "ms": {k: round(v, 2) for k, v in self.hits.ms.items()}}


@dataclass(frozen=True)
class Thinking:
    """One question on its way: what was asked, what is spoken of, and the means to find an answer."""

    asking: Asking
    searcher: Searcher
    limits: Limits
    asked: FactAsked | None
    crises: Sequence[Crisis]


def answer(asking: Asking, searcher: Searcher, limits: Limits) -> Thought:
    """The thought that answers: nothing said, in danger, another body's, a follow-up, or found; first match wins."""
    asked, crises = fact_asked(asking.text, searcher.splitter.nouns), library.records(asking.session, Crisis)
    thinking = Thinking(asking, searcher, limits, asked, crises)
    for step in (_nothing_said, _menu_asked, _in_danger, _place_given, _elsewhere, _follow_up):
        reply = step(thinking)
        if reply:
            return Thought(reply, step.__name__.strip("_"))
    hits = _calmed(thinking, _of_this_ward(asking, searcher.search(asking.text)))
    started = time.perf_counter()
    decision = decide(asking.text, hits, limits, (searcher.search(part) for part in sentences(asking.text)))
    hits = replace(hits, ms={**hits.ms, "decide": 1000 * (time.perf_counter() - started)})
    topic = Topic(asking.topics, hits, limits)
    reply, still = _further(thinking, topic, decision), topic.still()
    if reply:
        thought = Thought(reply, "follow_up", hits)
    else:
        thought = _still(thinking, hits, decision, still) if still else _found(thinking, topic, decision)
    own = {crisis.id for crisis in crises if crisis.guide == still}
    dangers = [danger for danger in feared(hits, limits) if not still or danger in own]
    reply = answers.in_case(asking, _with_quote(asking, thought.reply, hits, limits), dangers)
    return replace(thought, reply=reply, decision=decision)


def _with_quote(asking: Asking, reply: Reply, hits: Hits, limits: Limits) -> Reply:
    """A reply with a way to the passages of a plan that may tell more, if there are any."""
    quote = quoted(hits, limits)
    if quote is None or not may_tell(quote, limits):
        return reply
    owners = quote.further if reply.passage else quote.owners
    return answers.or_read(asking, reply, [int(owner.id) for owner in owners], foremost=quote.lead > 0)


def _nothing_said(thinking: Thinking) -> Reply | None:
    return None if re.search(r"[^\s!-/:-@?？！、。…]", thinking.asking.text) else answers.menu(thinking.asking)


def _menu_asked(thinking: Thinking) -> Reply | None:
    return answers.menu(thinking.asking) if _MENU.fullmatch(thinking.asking.text) else None


def _in_danger(thinking: Thinking) -> Reply | None:
    numbers = in_danger(thinking.asking, thinking.crises)
    if numbers is None:
        return None
    try:
        hits = thinking.searcher.search(thinking.asking.text)
    except (EncoderError, SnapshotMissingError):
        return numbers  # They are given also where nothing can be searched.
    return _with_way(thinking, numbers, hits)


def _with_way(thinking: Thinking, numbers: Reply, hits: Hits) -> Reply:
    """Numbers to call, and a way to the guide that was asked for in the same breath."""
    return answers.or_rather(thinking.asking, numbers, asked_for(hits, thinking.limits))


def in_danger(asking: Asking, crises: Sequence[Crisis]) -> Reply | None:
    """The numbers to call, where the text says by its words alone that somebody is in danger."""
    for crisis in crises:
        signs, harmless = crisis.signs, crisis.harmless
        # Nearly no text holds a sign: only one that does is looked at without its harmless wordings.
        if stands(signs, asking.text) and stands(signs, any_of(*harmless).sub("", asking.text)):
            return answers.crisis(asking, crisis.id)
    return None


def _calmed(thinking: Thinking, hits: Hits) -> Hits:
    """The hits without cries for help whose look-alike the text is."""
    cries = {hit.owner.id for hit in hits.of(OwnerKind.CRISIS)}
    found = (crisis for crisis in thinking.crises if crisis.id in cries)
    harmless = (crisis for crisis in found if stands(crisis.harmless, thinking.asking.text))
    calm = {Owner(OwnerKind.CRISIS, crisis.id) for crisis in harmless}
    return replace(hits, hits=tuple(hit for hit in hits.hits if hit.owner not in calm))


def _place_given(thinking: Thinking) -> Reply | None:
    """Where somebody lives, said after the guide on garbage days: the days of the place."""
    asking = thinking.asking
    return answers.garbage_days(asking, asking.topics[0]) if place_given(asking) else None


def _elsewhere(thinking: Thinking) -> Reply | None:
    for body in library.records(thinking.asking.session, OtherBody):
        if stands(body.signs, thinking.asking.text):
            return answers.other_body(thinking.asking, body.id)
    return None


def _follow_up(thinking: Thinking) -> Reply | None:
    """A fact of what was just shown, asked for in so many words: nothing needs to be searched."""
    asking, asked = thinking.asking, thinking.asked
    return again.fact_of(asking, asked.fact) if asked and asked.alone and asking.topics else None


def _further(thinking: Thinking, topic: Topic, decision: Decision) -> Reply | None:
    """A fact was asked for: of what was just shown, of the office itself, or else it is asked back of what."""
    asking, asked = thinking.asking, thinking.asked
    alone = asked.fact if asked and asked.alone and decision.sure != Sure.ANSWER else None
    danger = any(owner.kind == OwnerKind.CRISIS for owner in decision.owners)
    fact = topic.fact(danger=danger and not asked) or alone
    if fact is None or asking.topics:
        return again.fact_of(asking, fact) if fact else None
    ward = library.ward(asking.session)
    office = {FactKind.HOURS: ward.hours_guide, FactKind.DESK: ward.place_guide}.get(fact)
    return answers.show_guide(asking, office, fact) if office else answers.clarify_topic(asking)


def _still(thinking: Thinking, hits: Hits, decision: Decision, shown: str) -> Thought:
    """The guide just shown is still meant: it once more where it may tell, or that the answer was not found in it."""
    asking, asked = thinking.asking, thinking.asked
    found = [owner for owner in (*decision.owners, *decision.others) if owner.kind in GUIDES]
    if asked:
        reply = again.show_fact(asking, shown, asked.fact)
    else:
        tell = again.once_more if Owner(OwnerKind.GUIDE, shown) in found else again.no_more
        reply = tell(asking, shown)
    others = _guide_ids(asking, [owner for owner in found if owner.id != shown], _named(thinking, hits))
    return Thought(replace(answers.or_rather(asking, reply, others), candidates=()), "still", hits)


def _found(thinking: Thinking, topic: Topic, decision: Decision) -> Thought:
    asking, hits = thinking.asking, topic.hits
    if decision.sure == Sure.NOTHING and not _LETTERS.search(asking.text):
        return Thought(answers.menu(asking), "nothing_said", hits)
    if decision.sure == Sure.NOTHING:
        return Thought(answers.not_found(asking), "not_found", hits)
    named = _named(thinking, hits)
    if decision.sure == Sure.OFFER:
        offered = _guide_ids(asking, decision.owners, named)
        titled = [guide.id for guide in asking.guides(offered) if normalise(guide.title) == asking.text]
        reply = answers.show_guide(asking, titled[0]) if titled else answers.clarify(asking, offered, topic.own)
        return Thought(reply, "named" if titled else "clarify", hits)
    near = [hit.owner.id for hit in hits.hits[:NEAR] if hit.owner.kind == OwnerKind.LIFE_EVENT]
    reply = _say(thinking, decision.owners, near, named)
    if reply.outcome == Outcome.CRISIS:
        return Thought(_with_way(thinking, reply, hits), "found", hits)
    return Thought(answers.or_rather(asking, reply, _guide_ids(asking, decision.others, named)), "found", hits)


def _named(thinking: Thinking, hits: Hits) -> set[str]:
    return {hit.owner.id for hit in hits.of(OwnerKind.GUIDE) if hit.name >= thinking.limits.named}


def _of_this_ward(asking: Asking, hits: Hits) -> Hits:
    """The hits without passages of another ward's documents, unless the question names that ward."""
    passages = {int(hit.owner.id): hit for hit in hits.of(OwnerKind.SOURCE)}
    titles = library.source_titles(asking.session, list(passages)) if passages else {}
    own = library.ward(asking.session).name
    others = {passages[id_] for id_, title in titles.items() if _of_another_ward(title, own, asking.text)}
    return replace(hits, hits=tuple(hit for hit in hits.hits if hit not in others))


def _of_another_ward(title: str, own: str, text: str) -> bool:
    named = _WARD.search(title)
    return named is not None and named[0] != own and named[0].removesuffix("区") not in text


def _guide_ids(asking: Asking, owners: Sequence[Owner], named: Collection[str]) -> list[str]:
    ids: list[str] = []
    for owner in owners:
        event = None if owner.kind == OwnerKind.GUIDE else answers.show_life_event(asking, owner.id)
        ids += answers.first_of(event, named)[:2] if event else [owner.id]
    return list(dict.fromkeys(ids))


_SAID: dict[OwnerKind, Callable[[Asking, str], Reply]] = {
    OwnerKind.OTHER_BODY: answers.other_body,
    OwnerKind.CRISIS: answers.crisis,
    OwnerKind.SMALLTALK: answers.smalltalk,
}


def _say(thinking: Thinking, owners: tuple[Owner, ...], events: list[str], named: Collection[str]) -> Reply:
    asking, asked, owner = thinking.asking, thinking.asked, owners[0]
    if owner.kind == OwnerKind.SOURCE:
        return answers.citation(asking, [int(each.id) for each in owners])
    if owner.kind == OwnerKind.GUIDE:
        days = answers.garbage_days(asking, owner.id)
        reply = days or answers.show_guide(asking, owner.id, asked.fact if asked else None)
        return answers.with_life_event(asking, reply, events)
    if owner.kind == OwnerKind.LIFE_EVENT:
        reply = answers.life_event(asking, owner.id, named)
    else:
        reply = _SAID[owner.kind](asking, owner.id)
    return reply if reply.outcome != Outcome.NOT_FOUND else answers.not_found(asking)
