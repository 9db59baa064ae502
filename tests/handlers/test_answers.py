"""Each outcome's answer, on the real pack: the live row decides what is said."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.wiring import Pocket
from handlers import again, answers
from handlers.actions import AskFact, ShowGuide, ShowLifeEvent
from handlers.asking import Asking
from handlers.reply import Card, Checklist, Citation, Outcome, Reply, Text
from knowledge import library
from knowledge.guide import Fee, Guide, span_days
from knowledge.models import SourcePassage, SourceRow
from knowledge.pack import load_pack
from knowledge.records import Crisis, FactKind, LifeEvent, OtherBody, SmallTalk
from knowledge.text import Language
from tests.handlers.talk import NOW, Talk, change, guide_of, phone_of, told

TODAY = date(2026, 11, 21)


def _asking(session: Session, language: Language = Language.JA, now: datetime = NOW) -> Asking:
    return Asking(session, "", language, (), "q1", now)


def _checklist(reply: Reply) -> Checklist:
    return next(part for part in reply.parts if isinstance(part, Checklist))


@pytest.mark.parametrize(
    ("review_by", "outcome"),
    [
        (TODAY - timedelta(days=1), Outcome.EXPIRED),
        (TODAY, Outcome.ANSWERED),
        (TODAY + timedelta(days=1), Outcome.ANSWERED),
    ],
)
def test_past_its_review_date_a_guide_is_not_answered(session: Session, review_by: date, outcome: Outcome) -> None:
    """On the day itself it still is; afterwards only the desk is named, and no fact shown."""
    change(session, review_by=review_by)
    reply = answers.show_guide(_asking(session), "juminhyo")
    assert reply.outcome == outcome
    assert phone_of(session, guide_of(session)) in told(reply)
    assert ("300円" in told(reply)) == (outcome == Outcome.ANSWERED)
    assert bool(reply.form_urls) == (outcome == Outcome.ANSWERED)


def test_the_review_date_is_a_day_in_japan(session: Session) -> None:
    """Fifteen o'clock UTC is tomorrow here."""
    change(session, review_by=TODAY)
    before, after = datetime(2026, 11, 21, 14, 59, tzinfo=UTC), datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    assert answers.show_guide(_asking(session, now=before), "juminhyo").outcome == Outcome.ANSWERED
    assert answers.show_guide(_asking(session, now=after), "juminhyo").outcome == Outcome.EXPIRED
    assert again.show_fact(_asking(session, now=after), "juminhyo", FactKind.FEE).outcome == Outcome.EXPIRED


def test_a_withdrawn_guide_is_not_answered_from_an_old_snapshot(stranger: Talk) -> None:
    """The same question, the same index: at once nothing of it is said."""
    assert stranger.say("住民票の写しがほしい").guide == "juminhyo"
    library.withdraw(stranger.session, "juminhyo", NOW)
    stranger.session.flush()
    reply = stranger.say("住民票の写しがほしい")
    assert (reply.guide, reply.form_urls) == (None, ())
    assert "juminhyo" not in reply.candidates
    assert "300円" not in told(reply)


def test_an_edited_fact_shows_at_once(stranger: Talk) -> None:
    """Without a new snapshot: the index only gives the id."""
    snapshot = stranger.responder.searcher.shelf.snapshot().name
    change(stranger.session, fees=(Fee(case="窓口", yen=98765),))
    assert "98,765円" in told(stranger.say("住民票の写しがほしい"))
    assert stranger.responder.searcher.shelf.snapshot().name == snapshot


def test_a_life_event_lists_what_to_do_in_order_of_deadline(session: Session) -> None:
    """Days after the event never fall from one step to the next; what has no term comes last."""
    for event in library.records(session, LifeEvent):
        reply = answers.show_life_event(_asking(session), event.id)
        days = [_days(guide_of(session, id_)) for id_ in reply.candidates]
        assert days == sorted(days)
        assert set(reply.candidates) == set(event.steps)
        assert [step.choice.action for step in _checklist(reply).steps] == [ShowGuide(id_) for id_ in reply.candidates]


