"""Settings: environment variables and `.env`, read once, typed."""

import re
from collections.abc import Iterable
from inspect import cleandoc
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.disaster.feed import ModeOf, modes_from
from knowledge.disaster.signature import FeedKey, keys_from
from knowledge.errors import PocketError
from knowledge.sealing import Seal

_PLAIN_POSTGRES = re.compile(r"^postgres(ql)?://")
"""How hosting companies write the URL; SQLAlchemy would look for another driver than ours."""
PACKS = Path(__file__).parent.parent / "knowledge" / "packs"


class Settings(BaseSettings):
    """Everything that differs between installations; secrets print as stars."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, populate_by_name=True)

    channel_secret: SecretStr = Field(SecretStr(""), validation_alias="LINE_CHANNEL_SECRET")
    channel_access_token: SecretStr = Field(SecretStr(""), validation_alias="LINE_CHANNEL_ACCESS_TOKEN")
    line_api_base: str = Field("https://api.line.me", validation_alias="LINE_API_BASE")
    line_data_api_base: str = Field("https://api-data.line.me", validation_alias="LINE_DATA_API_BASE")
    data_dir: Path = Field(Path("data"), validation_alias="POCKET_DATA_DIR")
    cache_dir: Path = Field(Path("~/.cache/pocket-gyosei"), validation_alias="POCKET_CACHE_DIR")
    database: SecretStr = Field(SecretStr(""), validation_alias="POCKET_DATABASE_URL")
    embedding_model: str = Field("default", validation_alias="POCKET_EMBEDDING_MODEL")
    pack: str = Field("toshima", validation_alias="POCKET_PACK")
    port: int = Field(8000, validation_alias="POCKET_PORT")
    public_url: str = Field("http://127.0.0.1:8000", validation_alias="POCKET_PUBLIC_URL")
    oidc_issuer: str = Field("", validation_alias="POCKET_OIDC_ISSUER")
    oidc_client_id: str = Field("", validation_alias="POCKET_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr = Field(SecretStr(""), validation_alias="POCKET_OIDC_CLIENT_SECRET")
    api_per_minute: int = Field(600, ge=1, validation_alias="POCKET_API_PER_MINUTE")
    sensitive_key: SecretStr = Field(SecretStr(""), validation_alias="POCKET_SENSITIVE_KEY")
    warning_keys: str = Field("", validation_alias="POCKET_WARNING_KEYS")
    warning_modes: str = Field("4:disaster,5:disaster", validation_alias="POCKET_WARNING_MODES")
    source_hosts: str = Field("", validation_alias="POCKET_SOURCE_HOSTS")
    source_check: bool = Field(False, validation_alias="POCKET_SOURCE_CHECK")

    @property
    def channel_secrets(self) -> tuple[bytes, ...]:
        """The channel secrets in force: one, or two while one is being replaced."""
        return tuple(
            part.strip().encode() for part in self.channel_secret.get_secret_value().split(",") if part.strip()
        )

    @field_validator("warning_keys")
    @classmethod
    def _readable_keys(cls, value: str) -> str:
        keys_from(value)
        return value

    @field_validator("warning_modes")
    @classmethod
    def _readable_modes(cls, value: str) -> str:
        modes_from(value)
        return value

    @property
    def feed_keys(self) -> tuple[FeedKey, ...]:
        """The public keys of the feeds of warning levels."""
        return keys_from(self.warning_keys)

    @property
    def feed_modes(self) -> ModeOf:
        """Which mode a level of a feed means."""
        return modes_from(self.warning_modes)

    @property
    def seal(self) -> Seal | None:
        """What seals sensitive values: the first key, and older ones while all is sealed anew; None without keys."""
        written = self.sensitive_key.get_secret_value().split(",")
        return Seal.of([part.strip() for part in written if part.strip()])

    @property
    def has_line(self) -> bool:
        """Whether LINE credentials are set; without them the simulator is mounted instead."""
        return bool(self.channel_secrets and self.channel_access_token.get_secret_value())

    @property
    def loopback(self) -> str:
        """Where this process reaches itself."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """The database's URL; SQLite in the data directory unless one is set."""
        url = self.database.get_secret_value() or f"sqlite:///{self.data_dir.absolute() / 'pocket.db'}"
        return _PLAIN_POSTGRES.sub("postgresql+psycopg://", url)

    @property
    def encoder_cache(self) -> Path:
        """Where prepared encoders are kept, for all installations of this user."""
        return self.cache_dir.expanduser() / "encoders"

    @property
    def snapshots(self) -> Path:
        """Where snapshots of the index are kept."""
        return self.data_dir / "snapshots"

    @property
    def pack_dir(self) -> Path:
        """The content pack: a name beside ours, or a directory."""
        return PACKS / self.pack if (PACKS / self.pack).is_dir() else Path(self.pack)


class SettingUnreadableError(PocketError):
    """設定の値を読めません。docs/configuration.md の表の形に直してください。"""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"{'、'.join(names)}：{cleandoc(type(self).__doc__ or '')}")


def read_settings() -> Settings:
    """The settings of this process; raises SettingUnreadableError that names the variables, never their values."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingUnreadableError(str(each["loc"][0]) for each in error.errors()) from None
