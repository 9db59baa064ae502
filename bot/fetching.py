"""Fetching a page or file from an allowed host on the open network, and from nowhere else.

Every connection goes to an address that was looked up and judged in the same step (no second lookup can differ), by
http or https on their own ports; each redirect is judged anew. No cookies, no credentials, no compressed bodies.
"""

import ipaddress
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore

from knowledge.errors import PocketError

MOST_REDIRECTS = 5
LONGEST_URL = 2_000
PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)  # no blanks, no control characters, no backslash
_MOVED = (301, 302, 303, 307, 308)
_CHUNK = 65_536
_TRANSLATING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "::/96")))
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
_AGENT = b"PocketGyosei/0.1 (+ward office source check)"
Connect = Callable[[str, int, float], httpcore.NetworkStream]


class FetchError(PocketError):
    """ページを取り込めませんでした。アドレスを確かめて、もう一度お試しください。"""


class AddressRefusedError(FetchError):
    """このアドレスは使えません。http か https で始まる、ふつうのページのアドレスを入れてください。"""


class HostRefusedError(FetchError):
    """このサイトからは取り込めません。許可されたサイトのページだけを使えます。必要なときはシステム管理者に相談してください。"""


class InternalAddressError(FetchError):
    """このアドレスは公開されたページではないため、取り込めません。"""


class UnreachableError(FetchError):
    """ページにつながりませんでした。アドレスが正しいか、今開けるページかを確かめて、もう一度お試しください。"""


class BadAnswerError(FetchError):
    """ページが返ってきませんでした。削除されたか、移動した可能性があります。アドレスを確かめてください。"""


class TooLargePageError(FetchError):
    """ページかファイルが大きすぎるか、時間がかかりすぎたため、中止しました。ファイルを手元に保存し、ファイルとして出してください。"""


@dataclass(frozen=True)
class Fetched:
    """What an address gave in the end: where, its media type in small letters, and its bytes."""

    url: str
    media_type: str
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """A TCP connection to an address."""
    return httpcore.SyncBackend().connect_tcp(address, port, seconds)


def is_public(address: str) -> bool:
    """Whether an address is one of the open network: not private, local, shared, reserved or a translated other."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id or found.is_site_local or any(found in network for network in _TRANSLATING):
            return False
        if found.ipv4_mapped:
            return False
    elif found in _PROTOCOLS:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def checked(url: str) -> SplitResult:
    """The parts of an address that may be fetched at all; AddressRefusedError for any other."""
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
        raise AddressRefusedError
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefusedError from error
    if parts.scheme not in PORTS or "@" in parts.netloc or port not in (None, PORTS[parts.scheme]):
        raise AddressRefusedError
    if not _HOST.fullmatch((parts.hostname or "").rstrip(".")):
        raise AddressRefusedError
    return parts


@dataclass(frozen=True)
class Fetcher:
    """Fetches from hosts that are, or are below, one of `hosts`; tests pass their own ways to resolve and connect."""

    hosts: frozenset[str]
    most_bytes: int = 20 * 1024 * 1024
    seconds: float = 20.0
    resolve: Callable[[str, int], Sequence[str]] = resolve
    connect: Connect = connect

    def fetch(self, url: str) -> Fetched:
        """What an address gives after its redirects; the subclass of FetchError that says why not."""
        until = time.monotonic() + self.seconds
        with httpcore.ConnectionPool(network_backend=_Pinned(self.resolve, self.connect, until), retries=0) as pool:
            for _ in range(MOST_REDIRECTS + 1):
                parts = self._allowed(url)
                answer = self._get(pool, parts, until)
                if isinstance(answer, Fetched):
                    return answer
                following = urljoin(url, answer)
                if parts.scheme == "https" and following.startswith("http:"):
                    raise AddressRefusedError
                url = following
        raise BadAnswerError

    def _allowed(self, url: str) -> SplitResult:
        parts = checked(url)
        host = (parts.hostname or "").rstrip(".")
        if not any(host == allowed or host.endswith(f".{allowed}") for allowed in self.hosts):
            raise HostRefusedError
        return parts

    def _get(self, pool: httpcore.ConnectionPool, parts: SplitResult, until: float) -> Fetched | str:
        """The body, or the address it has moved to."""
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = (parts.hostname or "").rstrip(".")
        url = httpcore.URL(scheme=parts.scheme, host=host, port=PORTS[parts.scheme], target=path)
        headers = [(b"Host", host.encode()), (b"User-Agent", _AGENT), (b"Accept-Encoding", b"identity")]
        left = max(0.1, min(10.0, until - time.monotonic()))
        patience = {"timeout": {"connect": left, "read": left, "write": left, "pool": left}}
        try:
            with pool.stream("GET", url, headers=headers, extensions=patience) as response:
                named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                if response.status in _MOVED and "location" in named:
                    return named["location"]
                if response.status != 200 or named.get("content-encoding", "identity") != "identity":
                    raise BadAnswerError
                body = self._body(response.iter_stream(), until)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            raise UnreachableError from error
        return Fetched(parts.geturl(), named.get("content-type", "").partition(";")[0].strip().lower(), body)

    def _body(self, chunks: Iterable[bytes], until: float) -> bytes:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self.most_bytes or time.monotonic() > until:
                raise TooLargePageError
        return bytes(body)


@dataclass(frozen=True)
class _Pinned(httpcore.NetworkBackend):
    """Connects only to addresses it has itself looked up and judged; one that is not public spoils them all."""

    resolve: Callable[[str, int], Sequence[str]]
    connect: Connect
    until: float

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """A connection to the first address of the host, if all of them are public."""
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise UnreachableError from error
        if not addresses or port not in PORTS.values() or not all(map(is_public, addresses)):
            raise InternalAddressError
        return self.connect(addresses[0], port, timeout or 10.0)


def allowed_hosts(named: str, site: str) -> frozenset[str]:
    """The hosts of a comma-separated setting; the ward's own domain where none are named."""
    hosts = {host for part in named.lower().split(",") if (host := part.strip().lstrip("*").strip("."))}
    own = (urlsplit(site).hostname or "").removeprefix("www.")
    return frozenset(hosts or ({own} if own else set()))


def hosts_of(urls: Iterable[str]) -> Iterator[str]:
    """The hosts of addresses, for those that have one."""
    return (host for url in urls if (host := urlsplit(url).hostname))
