"""Linking by code: over the API on one side, in the chat on the other."""

from datetime import timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import EndLink
from handlers.conversation import Asker, Channel, Responder
from handlers.reply import Outcome, Text
from knowledge import links
from knowledge.links import ALPHABET
from knowledge.models import Question
from knowledge.search import Searcher
from tests.bot.api.conftest import Desk

RESPONDER = Responder(cast("Searcher", None))
"""A code never comes as far as the search."""


def _says(desk: Desk, text: str, resident: int) -> tuple[str, str | None]:
    """What is said back, and the link its button ends."""
    with desk.town.sessions.begin() as session:
        reply = RESPONDER.ask(session, text, Asker(Channel.LINE, resident=resident), desk.town.now)
        assert reply.outcome == Outcome.SMALLTALK
        assert session.query(Question).count() == 0
    part, action = reply.parts[0], reply.choices[0].action if reply.choices else None
    assert isinstance(part, Text)
    return part.text, action.link if isinstance(action, EndLink) else None


def test_a_resident_joins_by_sending_the_code_and_leaves_by_one_press(desk: Desk) -> None:
    """The second use of a code is refused, and the resident's own press ends the link; another's does nothing."""
    system = desk.client(name="保育課のシステム")
    made = system.call("POST", "/api/v1/links").json()
    state = {"link": made["link"]}
    assert system.call("POST", "/api/v1/links/state", state).json() == {"state": "waiting"}
    sentence, link = _says(desk, made["say"], 1)
    assert "「保育課のシステム」" in sentence
    assert system.call("POST", "/api/v1/links/state", state).json() == {"state": "linked"}
    assert "使えません" in _says(desk, made["say"], 2)[0]
    with desk.town.sessions.begin() as session:
        for resident, outcome in ((2, Outcome.NOT_FOUND), (1, Outcome.SMALLTALK), (1, Outcome.SMALLTALK)):
            asker = Asker(Channel.LINE, resident=resident)
            assert RESPONDER.act(session, EndLink(link or ""), asker, desk.town.now).outcome == outcome
    assert system.call("POST", "/api/v1/links/state", state).json() == {"state": "ended"}


TYPED = ["{say}", "{code}", " {lower} ", "連携コード：{code}", "連携　{wide}", "連携{plain}", "{long}"]


def test_a_code_is_read_however_it_is_typed(desk: Desk) -> None:
    """With the word or without, small, wide, with Japanese long marks, without any mark."""
    system = desk.client()
    for typed in TYPED:
        made = system.call("POST", "/api/v1/links").json()
        code = made["code"]
        forms = {
            "wide": "".join(chr(ord(each) + 0xFEE0) for each in code),
            "long": code.replace("-", "ー"),
            "lower": code.lower(),
            "plain": code.replace("-", ""),
        }
        assert "受け取れる" in _says(desk, typed.format(say=made["say"], code=code, **forms), 1)[0]


def test_a_code_is_good_for_fourteen_days_and_until_the_ward_ends_it(desk: Desk) -> None:
    """Then neither the resident nor anybody else can use it."""
    system = desk.client()
    old, ended = (system.call("POST", "/api/v1/links").json() for _ in range(2))
    assert system.call("POST", "/api/v1/links/end", {"link": ended["link"]}).json() == {"state": "ended"}
    assert "使えません" in _says(desk, ended["say"], 1)[0]
    desk.town.clock.pass_(timedelta(days=14, seconds=1).total_seconds())
    assert "使えません" in _says(desk, old["say"], 1)[0]
    assert system.call("POST", "/api/v1/links/state", {"link": old["link"]}).json() == {"state": "expired"}


ODD = """12345678 A123-4567 様式第3号 2345-6789-2345 090-1234-5678 0120-123-456 KYAN-2026-ABCD 連携 連携とは
1234-5678-9012"""


@pytest.mark.parametrize("said", ODD.split())
def test_what_only_looks_like_a_code_is_a_question(said: str) -> None:
    """Numbers of forms, phones and items, and the word alone."""
    assert links.code_in(said) is None


@given(st.text(ALPHABET, min_size=12, max_size=12))
def test_the_last_letters_follow_from_the_others(body: str) -> None:
    """Of random groups in the very shape, one in a thousand has the right end; a made code always has."""
    code = body[:10] + links._check(body[:10])
    shown = "-".join(code[at : at + 4] for at in (0, 4, 8))
    found = links.code_in(shown)
    assert found
    assert (found.code, found.named) == (code, False)
    if body != code:
        assert links.code_in("-".join(body[at : at + 4] for at in (0, 4, 8))) is None


def test_a_good_looking_code_that_nobody_made_is_a_question(desk: Desk) -> None:
    """Without the word before it, only a code that waits is taken for one."""
    body = "ABCDEFGHJK"
    code = body + links._check(body)
    assert links.code_in("-".join(code[at : at + 4] for at in (0, 4, 8)))
    with desk.town.sessions() as session:
        assert links.join(session, code, 1, desk.town.now) is None
