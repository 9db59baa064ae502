"""The office's own sign-in by OpenID Connect: discovery, code flow with PKCE, and a token that is believed only if all
of it fits (OpenID Connect Core 3.1.3.7; RFC 9700)."""

import base64
import binascii
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from bot.settings import Settings
from knowledge.errors import PocketError

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signatures by the provider's own key: none, and no shared secret, that others may have, too."""
PATIENCE_SECONDS = 10.0
LEEWAY_SECONDS = 60
BACK = "/staff/sign-in/oidc/back"
SCOPE = "openid email"
_BYTES = 32


class ExternalSignInError(PocketError):
    """庁内アカウントでのサインインを確かめられませんでした。はじめからやり直してください。続くときは、システム管理者に知らせてください。"""


class _Metadata(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True)
class Begun:
    """What a browser keeps between leaving for the provider and coming back, and the page it wants."""

    state: str
    nonce: str
    verifier: str
    path: str

    @classmethod
    def fresh(cls, path: str) -> Self:
        """New random values, 256 bits each."""
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        return cls(state, nonce, verifier, path)

    def pack(self) -> str:
        """As a cookie's value."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode().rstrip("=")

    @classmethod
    def unpack(cls, packed: str) -> Self:
        """What `pack` wrote, or ExternalSignInError."""
        try:
            said = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
            return cls(**{name: str(said[name]) for name in ("state", "nonce", "verifier", "path")})
        except (binascii.Error, ValueError, TypeError, KeyError) as error:
            raise ExternalSignInError from error


@dataclass(frozen=True)
class Person:
    """Who the provider says it is: the subject, and the mail address if the provider has verified it."""

    subject: str
    mail: str | None

    @property
    def ids(self) -> tuple[str, ...]:
        """What an account may be entered under.

        What looks like a mail is never taken for a subject: some providers let people choose their subject.
        """
        return tuple(each for each in ("" if "@" in self.subject else self.subject, self.mail) if each)


@dataclass(frozen=True)
class Provider:
    """The provider that is configured."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The provider of the settings, None where there is none."""
        if not (settings.oidc_issuer and settings.oidc_client_id):
            return None
        secret = settings.oidc_client_secret.get_secret_value()
        return cls(settings.oidc_issuer, settings.oidc_client_id, secret, settings.public_url.rstrip("/") + BACK)

    def leave(self, begun: Begun) -> str:
        """The address of the provider to send a browser to."""
        metadata = self._metadata()
        with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return str(url)

    def come_back(self, begun: Begun, code: str, now: datetime) -> Person:
        """Who came back with a code; ExternalSignInError unless the token is the provider's, for us, and for this."""
        metadata = self._metadata()
        try:
            with self._client() as client:
                token = client.fetch_token(metadata.token_endpoint, code=code, code_verifier=begun.verifier)
            keys = KeySet.import_key_set(_fetch(metadata.jwks_uri))
            claims = jwt.decode(str(token["id_token"]), keys, algorithms=ALGORITHMS).claims
            self._registry(begun, now).validate(claims)
        except (httpx.HTTPError, AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
            raise ExternalSignInError from error
        return self._person(claims)

    def _registry(self, begun: Begun, now: datetime) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": begun.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )

    def _person(self, claims: dict[str, Any]) -> Person:
        """The person of valid claims; a token for several clients must have been issued to this one."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.client_id:
            raise ExternalSignInError
        mail = claims.get("email")
        verified = claims.get("email_verified") is True and isinstance(mail, str)
        return Person(str(claims["sub"]), str(mail).lower() if verified else None)

    def _metadata(self) -> _Metadata:
        try:
            found = _Metadata.model_validate(_fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"))
        except (httpx.HTTPError, ValidationError, ValueError) as error:
            raise ExternalSignInError from error
        addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        scheme = urlsplit(self.issuer).scheme
        if found.issuer != self.issuer or any(urlsplit(each).scheme != scheme for each in addresses):
            raise ExternalSignInError
        return found

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self.client_id,
            self.client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.client_secret else "none",
            redirect_uri=self.redirect_uri,
            scope=SCOPE,
            code_challenge_method="S256",
            timeout=PATIENCE_SECONDS,
        )


def _fetch(url: str) -> Any:  # noqa: ANN401 - JSON
    answer = httpx.get(url, timeout=PATIENCE_SECONDS, follow_redirects=False)
    answer.raise_for_status()
    return answer.json()
