"""The one place that wires the web application: settings, what answers, LINE, the web page, health."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Mount, Route

from bot import demo as demonstration
from bot.demo import Demo, MenuDeployment
from bot.events import Pool
from bot.handling import Parts
from bot.health import health_router
from bot.intake import Intake
from bot.line.client import LineClient
from bot.line.layout import lay_out
from bot.line.loading import Loading
from bot.line.webhook import PATH, Webhook
from bot.log import configure, load_key
from bot.settings import Settings
from bot.web.app import mount_web
from bot.wiring import Pocket


def create_app(given: Settings | None = None) -> FastAPI:
    """The application; without LINE credentials the simulator stands in for the platform."""
    configure()
    wanted = given or Settings()
    demo = None if wanted.has_line else Demo.of(wanted)
    settings = demo.settings if demo else wanted
    pocket = Pocket.open(settings)
    client = line_client(settings)
    loading = Loading(client)
    pool = Pool(event_parts(pocket, client), loading)
    intake = Intake(pocket.engine, pool.wake)
    running = [client, loading, pool, intake, *([MenuDeployment(client)] if demo else [])]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            stack.callback(pocket.engine.dispose)
            for part in running:
                stack.enter_context(part)
            yield

    app = FastAPI(title="ポケット行政", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.router.routes.append(Route(PATH, Webhook(settings.channel_secrets, intake), methods=["POST"]))
    if demo:
        app.router.routes.append(Mount(demonstration.PATH, demo.app))
    app.include_router(health_router(pocket))
    mount_web(app, pocket, demo_path=demonstration.PATH if demo else None)
    return app


def line_client(settings: Settings) -> LineClient:
    """The client of the LINE platform."""
    return LineClient(settings.line_api_base, settings.line_data_api_base, settings.channel_access_token)


def event_parts(pocket: Pocket, client: LineClient) -> Parts:
    """What handling an event takes."""
    return Parts(
        engine=pocket.engine,
        sessions=pocket.sessions,
        answers=pocket.responder,
        client=client,
        lay_out=lay_out,
        log_key=load_key(pocket.settings.data_dir),
    )
