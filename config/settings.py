"""What an operator may set: in carclub.toml, or as CARCLUB_* in the environment, which wins.

Plain pydantic and not pydantic-settings: the environment is handed in, and a setting nobody
knows is refused in either place, by name.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

PREFIX = "CARCLUB_"
FILE_VARIABLE = "CARCLUB_CONFIG"
FILE_DEFAULT = "carclub.toml"

TELEGRAM_SHAPE = r"\d{3,20}:[A-Za-z0-9_-]{20,100}"
WEBHOOK_SHAPE = r"[A-Za-z0-9_-]{16,256}"
WEBHOOK_URL = r"^https://\S+/telegram/webhook$|^http://(127\.0\.0\.1|localhost):\S+$|^$"
"""Telegram calls none without HTTPS; a Bot API server on this machine does."""

GATEWAY = r"^(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$|^$"
PORT_MAX = 65_535
NO_NAME = r"[0-9]*|0[xX][0-9A-Fa-f]*"
"""What a name does not end with: then it is an address, or a wrong one."""
GATEWAY_TOKEN_SHAPE = r"[!-~]{1,200}"  # noqa: S105 - the shape of one

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "console", "json"]


def _looks_like(pattern: str) -> Callable[[SecretStr], SecretStr]:
    def check(secret: SecretStr) -> SecretStr:
        if re.fullmatch(pattern, secret.get_secret_value()) is None:
            raise ValueError("does not look like one")
        return secret

    return check


def _stays_at_home(endpoint: str) -> str:
    """A gateway's token and all members' words travel unencrypted. Names are the operator's own."""
    if not endpoint:
        return endpoint
    host, _, port = endpoint.rpartition(":")
    if not 0 < int(port) <= PORT_MAX:
        raise ValueError("has no such port")
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        # 134744072 is 8.8.8.8 to a resolver, and 192.168.1.300 is a slip of the pen.
        if host.startswith("[") or re.fullmatch(NO_NAME, host.rstrip(".").rpartition(".")[2]):
            raise ValueError("is neither an address nor a name") from None
        return endpoint
    if isinstance(address, IPv6Address):
        # Python 3.11.2 takes all that hold another address for private.
        address = address.ipv4_mapped or address.sixtofour or address
    if address.is_global:
        raise ValueError("must be on this machine or in a private network")
    return endpoint


def _listed(value: object) -> object:
    """In the environment a list is written with commas."""
    if not isinstance(value, str):
        return value
    return [each.strip() for each in value.split(",") if each.strip()]


class SettingsError(Exception):
    """A setting is wrong. The text is one line, names the setting, and shows no secret."""


