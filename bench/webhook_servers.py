"""The servers `bench.webhook` compares: `echo`, `ours` (intake only), `ours-handling` (with the pool answering)."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import structlog
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.webhook import SECRET
from bot.events import Pool
from bot.handling import Parts
from bot.intake import Intake
from bot.line.client import LineClient
from bot.line.layout import lay_out
from bot.line.loading import Loading
from bot.line.webhook import PATH, Webhook
from handlers.actions import Action
from handlers.conversation import Asker
from handlers.reply import Outcome, Reply, Text
from knowledge.database import open_engine, open_sessions


def echo() -> FastAPI:
    """The SDK's own FastAPI example, less its reply."""
    app = FastAPI()
    parser = WebhookParser(SECRET.decode())

    @app.post(PATH)
    async def webhook(request: Request) -> str:
        body = (await request.body()).decode()
        try:
            parser.parse(body, request.headers["x-line-signature"])
        except InvalidSignatureError:
            raise HTTPException(400, "Invalid signature") from None
        return "OK"

    return app


class _Answers:
    """Answers at once with one sentence: what is measured is the way in, not the search."""

    def ask(self, session: Session, text: str, asker: Asker, now: datetime) -> Reply:  # noqa: ARG002
        return Reply(Outcome.ANSWERED, (Text("はい"),))

    def act(self, session: Session, action: Action, asker: Asker, now: datetime) -> Reply:  # noqa: ARG002
        return Reply(Outcome.ANSWERED, (Text("はい"),))

    def welcome(self, session: Session) -> Reply:  # noqa: ARG002
        return Reply(Outcome.MENU, (Text("はい"),))

    def unsupported(self, session: Session, kind: str, asker: Asker | None = None) -> Reply:  # noqa: ARG002
        return Reply(Outcome.UNSUPPORTED, (Text("はい"),))

    def forget(self, session: Session, message_id: str) -> None:
        """Nothing is kept."""


class _Line(BaseHTTPRequestHandler):
    """A LINE that says yes."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: two would wait for a delayed acknowledgement

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name the base class gives
        pass


def ours(data: Path, handling: bool) -> FastAPI:  # noqa: FBT001 - two servers
    """The webhook with its intake, and the pool where asked for."""
    engine = open_engine(f"sqlite:///{data / 'pocket.db'}")
    stack = ExitStack()
    wake = stack.enter_context(_pool(stack, engine)).wake if handling else lambda: None
    intake = Intake(engine, wake)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with stack, intake:
            yield

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Webhook, secrets=[SECRET], intake=intake)
    return app


def _pool(stack: ExitStack, engine: Engine) -> Pool:
    line = ThreadingHTTPServer(("127.0.0.1", 0), _Line)
    Thread(target=line.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{line.server_address[1]}"
    client = stack.enter_context(LineClient(url, url, SecretStr("token")))
    loading = stack.enter_context(Loading(client))
    return Pool(Parts(engine, open_sessions(engine), _Answers(), client, lay_out, b"key"), loading)


def main() -> None:
    """`webhook_servers NAME PORT DIR`."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    name, port, data = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    app = echo() if name == "echo" else ours(data, handling=name == "ours-handling")
    gc.freeze()  # as bot.app.served does
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)


if __name__ == "__main__":
    main()
