"""The guides that a form names as related: written as a title, as a number, or in words, and chosen from what is near.

A list of all guides to choose from would be most of the page where there are thousands; so what was written is looked
up.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.guides.form import GuideForm
from bot.console.guides.listing import Line, lines_of
from knowledge import today
from knowledge.models import GuideRow
from knowledge.passages import OwnerKind
from knowledge.search import Searcher
from knowledge.snapshot import SnapshotMissingError

GROUP, COLUMN = "related", "guide"
SHOWN = 6
LOOKED_UP = 5
LONGEST = 200
_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True)
class Related:
    """What a row says: the title of the guide it names, or else guides to choose from, none where nothing is near."""

    title: str = ""
    candidates: tuple[Line, ...] = ()


def understood(session: Session, form: GuideForm) -> GuideForm:
    """The form with the number of a guide in each row where exactly one guide's title was written."""
    rows = {row.number: row[COLUMN].strip() for row in form.rows(GROUP)}
    written = {number: text for number, text in rows.items() if text and not _ID.fullmatch(text)}
    if not written:
        return form
    ids: dict[str, list[str]] = {}
    for title, id_ in session.execute(
        select(GuideRow.title, GuideRow.id).where(GuideRow.title.in_(set(written.values())))
    ):
        ids.setdefault(title, []).append(id_)
    return _with(form, {number: ids[text][0] for number, text in written.items() if len(ids.get(text, ())) == 1})


def chosen(form: GuideForm, number: int, guide: str) -> GuideForm:
    """The form with a guide in a row."""
    return _with(form, {number: guide})


def _with(form: GuideForm, ids: Mapping[int, str]) -> GuideForm:
    fields = {f"{GROUP}.{number}.{COLUMN}": id_ for number, id_ in ids.items()}
    return GuideForm.posted({**form.fields(), **fields}.items()) if fields else form


def looked_up(session: Session, searcher: Searcher, form: GuideForm, *, finding: bool) -> dict[int, Related]:
    """What the rows that say something name; an empty one names what is near to the form's title, if `finding`.

    Of the rows that name no guide, the first few are looked up.
    """
    words = {row.number: row[COLUMN].strip() or (form["title"] if finding else "") for row in form.rows(GROUP)}
    titles = today.titles(session, sorted({*words.values()}))
    found = {number: Related(titles[text]) for number, text in words.items() if text in titles}
    unknown = [number for number, text in words.items() if text and number not in found]
    return found | {each: _near_to(session, searcher, words[each], form["id"]) for each in unknown[:LOOKED_UP]}


def named(session: Session, searcher: Searcher, text: str, but: str = "") -> Related:
    """The title of the guide whose number a text is; else the guides near to it, `but` left out."""
    title = today.titles(session, [text]).get(text, "")
    return Related(title) if title or not text else _near_to(session, searcher, text, but)


def _near_to(session: Session, searcher: Searcher, words: str, but: str) -> Related:
    """The guides whose title holds the words, then those that residents would be led to by them."""
    words = words[:LONGEST]
    holding = (
        select(GuideRow.id)
        .where(GuideRow.title.contains(words, autoescape=True))
        .order_by(GuideRow.id)
        .limit(SHOWN + 1)
    )
    ids = [*session.scalars(holding), *_near(searcher, words)]
    lines = lines_of(session, [id_ for id_ in dict.fromkeys(ids) if id_ != but][:SHOWN])
    return Related(candidates=tuple(lines))


def _near(searcher: Searcher, words: str) -> Sequence[str]:
    try:
        return [hit.owner.id for hit in searcher.search(words).of(OwnerKind.GUIDE)[: SHOWN + 1]]
    except SnapshotMissingError:
        return ()
