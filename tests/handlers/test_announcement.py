"""Announcements: every level, state, hazard and wording says all its fields, in words of the law, as LINE takes it."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.line.validate import check
from bot.notices.messages import render
from handlers.disaster.announcement import Office, content_of_announcement, title_of
from handlers.disaster.phrases import disaster_phrases
from knowledge.disaster.announcement import ACTIONS, Action, Announcement, Level
from knowledge.guide import Desk
from knowledge.models import Hazard, WarningStatus, World
from knowledge.notice import Variant, content_from, content_json, refuse_abolished_words
from tests.handlers.emergency import pack

ISSUER = "豊島区災害対策本部"
AT = datetime(2026, 11, 21, 17, 10, tzinfo=UTC)
OFFICE = Office("豊島区", "https://www.city.toshima.lg.jp/", Desk(id="bosai", name="防災", phone="03-3981-2100"))


def _announcement(status: WarningStatus, level: Level, hazard: Hazard, towns: tuple[str, ...] = ()) -> Announcement:
    return Announcement(
        status=status,
        level=level,
        action=ACTIONS[level],
        hazard=hazard,
        towns=towns,
        issued_at=AT,
        issuer="豊島区災害対策本部",
    )


@pytest.mark.parametrize("status", WarningStatus)
@pytest.mark.parametrize("level", Level)
def test_every_announcement_says_everything(status: WarningStatus, level: Level) -> None:
    """With no town (the whole ward), with one, and with all twenty; a drill's says so first."""
    for hazard, towns in product(Hazard, (pack().towns[:0], pack().towns[:1], pack().towns)):
        announcement = _announcement(status, level, hazard, tuple(each.id for each in towns))
        content = content_of_announcement(announcement, OFFICE, towns)
        assert content_from(content_json(content)) == content
        refuse_abolished_words(content, title_of(announcement))
        for variant in Variant:
            say = disaster_phrases(variant)
            (card,) = content.blocks(variant)
            told = f"{card.title}\n{card.text}"  # type: ignore[union-attr]
            assert f"{level.value}" in told
            assert say.actions[ACTIONS[level]] in told
            assert say.hazards[hazard] in told
            assert say.at(AT) in told
            assert ISSUER in told
            assert all(each.name in told for each in towns)
            assert "豊島区" in told if not towns else True
            for world in World:
                messages = render(content, variant, world, "https://localhost")
                check(messages)
                assert str(messages[0]["altText"]).startswith("【訓練】") is (world is World.DRILL)


@given(level=st.sampled_from(Level), action=st.sampled_from(Action))
def test_a_level_with_another_action_can_not_be_made(level: Level, action: Action) -> None:
    """Not from a form, not from code."""
    given_ = {"status": "issued", "level": level, "action": action, "hazard": "flood", "towns": (), "issued_at": AT}
    if ACTIONS[level] is action:
        assert Announcement.model_validate(given_ | {"issuer": "区"}).level is level
        return
    with pytest.raises(ValidationError):
        Announcement.model_validate(given_ | {"issuer": "区"})


@pytest.mark.parametrize("missing", ["status", "level", "action", "hazard", "towns", "issued_at", "issuer"])
def test_no_field_can_be_forgotten(missing: str) -> None:
    """Each is required, and the time knows its zone."""
    whole = _announcement(WarningStatus.ISSUED, Level.FOUR, Hazard.FLOOD).model_dump()
    with pytest.raises(ValidationError):
        Announcement.model_validate({name: value for name, value in whole.items() if name != missing})
    with pytest.raises(ValidationError):
        Announcement.model_validate(whole | {"issued_at": AT.replace(tzinfo=None)})