def _days(guide: Guide) -> int:
    rules = [deadline.rule for deadline in guide.deadlines if deadline.rule]
    return min((span_days(rule.within) for rule in rules if rule.after and rule.within), default=10**6)


def test_bereavement_begins_with_the_death_notice(session: Session) -> None:
    """Seven days, by law; said beside it."""
    first = _checklist(answers.show_life_event(_asking(session), "bereavement")).steps[0]
    assert first.choice.action == ShowGuide("shibo-todoke")
    assert "7日以内" in first.when


def test_a_life_event_leaves_out_what_may_not_be_answered(session: Session) -> None:
    """A guide past its review date or withdrawn is no step."""
    steps = answers.show_life_event(_asking(session), "moving-in").candidates
    past = guide_of(session, steps[0]).model_copy(update={"review_by": TODAY - timedelta(days=1)})
    library.publish(session, past, NOW)
    library.withdraw(session, steps[1], NOW)
    session.flush()
    assert answers.show_life_event(_asking(session), "moving-in").candidates == steps[2:]


def test_a_life_event_asked_as_a_whole_is_answered_by_its_most_urgent_guide(session: Session) -> None:
    """First its card, then what else is urgent without repeating it, and a button to the whole list."""
    reply = answers.life_event(_asking(session), "moving-in", ())
    listed = answers.show_life_event(_asking(session), "moving-in").candidates
    assert (reply.outcome, reply.guide) == (Outcome.ANSWERED, listed[0])
    assert ShowGuide(listed[0]) not in [step.choice.action for step in _checklist(reply).steps]
    assert reply.choices[0].action == ShowLifeEvent("moving-in")


def test_a_guide_that_a_life_events_question_names_comes_first(session: Session) -> None:
    """「障害者手帳がほしい」 is a wording of the life event, and says which of its guides is wanted."""
    listed = answers.show_life_event(_asking(session), "moving-in").candidates
    reply = answers.life_event(_asking(session), "moving-in", {listed[2], "shibo-todoke"})
    assert reply.guide == listed[2]


def test_every_button_of_the_menu_leads_somewhere(session: Session) -> None:
    """To a guide or a life event of the pack, each once, as many as LINE shows."""
    actions = [choice.action for choice in answers.menu(_asking(session)).choices]
    assert len(set(actions)) == len(actions) == answers.MENU_CHOICES
    for action in actions:
        match action:
            case ShowGuide(guide):
                assert library.guide(session, guide)
            case ShowLifeEvent(event):
                assert library.record(session, LifeEvent, event)
            case other:
                pytest.fail(f"{other} on the menu")


def test_the_menu_and_the_life_events_speak_the_askers_language(session: Session) -> None:
    """Entries, life events and their lists have names in each; only a guide's own facts stay Japanese."""
    menu = [choice.label for choice in answers.menu(_asking(session, Language.EN)).choices]
    assert menu[:3] == ["Certificates", "Garbage", "Moving"]
    assert all(label.isascii() or label[0] > "\u2000" for label in menu)
    listed = answers.show_life_event(_asking(session, Language.KO), "birth").parts[0]
    assert isinstance(listed, Checklist)
    assert (listed.title, listed.intro[:6]) == ("👶 아기가 태어남", "해야 할 일")


def test_clarify_offers_what_it_names(session: Session) -> None:
    """Each title in full, each with a button of its own, and nothing answered."""
    reply = answers.clarify(_asking(session), ["tennyu-todoke", "tennyu-portal", "juminhyo"])
    labels = [choice.label for choice in reply.choices]
    assert reply.candidates == ("tennyu-todoke", "tennyu-portal", "juminhyo")
    assert len(set(labels)) == len(labels) == 4
    assert all(f"・{guide_of(session, id_).title}" in told(reply) for id_ in reply.candidates)
    assert (reply.guide, reply.form_urls) == (None, ())


