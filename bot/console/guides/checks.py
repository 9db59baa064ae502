"""What a second pair of eyes should look at in a guide, though it may well be right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge import dated
from knowledge.guide import Confidence, Desk, Guide

CHECKED_LATELY = timedelta(days=365)
REVIEW_SOON = timedelta(days=30)
LONG = 120
"""Characters of two sentences at most; the longest answer of the sample pack has half of it."""


class Finding(StrEnum):
    """What may be wrong; the sentences stand in `guides/checks.html`."""

    LONG_ANSWER = "long_answer"
    PAST_DEADLINE = "past_deadline"
    NEVER_SHOWN = "never_shown"
    REVIEW_PAST = "review_past"
    REVIEW_SOON = "review_soon"
    NO_DESK = "no_desk"
    NO_PHONE = "no_phone"
    FORM_OPEN = "form_open"
    SOURCE_OPEN = "source_open"
    CHECKED_LONG_AGO = "checked_long_ago"
    CHECKED_AHEAD = "checked_ahead"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Check:
    """One finding, with the words of the guide it is about."""

    finding: Finding
    about: str = ""


def checks(guide: Guide, desks: Sequence[Desk], today: date) -> list[Check]:
    """What to look at before the guide is public; `desks` are those it names."""
    return [*_answers(guide), *_dates(guide, today), *_desks(desks), *_links(guide), *_source(guide, today)]


def _answers(guide: Guide) -> Iterator[Check]:
    for answer in (guide.answer, *(each.answer for each in guide.later if each.answer)):
        if len(answer) > LONG:
            yield Check(Finding.LONG_ANSWER, f"{len(answer)}文字")


def _dates(guide: Guide, today: date) -> Iterator[Check]:
    for deadline in guide.deadlines:
        if deadline.rule and deadline.rule.by and deadline.rule.by < today and not deadline.valid_to:
            yield Check(Finding.PAST_DEADLINE, deadline.text)
    for name in dated.DATED:
        for fact in getattr(guide, name):
            if fact.valid_to and fact.valid_to < today:
                yield Check(Finding.NEVER_SHOWN, fact.valid_to.isoformat())
    if guide.review_by < today:
        yield Check(Finding.REVIEW_PAST, guide.review_by.isoformat())
    elif guide.review_by <= today + REVIEW_SOON:
        yield Check(Finding.REVIEW_SOON, guide.review_by.isoformat())


def _desks(desks: Sequence[Desk]) -> Iterator[Check]:
    if not desks:
        yield Check(Finding.NO_DESK)
    elif not any(desk.phone for desk in desks):
        yield Check(Finding.NO_PHONE, desks[0].name)


def _links(guide: Guide) -> Iterator[Check]:
    yield from (Check(Finding.FORM_OPEN, form.name) for form in guide.forms if form.url.scheme != "https")
    if guide.source.url.scheme != "https":
        yield Check(Finding.SOURCE_OPEN, str(guide.source.url))


def _source(guide: Guide, today: date) -> Iterator[Check]:
    if guide.source.checked > today:
        yield Check(Finding.CHECKED_AHEAD, guide.source.checked.isoformat())
    elif guide.source.checked < today - CHECKED_LATELY:
        yield Check(Finding.CHECKED_LONG_AGO, guide.source.checked.isoformat())
    if guide.confidence == Confidence.LOW:
        yield Check(Finding.UNSURE)
