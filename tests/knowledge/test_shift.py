"""The fiscal year's turn, prepared for many guides at once."""

from datetime import date

import pytest

from knowledge import dated, drafts
from knowledge.clerk import NotYourGuideError
from knowledge.database import Sessions
from knowledge.models import DraftOrigin
from knowledge.shift import Shift, prepare
from tests.knowledge.staff_work import EDITOR, GUIDE, NOW, STRANGER, changed, loaded, public

APRIL, MARCH = date(2027, 4, 1), date(2027, 3, 31)
SHIFT = Shift(APRIL, {GUIDE.id: {"窓口": 400}}, review_by=date(2028, 3, 31))


def test_next_years_amount_stands_beside_this_years() -> None:
    """This year's until the day before; what nobody named stays; the review date moves."""
    shifted = SHIFT.applied(GUIDE)
    assert [(fee.yen, fee.valid_from, fee.valid_to) for fee in shifted.fees] == [
        (300, None, MARCH),
        (400, APRIL, None),
        (5000, None, None),
    ]
    assert shifted.review_by == date(2028, 3, 31)
    assert [[fee.yen for fee in dated.on(shifted, day).fees] for day in (MARCH, APRIL)] == [[300, 5000], [400, 5000]]


def test_shifting_again_mends_the_amount() -> None:
    """A second look in March changes next year's fee and adds none; the same shift twice is the same."""
    shifted = SHIFT.applied(GUIDE)
    assert SHIFT.applied(shifted) == shifted
    again = Shift(APRIL, {GUIDE.id: {"窓口": 450}}).applied(shifted)
    assert [(fee.yen, fee.valid_from) for fee in again.fees] == [(300, None), (450, APRIL), (5000, None)]


def test_a_shift_makes_one_draft_a_guide(sessions: Sessions) -> None:
    """Guides it does not change, withdrawn ones and unknown ones are told; another department's are refused."""
    with sessions.begin() as session:
        loaded(session, GUIDE, changed(id="owatta"), changed(id="sonomama", review_by=date(2028, 3, 31)))
        drafts.withdraw(session, "owatta", 1, "終わった", EDITOR, NOW)
        made, left = prepare(session, [GUIDE.id, "owatta", "sonomama", "nai", GUIDE.id], SHIFT, EDITOR, NOW)
        assert [(draft.guide_id, draft.origin) for draft in made] == [(GUIDE.id, DraftOrigin.SHIFT)]
        assert left == ["owatta", "sonomama", "nai"]
        with pytest.raises(NotYourGuideError):
            prepare(session, [GUIDE.id], SHIFT, STRANGER, NOW)


def test_a_shift_is_public_only_after_review(sessions: Sessions) -> None:
    """Prepared in March, published in March, in force in April."""
    with sessions.begin() as session:
        loaded(session)
        public(session, SHIFT.applied(GUIDE))
        found = drafts.whole(session, GUIDE.id)
        assert found
        assert [dated.on(found[0], day).fees[0].yen for day in (MARCH, APRIL)] == [300, 400]
