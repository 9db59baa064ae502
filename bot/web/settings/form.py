"""What a form of the settings page asks for: a typed change, or what is missing; text is never a value."""

from collections.abc import Callable
from enum import StrEnum

from starlette.datastructures import FormData

from handlers.settings.actions import SettingsPage
from knowledge.certificate import certificate_of
from knowledge.changes import (
    AddChild,
    BeOfAge,
    Change,
    Disclose,
    LiveIn,
    QuietHours,
    Read,
    Rest,
    TopicsAs,
    change_of,
    month_of,
)
from knowledge.choices import Choices
from knowledge.models import Topic


class Missing(StrEnum):
    """What a form lacks; its sentence is the field of this name in the page's wording."""

    MONTH = "month_needed"
    HOURS = "hours_needed"
    CERTIFICATE = "certificate_needed"
    AGREEMENT = "agree_needed"
    CHOICE = "choose"


def wanted(section: SettingsPage, form: FormData, before: Choices) -> Change | Missing:
    """The change that a section's form asks for."""
    return _READERS[section](form, before)


def sections() -> frozenset[SettingsPage]:
    """The sections that have a form."""
    return frozenset(_READERS)


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _topics(form: FormData, before: Choices) -> Change | Missing:
    ticked = {str(each) for each in form.getlist("topics")}
    if not ticked <= set(Topic):
        return Missing.CHOICE
    chosen = frozenset(map(Topic, ticked))
    return TopicsAs(chosen, (before.wanted | before.refused) - chosen)


def _one(form: FormData, word: str, kind: type[LiveIn | BeOfAge | Read]) -> Change | Missing:
    found = change_of((word, _field(form, word) or "none"))
    return found if isinstance(found, kind) else Missing.CHOICE


def _quiet(form: FormData, _: Choices) -> Change | Missing:
    hours = _field(form, "first"), _field(form, "last")
    if hours == ("", ""):
        return Rest(None)
    known = {str(hour) for hour in range(24)}
    if hours[0] == hours[1] or not set(hours) <= known:
        return Missing.HOURS
    return Rest(QuietHours(int(hours[0]) * 60, int(hours[1]) * 60))


def _children(form: FormData, _: Choices) -> Change | Missing:
    born = month_of(f"{_field(form, 'year')}-{_field(form, 'month').zfill(2)}")
    return AddChild(born) if born else Missing.MONTH


def _disability(form: FormData, _: Choices) -> Change | Missing:
    certificate = certificate_of(_field(form, "certificate"))
    if certificate is None:
        return Missing.CERTIFICATE
    return Disclose(certificate) if _field(form, "agree") == "yes" else Missing.AGREEMENT


_READERS: dict[SettingsPage, Callable[[FormData, Choices], Change | Missing]] = {
    SettingsPage.TOPICS: _topics,
    SettingsPage.AREA: lambda form, _: _one(form, "area", LiveIn),
    SettingsPage.CHILDREN: _children,
    SettingsPage.AGE: lambda form, _: _one(form, "age", BeOfAge),
    SettingsPage.LANGUAGE: lambda form, _: _one(form, "language", Read),
    SettingsPage.QUIET: _quiet,
    SettingsPage.DISABILITY: _disability,
}
