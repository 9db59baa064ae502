"""What is said of a guide that was just shown, on the real pack."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from handlers import again, answers
from handlers.actions import ShowGuide
from handlers.card import guide_choice
from handlers.reply import Card, Outcome, Text
from knowledge.records import FactKind
from knowledge.text import Language
from tests.handlers.talk import asking, change, guide_of, phone_of, told


@pytest.mark.parametrize(
    ("fact", "emptied", "label"),
    [
        (FactKind.FEE, {"fees": ()}, "費用"),
        (FactKind.DEADLINE, {"deadlines": ()}, "いつまで"),
        (FactKind.ITEMS, {"items": ()}, "持ち物"),
        (FactKind.ONLINE, {"forms": ()}, "オンライン"),
        (FactKind.AGENT, {"agent": None}, "代理の人"),
        (FactKind.HOURS, {"hours": ()}, "受付時間"),
    ],
)
def test_a_fact_that_is_not_recorded_is_said_so(
    session: Session, fact: FactKind, emptied: dict[str, object], label: str
) -> None:
    """With the desk's phone, and the whole guide a tap away; nothing is made up."""
    change(session, **emptied)
    reply = again.show_fact(asking(session, ""), "juminhyo", fact)
    guide = guide_of(session)
    assert f"「{guide.title}」の「{label}」は、区の記録にありません。" in told(reply)
    assert phone_of(session, guide) in told(reply)
    assert ShowGuide("juminhyo") in [choice.action for choice in reply.choices]
    assert (reply.form_urls, reply.fact) == ((), fact)


def test_one_fact_is_answered_alone_with_its_source(session: Session) -> None:
    """No other rows, and forms only to who asks for them."""
    reply = again.show_fact(asking(session, ""), "juminhyo", FactKind.ITEMS)
    shown, guide = reply.parts[0], guide_of(session)
    assert isinstance(shown, Card)
    assert all(item.name in shown.answer for item in guide.items)
    assert (shown.rows, shown.forms, reply.form_urls) == ((), (), ())
    assert guide.source.title in shown.source_note
    online = again.show_fact(asking(session, ""), "juminhyo", FactKind.ONLINE)
    assert online.form_urls == tuple(str(form.url) for form in guide.forms)


@pytest.mark.parametrize("language", Language)
def test_what_was_just_shown_is_shown_once_more_or_said_to_say_no_more(session: Session, language: Language) -> None:
    """The card led in by its desk, or its desk alone and the card a tap away; each in the language of the asker."""
    asker = replace(asking(session, ""), language=language)
    phone = phone_of(session, guide_of(session, "sodai-gomi"))
    lead, *shown = again.once_more(asker, "sodai-gomi").parts
    assert tuple(shown) == answers.show_guide(asker, "sodai-gomi").parts
    none = again.no_more(asker, "sodai-gomi")
    for part in (lead, *none.parts):
        assert isinstance(part, Text)
        assert phone in part.text
    assert none.outcome == Outcome.NOT_FOUND
    assert none.choices[0] == guide_choice(guide_of(session, "sodai-gomi"), language)


def test_past_its_review_date_nothing_is_shown_once_more(session: Session) -> None:
    """Withdrawn or out of date, it is said to be that, as ever."""
    change(session, review_by=asking(session, "").today - timedelta(days=1))
    asker = asking(session, "")
    assert again.once_more(asker, "juminhyo") == answers.show_guide(asker, "juminhyo")
    assert again.once_more(asker, "gone") == answers.show_guide(asker, "gone")
    assert again.no_more(asker, "gone") == answers.not_found(asker)
