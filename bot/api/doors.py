"""What the endpoints stand on: an installation, the clock, who calls, and one transaction a request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from knowledge import api_clients
from knowledge.api_clients import Caller, UnknownKeyError
from knowledge.database import Sessions
from knowledge.days import utc_now


@dataclass(frozen=True)
class Api:
    """What the API takes: the database, how many requests a minute a system may make, and the clock."""

    sessions: Sessions
    per_minute: int
    clock: Callable[[], datetime] = utc_now


_bearer = HTTPBearer(auto_error=False, description="区のシステムのAPIキー（職員画面か pocket client add で作る）")


def api_of(request: Request) -> Api:
    """The API that was mounted."""
    api: Api = request.app.state.api
    return api


def calling(
    api: Annotated[Api, Depends(api_of)], given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Caller:
    """Who calls, counted in a transaction of its own; raises UnknownKeyError and TooManyRequestsError."""
    if given is None:
        raise UnknownKeyError
    with api.sessions.begin() as session:
        return api_clients.admit(session, given.credentials, api.per_minute, api.clock())


def transaction(api: Annotated[Api, Depends(api_of)]) -> Iterator[Session]:
    """One database session for one request: committed before the answer leaves, rolled back when it fails."""
    with api.sessions.begin() as session:
        yield session


TheApi = Annotated[Api, Depends(api_of)]
Calling = Annotated[Caller, Depends(calling)]
Transaction = Annotated[Session, Depends(transaction, scope="function")]
