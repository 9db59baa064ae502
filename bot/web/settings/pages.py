"""Laying the settings page out, in the words the resident chose or else in those their browser asks for."""

import re
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from bot.web.frame import Frame
from bot.web.settings.form import Missing
from handlers.settings.actions import SettingsPage
from handlers.settings.shown import Shown
from handlers.settings.talk import TOLD
from handlers.settings.wording import NAMES
from knowledge.certificate import LOWEST_GRADE, Certificate, CertificateKind
from knowledge.changes import (
    STOP_ALL,
    BeOfAge,
    ForgetDisability,
    LiveIn,
    Read,
    RemoveChild,
    Rest,
    Speakable,
)
from knowledge.choices import Choices
from knowledge.choosing import Refusal
from knowledge.disaster.records import Town
from knowledge.models import AgeBand, Topic
from knowledge.notice import Variant
from knowledge.segment import OLDEST_CHILD_MONTHS
from knowledge.text import Language

LANG = {Variant.JA: "ja", Variant.EASY: "ja", Variant.EN: "en", Variant.ZH: "zh", Variant.KO: "ko", Variant.VI: "vi"}
FORGET: dict[SettingsPage, Speakable] = {
    SettingsPage.AREA: LiveIn(None),
    SettingsPage.AGE: BeOfAge(None),
    SettingsPage.LANGUAGE: Read(None),
    SettingsPage.QUIET: Rest(None),
    SettingsPage.DISABILITY: ForgetDisability(),
}
_TAG = re.compile(r"\s*([a-z]{2})(?:-[a-z-]+)?\s*(?:;\s*q=([01](?:\.[0-9]+)?))?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Mistake:
    """What was wrong in which section, and what had been filled in there."""

    section: SettingsPage
    what: Missing | Refusal
    typed: FormData


@dataclass(frozen=True)
class Seen:
    """What the page shows: of whom the browser may see the settings, and what was just done."""

    frame: Frame
    choices: Choices
    towns: tuple[Town, ...]
    today: date
    csrf: str
    sealable: bool
    asked: Variant = Variant.JA
    done: str = ""
    undo: bool = False
    mistake: Mistake | None = None


def asked_variant(accepted: str) -> Variant:
    """The way of reading that a browser's Accept-Language asks for first; Japanese where it asks for none of ours."""
    found = [match for each in accepted[:200].split(",") if (match := _TAG.fullmatch(each))]
    ranked = sorted(found, key=lambda match: -float(match[2] or 1))
    return next((Variant(match[1].lower()) for match in ranked if match[1].lower() in set(Language)), Variant.JA)


@dataclass(frozen=True)
class SettingsPages:
    """The pages."""

    templates: Environment

    def settings(self, seen: Seen) -> HTMLResponse:
        """All that can be chosen, as it is now; with what was wrong at its place."""
        shown = Shown(seen.choices.variant or seen.asked, seen.towns)
        sealed = seen.sealable or seen.choices.certificate_kept
        return self._page(
            "settings.html",
            422 if seen.mistake else 200,
            shown,
            seen.frame,
            seen=seen,
            sections=(*TOLD, SettingsPage.DISABILITY) if sealed else TOLD,
            topics=Topic,
            bands=AgeBand,
            names=NAMES,
            years=range(seen.today.year, seen.today.year - OLDEST_CHILD_MONTHS // 12 - 1, -1),
            certificates=[Certificate(kind, grade) for kind in CertificateKind for grade in _grades(kind)],
            forget={page: _word(change) for page, change in FORGET.items()},
            remove={born: _word(RemoveChild(born)) for born in seen.choices.children},
            stop_all=_word(STOP_ALL),
            problem=_sentence(shown, seen.mistake),
        )

    def erase(self, seen: Seen) -> HTMLResponse:
        """Whether really all is to be deleted."""
        shown = Shown(seen.choices.variant or seen.asked, seen.towns)
        return self._page("erase.html", 200, shown, seen.frame, seen=seen)

    def farewell(self, frame: Frame, variant: Variant, what: str, status: int = 200) -> HTMLResponse:
        """The end of a visit: `erased`, `left`, or a link that is `gone`."""
        return self._page("farewell.html", status, Shown(variant, ()), frame, what=what)

    def _page(self, template: str, status: int, shown: Shown, frame: Frame, **values: object) -> HTMLResponse:
        page = self.templates.get_template(f"settings/{template}")
        known = {"shown": shown, "say": shown.say, "frame": frame, "lang": LANG[shown.variant]}
        return HTMLResponse(page.render(**known, **values), status)


def _grades(kind: CertificateKind) -> range:
    return range(1, LOWEST_GRADE[kind] + 1)


def _word(change: Speakable) -> str:
    return ":".join(change.words())


def _sentence(shown: Shown, mistake: Mistake | None) -> str:
    if mistake is None:
        return ""
    if isinstance(mistake.what, Refusal):
        return shown.say.refusals[mistake.what]
    return str(getattr(shown.say.page, mistake.what.value))
