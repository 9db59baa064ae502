"""The platform in a process of its own: `platform_process FRIENDS LOST LATENCY`; prints its address.

LOST is the share of requests whose answer is lost after they were accepted, LATENCY the seconds each takes on its way.
`POST /ledger` tells how often recipients were accepted ({times: recipients}) and how many requests there were;
`POST /weather?fault=…&chance=…` lets that share of the next requests meet that fault.
"""

import asyncio
import socket
import sys
from collections import Counter
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Fault
from bot.simulator.platform import Platform
from tests.bot.simulator.stand import SECRET, TOKEN
from tests.knowledge.notices.town import line_id


def _ledger(platform: Platform) -> dict[str, object]:
    accepted = platform.ledger.accepted(Endpoint.MULTICAST)
    times = Counter(each for entry in accepted for each in entry.recipients)
    return {
        "times": {str(count): people for count, people in Counter(times.values()).items()},
        "accepted": len(accepted),
        "refused": len(platform.ledger.refused(Endpoint.MULTICAST)),
        "last": max((entry.time for entry in accepted), default=0.0),
    }


@dataclass(frozen=True)
class _FarAway:
    """An application that each request takes a while to reach."""

    app: ASGIApp
    seconds: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.seconds)
        await self.app(scope, receive, send)


def main() -> None:
    """Serve until killed."""
    friends, lost, latency = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    app = create_simulator(SimulatorConfig(SECRET, TOKEN, seed=1))
    platform: Platform = app.state.platform
    for number in range(1, friends + 1):
        platform.add_user("友だち", line_id(number))
    if lost:
        platform.faults.chance(Endpoint.MULTICAST, {Fault.REPLY_LOST: lost})

    def ledger(_: Request) -> JSONResponse:
        return JSONResponse(_ledger(platform))

    async def weather(request: Request) -> JSONResponse:
        platform.faults.clear()
        platform.faults.chance(
            Endpoint.MULTICAST, {Fault(request.query_params["fault"]): float(request.query_params["chance"])}
        )
        return JSONResponse({})

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    own = [Route("/ledger", ledger, methods=["POST"]), Route("/weather", weather, methods=["POST"])]
    served = Starlette(routes=[*own, Mount("/", _FarAway(app, latency))])
    uvicorn.Server(uvicorn.Config(served, log_config=None, lifespan="off")).run(sockets=[listener])


if __name__ == "__main__":
    main()
