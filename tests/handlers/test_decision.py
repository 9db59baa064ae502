"""From hits to a decision: each branch, and each limit at and just below."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import MOST_CITED
from handlers.decision import (
    GUIDES,
    NOTHING,
    OFFERED,
    Decision,
    Ground,
    Limits,
    Sure,
    decide,
    feared,
    may_tell,
    quoted,
)
from handlers.sureness import Evidence, Sureness
from knowledge.passages import Owner, OwnerKind
from knowledge.search import Hit, Hits

SURENESS = Sureness(apart=1.0, near=0.0, covered=0.0, bias=0.0)
"""Only the lead over what is no guide counts: where there is none, that is the guide's own score."""


def _chance(score: float) -> float:
    return SURENESS.of(Evidence(score, 0.5, 0.5))


LIMITS = Limits(
    sureness=SURENESS, answer=_chance(6.0), offer=_chance(4.0), lead=1.0, bare=0.75, life_event=1.0, other=3.0,
    body=1.5, body_near=0.45, verbatim=0.9, cited=0.3, crisis=2.5, talk=0.0, source=9.0, plan=1.0, unasked=9.0,
    also=0.5, read=7.0, instead=2.0, unheld=4.0, alarm=8.0, alarm_near=0.4,
)  # fmt: skip
EASY = replace(LIMITS, answer=0.0, offer=0.0)
"""Any guide is sure enough: what decides is what it is measured with."""
BELOW = 0.01
G, E, S = OwnerKind.GUIDE, OwnerKind.LIFE_EVENT, OwnerKind.SOURCE


def _decide(
    *found: tuple[OwnerKind, float], text: str = "質問", bare: bool = False, limits: Limits = LIMITS
) -> Decision:
    """The decision on owners named by their place, the best first."""
    return decide(text, replace(_hits(*found), bare=bare), limits)


def _hits(*found: tuple[OwnerKind, float]) -> Hits:
    hits = tuple(Hit(Owner(kind, str(i)), score, 0.5, 0.5, 1.0, 0.0, 0.5) for i, (kind, score) in enumerate(found))
    return Hits(hits, "20261121", {})


def _sure(*found: tuple[OwnerKind, float], text: str = "質問", bare: bool = False) -> Sure:
    return _decide(*found, text=text, bare=bare).sure


def test_nothing_found_is_nothing() -> None:
    """No hit, no owner."""
    assert _decide() == NOTHING


def test_a_guide_is_answered_from_its_limit() -> None:
    """At the limit it is answered, just below it is offered."""
    assert _decide((G, 6.0)) == Decision(Sure.ANSWER, (Owner(G, "0"),))
    assert _sure((G, 6.0 - BELOW)) == Sure.OFFER


def test_a_guide_is_offered_from_its_limit() -> None:
    """At the limit it is offered, just below nothing is said."""
    assert _sure((G, 4.0)) == Sure.OFFER
    assert _decide((G, 4.0 - BELOW)) == NOTHING


def test_a_guide_must_stand_apart_from_what_is_none() -> None:
    """Small talk that is near takes away from how sure a guide is: at its limit it is answered, just below offered."""
    assert _sure((G, 9.0), (OwnerKind.SMALLTALK, 3.0)) == Sure.ANSWER
    assert _sure((G, 9.0 - BELOW), (OwnerKind.SMALLTALK, 3.0)) == Sure.OFFER
    assert _sure((G, 7.0 - BELOW), (OwnerKind.SMALLTALK, 3.0)) == Sure.NOTHING


def test_an_answer_needs_a_lead() -> None:
    """Two guides as good as each other are both offered."""
    assert _sure((G, 8.0), (G, 7.0)) == Sure.ANSWER
    assert _sure((G, 8.0), (G, 7.0 + BELOW)) == Sure.OFFER


def test_guides_that_may_have_been_meant_are_named_beside_an_answer() -> None:
    """At most two, and only those that would have been offered."""
    best, second, third = (Owner(G, each) for each in "012")
    assert _decide((G, 9.0), (G, 5.0), (G, 4.0), (G, 4.0)) == Decision(Sure.ANSWER, (best,), (second, third))
    assert _decide((G, 9.0), (G, 5.0), (G, 4.0 - BELOW)).others == (second,)


