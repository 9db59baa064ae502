"""Fixtures: the installation with a key for what is sensitive, called in the process and served for browsers."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.web.app import mount_web
from bot.wiring import Pocket
from tests.bot.web.settings.phone import Phone
from tests.knowledge.choices.people import somebody

KEY = SecretStr("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
"""The key of `SEAL`, in Base64."""


@pytest.fixture(scope="session")
def sealed(pocket: Pocket) -> Pocket:
    """The installation with a key for what is sensitive."""
    return replace(pocket, settings=pocket.settings.model_copy(update={"sensitive_key": KEY}))


@pytest.fixture(scope="session")
def app(sealed: Pocket) -> FastAPI:
    """The web page of that installation."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    mount_web(app, sealed)
    return app


@pytest.fixture
def phone(sealed: Pocket, app: FastAPI) -> Iterator[Phone]:
    """A new friend's browser, outside yet."""
    with sealed.sessions.begin() as session:
        row = somebody(session)
        known = row.id, row.line_user_id
    with TestClient(app, follow_redirects=False) as client:
        yield Phone(sealed, client, *known)
