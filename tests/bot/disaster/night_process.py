"""The platform of a night, in a process of its own: `night_process FRIENDS`; prints its address.

`POST /say?url=…&count=…&seconds=…` lets friends ask as many questions of a webhook in as many seconds, evenly;
`POST /found` tells how many were asked, how many webhooks failed, the seconds each answer took as the ledger has it,
how many were answered more than once, and how many recipients of notices were accepted how often.
"""

import json
import socket
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig
from bot.simulator.endpoints import Endpoint
from bot.simulator.events import Events
from bot.simulator.platform import Platform
from bot.simulator.webhooks import WebhookSender, deliver_with
from tests.bot.simulator.stand import SECRET, TOKEN
from tests.knowledge.notices.town import line_id

QUESTIONS = (
    "避難所どこ", "東池袋4丁目", "水が来た 逃げるべき？", "停電してる", "母と連絡がつかない", "住民票がほしい",
    "where is the shelter", "避难所在哪里", "대피소 어디예요", "nơi lánh nạn ở đâu", "給水 どこ", "たすけて",
)  # fmt: skip
CONNECTIONS = 16
REDELIVERIES, PAUSE_SECONDS = 5, 2.0
"""LINE sends again what was not acknowledged within two seconds, if the channel says so (docs/configuration.md)."""


class Night:
    """Who asked what when."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.events = Events(platform)
        self.friends = platform.people.friends()
        self.asked: dict[str, float] = {}
        self.failed = 0
        self._running: threading.Thread | None = None

    def say(self, url: str, count: int, seconds: float) -> None:
        """Begin to ask; the questions go out whether or not the ones before were answered."""
        self._running = threading.Thread(target=self._ask, args=(url, count, seconds), daemon=True)
        self._running.start()

    @property
    def done(self) -> bool:
        """Whether all have been asked."""
        return self._running is not None and not self._running.is_alive()

    def _ask(self, url: str, count: int, seconds: float) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        with httpx.Client(trust_env=False, limits=limits) as client, ThreadPoolExecutor(CONNECTIONS) as pool:
            sender = WebhookSender(self.platform, deliver_with(client, url))
            begun = time.monotonic()
            for number in range(count):
                time.sleep(max(0.0, begun + seconds * number / count - time.monotonic()))
                pool.submit(self._one, sender, number)

    def _one(self, sender: WebhookSender, number: int) -> None:
        user = self.friends[number % len(self.friends)]
        event = self.events.text(user, QUESTIONS[number % len(QUESTIONS)])
        self.asked[str(event["replyToken"])] = time.time()
        delivery = sender.send(event)
        for _ in range(REDELIVERIES):
            if delivery.status == 200:
                return
            time.sleep(PAUSE_SECONDS)
            delivery = sender.redeliver(delivery)
        self.failed += delivery.status != 200

    def found(self) -> dict[str, object]:
        """What the ledger says."""
        answers: dict[str, list[float]] = {}
        for entry in self.platform.ledger.accepted(Endpoint.REPLY):
            answers.setdefault(json.loads(entry.body)["replyToken"], []).append(entry.time)
        took = [min(times) - self.asked[token] for token, times in answers.items() if token in self.asked]
        told = Counter(each for entry in self.platform.ledger.accepted(Endpoint.MULTICAST) for each in entry.recipients)
        return {
            "done": self.done,
            "asked": len(self.asked),
            "failed": self.failed,
            "took": sorted(took),
            "twice": sum(len(times) > 1 for times in answers.values()),
            "told": {str(count): people for count, people in Counter(told.values()).items()},
        }


def main() -> None:
    """Serve until killed."""
    app = create_simulator(SimulatorConfig(SECRET, TOKEN, seed=1))
    platform: Platform = app.state.platform
    for number in range(1, int(sys.argv[1]) + 1):
        platform.add_user("友だち", line_id(number))
    night = Night(platform)

    def say(request: Request) -> JSONResponse:
        asked = request.query_params
        night.say(asked["url"], int(asked["count"]), float(asked["seconds"]))
        return JSONResponse({})

    def found(_: Request) -> JSONResponse:
        return JSONResponse(night.found())

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    routes = [Route("/say", say, methods=["POST"]), Route("/found", found, methods=["POST"]), Mount("/", app)]
    served = Starlette(routes=routes)
    uvicorn.Server(uvicorn.Config(served, log_config=None, lifespan="off")).run(sockets=[listener])


if __name__ == "__main__":
    main()
