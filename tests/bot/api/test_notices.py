"""Asking for notices over real HTTP: what is accepted, what is refused and how, and what a resident then reads."""

from datetime import timedelta
from threading import Thread

from sqlalchemy import select

from bot.api.problems import MEDIA
from knowledge import api_clients, links, templates
from knowledge.audit import COMMAND_LINE
from knowledge.models import Letter, Resident, ResidentChoices, ResidentStatus
from tests.bot.api.conftest import VALUES, Desk
from tests.bot.notices.world import Member
from tests.knowledge.notices.town import line_id


def test_a_notice_reaches_its_resident_once_in_their_words(desk: Desk) -> None:
    """Japanese, plain Japanese or English as the resident reads; the state goes from accepted to delivered."""
    desk.template()
    system = desk.client("result")
    with desk.town.sessions.begin() as session:
        session.add(ResidentChoices(resident_id=2, plain_japanese=True, updated_at=desk.town.now))
        session.add(ResidentChoices(resident_id=3, language="en", updated_at=desk.town.now))
        session.add(ResidentChoices(resident_id=4, language="vi", updated_at=desk.town.now))
    tokens = {resident: desk.linked(system, resident) for resident in range(1, 5)}
    asked = {resident: system.ask(token) for resident, token in tokens.items()}
    assert {answer.status_code for answer in asked.values()} == {202}
    assert system.state(asked[1].json()["id"]) == "accepted"
    desk.send()
    assert {system.state(answer.json()["id"]) for answer in asked.values()} == {"delivered"}
    said = dict(desk.texts())
    assert len(desk.texts()) == 4
    assert "2026年12月1日（火）までに" in said[line_id(1)]
    assert "2件です。" in said[line_id(1)]
    assert "結果（けっか）" in said[line_id(2)]
    assert "2026-12-01" in said[line_id(3)]
    assert "申請の結果" in said[line_id(4)]
    assert "unlink:" in said[line_id(1)]


