"""Random guides: any text a person can write, every kind of fact, empty and full lists."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from knowledge.guide import (
    Agent,
    Confidence,
    Deadline,
    DeadlineRule,
    ExtraSource,
    Fee,
    Form,
    Guide,
    Hours,
    Item,
    Later,
    Money,
    Names,
    Note,
    Source,
)

# What a keyboard can not write, and the separators that end a line, are no part of a text in one line.
_LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
LINE = st.text(_LETTERS, min_size=1, max_size=20).map(str.strip).filter(bool)
PARAGRAPH = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
SLUG = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
URL = st.sampled_from(
    ("https://www.city.toshima.lg.jp/a/1.html", "http://example.jp/?q=%E5%B1%8A&n=2#x", "https://a.jp/")
)
DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
SCOPE = st.sampled_from(("toshima", "national", "tokyo-ward:北区", "other-municipality:さいたま市"))
SPAN = st.builds("{}{}".format, st.integers(1, 400), st.sampled_from("dmy"))
OPENS, CLOSES = st.sampled_from(("8:30", "08:30", "0:00")), st.sampled_from(("17:00", "23:59", "24:00"))


@st.composite
def _valid(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(st.none() | DAY), draw(st.none() | DAY)
    if start and end and start > end:
        start, end = end, start
    return {"scope": draw(st.none() | SCOPE), "valid_from": start, "valid_to": end}


def _fact(model: Any, /, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda own, every: model(**own, **every), st.fixed_dictionaries(columns), _valid())


def _some(each: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    return st.lists(each, min_size=least, max_size=least + 2).map(tuple)


_MAYBE = st.none() | LINE
_RULE = st.one_of(
    st.builds(DeadlineRule, after=LINE, within=SPAN),
    st.builds(DeadlineRule, before=LINE, within=SPAN),
    st.builds(DeadlineRule, by=DAY),
    st.builds(DeadlineRule, yearly=st.sampled_from(("03-31", "12-01"))),
)
_LATER = st.builds(
    Later, valid_from=DAY, answer=st.none() | PARAGRAPH, audience=st.none() | PARAGRAPH, desks=_some(SLUG)
)
GUIDES: st.SearchStrategy[Guide] = st.builds(
    Guide,
    id=SLUG,
    title=LINE,
    category=LINE,
    answer=PARAGRAPH,
    aliases=_some(LINE, 3),
    names=st.builds(Names, easy=LINE, en=_some(LINE), zh=_some(LINE), ko=_some(LINE), vi=_some(LINE)),
    audience=PARAGRAPH,
    deadlines=_some(_fact(Deadline, text=PARAGRAPH, case=_MAYBE, rule=st.none() | _RULE)),
    fees=_some(_fact(Fee, case=LINE, yen=st.integers(0, 10**9), kind=st.sampled_from(Money), note=_MAYBE)),
    items=_some(_fact(Item, name=LINE, when=_MAYBE)),
    desks=_some(SLUG),
    forms=_some(_fact(Form, name=LINE, url=URL, needs=_some(LINE), mynumber=st.none() | st.booleans())),
    hours=_some(_fact(Hours, days=LINE, opens=OPENS, closes=CLOSES, note=_MAYBE)),
    agent=st.none() | _fact(Agent, allowed=st.booleans(), text=PARAGRAPH),
    notes=_some(_fact(Note, text=PARAGRAPH), 1),
    life_events=_some(SLUG),
    related=_some(SLUG),
    source=st.builds(Source, url=URL, title=LINE, scope=SCOPE, scope_note=_MAYBE, copied=_MAYBE, checked=DAY),
    extra_sources=_some(st.builds(ExtraSource, url=URL, note=LINE, scope=SCOPE, copied=_MAYBE)),
    owner=LINE,
    review_by=DAY,
    confidence=st.sampled_from(Confidence),
    later=_some(_LATER),
)
