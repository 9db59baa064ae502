"""Fetching: pages of allowed hosts come back whole; no address, trick or detour leads inside."""

import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetching import (
    AddressRefusedError,
    BadAnswerError,
    Fetcher,
    FetchError,
    HostRefusedError,
    InternalAddressError,
    TooLargePageError,
    UnreachableError,
    allowed_hosts,
    checked,
    is_public,
)

PUBLIC, OTHER = "93.184.216.34", "198.41.0.4"
WARD = "city.mihon.lg.jp"
INSIDE_V4 = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.1", "192.168.0.1",
    "192.168.255.255", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.8", "192.0.2.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
)  # fmt: skip
INSIDE_V6 = (
    "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2002:7f00:1::", "2002:a00:1::",
    "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe", "2001:0:53aa:64c::1", "2001:db8::1", "100::1",
)  # fmt: skip
SPELLINGS = (
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://017700000001/", "http://0x7f000001/",
    "http://0x7f.0x0.0x0.0x1/", "http://0177.0.0.1/", "http://127.0.0.1./", "http://127.000.000.001/", "http://0/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1%25lo]/",
    "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://0xa9fea9fe/", "http://[fd00:ec2::254]/",
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://metadata/", "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/", f"http://{WARD}@127.0.0.1/", f"http://user:pass@{WARD}/", f"http://127.0.0.1#@{WARD}/",
    f"http://127.0.0.1\\@{WARD}/", f"http://{WARD}\\.evil.example/", f"http://{WARD}:22/", f"http://{WARD}:6379/",
    f"http://{WARD}:8000/", f"https://{WARD}:80/", f"http://{WARD}:443/", f"http://{WARD}:0/", f"http://{WARD}:99999/",
    f"http://{WARD}:80 /", f"http://{WARD}\t/", f"http://{WARD}\r\nHost: x/", f"http://{WARD}/\x00", f" http://{WARD}/",
    "file:///etc/passwd", "gopher://127.0.0.1:70/_x", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/",
    "jar:http://127.0.0.1!/", "data:text/html,x", "javascript:alert(1)", "//127.0.0.1/", "/etc/passwd", "", "http://",
    "http:///etc/passwd", "http://?", "http://.", "http://..", "http://-a.jp/", "https:127.0.0.1", f"http:{WARD}",
    "http://[", "http://[::1", "http://]", f"http://{WARD}%00.evil.example/", f"http://{WARD}%2eevil.example/",
    "http://evil.example/", f"http://{WARD}.evil.example/", f"http://evil{WARD}/", f"http://{WARD}.nip.io/",
    "http://127.0.0.1.nip.io/", "http://a." + "b" * 70 + ".jp/", "http://" + "a." * 140 + "jp/",
    f"http://{WARD}/" + "a" * 2100,
)  # fmt: skip


class _Page(http.server.BaseHTTPRequestHandler):
    routes: dict[str, tuple[int, dict[str, str], bytes]]
    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, headers, body = self.routes.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


@dataclass
class World:
    """A ward's site that looks public, and sinks where the inside would be; the fetcher is told to see them so."""

    port: int
    routes: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def connect(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        self.connected.append(f"{address}:{port}")
        real = self.port if address in (PUBLIC, OTHER) else port
        return httpcore.SyncBackend().connect_tcp("127.0.0.1" if real == self.port else address, real, seconds)

    def fetcher(self, resolve: Callable[[str, int], list[str]], **limits: float) -> Fetcher:
        return Fetcher(frozenset([WARD]), resolve=resolve, connect=self.connect, **limits)  # type: ignore[arg-type]


@pytest.fixture
def world() -> Iterator[World]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = World(port)
    page = type("Page", (_Page,), {"routes": made.routes, "seen": made.seen})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), page)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with ExitStack() as stack:
        for address in ("127.0.0.1", "127.0.0.2"):
            for sink in (80, 443):
                stack.enter_context(_sink(made, address, sink))
        yield made
    server.shutdown()
    server.server_close()


@contextmanager
def _sink(world: World, address: str, port: int) -> Iterator[None]:
    """Notes whoever connects; where the port is taken or not ours to open, the note of every connection remains."""
    try:
        listening = socket.create_server((address, port))
    except OSError:
        yield
        return

    def accept() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            world.inside.append(f"{address}:{port}")
            client.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def _public(host: str, port: int) -> list[str]:
    return [PUBLIC]


def test_a_page_comes_back_with_where_and_what_it_is(world: World) -> None:
    """Body, media type and final address; one plain request without cookies, credentials or compression."""
    world.routes["/a?b=1"] = (200, {"Content-Type": "Text/HTML; charset=utf-8", "Set-Cookie": "a=b"}, b"<p>x")
    fetched = world.fetcher(_public).fetch(f"http://www.{WARD}/a?b=1")
    assert (fetched.url, fetched.media_type, fetched.body) == (f"http://www.{WARD}/a?b=1", "text/html", b"<p>x")
    ((path, headers),) = world.seen
    assert (path, headers["host"], headers["accept-encoding"]) == ("/a?b=1", f"www.{WARD}", "identity")
    assert {"cookie", "authorization", "referer"}.isdisjoint(headers)
    assert world.connected == [f"{PUBLIC}:80"]


