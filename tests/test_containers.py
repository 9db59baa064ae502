"""What Dockerfile and docker-compose.yml promise, held against the code: no container engine is at hand to try them."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from sqlalchemy import make_url

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = ("init", "web", "worker")
VARIABLES = {str(field.validation_alias) for field in Settings.model_fields.values()}


def _service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


def _steps(stage: str) -> list[tuple[str, str]]:
    """The instructions of a stage with what follows them."""
    body = re.split(r"^FROM .* AS ", DOCKERFILE, flags=re.MULTILINE)
    text = next(part for part in body if part.startswith(f"{stage}\n")).removeprefix(f"{stage}\n")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def _all(stage: str, word: str) -> list[str]:
    return [rest for each, rest in _steps(stage) if each == word]


def _check_command(arguments: list[str]) -> None:
    """The command exists and takes these options; nothing is run."""
    group = typer.main.get_command(app)
    command = getattr(group, "commands")[arguments[0]]  # noqa: B009 - typer's group is typed as a plain command
    command.make_context(arguments[0], list(arguments[1:]))


@pytest.mark.parametrize("name", OURS)
def test_every_process_has_the_same_image_and_settings(name: str) -> None:
    """Init, web and worker differ in their command alone: one image, one environment, one volume."""
    shared = ("image", "env_file", "environment", "volumes", "read_only")
    assert {key: _service(name)[key] for key in shared} == {key: COMPOSE["x-pocket"][key] for key in shared}


@pytest.mark.parametrize("name", OURS)
def test_the_commands_are_real(name: str) -> None:
    """Each process runs a command of ours with options it has."""
    _check_command(_service(name)["command"])


def test_the_image_starts_serving_by_itself() -> None:
    """The image's own command is a real one too, reachable from outside the container."""
    assert json.loads(_all("serve", "ENTRYPOINT")[0]) == ["pocket"]
    command = json.loads(_all("serve", "CMD")[0])
    _check_command(command)
    assert "0.0.0.0" in command


def test_the_database_is_the_postgres_service() -> None:
    """The URL uses the driver we install, and names the service, user and database that Compose makes."""
    url = make_url(re.sub(r"\$\{.*?\}", "password", COMPOSE["x-pocket"]["environment"]["POCKET_DATABASE_URL"]))
    given = _service("postgres")["environment"]
    assert (url.drivername, url.host) == ("postgresql+psycopg", "postgres")
    assert (url.username, url.database) == (given["POSTGRES_USER"], given["POSTGRES_DB"])


def test_settings_and_secrets() -> None:
    """Only settings that exist are set, and no secret stands in a file of the repository."""
    example = (ROOT / "pocket.env.example").read_text(encoding="utf-8")
    named = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    image = {each for rest in _all("serve", "ENV") for each in re.findall(r"(POCKET_\w+|LINE_\w+)=", rest)}
    assert set(named) | image | set(COMPOSE["x-pocket"]["environment"]) <= VARIABLES
    assert named["LINE_CHANNEL_SECRET"] == named["LINE_CHANNEL_ACCESS_TOKEN"] == ""
    assert "${POSTGRES_PASSWORD:?" in COMPOSE["x-pocket"]["environment"]["POCKET_DATABASE_URL"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {".env", "pocket.env"} <= set(ignored)
    assert ".env" in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def test_health_checks_ask_routes_that_exist() -> None:
    """Docker asks whether the process lives, Compose whether it can serve, at the port that is served."""
    source = (ROOT / "bot/health.py").read_text(encoding="utf-8")
    asked = re.findall(r"127\.0\.0\.1:(\d+)(/\w+)", DOCKERFILE + json.dumps(_service("web")["healthcheck"]))
    assert asked == [("8000", "/healthz"), ("8000", "/readyz")]
    assert all(f'.get("{path}")' in source for _, path in asked)
    assert _service("web")["ports"] == ["127.0.0.1:8000:8000"]
    assert _all("serve", "EXPOSE") == ["8000"]


def test_processes_start_in_order() -> None:
    """The database is healthy before init, and init has ended before web and worker."""
    assert _service("init")["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        assert _service(name)["depends_on"]["init"]["condition"] == "service_completed_successfully"
    assert "healthcheck" in _service("postgres")


def test_data_is_on_named_volumes() -> None:
    """What must survive a container lies on volumes that Compose declares."""
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]}
    assert used == set(COMPOSE["volumes"])
    assert _all("serve", "VOLUME") == ["/data"]
    assert COMPOSE["x-pocket"]["environment"]["POCKET_DATA_DIR"] == "/data"


def test_the_serving_image_is_not_root_and_has_no_torch() -> None:
    """The last stage ends as another user, installs no extra, and takes the prepared encoder from the first."""
    installs = [each for rest in _all("serve", "RUN") for each in re.findall(r"pip install [^&]+", rest)]
    assert [shlex.split(each)[-1] for each in installs] == ["."]
    assert _all("serve", "USER") == ["10001"]
    assert "--from=build /opt/cache /opt/cache" in _all("serve", "COPY")
    assert "POCKET_CACHE_DIR=/opt/cache" in _all("serve", "ENV")[0]


def test_the_building_stage_installs_what_preparing_takes() -> None:
    """Its extras exist, PyTorch comes first and alone as a CPU build, and versions are the pinned ones."""
    installs = [each for rest in _all("build", "RUN") for each in re.findall(r"pip install .+", rest)]
    assert shlex.split(installs[0])[-1] == "torch==2.13.0+cpu"
    extras = {extra for each in installs for extra in re.findall(r"\.\[(\w+)\]", each)}
    assert extras == {"encoder"} <= set(PROJECT["project"]["optional-dependencies"])
    assert all("-c constraints.txt" in each for each in installs)


def test_copied_paths_exist() -> None:
    """Both stages copy files of this repository, and nothing that is kept out of the image."""
    copied = [shlex.split(rest)[:-1] for stage in ("build", "serve") for rest in _all(stage, "COPY")]
    own = {path for paths in copied for path in paths if not any(each.startswith("--from") for each in paths)}
    assert {path for path in own if not (ROOT / path).exists()} == set()
    assert own & set((ROOT / ".dockerignore").read_text(encoding="utf-8").split()) == set()


def test_an_installed_package_has_its_data_files() -> None:
    """Templates, wording, content packs and the rest are packaged: an image installs the project without a checkout."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    roots = [ROOT / each for each in ("bot", "handlers", "knowledge", "indexer")]
    data = {
        path for root in roots for path in root.rglob("*.*") if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    packaged = {path for root in roots for pattern in patterns for path in root.glob(pattern)}
    assert data - packaged == set()