def test_not_found_names_the_switchboard(session: Session) -> None:
    """An honest no, and who knows more; no postal address."""
    reply = answers.not_found(_asking(session))
    assert "03-3981-1111" in told(reply)
    assert "〒" not in told(reply)


@pytest.mark.parametrize("language", Language)
def test_not_found_after_an_answer_names_its_desk_too(session: Session, language: Language) -> None:
    """「布団は？」 after the card of bulky waste: what the ward's record does not say, its desk knows."""
    reply = answers.not_found(replace(_asking(session, language), topics=("sodai-gomi",)))
    assert told(reply).index("03-5296-7000") < told(reply).index("03-3981-1111")
    assert reply.choices[0].action == ShowGuide("sodai-gomi")
    offered = answers.not_found(replace(_asking(session, language), topics=("sodai-gomi", "kaden-recycle")))
    assert offered == answers.not_found(_asking(session, language))


def test_whoever_is_asked_which_is_meant_reads_the_desk_of_the_last_answer(session: Session) -> None:
    """「カードなくしちゃった」 after the certificate of a seal: guides for another card, and this one's desk."""
    asking, others = _asking(session), ["mynumber-funshitsu", "mynumber-koshin"]
    plain = answers.clarify(asking, others)
    after = answers.clarify(asking, others, "inkan-shomei")
    guide = guide_of(session, "inkan-shomei")
    assert after.parts[:-1] == plain.parts
    assert f"「{guide.title}」のことでしたら" in told(after)
    assert (after.choices, after.candidates) == (plain.choices, plain.candidates)
    assert answers.clarify(asking, [*others, "inkan-shomei"], "inkan-shomei").parts[1:] == ()


@pytest.mark.parametrize("language", Language)
def test_danger_is_answered_with_every_number(session: Session, language: Language) -> None:
    """As text and as a call to tap; somebody of another language is first told, in it, to call."""
    for crisis in library.records(session, Crisis):
        reply = answers.crisis(_asking(session, language), crisis.id)
        part = reply.parts[0]
        assert isinstance(part, Text)
        assert all(line.phone in part.text for line in crisis.lines)
        assert [link.url for link in part.links] == [f"tel:{line.phone}" for line in crisis.lines]
        assert part.text.startswith(
            crisis.message if language == Language.JA else _asking(session, language).say.crisis_intro
        )
        assert (reply.outcome, reply.crisis) == (Outcome.CRISIS, crisis.id)


@pytest.mark.parametrize("language", Language)
def test_a_possible_danger_puts_two_numbers_before_the_answer(session: Session, language: Language) -> None:
    """The first of each of two dangers, as text and as a call to tap, in the asker's language; the answer stays."""
    asking = _asking(session, language)
    reply = answers.show_guide(asking, "dv-sodan")
    led = answers.in_case(asking, reply, ["self-harm", "child-abuse", "police"])
    part = led.parts[0]
    assert isinstance(part, Text)
    assert part.text.startswith(asking.say.in_case)
    assert [link.url for link in part.links] == ["tel:0120-279-338", "tel:189"]
    assert (led.parts[1:], led.outcome, led.guide, led.crisis) == (
        reply.parts, Outcome.ANSWERED, "dv-sodan", "self-harm",
    )  # fmt: skip


def test_one_possible_danger_gives_its_first_two_numbers(session: Session) -> None:
    """No number twice; where none is feared, or the numbers are the answer, nothing is added."""
    asking = _asking(session)
    reply = answers.not_found(asking)
    part = answers.in_case(asking, reply, ["self-harm"]).parts[0]
    assert isinstance(part, Text)
    assert [link.url for link in part.links] == ["tel:0120-279-338", "tel:0120-061-338"]
    assert answers.in_case(asking, reply, []) == answers.in_case(asking, reply, ["unknown"]) == reply
    numbers = answers.crisis(asking, "police")
    assert answers.in_case(asking, numbers, ["self-harm"]) == numbers