def test_a_bare_name_needs_more() -> None:
    """A name that fits several guides asks back; the same scores for a sentence are an answer."""
    assert _sure((G, 8.0), (G, 6.0), bare=True) == Sure.OFFER
    assert _sure((G, 8.0), (G, 6.0 - BELOW), bare=True) == Sure.ANSWER
    assert _sure((G, 8.0), (G, 6.0)) == Sure.ANSWER


def test_a_life_event_stands_back() -> None:
    """A guide with the same score is answered before a life event."""
    assert _decide((E, 8.0), (G, 8.0)).owners == (Owner(G, "1"),)
    assert _sure((E, 7.0)) == Sure.ANSWER
    assert _sure((E, 7.0 - BELOW)) == Sure.OFFER


def test_at_most_three_are_offered_best_first() -> None:
    """A fourth guide is left out."""
    assert _decide((G, 5.0), (G, 4.9), (G, 4.8), (G, 4.7)).owners == tuple(Owner(G, each) for each in "012")


def test_other_matters_need_their_lead_over_the_guides() -> None:
    """Another body by 1.5, danger by 2.5, small talk and nobody's matter by nothing; just below, the guide is given."""
    for kind, lead in {OwnerKind.OTHER_BODY: 1.5, OwnerKind.CRISIS: 2.5, OwnerKind.SMALLTALK: 0.0}.items():
        assert _decide((kind, 7.0 + lead), (G, 7.0), limits=EASY).owners == (Owner(kind, "0"),)
        assert _decide((kind, 7.0 + lead - BELOW), (G, 7.0), limits=EASY).owners == (Owner(G, "1"),)


def _hit(kind: OwnerKind, id_: str, score: float, name: float, fact: float = 0.5, covered: float = 0.5) -> Hit:
    return Hit(Owner(kind, id_), score, name, fact, 1.0, 0.0, covered)


def _decided(*hits: Hit) -> Decision:
    return decide("質問", Hits(hits, "20261121", {}), EASY)


@pytest.mark.parametrize(
    ("first", "second", "sure"),
    [(0.9, 0.9 - BELOW, Sure.ANSWER), (0.9, 0.9, Sure.OFFER), (0.9 - BELOW, 0.5, Sure.OFFER)],
)
def test_the_very_wording_of_one_guide_needs_no_lead(first: float, second: float, sure: Sure) -> None:
    """児童手当はいくら is said of 児童手当, however near 児童扶養手当 is; not where it is said of both or neither."""
    assert _decided(_hit(G, "0", 8.0, first), _hit(G, "1", 7.5, second)).sure == sure


def test_another_body_unlike_what_was_said_is_not_named() -> None:
    """At its limit of likeness it is named, just below the guide is given, however far it leads."""
    guide = _hit(G, "1", 7.0, 0.5)
    assert _decided(_hit(OwnerKind.OTHER_BODY, "0", 20.0, 0.45), guide).owners == (Owner(OwnerKind.OTHER_BODY, "0"),)
    assert _decided(_hit(OwnerKind.OTHER_BODY, "0", 20.0, 0.45 - BELOW), guide).owners == (Owner(G, "1"),)


def test_a_word_of_the_wards_own_is_not_taken_for_another_bodys() -> None:
    """Where a guide has every word of a question and the body has not, the body needs a lead of 4.0 and not of 1.5."""
    elsewhere, guide = Owner(OwnerKind.OTHER_BODY, "0"), Owner(G, "1")

    def named(lead: float, guide_has: float, body_has: float) -> Owner:
        body = _hit(elsewhere.kind, "0", 7.0 + lead, 0.5, covered=body_has)
        return _decided(body, _hit(G, "1", 7.0, 0.5, covered=guide_has)).owners[0]

    assert named(4.0, guide_has=1.0, body_has=0.9) == elsewhere
    assert named(4.0 - BELOW, guide_has=1.0, body_has=0.9) == guide
    assert named(1.5, guide_has=1.0, body_has=1.0) == elsewhere
    assert named(1.5, guide_has=0.9, body_has=0.5) == elsewhere


def test_danger_is_thought_of_only_where_it_is_likely_by_itself() -> None:
    """By a score of 8.0 or a name as near as 0.4; below both the guide is given, and no number before it."""
    guide = _hit(G, "1", 5.0, 0.5)
    for danger, alarming in (
        (_hit(OwnerKind.CRISIS, "0", 8.0, 0.4 - BELOW), True),
        (_hit(OwnerKind.CRISIS, "0", 8.0 - BELOW, 0.4), True),
        (_hit(OwnerKind.CRISIS, "0", 8.0 - BELOW, 0.4 - BELOW), False),
    ):
        hits = Hits((danger, guide), "20261121", {})
        assert decide("質問", hits, EASY).owners == ((danger if alarming else guide).owner,)
        assert feared(hits, EASY) == (["0"] if alarming else [])


