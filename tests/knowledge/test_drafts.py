"""Drafts: the way from a text to the public and back, who may do what, and that nobody's text is lost."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from knowledge import audit, comparison, draft_state, drafts, library, open_drafts, references, versions
from knowledge.clerk import NotYourGuideError, NotYourReviewError, OwnDraftError
from knowledge.database import Sessions
from knowledge.errors import PocketError
from knowledge.models import AuditEntry, DraftOrigin, DraftStatus, GuideDraft, GuideRow
from knowledge.versions import OutdatedError
from tests.knowledge.staff_work import (
    ADMIN,
    EDITOR,
    GUIDE,
    NOW,
    OTHER,
    REVIEWER,
    STRANGER,
    approved,
    changed,
    loaded,
    public,
    submitted,
)

DEARER = changed(answer="窓口で400円です。")


def test_a_text_goes_public_through_a_second_person(sessions: Sessions) -> None:
    """Draft, submitted, approved, published: the live row at once, the version with its people and its reason."""
    with sessions.begin() as session:
        loaded(session)
        draft = approved(session, DEARER)
        assert (draft.status, draft.reviewer, library.guide(session, GUIDE.id)) == ("approved", REVIEWER.id, GUIDE)
        assert drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW) == 2
    with sessions() as session:
        assert library.guide(session, GUIDE.id) == DEARER
        newest, first = versions.history(session, GUIDE.id)
        assert (newest.author, newest.reviewer, newest.reason) == (EDITOR.id, REVIEWER.id, "料金が変わるため")
        assert (first.author, first.reviewer, versions.content(first)) == (None, None, GUIDE)
        assert drafts.get(session, draft.id).status == DraftStatus.PUBLISHED


def test_nobody_reviews_what_they_wrote_or_submitted(sessions: Sessions) -> None:
    """Neither the author, nor whoever changed a word later, nor a system administrator their own."""
    with sessions.begin() as session:
        loaded(session)
        draft = submitted(session, DEARER, ADMIN)
        with pytest.raises(OwnDraftError):
            drafts.approve(session, draft.id, draft.revision, ADMIN, NOW)
        saved = drafts.save(session, draft.id, draft.revision, changed(answer="直しました。"), OTHER, NOW).draft
        draft = drafts.submit(session, saved.id, saved.revision, "直した", EDITOR, NOW)
        for writer in (ADMIN, OTHER):
            with pytest.raises(OwnDraftError):
                drafts.approve(session, draft.id, draft.revision, writer, NOW)
        assert drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW).status == DraftStatus.APPROVED


def test_who_asked_and_then_sent_it_back_may_review_what_somebody_else_asks_for(sessions: Sessions) -> None:
    """Three people stand behind such a text: who wrote it, who asked last, who agreed; found by random lives."""
    with sessions.begin() as session:
        loaded(session)
        draft = drafts.create(session, DEARER, 1, OTHER, NOW)
        draft = drafts.submit(session, draft.id, draft.revision, "早めに", REVIEWER, NOW)
        with pytest.raises(OwnDraftError):
            drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW)
        draft = drafts.send_back(session, draft.id, draft.revision, "理由も書いてください", REVIEWER, NOW)
        draft = drafts.submit(session, draft.id, draft.revision, "料金が変わるため", EDITOR, NOW)
        assert drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW).reviewer == REVIEWER.id


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda s, d: drafts.save(s, d.id, d.revision, DEARER, STRANGER, NOW), NotYourGuideError),
        (lambda s, d: drafts.approve(s, d.id, d.revision, STRANGER, NOW), NotYourReviewError),
        (lambda s, d: drafts.send_back(s, d.id, d.revision, "なぜ", EDITOR, NOW), NotYourReviewError),
        (lambda s, d: drafts.discard(s, d.id, d.revision, STRANGER, NOW), NotYourGuideError),
        (lambda s, d: drafts.withdraw(s, d.guide_id, 1, "誤り", STRANGER, NOW), NotYourGuideError),
        (lambda s, d: drafts.publish(s, d.id, d.revision, EDITOR, NOW), NotYourReviewError),
    ],
)
def test_each_department_keeps_its_own(
    sessions: Sessions, act: Callable[[Session, GuideDraft], object], error: type[PocketError]
) -> None:
    """Another department touches nothing, an editor decides nothing."""
    with sessions.begin() as session:
        loaded(session)
        draft = submitted(session, DEARER)
        with pytest.raises(error):
            act(session, draft)


def test_an_edit_after_review_voids_it(sessions: Sessions) -> None:
    """What was approved is exactly what can be published."""
    with sessions.begin() as session:
        loaded(session)
        draft = approved(session, DEARER)
        saved = drafts.save(session, draft.id, draft.revision, changed(answer="こっそり"), EDITOR, NOW).draft
        assert (saved.status, saved.reviewed, saved.reviewer) == (DraftStatus.DRAFT, None, None)
        with pytest.raises(draft_state.DraftStateError):
            drafts.publish(session, saved.id, saved.revision, REVIEWER, NOW)
        assert library.guide(session, GUIDE.id) == GUIDE


def test_two_editors_of_one_draft_both_keep_their_text(sessions: Sessions) -> None:
    """The later one's text is a draft beside the first, with the difference of all three."""
    with sessions.begin() as session:
        loaded(session)
        draft = drafts.create(session, GUIDE, 1, EDITOR, NOW)
        first = drafts.save(session, draft.id, 1, changed(answer="先に直した"), EDITOR, NOW)
        second = drafts.save(session, draft.id, 1, changed(answer="後で直した", audience="みんな"), OTHER, NOW)
        assert (first.rival, second.rival, second.draft.origin) == (None, draft.id, DraftOrigin.CONFLICT)
        assert drafts.content(drafts.get(session, draft.id)).answer == "先に直した"
        found = {each.field: each for each in comparison.three_ways(session, second.draft)}
        assert (found["answer"].theirs, found["answer"].mine, found["answer"].clash) == (
            "先に直した",
            "後で直した",
            True,
        )
        assert (found["audience"].mine, found["audience"].clash) == ("みんな", False)


