"""Rate limits and faults on demand, over real connections."""

from random import Random

import httpx
import pytest

from bot.line.limits import Rate
from bot.simulator.endpoints import ADDRESSES, Address, Endpoint
from bot.simulator.faults import Fault, Faults
from bot.simulator.people import User
from bot.simulator.rates import Rates
from tests.bot.simulator.stand import KEY, Api


@pytest.mark.parametrize(("fault", "status"), [(Fault.RATE_LIMITED, 429), (Fault.SERVER_ERROR, 500)])
def test_refusals_before_accepting(api: Api, alice: User, fault: Fault, status: int) -> None:
    """The request is answered so and not accepted; the same retry key then goes through."""
    api.platform.faults.queue(Endpoint.PUSH, fault)
    assert api.push(alice.id, x_line_retry_key=KEY).status_code == status
    assert api.platform.ledger.accepted() == ()
    assert api.push(alice.id, x_line_retry_key=KEY).status_code == 200


def test_a_time_out_accepts_nothing(api: Api, alice: User) -> None:
    """The client gives up, the platform has nothing, the retry is accepted once."""
    api.platform.faults.queue(Endpoint.PUSH, Fault.TIMEOUT)
    with pytest.raises(httpx.ReadTimeout):
        api.http.post(
            "/v2/bot/message/push",
            json={"to": alice.id, "messages": []},
            headers={"authorization": "Bearer stand-in-token"},
            timeout=0.2,
        )
    assert api.platform.ledger.accepted() == ()
    assert [entry.status for entry in api.platform.ledger.refused()] == [None]
    assert api.push(alice.id).status_code == 200


def test_a_reset_accepts_nothing(api: Api, alice: User) -> None:
    """The connection closes and nothing was accepted."""
    api.platform.faults.queue(Endpoint.PUSH, Fault.RESET)
    with pytest.raises(httpx.RemoteProtocolError):
        api.push(alice.id)
    assert api.platform.ledger.accepted() == ()
    assert api.push(alice.id).status_code == 200


def test_a_lost_reply_was_accepted(api: Api, alice: User) -> None:
    """The connection closes after accepting: the retry with the same key is 409, and the message is shown once."""
    api.platform.faults.queue(Endpoint.PUSH, Fault.REPLY_LOST, Fault.ACCEPTED_ERROR)
    with pytest.raises(httpx.RemoteProtocolError):
        api.push(alice.id, x_line_retry_key=KEY)
    assert len(api.platform.ledger.accepted()) == 1
    assert api.push(alice.id, x_line_retry_key=KEY).status_code == 500
    assert api.push(alice.id, x_line_retry_key=KEY).status_code == 409
    assert len(api.platform.ledger.shown_to(alice.id)) == 1


def test_an_error_after_accepting(api: Api, alice: User) -> None:
    """500, though the message is shown."""
    api.platform.faults.queue(Endpoint.PUSH, Fault.ACCEPTED_ERROR)
    assert api.push(alice.id).status_code == 500
    assert len(api.platform.ledger.shown_to(alice.id)) == 1


def test_faults_meet_their_own_endpoint_only(api: Api, alice: User) -> None:
    """A fault waiting for replies leaves pushes alone, and can be taken back."""
    api.platform.faults.queue(Endpoint.REPLY, Fault.SERVER_ERROR)
    assert api.push(alice.id).status_code == 200
    assert api.platform.faults.waiting() == {Endpoint.REPLY: (Fault.SERVER_ERROR,)}
    api.platform.faults.clear()
    assert api.platform.faults.waiting() == {}


def test_faults_by_chance_come_as_often_as_told() -> None:
    """Of 10,000 requests about a tenth and a fifth meet the faults; queued ones come first."""
    faults = Faults(Random(7))
    faults.chance(Endpoint.PUSH, {Fault.TIMEOUT: 0.1, Fault.SERVER_ERROR: 0.2})
    faults.queue(Endpoint.PUSH, Fault.RESET)
    assert faults.take(Endpoint.PUSH) is Fault.RESET
    met = [faults.take(Endpoint.PUSH) for _ in range(10_000)]
    assert met.count(Fault.TIMEOUT) == pytest.approx(1_000, rel=0.15)
    assert met.count(Fault.SERVER_ERROR) == pytest.approx(2_000, rel=0.15)
    with pytest.raises(ValueError, match="add up"):
        faults.chance(Endpoint.PUSH, {Fault.TIMEOUT: 0.6, Fault.RESET: 0.6})


def test_the_rate_limit_of_an_endpoint(api: Api, alice: User) -> None:
    """Multicast takes 200 in a moment and refuses the next; a hundredth of a second later two more pass."""
    statuses = [api.multicast([alice.id]).status_code for _ in range(201)]
    assert statuses == [200] * 200 + [429]
    expected = "The API rate limit has been exceeded. Try again later."
    assert api.multicast([alice.id]).json() == {"message": expected}
    api.clock.pass_(0.01)
    assert [api.multicast([alice.id]).status_code for _ in range(3)] == [200, 200, 429]
    assert api.push(alice.id).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES, ids=[address.endpoint for address in ADDRESSES])
def test_every_bucket_holds_its_documented_rate(address: Address) -> None:
    """Full at first, empty after as many requests, half full after half the time."""
    rates = Rates()
    assert all(rates.allow(address, 0.0) for _ in range(address.rate.requests))
    assert not rates.allow(address, 0.0)
    half = sum(rates.allow(address, address.rate.seconds / 2) for _ in range(address.rate.requests))
    assert half == address.rate.requests // 2


def test_a_clock_that_goes_back_gives_nothing() -> None:
    """Time running backwards refills no bucket."""
    rates, address = Rates(), Address(Endpoint.PUSH, "POST", "/", Rate(1, 1))
    assert rates.allow(address, 10.0)
    assert not rates.allow(address, 5.0)