def test_the_same_key_and_body_is_one_notice_and_another_body_a_conflict(desk: Desk) -> None:
    """Also when both requests come at once; after thirty days the key is free again."""
    desk.template()
    system = desk.client("result")
    token = desk.linked(system, 1)
    answers = [system.ask(token, "key-1")]
    threads = [Thread(target=lambda: answers.append(system.ask(token, "key-1"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert answers[-1].headers["idempotent-replayed"] == "true"
    other = system.ask(token, "key-1", values=VALUES | {"count": 3})
    assert (other.status_code, other.json()["type"]) == (409, "urn:pocket-gyosei:problem:idempotency-key-used")
    desk.send()
    assert len(desk.texts()) == 1
    assert system.ask(token, "key-1").json()["status"] == "accepted"
    mine, theirs = desk.client("result"), system
    assert mine.call("GET", f"/api/v1/notices/{answers[0].json()['id']}").status_code == 404
    assert theirs.state(answers[0].json()["id"]) == "delivered"


WRONG: list[tuple[dict[str, object], int, str]] = [
    ({"template": "other"}, 403, "template-not-allowed"),
    ({"values": {}}, 422, "values-wrong"),
    ({"values": VALUES | {"count": 10}}, 422, "values-wrong"),
    ({"values": VALUES | {"count": "2"}}, 422, "values-wrong"),
    ({"values": VALUES | {"count": True}}, 422, "body-wrong"),
    ({"values": VALUES | {"by": "2026-02-30"}}, 422, "values-wrong"),
    ({"values": VALUES | {"by": "2036-12-01"}}, 422, "values-wrong"),
    ({"values": VALUES | {"desk": "マイナンバー 123456789012"}}, 422, "values-wrong"),
    ({"values": VALUES | {"procedure": "nothing"}}, 422, "values-wrong"),
    ({"values": VALUES | {"more": "自由な文"}}, 422, "values-wrong"),
    ({"text": "自由な文"}, 422, "body-wrong"),
    ({"values": VALUES | {"by": "長" * 65}}, 422, "body-wrong"),
]


def test_what_is_wrong_is_said_and_never_repeated(desk: Desk) -> None:
    """Problem details with a Japanese title; nothing was kept, so the key is free, and nothing sent comes back."""
    desk.template()
    system = desk.client("result")
    token = desk.linked(system, 1)
    for changes, status, kind in WRONG:
        answer = system.ask(token, "one", **changes)
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:pocket-gyosei:problem:{kind}"), changes
        assert answer.headers["content-type"] == MEDIA
        assert answer.json()["title"].endswith("。")
        assert "自由な文" not in answer.text
        assert "123456789012" not in answer.text
    assert system.ask("x" * 43, "one").json()["type"] == "urn:pocket-gyosei:problem:link-unknown"
    assert system.ask(token, "one").status_code == 202


def test_who_has_no_good_key_is_nobody(desk: Desk) -> None:
    """No key, a made-up one, another's secret and a withdrawn one are all the same 401."""
    desk.template()
    system, other = desk.client("result"), desk.client("result")
    token = desk.linked(system, 1)
    good = system.key
    swapped = other.key[:20] + good[20:]
    for key in ("x", good[:-1] + ("A" if good[-1] != "A" else "B"), swapped, good + "\n"):
        system.key = key.strip()
        if key.strip() != good:
            answer = system.ask(token)
            assert (answer.status_code, answer.json()["type"]) == (401, "urn:pocket-gyosei:problem:unknown-key")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    system.key = good
    with desk.town.sessions.begin() as session:
        api_clients.withdraw(session, api_clients.get(session, system.id), COMMAND_LINE, desk.town.now)
    assert system.ask(token).status_code == 401
    assert other.ask(token).json()["type"] == "urn:pocket-gyosei:problem:link-unknown"


def test_nobody_asks_more_often_than_allowed(desk: Desk) -> None:
    """The sixty-first request of a minute is told how long to wait; the next minute is a new one; others go on."""
    system, other = desk.client(), desk.client()
    answers = [system.call("GET", "/api/v1/templates").status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    refused = system.call("GET", "/api/v1/templates")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert other.call("GET", "/api/v1/templates").status_code == 200
    desk.town.clock.pass_(61)
    assert system.call("GET", "/api/v1/templates").status_code == 200


def test_a_template_is_used_only_as_two_people_agreed(desk: Desk) -> None:
    """After an edit or a withdrawal nothing is accepted, and what waits is not sent."""
    template_id = desk.template()
    system = desk.client("result")
    token = desk.linked(system, 1)
    waiting = system.ask(token).json()["id"]
    with desk.town.sessions.begin() as session:
        row = templates.load(session, template_id)
        value = templates.content_of(row)
        templates.edit(session, row, "別の題", "課", value, Member(2), desk.town.now)
    assert system.ask(token).json()["type"] == "urn:pocket-gyosei:problem:template-not-approved"
    assert system.call("GET", "/api/v1/templates").json()[0]["usable"] is False
    desk.send()
    assert desk.texts() == []
    assert system.state(waiting) == "refused"


def test_a_row_changed_behind_the_product_is_not_used(desk: Desk) -> None:
    """The approval is for the words themselves, not for the row's status."""
    template_id = desk.template()
    system = desk.client("result")
    token = desk.linked(system, 1)
    with desk.town.sessions.begin() as session:
        row = templates.load(session, template_id)
        row.content = row.content | {"keeps_quiet": False}
    assert system.ask(token).json()["type"] == "urn:pocket-gyosei:problem:template-not-approved"


def test_who_has_left_or_ended_the_link_is_not_written_to(desk: Desk) -> None:
    """Blocked before the first byte, whoever ended it; a new notice over an ended link is a conflict."""
    desk.template()
    system = desk.client("result")
    gone, ended, stays = (desk.linked(system, resident) for resident in (1, 2, 3))
    notices = [system.ask(token).json()["id"] for token in (gone, ended, stays)]
    with desk.town.sessions.begin() as session:
        session.get_one(Resident, 1).status = ResidentStatus.BLOCKED
        row = links.of_token(session, system.id, ended)
        assert row
        assert links.end_by_resident(session, row.id, 3, desk.town.now) is None
        assert links.end_by_resident(session, row.id, 2, desk.town.now) == "児童手当システム"
    desk.send()
    assert [system.state(each) for each in notices] == ["blocked", "blocked", "delivered"]
    assert [to for to, _ in desk.texts()] == [line_id(3)]
    answer = system.ask(ended)
    assert (answer.status_code, answer.json()["state"]) == (409, "ended")


def test_quiet_hours_are_kept_where_the_template_says_so(desk: Desk) -> None:
    """One who sleeps all day but an hour hears then; what does not wait comes at once."""
    desk.template()
    desk.template("now", keeps_quiet=False)
    system = desk.client("result", "now")
    with desk.town.sessions.begin() as session:
        minute = (desk.town.now + timedelta(hours=9)).hour * 60
        session.add(
            ResidentChoices(
                resident_id=1, quiet_from=minute, quiet_until=(minute + 120) % 1440, updated_at=desk.town.now
            )
        )
    token = desk.linked(system, 1)
    waits, hurries = system.ask(token).json()["id"], system.ask(token, template="now").json()["id"]
    desk.send(60)
    assert (system.state(waits), system.state(hurries)) == ("accepted", "delivered")
    desk.send(3 * 3600)
    assert system.state(waits) == "delivered"
    assert len(desk.texts()) == 2


def test_what_was_said_is_not_kept(desk: Desk) -> None:
    """Once delivered, a letter's words are gone; neither token, code nor key stand anywhere in the database."""
    desk.template()
    system = desk.client("result")
    token = desk.linked(system, 1)
    system.ask(token)
    desk.send()
    with desk.town.sessions() as session:
        assert session.scalars(select(Letter.messages)).all() == [None]
        connection = session.connection()
        for table in ("resident_links", "api_clients", "idempotency_keys", "letters", "audit_entries"):
            rows = str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert token not in rows
            assert system.key.split("_", 2)[2] not in rows
            assert line_id(1) not in rows