def test_a_draft_that_a_newer_version_overtook_waits_for_a_look(sessions: Sessions) -> None:
    """It can neither be submitted nor published until somebody has taken the newer version as its base."""
    with sessions.begin() as session:
        loaded(session)
        late = drafts.create(session, changed(audience="みんな"), 1, OTHER, NOW)
        public(session, DEARER)
        with pytest.raises(OutdatedError):
            drafts.submit(session, late.id, late.revision, "対象を広げる", OTHER, NOW)
        fields = {each.field: (each.base, each.theirs, each.mine) for each in comparison.three_ways(session, late)}
        assert fields["answer"] == (GUIDE.answer, DEARER.answer, GUIDE.answer)
        both = changed(answer=DEARER.answer, audience="みんな")
        saved = drafts.save(session, late.id, late.revision, both, OTHER, NOW, base_version=2).draft
        assert comparison.three_ways(session, saved) == ()
        assert [change.path for change in comparison.difference(session, saved)] == [("audience",)]


def test_a_draft_closed_meanwhile_does_not_swallow_a_text(sessions: Sessions) -> None:
    """A page that was open while its new guide was published saves beside it."""
    with sessions.begin() as session:
        fresh = changed(id="atarashii")
        draft = approved(session, fresh)
        drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW)
        saved = drafts.save(
            session, draft.id, draft.revision, changed(id="atarashii", answer="まだ書いていた"), OTHER, NOW
        )
        assert (saved.rival, drafts.content(saved.draft).answer) == (draft.id, "まだ書いていた")
        assert {each.field for each in comparison.three_ways(session, saved.draft)} <= {"answer"}


def test_a_returned_guide_is_reviewed_like_any_other(sessions: Sessions) -> None:
    """One click makes the draft; the older text is public as a new version."""
    with sessions.begin() as session:
        loaded(session)
        public(session, DEARER)
        draft = drafts.returning(session, GUIDE.id, 1, EDITOR, NOW)
        draft = drafts.submit(session, draft.id, draft.revision, "元にもどす", EDITOR, NOW)
        draft = drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW)
        assert drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW) == 3
        assert library.guide(session, GUIDE.id) == GUIDE
        assert [each.version for each in versions.history(session, GUIDE.id)] == [3, 2, 1]


def test_a_withdrawn_guide_is_silent_at_once(sessions: Sessions) -> None:
    """By anybody of the department, with a reason, and only once."""
    with sessions.begin() as session:
        loaded(session)
        with pytest.raises(drafts.ReasonMissingError):
            drafts.withdraw(session, GUIDE.id, 1, " ", EDITOR, NOW)
        assert drafts.withdraw(session, GUIDE.id, 1, "制度が終わった", EDITOR, NOW) == 2
        assert library.guide(session, GUIDE.id) is None
        with pytest.raises(OutdatedError):
            drafts.withdraw(session, GUIDE.id, 2, "もう一度", EDITOR, NOW)
        newest = versions.history(session, GUIDE.id)[0]
        assert (newest.status, newest.reason, newest.answerable_at) == ("withdrawn", "制度が終わった", NOW)


def test_what_is_asked_for_needs_a_reason_and_a_change(sessions: Sessions) -> None:
    """An empty reason, or nothing changed: the draft stays as it is, with a sentence that helps."""
    with sessions.begin() as session:
        loaded(session)
        draft = drafts.create(session, GUIDE, 1, EDITOR, NOW)
        with pytest.raises(drafts.ReasonMissingError):
            drafts.submit(session, draft.id, 1, "　", EDITOR, NOW)
        with pytest.raises(drafts.NothingChangedError):
            drafts.submit(session, draft.id, 1, "とくに", EDITOR, NOW)
        with pytest.raises(drafts.GuideTakenError):
            drafts.create(session, GUIDE, 0, EDITOR, NOW)
        assert drafts.get(session, draft.id).revision == 1


