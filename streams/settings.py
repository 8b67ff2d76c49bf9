"""Everything that can be set: `CHISO_*` in the environment first, then `chiso.toml`, then the defaults below.

A name nobody knows is an error with a suggestion, never ignored.
"""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from indicators.errors import UsageError

ELSEWHERE = {"CHISO_NOW", "CHISO_REQUIRE", "CHISO_CACHE", "CHISO_FAILPOINTS"}


class Grafana(BaseModel):
    """How `chiso grafana` reaches Grafana."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field("http://127.0.0.1:3000", description="where Grafana answers")
    token_file: Path | None = Field(None, description="file with a service account's token")
    user: str = Field("admin", description="user, where there is no token")
    password_file: Path | None = Field(None, description="file with the user's password")

    def secret(self) -> str | tuple[str, str]:
        """The token, else user and password. Raises UsageError."""
        path = self.token_file or self.password_file
        if path is None:
            raise UsageError("no token for Grafana; put a service account's token into a file and name it in CHISO_GRAFANA__TOKEN_FILE")
        try:
            found = path.read_text("utf-8").strip()
        except OSError as error:
            raise UsageError(f"{path} cannot be read ({error.strerror}); see CHISO_GRAFANA__TOKEN_FILE") from None
        return found if self.token_file else (self.user, found)


class Smtp(BaseModel):
    """The server that takes mail for us; without a host no mail is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str | None = Field(None, description="mail server; none: no mail is sent")
    port: int = Field(25, ge=1, le=65535, description="its port; on 465 TLS comes first")
    sender: str = Field("chiso@localhost", description="whom mail is from")
    user: str | None = Field(None, description="user, where the server wants one")
    password_file: Path | None = Field(None, description="file with the user's password")
    starttls: bool = Field(default=False, description="insist on STARTTLS; without it, mail and password travel as they are")

    def password(self) -> str | None:
        """Raises UsageError where the file cannot be read."""
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text("utf-8").strip()
        except OSError as error:
            raise UsageError(f"{self.password_file} cannot be read ({error.strerror}); see CHISO_SMTP__PASSWORD_FILE") from None


class Publish(BaseModel):
    """What is published by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    out: Path | None = Field(
        None, description="folder into which each month is published once its version is cut; none: only `chiso publish` does"
    )
    lang: Literal["vi", "en"] = Field("vi", description="in which language")
    names: bool = Field(default=False, description="officials by name in the internal edition")


class Settings(BaseSettings):
    """One value a setting; field names in capitals behind `CHISO_` are the names in the environment."""

    model_config = SettingsConfigDict(env_prefix="CHISO_", env_nested_delimiter="__", toml_file="chiso.toml", extra="forbid", frozen=True)

    home: Path = Field(Path(".chiso"), description="state of `chiso up`: data of its servers, addresses.json, logs")
    unit: str = Field("VN", description="whose room this is: the root of walls, pages and digests")
    rule: Literal["portal", "document"] = Field(
        "portal", description="scores as the national portal computes them, or as the decision's text says"
    )
    zone: str = Field("Asia/Ho_Chi_Minh", description="whose days are counted")
    kafka: str | None = Field(None, description="bootstrap servers; default: those of addresses.json, else 127.0.0.1:9092")
    redis: str | None = Field(None, description="URL of Redis or Valkey; default: that of addresses.json, else redis://127.0.0.1:6379/0")
    http: str | None = Field(None, description="address of `chiso serve`; default: that of addresses.json, else http://127.0.0.1:8766")
    bind: str = Field("127.0.0.1", description="address that chiso's own HTTP servers listen on")
    http_port: int = Field(8766, ge=0, le=65535, description="port of `chiso serve`; the next free one if taken")
    metrics_port: int = Field(9766, ge=0, le=65535, description="port of serve's metrics; workers take the next free ones")
    partitions: int = Field(12, ge=1, le=1000, description="partitions of dvc.dossier.events.v1 when the topic is made; fixed for its life")
    replication: int = Field(1, ge=1, description="replicas of topics when they are made")
    group: str = Field("chiso", description="Kafka consumer group of the workers")
    fetch_bytes: int = Field(2_000_000, ge=10_000, description="most bytes of one partition in one fetched batch")
    watchdog: float = Field(
        30.0, gt=0, description="seconds without progress, though there is something to do, after which a worker ends itself"
    )
    pseudonym_key_file: Path | None = Field(
        None, description="secret of officials' pseudonyms; default: pseudonym.key in the home, made at the first start"
    )
    grafana: Grafana = Field(Grafana(), description="how to reach Grafana")
    smtp: Smtp = Field(Smtp(), description="who takes mail")
    publish: Publish = Field(Publish(), description="the monthly publication")
    link: str | None = Field(None, description="what links in notices and from boards begin with; default: the address of `chiso serve`")
    calendar: Path | None = Field(None, description="TOML file of days off and working Saturdays that overrides the shipped one")

    @property
    def pseudonym_key(self) -> Path:
        """Where the secret of officials' pseudonyms is, or will be made."""
        return self.pseudonym_key_file or self.home / "pseudonym.key"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then chiso.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def names(model: type[BaseModel], start: str) -> Iterator[str]:
    """Every name in the environment; those of nested settings have two underscores."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from names(type(field.default), f"{start}{name.upper()}__")
        else:
            yield start + name.upper()


def load(**given: object) -> Settings:
    """The settings in force; `given` (command-line options that are not None) go before everything else.

    Raises UsageError naming the setting at fault.
    """
    known = set(names(Settings, "CHISO_"))
    for name in os.environ:
        if name.startswith("CHISO_") and name not in known | ELSEWHERE:
            close = difflib.get_close_matches(name, known, n=1)
            raise UsageError(
                f"{name} is no setting of chiso" + (f"; did you mean {close[0]}?" if close else "; docs/settings.md lists them")
            )
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"setting {name} (CHISO_{name.upper()}): {first['msg']}") from None