def test_another_bodys_matter_names_the_body(session: Session) -> None:
    """In the asker's own language first, with its phone and page."""
    for body in library.records(session, OtherBody):
        assert answers.other_body(_asking(session), body.id).parts[0].text.startswith(body.answer)  # type: ignore[union-attr]
        english = told(answers.other_body(_asking(session, Language.EN), body.id))
        assert english.startswith(f"This is not handled by the ward office. Please ask: {body.name}.")
        assert (body.phone or "") in english
        assert str(body.url or "") in english


def test_a_greeting_is_greeted(pocket: Pocket, session: Session) -> None:
    """With the pack's own words in the asker's language; where it has none, led in by a sentence of ours."""
    for record in library.records(session, SmallTalk):
        assert record.replies
        assert told(answers.smalltalk(_asking(session), record.id)).startswith(record.reply)
        assert told(answers.smalltalk(_asking(session, Language.VI), record.id)).startswith(record.replies.vi)
    pack = load_pack(pocket.settings.pack_dir)
    alone = pack.smalltalk[0].model_copy(update={"replies": None})
    library.sync_pack(session, replace(pack, smalltalk=(alone,)), NOW)
    said = told(answers.smalltalk(_asking(session, Language.VI), alone.id))
    assert said.startswith(f"Hãy hỏi về thủ tục của quận bằng lời của bạn.\n{alone.reply}")


def test_everybody_reads_that_this_is_a_sample(session: Session) -> None:
    """In the language they are answered in."""
    notices = library.ward(session).notices
    assert notices
    assert told(answers.show_guide(_asking(session), "juminhyo")).count(library.ward(session).notice) == 1
    assert told(answers.show_guide(_asking(session, Language.KO), "juminhyo")).count(notices.ko) == 1


def test_a_passage_is_cited_with_where_and_when(session: Session) -> None:
    """Word for word, its section and page, the day in Japan it was taken in, and the notice."""
    late = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    source: dict[str, object] = {
        "kind": "text",
        "origin": "a.txt",
        "digest": "d",
        "extractor": "x",
        "added_at": late,
        "updated_at": late,
    }
    session.add(SourceRow(id="dx", title="DX計画", **source))
    session.flush()
    session.add(
        SourcePassage(
            id=990001, source_id="dx", position=0, section="第2章", page=12, text="書かない窓口。", digest="d"
        )
    )
    session.flush()
    reply = answers.citation(_asking(session), [990001])
    part = reply.parts[1]
    assert isinstance(part, Citation)
    assert (part.title, part.section, part.text) == ("DX計画", "第2章 12ページ", "書かない窓口。")
    assert part.source_note == f"出典：DX計画（2026年11月21日 確認）\n{library.ward(session).notice}"
    assert (reply.outcome, reply.passage) == (Outcome.ANSWERED, 990001)


def test_records_that_are_gone_are_not_found(session: Session) -> None:
    """The index may still know what the database no longer holds."""
    asking = _asking(session)
    gone = [
        answers.citation(asking, [999_999]),
        answers.crisis(asking, "none"),
        answers.other_body(asking, "none"),
        answers.smalltalk(asking, "none"),
        answers.show_life_event(asking, "none"),
    ]
    assert {reply.outcome for reply in gone} == {Outcome.NOT_FOUND}


def test_details_are_a_tap_away(session: Session) -> None:
    """Every note of the guide, under the button that every card has."""
    shown = answers.show_guide(_asking(session), "juminhyo").parts[0]
    assert isinstance(shown, Card)
    assert AskFact("juminhyo", FactKind.DETAILS) in [choice.action for choice in shown.related]
    told_notes = told(again.show_fact(_asking(session), "juminhyo", FactKind.DETAILS))
    assert all(note.text in told_notes for note in guide_of(session).notes)