def test_a_draft_sent_back_says_why_and_can_be_mended(sessions: Sessions) -> None:
    """The note stays until it is submitted again."""
    with sessions.begin() as session:
        loaded(session)
        draft = submitted(session, DEARER)
        draft = drafts.send_back(session, draft.id, draft.revision, "根拠のページを書いてください", REVIEWER, NOW)
        assert (draft.status, draft.review_note) == (DraftStatus.SENT_BACK, "根拠のページを書いてください")
        draft = drafts.submit(session, draft.id, draft.revision, "書きました", EDITOR, NOW)
        assert (draft.status, draft.review_note, draft.reason) == (DraftStatus.SUBMITTED, None, "書きました")


def test_a_page_opened_earlier_changes_nothing(sessions: Sessions) -> None:
    """A decision on another revision than the present one is refused."""
    with sessions.begin() as session:
        loaded(session)
        draft = submitted(session, DEARER)
        with pytest.raises(draft_state.DraftChangedError):
            drafts.approve(session, draft.id, draft.revision - 1, REVIEWER, NOW)
        with pytest.raises(drafts.DraftMissingError):
            drafts.get(session, "nothing")


def test_everybody_sees_the_work_that_waits_for_them(sessions: Sessions) -> None:
    """Reviewers what others submitted, departments their own, administrators all."""
    with sessions.begin() as session:
        loaded(session)
        draft = submitted(session, DEARER, OTHER)
        assert [each.id for each in open_drafts.to_review(session, REVIEWER)] == [draft.id]
        assert [open_drafts.to_review(session, who) for who in (OTHER, EDITOR, STRANGER)] == [[], [], []]
        assert [len(open_drafts.work_of(session, who)) for who in (EDITOR, STRANGER, ADMIN)] == [1, 0, 1]
        assert [each.id for each in open_drafts.of_guide(session, GUIDE.id)] == [draft.id]


def test_every_step_stands_in_the_audit_log(sessions: Sessions) -> None:
    """Who, what, which guide; an overruled gate with its reason; the chain is whole."""
    with sessions.begin() as session:
        loaded(session)
        draft = approved(session, DEARER)
        drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW, drafts.Overruled("制度が変わった", ["q1"]))
        drafts.withdraw(session, GUIDE.id, 2, "誤り", EDITOR, NOW)
    with sessions() as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.number).all()
        steps = ["guide_drafted", "guide_submitted", "guide_approved", "guide_published", "gate_overruled"]
        assert [entry.action for entry in entries] == [*steps, "guide_withdrawn"]
        assert {entry.subject for entry in entries} == {f"guide:{GUIDE.id}"}
        assert entries[4].detail["reason"] == "制度が変わった"
        assert audit.verify(session).broken is None
        assert versions.history(session, GUIDE.id)[1].overruled == "制度が変わった"


def test_a_guide_is_handed_over_by_its_present_department(sessions: Sessions) -> None:
    """The new owner is in the text; whose draft it is says the live row."""
    with sessions.begin() as session:
        loaded(session)
        with pytest.raises(NotYourGuideError):
            drafts.create(session, changed(owner="税務課"), 1, STRANGER, NOW)
        public(session, changed(owner="税務課"))
        assert session.get_one(GuideRow, GUIDE.id).owner == "税務課"
        assert drafts.create(session, DEARER, 2, STRANGER, NOW).owner == "税務課"


def test_either_department_reviews_a_handing_over(sessions: Sessions) -> None:
    """So a guide can be brought back from a department that has no reviewer, and is handed on by one that has."""
    with sessions.begin() as session:
        loaded(session, changed(owner="存在しない課"))
        draft = submitted(session, GUIDE, ADMIN)
        assert [each.id for each in open_drafts.to_review(session, REVIEWER)] == [draft.id]
        assert open_drafts.to_review(session, STRANGER) == []
        draft = drafts.approve(session, draft.id, draft.revision, REVIEWER, NOW)
        drafts.publish(session, draft.id, draft.revision, REVIEWER, NOW)
        given = drafts.create(session, changed(owner="税務課"), 2, EDITOR, NOW)
        given = drafts.submit(session, given.id, given.revision, "渡す", EDITOR, NOW)
        found = [open_drafts.to_review(session, who) for who in (REVIEWER, STRANGER)]
        assert [[each.id for each in waiting] for waiting in found] == [[given.id], [given.id]]


def test_references_that_lead_nowhere_are_named(sessions: Sessions) -> None:
    """With their field and place, for the form to show."""
    with sessions.begin() as session:
        loaded(session)
        wrong = changed(desks=["nai"], related=[GUIDE.id, "kie-ta"], life_events=["nani-ka"], owner="ない課")
        found = [(each.field, each.at, each.id) for each in references.problems(session, wrong)]
        nowhere = [("desks", 0, "nai"), ("related", 1, "kie-ta"), ("life_events", 0, "nani-ka"), ("owner", 0, "ない課")]
        assert found == nowhere
