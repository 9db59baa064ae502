"""Signing in as ASVS 6 and 7 ask: steps, tokens, lockout, ends of sessions, nothing told about accounts."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pyotp
import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from bot.console.app import mount_console
from bot.console.frame import Console
from bot.console.visit import csrf_of
from knowledge import second_factor, sessions, staff
from knowledge.models import Role, SessionOrigin, SessionStage, StaffRow
from knowledge.sessions import begin
from knowledge.sign_in import hand_out_password, set_password
from knowledge.staff import NewStaff
from tests.bot.console.conftest import Clock, Staff
from tests.bot.console.people import csrf_in
from tests.bot.web.page import read

PASSWORD, LOGIN = "はる なつ あき ふゆ 春夏秋冬", "yamada"
NAME = "pocket-staff"


@dataclass
class Visitor:
    """A browser at the sign-in."""

    client: TestClient
    console: Console

    @property
    def token(self) -> str:
        return self.client.cookies.get(NAME) or ""

    def get(self, path: str) -> Response:
        return self.client.get(f"/staff{path}")

    def post(self, path: str, **fields: str) -> Response:
        return self.client.post(f"/staff{path}", data={"csrf": csrf_of(self.token), **fields})

    def password(self, login: str = LOGIN, password: str = PASSWORD, path: str = "") -> Response:
        self.get("/sign-in")
        return self.post("/sign-in", login=login, password=password, next=path)

    def code(self, secret: str) -> Response:
        return self.post("/sign-in/code", code=pyotp.TOTP(secret).at(self.console.clock()))

    def is_in(self) -> bool:
        return self.get("/").status_code == 200


@pytest.fixture
def visitor(app: FastAPI, console: Console) -> Visitor:
    """Somebody who has just opened the browser."""
    return Visitor(TestClient(app, follow_redirects=False), console)


@pytest.fixture
def secret(console: Console) -> str:
    """The secret of the account `yamada`, which has a password and an app."""
    secret = second_factor.new_secret()
    with console.pocket.sessions.begin() as session:
        row = _account(console, session)
        set_password(row, console.passwords, PASSWORD, console.clock())
        second_factor.enrol(session, row, secret, 0, console.clock())
    return secret


def _account(console: Console, session: object) -> StaffRow:
    new = NewStaff(LOGIN, "山田 花子", "総合窓口課", frozenset({Role.EDITOR}))
    return staff.add(session, new, console.clock())  # type: ignore[arg-type]


def test_password_then_code_opens_the_page_that_was_wanted(visitor: Visitor, secret: str) -> None:
    """Signed out, a page leads to the sign-in and, two steps later, back to itself."""
    away = visitor.get("/account")
    assert away.headers["location"] == "/staff/sign-in?next=/staff/account"
    first = visitor.password(path="/staff/account")
    assert first.headers["location"] == "/staff/sign-in/code?next=/staff/account"
    assert not visitor.is_in()
    code = pyotp.TOTP(secret).at(visitor.console.clock())
    second = visitor.post("/sign-in/code", code=f" {code[:3]} {code[3:]} ", next="/staff/account")
    assert second.headers["location"] == "/staff/account"
    assert "山田 花子" in visitor.get("/account").text


def test_each_step_gives_a_new_token(visitor: Visitor, secret: str) -> None:
    """A token planted before the sign-in is worth nothing after it: 256 bits, new at each step."""
    visitor.client.cookies.set(NAME, "planted", domain="testserver.local", path="/")
    tokens = ["planted"]
    visitor.password()
    tokens.append(visitor.token)
    visitor.code(secret)
    tokens.append(visitor.token)
    assert len(set(tokens)) == 3
    assert all(len(token) == 43 for token in tokens[1:])
    for old in tokens[:2]:
        stranger = TestClient(visitor.client.app, follow_redirects=False, cookies={NAME: old})
        assert stranger.get("/staff/").status_code == 303


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "/staff/../x//y", "/"])
def test_the_way_on_stays_in_the_console(visitor: Visitor, secret: str, path: str) -> None:
    """Whatever the address of the sign-in form said."""
    visitor.password(path=path)
    code = pyotp.TOTP(secret).at(visitor.console.clock())
    assert visitor.post("/sign-in/code", code=code, next=path).headers["location"] == "/staff/"


def test_a_code_serves_once(visitor: Visitor, secret: str, app: FastAPI) -> None:
    """The code that let one browser in lets no other in, nor does an older one; the next one does."""
    visitor.password()
    assert visitor.code(secret).status_code == 303
    other = Visitor(TestClient(app, follow_redirects=False), visitor.console)
    other.password()
    assert other.code(secret).status_code == 422
    earlier = pyotp.TOTP(secret).at(visitor.console.clock() - timedelta(seconds=30))
    assert other.post("/sign-in/code", code=earlier).status_code == 422
    later = pyotp.TOTP(secret).at(visitor.console.clock() + timedelta(seconds=30))
    assert other.post("/sign-in/code", code=later).status_code == 303


def test_ten_wrong_passwords_and_then_a_wait(visitor: Visitor, secret: str, clock: Clock) -> None:
    """The eleventh try is not looked at, even with the right password; a quarter of an hour later it is."""
    for _ in range(10):
        assert "ログイン名かパスワードが違います" in visitor.password(password="wrong").text
    assert "15分ほど待って" in visitor.password().text
    clock.forward(timedelta(minutes=14, seconds=59))
    assert visitor.password().status_code == 422
    clock.forward(timedelta(seconds=1))
    assert visitor.password().status_code == 303


def test_five_wrong_codes_and_then_a_wait(visitor: Visitor, secret: str, clock: Clock) -> None:
    """Recovery codes count with them; signing in anew does not start the count anew."""
    visitor.password()
    for _ in range(4):
        assert "コードが違うか" in visitor.post("/sign-in/code", code="000000").text
    visitor.password()
    assert "コードが違うか" in visitor.post("/sign-in/code", code="aaaa-bbbb-cccc-dddd").text
    assert "15分ほど待って" in visitor.code(secret).text
    clock.forward(timedelta(minutes=15))
    visitor.password()
    assert visitor.code(secret).status_code == 303


def test_an_address_has_its_own_count(visitor: Visitor) -> None:
    """Somebody who tries one password on many logins waits, too."""
    answers = [visitor.password(login=f"clerk{number}", password="spring2026").text for number in range(51)]
    assert all("ログイン名かパスワードが違います" in each for each in answers[:50])
    assert "15分ほど待って" in answers[50]


def test_nothing_tells_whether_there_is_an_account(visitor: Visitor, secret: str, console: Console) -> None:
    """Unknown, disabled, without password, or with a wrong one: the same page, and the same lockout."""
    with console.pocket.sessions.begin() as session:
        gone = staff.add(session, NewStaff("gone", "佐藤", None, frozenset({Role.AUDITOR})), console.clock())
        set_password(gone, console.passwords, PASSWORD, console.clock())
        staff.disable(session, gone, console.clock())
        staff.add(session, NewStaff("sso", "鈴木", None, frozenset({Role.AUDITOR}), "sub"), console.clock())
    pages = set()
    for login in (LOGIN, "gone", "sso", "nobody"):
        texts = [visitor.password(login, "wrong password").text for _ in range(12)]
        pages.add(tuple(text.replace(login, "").replace(csrf_in(text), "") for text in texts))
    assert len(pages) == 1


def test_the_work_is_the_same_without_an_account(console: Console, secret: str, visitor: Visitor) -> None:
    """A hash is computed for whoever is named."""
    checked: list[bool] = []
    fits = console.passwords.fits

    def counting(kept: str | None, password: str) -> bool:
        checked.append(kept is not None)
        return fits(kept, password)

    console.passwords.fits = counting  # type: ignore[method-assign]
    visitor.password(LOGIN, "wrong")
    visitor.password("nobody", "wrong")
    console.passwords.fits = fits  # type: ignore[method-assign]
    assert checked == [True, False]


def test_idle_for_half_an_hour_and_out(visitor: Visitor, secret: str, clock: Clock) -> None:
    """Every visit counts against it."""
    visitor.password()
    visitor.code(secret)
    for _ in range(3):
        clock.forward(timedelta(minutes=28))
        assert visitor.is_in()
    clock.forward(timedelta(minutes=30))
    assert not visitor.is_in()


def test_after_twelve_hours_everybody_signs_in_again(visitor: Visitor, secret: str, clock: Clock) -> None:
    """However busy they were."""
    visitor.password()
    visitor.code(secret)
    for _ in range(35):
        clock.forward(timedelta(minutes=20))
        assert visitor.is_in()
    clock.forward(timedelta(minutes=20))
    assert not visitor.is_in()


def test_half_way_lasts_ten_minutes(visitor: Visitor, secret: str, clock: Clock) -> None:
    """From the password to the code."""
    visitor.password()
    clock.forward(timedelta(minutes=10))
    assert visitor.code(secret).status_code == 401


def test_signing_out_ends_the_session(visitor: Visitor, secret: str) -> None:
    """The token is worth nothing any more; the next page says so once."""
    visitor.password()
    visitor.code(secret)
    token = visitor.token
    assert visitor.post("/sign-out").headers["location"] == "/staff/sign-in"
    assert "サインアウトしました" in visitor.get("/sign-in").text
    assert "サインアウトしました" not in visitor.get("/sign-in").text
    assert (
        TestClient(visitor.client.app, cookies={NAME: token}, follow_redirects=False).get("/staff/").status_code == 303
    )


def test_the_cookie_is_bound_to_https_where_there_is_https(console: Console) -> None:
    """With an https address it is __Host-, Secure, HttpOnly and SameSite; its value is never in a page."""
    settings = console.pocket.settings.model_copy(update={"public_url": "https://bot.example.jp"})
    app = FastAPI()
    mount_console(app, Console(replace(console.pocket, settings=settings), passwords=console.passwords))
    answer = TestClient(app).get("/staff/sign-in")
    cookie = answer.headers["set-cookie"]
    token = cookie.split("=")[1].split(";")[0]
    assert cookie.startswith("__Host-pocket-staff=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert token not in answer.text


def test_a_first_sign_in_sets_up_everything(visitor: Visitor, console: Console) -> None:
    """With a password that was handed out: the app, ten recovery codes, a password of one's own, then in."""
    with console.pocket.sessions.begin() as session:
        handed = hand_out_password(_account(console, session), console.passwords, console.clock())
    assert visitor.password(password=handed).headers["location"].startswith("/staff/sign-in/enrol")
    page = visitor.get("/sign-in/enrol").text
    secret = page.split('class="secret">')[1].split("<")[0].replace(" ", "")
    assert 'src="data:image/svg+xml' in page
    assert visitor.post("/sign-in/enrol", code="000000").status_code == 422
    shown = visitor.post("/sign-in/enrol", code=pyotp.TOTP(secret).at(console.clock()))
    codes = [part.split("<")[0] for part in shown.text.split('class="secret">')[1:]]
    assert len(set(codes)) == 10
    assert not visitor.is_in()
    assert visitor.get("/sign-in/code").headers["location"].startswith("/staff/sign-in/password")
    refused = [
        visitor.post("/sign-in/password", password=handed, again=handed),
        visitor.post("/sign-in/password", password=PASSWORD, again=PASSWORD + "x"),
        visitor.post("/sign-in/password", password="yamada yamada", again="yamada yamada"),
    ]
    assert [answer.status_code for answer in refused] == [422, 422, 422]
    assert visitor.post("/sign-in/password", password=PASSWORD, again=PASSWORD).headers["location"] == "/staff/"
    assert visitor.is_in()
    other = Visitor(TestClient(visitor.client.app, follow_redirects=False), console)
    assert other.password(password=handed).status_code == 422
    other.password()
    assert other.post("/sign-in/code", code=codes[3].upper().replace("-", " ")).status_code == 303
    third = Visitor(TestClient(visitor.client.app, follow_redirects=False), console)
    third.password()
    assert third.post("/sign-in/code", code=codes[3]).status_code == 422


