"""Ward systems: their keys, what each may use, and how many requests a minute it may make."""

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import case, delete, literal, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Actor, AuditAction, record
from knowledge.errors import PocketError
from knowledge.models import ApiClient, ApiScope, NoticeTemplate, UtcDateTime

WINDOW = timedelta(minutes=1)
_KEY = re.compile(r"pocket_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY = "0" * 64


class ClientError(PocketError):
    """区のシステムの登録を処理できませんでした。"""


class ClientNameError(ClientError):
    """どのシステムかが分かる名前を、80文字までで書いてください。"""


class NoSuchClientError(ClientError):
    """そのシステムの登録が見つかりません。"""


class NoSuchScopeError(ClientError):
    """そのひな形はありません。"""


class UnknownKeyError(PocketError):
    """APIキーが正しくないか、取り消されています。"""


class TooManyRequestsError(PocketError):
    """1分あたりの回数の上限をこえました。しばらく待ってから、もう一度送ってください。"""

    def __init__(self, seconds: int) -> None:
        """`seconds` is how long to wait."""
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True)
class Caller:
    """A ward system whose key was right."""

    id: str
    name: str


def add(session: Session, name: str, templates: Collection[str], actor: Actor, now: datetime) -> tuple[ApiClient, str]:
    """Register a ward system; its row, and its key, which is not kept. `templates` are slugs."""
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise ClientNameError
    secret = secrets.token_urlsafe(32)
    row = ApiClient(id=secrets.token_hex(6), name=name, secret_digest=_digest(secret), added_by=actor.id, added_at=now)
    session.add(row)
    session.flush()
    _write_scopes(session, row, templates)
    record(session, actor, AuditAction.CLIENT_ADDED, _subject(row), _told(row, templates), now)
    return row, f"pocket_{row.id}_{secret}"


def change_scopes(session: Session, row: ApiClient, templates: Collection[str], actor: Actor, now: datetime) -> None:
    """Let a ward system use these templates and no others."""
    session.execute(delete(ApiScope).where(ApiScope.client_id == row.id))
    _write_scopes(session, row, templates)
    record(session, actor, AuditAction.CLIENT_CHANGED, _subject(row), _told(row, templates), now)


def withdraw(session: Session, row: ApiClient, actor: Actor, now: datetime) -> None:
    """Take back a key for good: the next request with it is refused."""
    row.withdrawn_at = row.withdrawn_at or now
    session.flush()
    record(session, actor, AuditAction.CLIENT_WITHDRAWN, _subject(row), {"name": row.name}, now)


def admit(session: Session, key: str, per_minute: int, now: datetime) -> Caller:
    """Whose key it is, counting the request; raises UnknownKeyError and TooManyRequestsError."""
    found = _KEY.fullmatch(key)
    row = session.get(ApiClient, found[1]) if found else None
    given = _digest(found[2]) if found else _NOBODY
    right = hmac.compare_digest(given, row.secret_digest if row else _NOBODY)
    if row is None or not right or row.withdrawn_at is not None:
        raise UnknownKeyError
    over = (ApiClient.window_at.is_(None)) | (ApiClient.window_at <= now - WINDOW)
    values = {
        "window_count": case((over, 1), else_=ApiClient.window_count + 1),
        "window_at": case((over, literal(now, UtcDateTime())), else_=ApiClient.window_at),
        "last_used_at": now,
    }
    counted = update(ApiClient).where(ApiClient.id == row.id).values(values)
    begun, count = session.execute(counted.returning(ApiClient.window_at, ApiClient.window_count)).one()
    if count > per_minute:
        raise TooManyRequestsError(int((begun + WINDOW - now).total_seconds()) + 1 if begun else 1)
    return Caller(row.id, row.name)


def everybody(session: Session) -> list[ApiClient]:
    """All ward systems, also those whose key was taken back, the latest first."""
    return list(session.scalars(select(ApiClient).order_by(ApiClient.added_at.desc(), ApiClient.id)))


def get(session: Session, client: str) -> ApiClient:
    """One ward system; raises NoSuchClientError."""
    if (row := session.get(ApiClient, client)) is None:
        raise NoSuchClientError
    return row


def scopes(session: Session, client: str) -> list[NoticeTemplate]:
    """The templates a ward system may use, by their names."""
    mine = select(NoticeTemplate).join(ApiScope, ApiScope.template_id == NoticeTemplate.id)
    return list(session.scalars(mine.where(ApiScope.client_id == client).order_by(NoticeTemplate.slug)))


def _write_scopes(session: Session, row: ApiClient, templates: Collection[str]) -> None:
    found = list(session.scalars(select(NoticeTemplate).where(NoticeTemplate.slug.in_(templates))))
    if len(found) != len(set(templates)):
        raise NoSuchScopeError
    session.add_all(ApiScope(client_id=row.id, template_id=each.id) for each in found)
    session.flush()


def _told(row: ApiClient, templates: Collection[str]) -> dict[str, str | int | bool | list[str] | None]:
    return {"name": row.name, "templates": sorted(templates)}


def _subject(row: ApiClient) -> str:
    return f"client:{row.id}"


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
