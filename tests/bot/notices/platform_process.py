"""The platform in a process of its own, with that many friends: `platform_process FRIENDS LOST`; prints its address.

LOST is the share of requests whose answer is lost after they were accepted. `POST /ledger` tells how often recipients
were accepted ({times: recipients}) and how many requests there were.
"""

import socket
import sys
from collections import Counter

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

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


def main() -> None:
    """Serve until killed."""
    friends, lost = int(sys.argv[1]), float(sys.argv[2])
    app = create_simulator(SimulatorConfig(SECRET, TOKEN, seed=1, hang_seconds=0.5))
    platform: Platform = app.state.platform
    for number in range(1, friends + 1):
        platform.add_user("友だち", line_id(number))
    if lost:
        platform.faults.chance(Endpoint.MULTICAST, {Fault.REPLY_LOST: lost})

    def ledger(_: Request) -> JSONResponse:
        return JSONResponse(_ledger(platform))

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    served = Starlette(routes=[Route("/ledger", ledger, methods=["POST"]), Mount("/", app)])
    uvicorn.Server(uvicorn.Config(served, log_config=None, lifespan="off")).run(sockets=[listener])


if __name__ == "__main__":
    main()
