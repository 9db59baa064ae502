"""Changes as words: what a button carries comes out again, and nothing a person types is a change by accident."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.actions import PAYLOAD_LIMIT, pack, unpack
from handlers.settings.actions import Choose
from knowledge.certificate import Certificate, CertificateKind, certificate_of
from knowledge.changes import Disclose, ForgetAll, QuietHours, Rest, Speakable, change_of
from tests.knowledge.choices.people import certificates, speakable


@given(speakable | st.just(ForgetAll()))
def test_a_change_survives_its_button(change: Speakable) -> None:
    """Every change that can stand in a button is the same after the way through LINE, within LINE's limit."""
    payload = pack(Choose(change))
    assert unpack(payload) == Choose(change)
    assert len(payload) <= PAYLOAD_LIMIT


@given(st.lists(st.text(max_size=20), max_size=4))
def test_words_are_ours_or_nothing(words: list[str]) -> None:
    """Whatever the words, they are exactly those of a change, or no change."""
    found = change_of(words)
    assert found is None or list(found.words()) == words


@pytest.mark.parametrize(
    "words",
    ["", "topic garbage", "topic garbage maybe", "topic 税金 on", "topics garbage garbage", "area 巣鴨", "area -",
     "topics health_garbage none", "child 2024-13 add", "child 2024-05-01 add", "child 24-5 add", "age 39",
     "language fr", "quiet 2100-2100", "quiet 2400-0700", "quiet 9-17", "disability physical-1", "everything now",
     "name 山田"],
)  # fmt: skip
def test_what_is_no_change(words: str) -> None:
    """A topic there is not, a town by its name, a day, an age, equal hours, a certificate in a button: nothing."""
    assert change_of(words.split()) is None


def test_a_certificate_has_no_words() -> None:
    """It can not be put into a button: there is no way to write it."""
    assert not hasattr(Disclose(Certificate(CertificateKind.PHYSICAL, 1)), "words")


@given(certificates)
def test_a_certificate_is_read_as_it_was_written(certificate: Certificate) -> None:
    """Kind and grade, as one word."""
    assert certificate_of(certificate.written()) == certificate


@pytest.mark.parametrize(
    "word", ["", "physical", "physical-", "physical-7", "mental-4", "physical-0", "physical-１", "x-1"]
)
def test_a_grade_that_does_not_exist(word: str) -> None:
    """Grades end where each kind's end."""
    assert certificate_of(word) is None


def test_quiet_hours_are_two_minutes_of_a_day() -> None:
    """Nine to seven is written so; the same minute twice, or one beyond the day, is none."""
    assert Rest(QuietHours(21 * 60, 7 * 60)).words() == ("quiet", "2100-0700")
    for first, last in ((60, 60), (-1, 60), (0, 24 * 60)):
        with pytest.raises(ValueError, match="no quiet hours"):
            QuietHours(first, last)


def test_a_child_is_a_month() -> None:
    """The word names a month, and the change its first day."""
    found = change_of(["child", "2024-05", "add"])
    assert found is not None
    assert getattr(found, "born", None) == date(2024, 5, 1)
