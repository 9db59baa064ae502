"""A sender in a process to be killed: `sender_process DATABASE_URL LINE_URL notices|letters`; says when it is ready."""

import sys
import threading

import structlog
from pydantic import SecretStr

from bot.line.client import LineClient
from bot.notices.postman import Postman
from bot.notices.sender import Sender, Sending
from knowledge.database import open_engine, open_sessions
from tests.bot.simulator.stand import TOKEN


def main() -> None:
    """Send until killed."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    database, line, what = sys.argv[1:]
    engine = open_engine(database)
    with LineClient(line, line, SecretStr(TOKEN)) as client:
        parts = Sending(open_sessions(engine), client, "https://pocket.example/calendar")
        with Postman(parts) if what == "letters" else Sender(parts):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            threading.Event().wait()


if __name__ == "__main__":
    main()
