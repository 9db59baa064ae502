"""A guide as a row keeps it: one that is no guide by the rules of today is silent, it alone, and the log names it."""

import structlog
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.guide import Guide

_log = structlog.get_logger(__name__)
Content = str | dict[str, object]
"""What a row holds: the JSON's text, or what that says."""


def readable(guide_id: str, content: Content) -> Guide | None:
    """The guide, or None where it is none any more; the log then tells which fields are wrong, but not their values."""
    try:
        return _read(content)
    except ValidationError as error:
        fields = sorted({".".join(map(str, each["loc"])) for each in error.errors(include_input=False)})
        _log.error("guide_unreadable", guide=guide_id, fields=fields)
        return None


def mistakes(content: Content) -> list[ErrorDetails]:
    """What keeps a row's content from being a guide."""
    try:
        _read(content)
    except ValidationError as error:
        return error.errors(include_input=False)
    return []


def _read(content: Content) -> Guide:
    return Guide.model_validate_json(content) if isinstance(content, str) else Guide.model_validate(content)