def test_redirects_within_are_followed_without_cookies(world: World) -> None:
    """A moved page is found, and what the first answer set is not sent to the second."""
    world.routes["/old"] = (301, {"Location": "/new", "Set-Cookie": "a=b"}, b"")
    world.routes["/new"] = (200, {"Content-Type": "text/plain"}, b"new")
    assert world.fetcher(_public).fetch(f"http://{WARD}/old").url == f"http://{WARD}/new"
    assert "cookie" not in world.seen[1][1]


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_an_address_leads_inside(world: World, url: str) -> None:
    """Odd numbers, names, ports, schemes and credentials are refused before anything is looked up."""
    looked_up: list[str] = []
    with pytest.raises((AddressRefusedError, HostRefusedError)):
        world.fetcher(lambda host, _: looked_up.append(host) or ["127.0.0.1"]).fetch(url)  # type: ignore[func-returns-value]
    assert (looked_up, world.connected, world.inside) == ([], [], [])


@pytest.mark.parametrize("address", INSIDE_V4 + INSIDE_V6)
def test_an_allowed_name_that_points_inside_is_refused(world: World, address: str) -> None:
    """Alone, and beside a public address."""
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        with pytest.raises(InternalAddressError):
            world.fetcher(lambda *_, found=found: found).fetch(f"https://{WARD}/")
    assert (world.connected, world.inside) == ([], [])


@pytest.mark.parametrize("target", [*SPELLINGS[:50:2], "http://127.0.0.1:443/", "//127.0.0.1/", "http:/\\127.0.0.1/"])
def test_no_redirect_leads_inside(world: World, target: str) -> None:
    """Wherever an allowed page points, only allowed pages are connected to."""
    sent = target.encode("latin-1", "ignore").decode("latin-1").replace("\r", "").replace("\n", "").replace("\x00", "")
    world.routes["/"] = (302, {"Location": sent}, b"")
    with pytest.raises(FetchError):
        world.fetcher(_public).fetch(f"http://{WARD}/")
    assert set(world.connected) == {f"{PUBLIC}:80"}
    assert world.inside == []


def test_a_name_that_changes_its_mind_is_judged_at_each_connection(world: World) -> None:
    """DNS rebinding: public when first asked, inside for the redirect a moment later."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    world.routes["/"] = (302, {"Location": f"http://www.{WARD}/", "Connection": "close"}, b"")
    with pytest.raises(InternalAddressError):
        world.fetcher(lambda *_: next(answers)).fetch(f"http://{WARD}/")
    assert (world.connected, world.inside) == ([f"{PUBLIC}:80"], [])


def test_the_address_judged_is_the_address_used(world: World) -> None:
    """One lookup for one connection: there is no second answer to switch to."""
    looked_up: list[str] = []
    world.routes["/"] = (200, {"Content-Type": "text/plain"}, b"x")
    world.fetcher(lambda host, _: looked_up.append(host) or [PUBLIC]).fetch(f"http://{WARD}/")  # type: ignore[func-returns-value]
    assert (looked_up, world.connected) == ([WARD], [f"{PUBLIC}:80"])


def test_a_secure_page_does_not_lead_to_an_open_one() -> None:
    """From https there is no way back to http."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://city.mihon.lg.jp/x\r\nContent-Length: 0\r\n\r\n"
    stream = httpcore.MockStream([moved])
    fetcher = Fetcher(frozenset([WARD]), resolve=_public, connect=lambda *_: stream)
    with pytest.raises(AddressRefusedError):
        fetcher.fetch(f"https://{WARD}/")


@pytest.mark.parametrize(
    ("route", "error"),
    [
        ((404, {}, b""), BadAnswerError),
        ((500, {}, b""), BadAnswerError),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), BadAnswerError),
        ((302, {"Location": "/"}, b""), BadAnswerError),
        ((200, {"Content-Type": "text/plain"}, b"x" * 2001), TooLargePageError),
        ((200, {"Content-Length": "9"}, b"x"), UnreachableError),
    ],
)
def test_what_is_no_page_is_said_so(world: World, route: tuple[int, dict[str, str], bytes], error: type) -> None:
    """Missing, failing, compressed, circling, endless and broken-off answers each have their sentence."""
    world.routes["/"] = route
    with pytest.raises(error):
        world.fetcher(_public, most_bytes=2000, seconds=5).fetch(f"http://{WARD}/")


def test_a_page_that_drips_is_given_up(world: World) -> None:
    """The whole fetch has one time limit, however often a byte comes."""
    world.routes["/"] = (200, {}, b"x" * 200_000)
    with pytest.raises(TooLargePageError):
        world.fetcher(_public, seconds=0).fetch(f"http://{WARD}/")


def test_a_name_nobody_knows_is_unreachable(world: World) -> None:
    """As is a host that refuses the connection."""

    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(UnreachableError):
        world.fetcher(nowhere).fetch(f"http://{WARD}/")


@given(
    st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="127.0.0.0/8") | st.ip_addresses(network="fc00::/7")
)
def test_private_addresses_are_never_public(address: object) -> None:
    """Whatever the number."""
    assert not is_public(str(address))


def test_public_addresses_are() -> None:
    """Of both families; words are no addresses."""
    assert is_public(PUBLIC)
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")
    assert not is_public("example")


def test_the_ward_s_own_domain_is_allowed_unless_others_are_named() -> None:
    """`www.` is taken off, so that its neighbours are in; named hosts replace it."""
    assert allowed_hosts("", "https://www.city.toshima.lg.jp/") == {"city.toshima.lg.jp"}
    assert allowed_hosts(" A.jp, *.b.lg.jp ,", "https://www.city.toshima.lg.jp/") == {"a.jp", "b.lg.jp"}
    assert checked("https://www.city.toshima.lg.jp/a").hostname == "www.city.toshima.lg.jp"
