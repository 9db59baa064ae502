"""The sentences of the settings, in the chat and on the page: one file a way of reading, each with every sentence."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from handlers.settings.actions import SettingsPage
from knowledge.certificate import CertificateKind
from knowledge.choosing import Refusal
from knowledge.models import AgeBand, Topic
from knowledge.notice import Variant

FILES = Path(__file__).parent.parent / "wording" / "settings"
NAMES = {
    Variant.JA: "日本語",
    Variant.EASY: "やさしい日本語",
    Variant.EN: "English",
    Variant.ZH: "中文",
    Variant.KO: "한국어",
    Variant.VI: "Tiếng Việt",
}
"""What each is called by those who read it."""


class _Sentences(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PageWording(_Sentences):
    """The sentences that stand on the page alone."""

    lead: str
    skip: str
    choose: str
    save: str
    add: str
    delete: str
    saved: str
    unchanged: str
    refused: str
    year: str
    month: str
    first: str
    last: str
    kind: str
    agree: str
    agree_needed: str
    month_needed: str
    hours_needed: str
    certificate_needed: str
    certificate_unreadable: str
    erase_title: str
    erased_title: str
    erased: str
    download: str
    leave: str
    left_title: str
    left: str
    gone_title: str
    gone: str
    help: str


class Wording(_Sentences):
    """All sentences of one way of reading; braces are filled with `str.format`."""

    title: str
    home: str
    open_page: str
    opens: str
    only_line: str
    items: dict[SettingsPage, str]
    why: dict[SettingsPage, str]
    topics: dict[Topic, str]
    ages: dict[AgeBand, str]
    certificates: dict[CertificateKind, str]
    grades: dict[CertificateKind, str]
    line: str
    nothing: str
    wanted: str
    refused: str
    born: str
    hours: str
    own_language: str
    kept_sealed: str
    want: str
    stop: str
    stop_all: str
    forget: str
    add_child: str
    next: str
    back: str
    undo: str
    erase_yes: str
    erase_no: str
    erase_ask: str
    mine: str
    asked: str
    done_set: str
    done_forgot: str
    done_want: str
    done_stop: str
    done_topics: str
    done_nothing: str
    done_erased: str
    refusals: dict[Refusal, str]
    page: PageWording


@cache
def wording(variant: Variant) -> Wording:
    """The sentences for a way of reading."""
    return Wording.model_validate(yaml.safe_load((FILES / f"{variant.value}.yaml").read_text(encoding="utf-8")))