def test_danger_is_feared_when_hardly_anything_is_likelier() -> None:
    """At its limit below the best of everything else, passages aside; and only with a score of its own."""
    crisis, limits = OwnerKind.CRISIS, replace(LIMITS, feared=-2.0)

    def ids(*found: tuple[OwnerKind, float]) -> list[str]:
        hits = tuple(_hit(kind, str(number), score, 0.5) for number, (kind, score) in enumerate(found))
        return feared(Hits(hits, "20261121", {}), limits)

    assert ids((S, 20.0), (G, 8.0), (crisis, 7.0), (crisis, 6.0), (crisis, 6.0 - BELOW)) == ["2", "3"]
    assert ids((OwnerKind.SMALLTALK, 8.0), (crisis, 6.0 - BELOW)) == []
    assert ids((G, 2.0), (crisis, 3.0)) == ["1"]
    assert ids((G, 2.0), (crisis, 3.0 - BELOW)) == []


def test_the_very_wording_goes_before_a_higher_score() -> None:
    """Of what is no guide's matter, that which is put in the same words is meant."""
    nobody = _hit(OwnerKind.OFFTOPIC, "0", 20.0, 0.7)
    talk = Owner(OwnerKind.SMALLTALK, "1")
    assert _decided(nobody, _hit(talk.kind, "1", 15.0, 0.9)).owners == (talk,)
    assert _decided(nobody, _hit(talk.kind, "1", 15.0, 0.9 - BELOW)) == NOTHING


@pytest.mark.parametrize("kind", [OwnerKind.OFFTOPIC, OwnerKind.SMALLTALK, OwnerKind.OTHER_BODY])
def test_the_very_wording_of_a_guide_is_not_taken_for_anything_else(kind: OwnerKind) -> None:
    """However far another leads that is put otherwise; danger is thought of all the same."""
    guide = _hit(G, "1", 7.0, 0.9)
    assert _decided(_hit(kind, "0", 20.0, 0.9 - BELOW), guide).owners == (guide.owner,)
    assert _decided(_hit(kind, "0", 20.0, 0.9), guide).owners != (guide.owner,)
    assert _decided(_hit(OwnerKind.CRISIS, "0", 20.0, 0.5), guide).owners == (Owner(OwnerKind.CRISIS, "0"),)


def test_the_very_wording_of_a_guide_is_offered_before_a_higher_score() -> None:
    """A rare word of it may be rarer still in another guide; just below the very wording the score decides."""
    rare, meant = _hit(G, "rare", 16.0, 0.5), _hit(G, "meant", 10.0, 0.9)
    assert _decided(rare, meant).owners == (Owner(G, "meant"), Owner(G, "rare"))
    assert _decided(rare, replace(meant, name=0.9 - BELOW)).owners == (Owner(G, "rare"),)


def test_a_passage_nobody_asked_for_must_be_like_the_question() -> None:
    """Shared words alone make no answer: a name that stands in a plan by chance is not asked of it."""
    assert _decided(_hit(S, "0", 20.0, 0.0, LIMITS.cited)).sure == Sure.ANSWER
    assert _decided(_hit(S, "0", 20.0, 0.0, LIMITS.cited - BELOW)) == NOTHING


def test_other_matters_need_a_score_of_their_own() -> None:
    """Something faint is nothing, even when no guide is near."""
    assert _sure((OwnerKind.SMALLTALK, 3.0)) == Sure.ANSWER
    assert _sure((OwnerKind.SMALLTALK, 3.0 - BELOW)) == Sure.NOTHING


def test_nobodys_matter_is_nothing() -> None:
    """When what the ward has no word on wins, no guide is offered instead."""
    assert _decide((OwnerKind.OFFTOPIC, 7.0), (G, 7.0)) == NOTHING


def test_a_question_about_plans_is_answered_from_a_passage() -> None:
    """From its limit and up to `plan` below its rival; without the wish it would take a lead of `unasked`."""
    assert _decide((S, 9.0), (G, 10.0), text="計画では").owners == (Owner(S, "0"),)
    assert _decide((S, 9.0), (G, 10.0 + BELOW), text="計画では").owners == (Owner(G, "1"),)
    assert _sure((S, 9.0 - BELOW), text="計画では") == Sure.NOTHING
    assert _decide((S, 13.0), (G, 4.0)).owners == (Owner(S, "0"),)
    assert _decide((S, 13.0 - BELOW), (G, 4.0)).owners == (Owner(G, "1"),)


