"""The one place that wires the web application: settings, answers, LINE, the web page, the staff console, health."""

import gc
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from functools import partial

from fastapi import FastAPI
from starlette.routing import Mount

from bot import demo as demonstration
from bot.api.app import mount_api
from bot.chores import Chores, duties
from bot.console.app import mount_console
from bot.console.frame import Console
from bot.demo import Demo, MenuDeployment
from bot.disaster.feed import feed_router
from bot.events import Pool
from bot.health import health_router
from bot.intake import Intake
from bot.line.loading import Loading
from bot.line.webhook import Webhook
from bot.log import configure
from bot.notices.calendar import calendar_router
from bot.settings import Settings, read_settings
from bot.web.app import mount_web
from bot.wiring import Pocket, api_parts, event_parts, feeds, line_client, rich_menu, senders
from knowledge.errors import PocketError


def served() -> FastAPI:
    """The application as a process of its own, with the index read before the first question.

    What it is made of stays as long as it does: to look through half a million objects for garbage takes a third of a
    second, in which nobody is answered. Nor is there any before it stands (`serve` lets nobody look).
    """
    app = create_app()
    with suppress(PocketError, OSError):
        # Without a readable snapshot `/readyz` says so, and in a disaster the canned answers need none.
        app.state.pocket.responder.searcher.shelf.snapshot()
    gc.freeze()
    gc.enable()
    return app


def create_app(given: Settings | None = None) -> FastAPI:
    """The application; without LINE credentials the simulator stands in for the platform."""
    configure()
    wanted = given or read_settings()
    demo = None if wanted.has_line else Demo.of(wanted)
    settings = demo.settings if demo else wanted
    pocket = Pocket.serving(settings)
    client, notices = line_client(settings), line_client(settings)
    loading = Loading(client)
    pool = Pool(event_parts(pocket, client), loading)
    intake = Intake(pocket.engine, pool.wake)
    running: list[AbstractContextManager[object]] = [
        client,
        loading,
        pool,
        intake,
        Chores(pocket.sessions, duties(pocket, client)),
        notices,
        *senders(pocket, notices),
        *([MenuDeployment(client, partial(rich_menu, settings, pocket.sessions))] if demo else []),
    ]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            stack.callback(pocket.engine.dispose)
            for part in running:
                stack.enter_context(part)
            yield

    app = FastAPI(title="ポケット行政", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.pocket = pocket
    app.add_middleware(Webhook, secrets=settings.channel_secrets, intake=intake)
    if demo:
        app.router.routes.append(Mount(demonstration.PATH, demo.app))
    _mount(app, pocket, demo)
    return app


def _mount(app: FastAPI, pocket: Pocket, demo: Demo | None) -> None:
    """What people and programs ask for by an address, for each kind of caller."""
    for router in (health_router(pocket), calendar_router(pocket.sessions), feed_router(feeds(pocket))):
        app.include_router(router)
    mount_api(app, api_parts(pocket))
    mount_console(app, Console(pocket, demo=demo is not None))
    mount_web(app, pocket, demo_path=demonstration.PATH if demo else None)
