"""Our webhook and its pool in a process to be killed: `house_process DATABASE_URL LINE_URL`; prints its address."""

import sys
import threading

import structlog
from pydantic import SecretStr

from bot.line.client import LineClient
from knowledge.database import open_engine
from tests.bot.line.conftest import house


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    database, line = sys.argv[1:]
    engine = open_engine(database)
    with LineClient(line, line, SecretStr("token")) as client, house(engine, client) as door:
        sys.stdout.write(f"{door.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
