"""The life of guides as a test drives it, and beside it a plain record of what may be said to residents and when.

Every text a clerk or the pack ever writes carries a number of its own (印7): what is said can be traced to its writer.
"""

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from handlers.actions import AskFact, ShowGuide
from handlers.conversation import Asker, Channel, Responder
from handlers.reply import Reply
from knowledge import drafts, library, shift
from knowledge.clerk import Clerk
from knowledge.days import day_in_japan
from knowledge.errors import PocketError
from knowledge.guide import Fee, Guide, Later, Note
from knowledge.models import GuideDraft
from knowledge.pack import Pack
from knowledge.records import FactKind
from knowledge.shift import Shift
from tests.handlers.talk import told

START = datetime(2027, 3, 20, 3, 0, tzinfo=UTC)
OFFICE = "総合窓口課"
CLERKS = (
    Clerk(1, "kaku", OFFICE, edits=True),
    Clerk(2, "naosu", OFFICE, edits=True, reviews=True),
    Clerk(3, "miru", OFFICE, reviews=True),
    Clerk(4, "yosono", "税務課", edits=True, reviews=True),
    Clerk(5, "kanri", None, everywhere=True),
)
MARK = re.compile(r"印(\d+)")
Marks = frozenset[int]


@dataclass(frozen=True)
class Said:
    """What a text may be said by: its marks, each with the first and last day it holds, and the review date."""

    marks: dict[int, tuple[date, date]]
    review_by: date

    def on(self, day: date) -> Marks:
        """The marks that residents may see on a day."""
        if self.review_by < day:
            return frozenset()
        return frozenset(mark for mark, (first, last) in self.marks.items() if first <= day <= last)


def said(guide: Guide) -> Said:
    """Read the marks of a guide off its fields, field by field: no code of the product's."""
    marks = {}
    turn = min((later.valid_from for later in guide.later), default=date.max)
    marks[_mark(guide.answer)] = (date.min, turn - timedelta(days=1) if turn < date.max else date.max)
    marks |= {_mark(later.answer or ""): (later.valid_from, date.max) for later in guide.later}
    marks |= {_mark(fee.case): (fee.valid_from or date.min, fee.valid_to or date.max) for fee in guide.fees}
    marks |= {_mark(note.text): (note.valid_from or date.min, note.valid_to or date.max) for note in guide.notes}
    return Said(marks, guide.review_by)


def _mark(text: str) -> int:
    found = MARK.search(text)
    assert found
    return int(found[1])