def test_a_handed_out_password_lasts_three_days(visitor: Visitor, console: Console, clock: Clock) -> None:
    """Then the administrator hands out another."""
    with console.pocket.sessions.begin() as session:
        handed = hand_out_password(_account(console, session), console.passwords, console.clock())
    clock.forward(timedelta(days=3))
    assert visitor.password(password=handed).status_code == 422


def test_nobody_is_in_without_a_second_factor(visitor: Visitor, console: Console) -> None:
    """An account with a password alone is led to set the app up, whatever page it asks for."""
    with console.pocket.sessions.begin() as session:
        set_password(_account(console, session), console.passwords, PASSWORD, console.clock())
    visitor.password()
    assert not visitor.is_in()
    assert visitor.get("/sign-in/code").headers["location"].startswith("/staff/sign-in/enrol")
    assert visitor.get("/account").headers["location"].startswith("/staff/sign-in?")


def test_what_was_written_is_given_back_where_nobody_is_known(staff: Staff, console: Console, clock: Clock) -> None:
    """A form sent with a session that is gone altogether is shown to be copied; secrets in it are not."""
    clerk = staff(Role.SYSTEM)
    with console.pocket.sessions.begin() as session:
        sessions.end(session, clerk.token)
    answer = clerk.post("/people", {"name": "長い<b>文章</b>", "password": "geheim"})
    page = read(answer.text)
    assert (answer.status_code, "長い<b>文章</b>" in page.text, "geheim" in answer.text) == (401, True, False)