def test_a_second_passage_is_cited_when_near() -> None:
    """At half of the first one's score it is cited too, just below not; a third one never."""
    assert len(_decide((S, 10.0), (S, 5.0), (S, 5.0), text="計画").owners) == 2
    assert len(_decide((S, 10.0), (S, 5.0 - BELOW), text="計画").owners) == 1


def test_a_plan_may_tell_what_is_hardly_less_likely_than_an_answer() -> None:
    """From its own least score and so much behind the best that is no passage; a life event counts as it is ranked."""

    def told(*found: tuple[OwnerKind, float]) -> bool:
        quote = quoted(_hits(*found), LIMITS)
        return quote is not None and may_tell(quote, LIMITS)

    assert told((S, 7.0))
    assert not told((S, 7.0 - BELOW))
    assert told((G, 10.0), (S, 8.0))
    assert not told((G, 10.0), (S, 8.0 - BELOW))
    assert told((E, 11.0), (S, 8.0))
    assert not told((OwnerKind.OFFTOPIC, 10.0), (S, 8.0 - BELOW))
    assert not told((G, 10.0))


def test_a_quotation_knows_how_far_it_leads() -> None:
    """Over the best that is no passage, and over nothing where there is none."""
    leads = [
        quoted(_hits(*found), LIMITS) for found in ([(S, 9.0), (G, 5.0), (S, 4.0)], [(G, 9.0), (S, 5.0)], [(S, 8.0)])
    ]
    assert [(quote.lead, len(quote.owners)) for quote in leads if quote] == [(4.0, 1), (-4.0, 1), (8.0, 1)]


def test_what_comes_next_can_be_read_on() -> None:
    """Two passages more, after the one or two that are quoted together."""

    def places(*found: tuple[OwnerKind, float]) -> tuple[list[str], list[str]] | None:
        quote = quoted(_hits(*found), LIMITS)
        return ([owner.id for owner in quote.owners], [owner.id for owner in quote.further]) if quote else None

    assert places((S, 9.0), (G, 8.5), (S, 8.0), (S, 7.0), (S, 6.0), (S, 5.0)) == (["0", "2"], ["3", "4"])
    assert places((S, 9.0), (S, 4.5 - BELOW), (S, 4.0), (S, 3.0)) == (["0"], ["1", "2"])
    assert places((S, 9.0)) == (["0"], [])
    assert places((G, 9.0)) is None


FOUND = st.lists(st.tuples(st.sampled_from(OwnerKind), st.floats(-20, 40)), max_size=12)


@given(st.text(max_size=20) | st.just("計画"), FOUND, st.booleans())
def test_a_decision_keeps_its_promises(text: str, found: list[tuple[OwnerKind, float]], bare: bool) -> None:
    """One owner or two passages answer, up to three guides are offered, nothing has no owner."""
    found.sort(key=lambda each: -each[1])
    decision = _decide(*found, text=text, bare=bare)
    kinds = {owner.kind for owner in decision.owners}
    if decision.sure == Sure.ANSWER:
        assert 1 <= len(decision.owners) <= (MOST_CITED if kinds == {S} else 1)
        assert OwnerKind.OFFTOPIC not in kinds
    elif decision.sure == Sure.OFFER:
        assert 1 <= len(decision.owners) <= OFFERED
        assert kinds <= set(GUIDES)
    else:
        assert decision == NOTHING


def test_a_decision_says_its_ground() -> None:
    """What held an answer back, or let it through, for whoever wants to mend it."""
    assert _decide((G, 8.0), (G, 5.0)).ground == Ground.CLEAR
    assert _decide((G, 5.0)).ground == Ground.FAINT
    assert _decide((G, 8.0), (G, 7.5)).ground == Ground.CLOSE
    assert _decide((G, 8.0), (G, 6.0), bare=True).ground == Ground.BARE
    assert _decide((G, 3.0)).ground == Ground.LOW
    assert _decide((OwnerKind.OTHER_BODY, 8.0), (G, 5.0)).ground == Ground.ELSEWHERE
    assert _decide((OwnerKind.OFFTOPIC, 8.0), (G, 5.0)).ground == Ground.NOBODY
    assert _decide((S, 12.0)).ground == Ground.CITED
