"""A strict stand-in for the office's own sign-in, over real HTTP: what a provider must refuse, it refuses.

`spoil` changes the claims or the key of the next token, to see what the console refuses.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "pocket", "hush"
Claims = dict[str, Any]


@dataclass
class Issuer:
    """The provider's state: its keys, the person at it, the codes it gave out."""

    issuer: str = ""
    redirect_uri: str = ""
    now: Callable[[], float] = time.time
    subject: str = "sub-1"
    mail: Claims = field(default_factory=dict)
    spoil: Claims = field(default_factory=dict)
    algorithm: str = "RS256"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    foreign: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    forged: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def documents(self) -> dict[str, Claims]:
        """What it publishes, by path: where its parts are, and its key."""
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        metadata = {"issuer": self.issuer} | {name: self.issuer + path for name, path in paths.items()}
        keys = {"keys": [self.key.as_dict(private=False)]}
        return {"/.well-known/openid-configuration": metadata, "/keys": keys}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where a browser goes back to with a code; AssertionError for what a provider must refuse."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == self.redirect_uri
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return self.redirect_uri + "?" + urlencode({"code": code, "state": asked["state"], "iss": self.issuer})

    def token(self, form: dict[str, str], authorization: str) -> Claims:
        """The token for a code, once."""
        assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        assert form["grant_type"] == "authorization_code"
        assert form["redirect_uri"] == self.redirect_uri
        asked = self.codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        assert challenge.rstrip("=") == asked["code_challenge"]
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(self.now())
        usual = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": asked["nonce"], "iat": now}
        claims = {**usual, "exp": now + 300, **self.mail, **self.spoil}
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        key = OctKey.import_key(SECRET * 8) if self.algorithm == "HS256" else self.foreign if self.forged else self.key
        return jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, key, algorithms=[self.algorithm])


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header("location", issuer.authorize(_flat(address.query)))
                self.end_headers()
            else:
                self._say(issuer.documents()[address.path])

        def do_POST(self) -> None:
            form = _flat(self.rfile.read(int(self.headers["content-length"])).decode())
            try:
                self._say(issuer.token(form, self.headers.get("authorization", "")))
            except (AssertionError, KeyError):
                self._say({"error": "invalid_grant"}, 400)

        def _say(self, said: Claims, status: int = 200) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running(issuer: Issuer) -> Iterator[Issuer]:
    """The provider on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(issuer))
    issuer.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()