def test_the_demo_is_for_demo_mode_alone(console: Console, app: FastAPI) -> None:
    """Its entrance is not mounted elsewhere, and a session from it opens nothing there."""
    demo = FastAPI()
    mount_console(demo, Console(console.pocket, demo=True, passwords=console.passwords))
    client = TestClient(demo, follow_redirects=False)
    form = client.get("/staff/sign-in").text
    assert form.count('action="/staff/sign-in/demo"') == 1
    for role in Role:
        token = csrf_of(client.cookies[NAME])
        assert client.post("/staff/sign-in/demo", data={"role": role.value, "csrf": token}).status_code == 303
        assert client.get("/staff/").status_code == 200
    real = TestClient(app, follow_redirects=False, cookies={NAME: client.cookies[NAME]})
    assert real.get("/staff/").status_code == 303
    assert "sign-in/demo" not in real.get("/staff/sign-in").text
    assert (
        real.post("/staff/sign-in/demo", data={"role": "system", "csrf": csrf_of(client.cookies[NAME])}).status_code
        == 404
    )


def test_ended_sessions_are_cleared_away(console: Console, clock: Clock, secret: str) -> None:
    """They do not pile up: twelve hours after its end nobody needs to know whose a session was."""
    with console.pocket.sessions.begin() as session:
        row = staff.by_login(session, LOGIN)
        assert row
        for _ in range(5):
            begin(session, row.id, SessionStage.FULL, SessionOrigin.LOCAL, clock())
            clock.forward(timedelta(hours=13))
    with console.pocket.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM staff_sessions").scalar()
    assert count == 1