@dataclass
class Life:
    """Guides, clerks, a pack and a clock; `public` and `approved` are the test's own record."""

    session: Session
    responder: Responder
    pack: Pack
    model: Guide
    now: datetime = START
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    public: dict[str, Said] = field(default_factory=dict)
    staffs: set[str] = field(default_factory=set)
    approved: dict[str, Guide] = field(default_factory=dict)
    authors: dict[str, set[int]] = field(default_factory=dict)
    submitters: dict[str, int] = field(default_factory=dict)
    drafts: list[str] = field(default_factory=list)
    published: int = 0

    def text(self, guide_id: str, spread: int) -> Guide:
        """A new text for a guide; `spread` moves its dated facts and its review date."""
        today = day_in_japan(self.now)
        turn = today + timedelta(days=spread % 40 - 10)
        first, second, third, fourth, fifth = (next(self.numbers) for _ in range(5))
        return self.model.model_copy(
            update={
                "id": guide_id,
                "title": f"手続き{guide_id}",
                "answer": f"答えは印{first}です。",
                "later": (Later(valid_from=turn, answer=f"新しい答えは印{second}です。"),),
                "fees": (
                    Fee(case=f"今の印{third}", yen=300, valid_to=turn - timedelta(days=1)),
                    Fee(case=f"次の印{fourth}", yen=400, valid_from=turn),
                ),
                "notes": (Note(text=f"注意は印{fifth}です。"),),
                "review_by": today + timedelta(days=spread % 60 - 3),
            }
        )

    def load(self, guides: list[Guide]) -> None:
        """`pocket init` with a pack of these guides."""
        library.sync_pack(self.session, replace(self.pack, guides=tuple(guides)), self.now)
        for guide in guides:
            if guide.id not in self.staffs:
                self.public[guide.id] = said(guide)
        for gone in set(self.public) - self.staffs - {guide.id for guide in guides}:
            del self.public[gone]

    def try_to(self, act: Callable[[], object]) -> bool:
        """Do something in a transaction of its own; an error takes all of it back."""
        try:
            with self.session.begin_nested():
                act()
        except PocketError:
            self.session.expire_all()
            return False
        return True

    def write(self, guide_id: str, base: int, clerk: Clerk, spread: int) -> None:
        """Begin a draft."""
        guide = self.text(guide_id, spread)
        self.try_to(lambda: self._keep(drafts.create(self.session, guide, base, clerk, self.now), clerk))

    def _keep(self, draft: GuideDraft, clerk: Clerk) -> None:
        self.drafts.append(draft.id)
        self.authors.setdefault(draft.id, set()).add(clerk.id)

    def save(self, draft_id: str, behind: int, clerk: Clerk, spread: int) -> None:
        """Save a text, perhaps from a page that was opened `behind` revisions ago: it is in some draft afterwards."""
        draft = drafts.get(self.session, draft_id)
        guide = self.text(draft.guide_id, spread)

        def act() -> None:
            saved = drafts.save(self.session, draft_id, draft.revision - behind, guide, clerk, self.now)
            assert drafts.content(saved.draft) == guide
            if saved.rival:
                self._keep(saved.draft, clerk)
            else:
                self.approved.pop(draft_id, None)
                self.authors[draft_id].add(clerk.id)

        self.try_to(act)

    def go_on(self, draft_id: str, clerk: Clerk) -> None:
        """Take a newer version as the base: somebody looked at the difference."""
        draft = drafts.get(self.session, draft_id)
        found = drafts.whole(self.session, draft.guide_id)

        def act() -> None:
            base = found[1].version if found else 0
            content = drafts.content(draft)
            saved = drafts.save(self.session, draft_id, draft.revision, content, clerk, self.now, base)
            assert saved.rival is None or draft.status in ("published", "discarded")
            if saved.rival:
                self._keep(saved.draft, clerk)
            else:
                self.approved.pop(draft_id, None)
                self.authors[draft_id].add(clerk.id)

        self.try_to(act)

    def submit(self, draft_id: str, clerk: Clerk) -> None:
        """Ask for a review."""
        revision = drafts.get(self.session, draft_id).revision
        if self.try_to(lambda: drafts.submit(self.session, draft_id, revision, "直すため", clerk, self.now)):
            self.submitters[draft_id] = clerk.id

    def _asked_for(self, draft_id: str) -> set[int]:
        """Who wrote any of a draft's text, and who asked for its review last: an earlier request was sent back."""
        return {*self.authors[draft_id], *([self.submitters[draft_id]] if draft_id in self.submitters else [])}

    def approve(self, draft_id: str, behind: int, clerk: Clerk) -> None:
        """Approve what stands; never one's own, never another department's, never what has changed since."""
        draft = drafts.get(self.session, draft_id)
        content, revision = drafts.content(draft), draft.revision - behind
        if self.try_to(lambda: drafts.approve(self.session, draft_id, revision, clerk, self.now)):
            assert clerk.id not in self._asked_for(draft_id)
            assert clerk.reviews or clerk.everywhere
            assert clerk.department in (OFFICE, None)
            assert behind == 0
            self.approved[draft_id] = content

    def send_back(self, draft_id: str, clerk: Clerk) -> None:
        """Give it back."""
        revision = drafts.get(self.session, draft_id).revision
        if self.try_to(lambda: drafts.send_back(self.session, draft_id, revision, "直してください", clerk, self.now)):
            self.approved.pop(draft_id, None)

    def discard(self, draft_id: str, clerk: Clerk) -> None:
        """Close it."""
        revision = drafts.get(self.session, draft_id).revision
        if self.try_to(lambda: drafts.discard(self.session, draft_id, revision, clerk, self.now, "要らない")):
            self.approved.pop(draft_id, None)

    def publish(self, draft_id: str, clerk: Clerk) -> None:
        """Publish it: only what somebody else approved, as it was approved."""
        draft = drafts.get(self.session, draft_id)
        guide_id, revision = draft.guide_id, draft.revision
        if self.try_to(lambda: drafts.publish(self.session, draft_id, revision, clerk, self.now)):
            assert clerk.id not in self._asked_for(draft_id)
            self.public[guide_id] = said(self.approved.pop(draft_id))
            self.staffs.add(guide_id)
            self.published += 1

    def withdraw(self, guide_id: str, clerk: Clerk) -> None:
        """Stop answering."""
        found = drafts.whole(self.session, guide_id)
        version = found[1].version if found else 0
        if self.try_to(lambda: drafts.withdraw(self.session, guide_id, version, "誤り", clerk, self.now)):
            self.public.pop(guide_id)
            self.staffs.add(guide_id)

    def return_to(self, guide_id: str, number: int, clerk: Clerk) -> None:
        """A draft of an older version."""
        self.try_to(lambda: self._keep(drafts.returning(self.session, guide_id, number, clerk, self.now), clerk))

    def shift(self, guide_id: str, clerk: Clerk) -> None:
        """Another review date, prepared for many at once."""
        later = Shift(date(2027, 4, 1), review_by=day_in_japan(self.now) + timedelta(days=90))

        def act() -> None:
            for draft in shift.prepare(self.session, [guide_id], later, clerk, self.now)[0]:
                self._keep(draft, clerk)

        self.try_to(act)

    def shown(self, guide_id: str) -> Marks:
        """What a resident gets to see of a guide by buttons: its card and its notes."""
        pressed = (ShowGuide(guide_id), AskFact(guide_id, FactKind.DETAILS))
        return _marks(self.responder.act(self.session, action, self._asker(guide_id), self.now) for action in pressed)

    def told(self, guide_id: str) -> Marks:
        """What is answered to words about a guide that was just shown."""
        words = ("いくらですか", "いつまでですか")
        return _marks(self.responder.ask(self.session, text, self._asker(guide_id), self.now) for text in words)

    def _asker(self, guide_id: str) -> Asker:
        return Asker(Channel.TERMINAL, topics=(guide_id,))

    def allowed(self, guide_id: str) -> Marks:
        """What they may see."""
        public = self.public.get(guide_id)
        return public.on(day_in_japan(self.now)) if public else frozenset()


def _marks(replies: Iterable[Reply]) -> Marks:
    return frozenset(int(number) for reply in replies for number in MARK.findall(told(reply)))