class Settings(BaseModel):
    """Every setting has a default, so that carclub starts without any. A secret is a SecretStr."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Path("data")
    """Where the club's memory lives; relative to where carclub is started."""

    http_host: Annotated[str, StringConstraints(min_length=1)] = "127.0.0.1"
    """Pages and webhooks are served here: to this machine only, unless told otherwise."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """0 takes any free port."""

    local_group: Literal["auto", "on", "off"] = "auto"
    """The pretend group in the browser; auto: there while no real platform is set up."""

    local_members: Annotated[int, Field(ge=1, le=500)] = 6
    """How many pretend members the local group starts with."""

    telegram_token: Annotated[SecretStr, AfterValidator(_looks_like(TELEGRAM_SHAPE))] | None = None
    """The bot's token from @BotFather. With it, carclub lives in Telegram groups."""

    telegram_webhook_url: Annotated[str, StringConstraints(pattern=WEBHOOK_URL)] = ""
    """Where Telegram reaches /telegram/webhook from outside; empty: updates are asked for."""

    telegram_webhook_secret: (
        Annotated[SecretStr, AfterValidator(_looks_like(WEBHOOK_SHAPE))] | None
    ) = None
    """16 to 256 letters, digits, _ and -, by which the webhook calls of Telegram are known."""

    telegram_api_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$")] = (
        "https://api.telegram.org"
    )
    """Another Bot API server, such as one of your own."""

    wechat_endpoint: Annotated[
        str, StringConstraints(pattern=GATEWAY), AfterValidator(_stays_at_home)
    ] = ""
    """Where a Wechaty gateway listens, as host:port. With it, carclub lives in WeChat groups."""

    wechat_token: Annotated[SecretStr, AfterValidator(_looks_like(GATEWAY_TOKEN_SHAPE))] | None = (
        None
    )
    """The gateway's token."""

    wechat_inviters: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1)], ...], BeforeValidator(_listed)
    ] = ()
    """Whose invitations into a group are accepted besides the leaders', by WeChat id."""

    wechat_messages_per_day: Annotated[int, Field(ge=20, le=100_000)] = 800
    """How much the account may say in 24 hours; what is left at the end is kept for points and
    danger."""

    language: Literal["zh", "en"] = "zh"
    """What the bot speaks in a new club."""

    timezone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    """When a new club's day begins."""

    units_waiting_max: Annotated[int, Field(ge=1)] = 10_000
    """How many units of work may wait for the store before new ones are turned away."""

    log_level: LogLevel = "info"

    log_format: LogFormat = "auto"
    """auto: readable lines on a terminal, JSON elsewhere."""

    @model_validator(mode="after")
    def _webhook_is_signed(self) -> Self:
        if self.telegram_webhook_url and self.telegram_webhook_secret is None:
            raise ValueError("telegram_webhook_url needs telegram_webhook_secret")
        return self

    @model_validator(mode="after")
    def _gateway_is_signed(self) -> Self:
        if self.wechat_endpoint and self.wechat_token is None:
            raise ValueError("wechat_endpoint needs wechat_token")
        return self


def load(environ: Mapping[str, str], cwd: Path) -> Settings:
    file, from_file = _read_file(environ, cwd)
    from_environment = _read_environment(environ)
    try:
        settings = Settings.model_validate(from_file | from_environment)
    except ValidationError as error:
        problems = (
            f"{place}: {message}" if (place := _place(name, from_environment, file)) else message
            for name, message in _problems(error)
        )
        # Without its cause: that would show the values, and one may be a secret.
        raise SettingsError("; ".join(problems)) from None
    return settings.model_copy(update={"data_dir": cwd / settings.data_dir})


def _read_file(environ: Mapping[str, str], cwd: Path) -> tuple[Path, dict[str, object]]:
    file = cwd / (environ.get(FILE_VARIABLE) or FILE_DEFAULT)
    if not environ.get(FILE_VARIABLE) and not file.exists():
        return file, {}
    try:
        # Notepad on Windows begins a file with a byte-order mark, which TOML does not allow.
        values = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}") from None
    for name in values:
        _refuse_unknown(name, Settings.model_fields, f"{name} in {file}")
    return file, values


def _read_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """An empty variable counts as not set: container files often pass one on that way."""
    known = {_variable(name): name for name in Settings.model_fields}
    ours = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    for name in ours:
        _refuse_unknown(name, [*known, FILE_VARIABLE], name)
    return {known[name]: value for name, value in ours.items() if name in known and value}


def _refuse_unknown(name: str, known: Iterable[str], shown: str) -> None:
    known = list(known)
    if name in known:
        return
    close = get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise SettingsError(f"{shown} is no setting of carclub{hint}")


def _problems(error: ValidationError) -> Iterable[tuple[str, str]]:
    for problem in error.errors(include_input=False, include_url=False):
        # What is wrong with several together names them itself.
        yield str(problem["loc"][0]) if problem["loc"] else "", problem["msg"]


def _place(name: str, from_environment: Mapping[str, object], file: Path) -> str:
    if not name:
        return ""
    return _variable(name) if name in from_environment else f"{name} in {file}"


def _variable(name: str) -> str:
    return PREFIX + name.upper()
