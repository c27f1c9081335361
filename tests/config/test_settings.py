"""What an operator may set, where, and how a slip of the pen is told."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from config.settings import Settings, SettingsError, load


@pytest.fixture
def file(tmp_path):
    return tmp_path / "carclub.toml"


def refusal(environ: dict[str, str], cwd: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environ, cwd)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_nothing_needs_to_be_set(tmp_path):
    settings = load({}, tmp_path)
    assert settings == Settings(data_dir=tmp_path / "data")
    assert settings.http_host == "127.0.0.1"
    assert settings.timezone == ZoneInfo("Asia/Shanghai")


def test_the_file_in_the_folder_is_read(file):
    file.write_text('http_port = 9000\nlanguage = "en"', "utf-8")
    settings = load({}, file.parent)
    assert (settings.http_port, settings.language) == (9000, "en")


def test_the_environment_wins_over_the_file(file):
    file.write_text('http_port = 9000\nlanguage = "en"', "utf-8")
    settings = load({"CARCLUB_HTTP_PORT": "9001"}, file.parent)
    assert (settings.http_port, settings.language) == (9001, "en")


def test_another_file_can_be_named(tmp_path):
    (tmp_path / "club.toml").write_text("http_port = 9002", "utf-8")
    (tmp_path / "carclub.toml").write_text("http_port = 9000", "utf-8")
    assert load({"CARCLUB_CONFIG": "club.toml"}, tmp_path).http_port == 9002
    assert load({"CARCLUB_CONFIG": str(tmp_path / "club.toml")}, Path("/")).http_port == 9002


def test_a_named_file_must_exist(tmp_path):
    assert "club.toml cannot be read" in refusal({"CARCLUB_CONFIG": "club.toml"}, tmp_path)


def test_a_byte_order_mark_does_no_harm(file):
    file.write_text("http_port = 9000", "utf-8-sig")
    assert load({}, file.parent).http_port == 9000


def test_an_empty_variable_counts_as_not_set(file):
    file.write_text("http_port = 9000", "utf-8")
    settings = load({"CARCLUB_HTTP_PORT": "", "CARCLUB_CONFIG": ""}, file.parent)
    assert settings.http_port == 9000


def test_other_programs_variables_are_none_of_our_business(tmp_path):
    assert load({"PATH": "/bin", "CARCLUBS": "3"}, tmp_path) == load({}, tmp_path)


def test_the_data_folder_may_stand_anywhere(tmp_path):
    settings = load({"CARCLUB_DATA_DIR": "/var/lib/carclub"}, tmp_path)
    assert settings.data_dir == Path("/var/lib/carclub")


def test_an_unknown_variable_is_refused_with_the_nearest_name(tmp_path):
    told = refusal({"CARCLUB_HTTP_PROT": "1"}, tmp_path)
    assert told == "CARCLUB_HTTP_PROT is no setting of carclub; did you mean CARCLUB_HTTP_PORT?"


def test_an_unknown_key_is_refused_with_the_nearest_name(file):
    file.write_text('langauge = "en"', "utf-8")
    assert refusal({}, file.parent) == (
        f"langauge in {file} is no setting of carclub; did you mean language?"
    )


def test_a_strange_name_is_refused_without_a_guess(file):
    file.write_text("[zebra]\nstripes = 7", "utf-8")
    assert refusal({}, file.parent) == f"zebra in {file} is no setting of carclub"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("http_port", "many"),
        ("http_port", "65536"),
        ("http_port", "-1"),
        ("local_group", "maybe"),
        ("local_members", "0"),
        ("local_members", "501"),
        ("language", "de"),
        ("timezone", "Asia/Shangai"),
        ("log_level", "loud"),
        ("log_format", "xml"),
        ("units_waiting_max", "0"),
    ],
)
def test_a_wrong_value_names_its_variable_and_its_place_in_the_file(file, name, value):
    variable = f"CARCLUB_{name.upper()}"
    assert refusal({variable: value}, file.parent).startswith(f"{variable}: ")

    file.write_text(f'{name} = "{value}"', "utf-8")
    assert refusal({}, file.parent).startswith(f"{name} in {file}: ")


def test_all_wrong_values_are_told_at_once(tmp_path):
    told = refusal({"CARCLUB_HTTP_PORT": "many", "CARCLUB_LANGUAGE": "de"}, tmp_path)
    assert "CARCLUB_HTTP_PORT: " in told
    assert "CARCLUB_LANGUAGE: " in told


def test_a_refused_value_is_never_shown(tmp_path):
    with pytest.raises(SettingsError) as caught:
        load({"CARCLUB_HTTP_PORT": "hunter2"}, tmp_path)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_broken_file_is_told_with_its_line(file):
    file.write_text("http_port = 1\nhttp_host = ?", "utf-8")
    assert f"{file} is not TOML" in refusal({}, file.parent)
    assert "line 2" in refusal({}, file.parent)


def test_a_file_in_another_encoding_is_told(file):
    file.write_bytes('data_dir = "俱乐部"'.encode("gb18030"))
    assert refusal({}, file.parent) == f"{file} is not UTF-8 text"


def test_a_folder_is_no_file(file):
    file.mkdir()
    assert f"{file} cannot be read" in refusal({}, file.parent)


def test_settings_cannot_change_once_read(tmp_path):
    settings = load({}, tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        settings.http_port = 1


def test_what_sounds_secret_is_a_secret():
    """A plain string would be printed with the settings, in a traceback for example."""
    for name, field in Settings.model_fields.items():
        if {"token", "secret", "password", "key"} & set(name.split("_")):
            assert "SecretStr" in str(field.annotation), name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_TOKEN", "my-token"),
        ("TELEGRAM_TOKEN", "123456:short"),
        ("TELEGRAM_WEBHOOK_SECRET", "too short"),
        ("TELEGRAM_WEBHOOK_URL", "http://example.org/telegram/webhook"),
        ("TELEGRAM_WEBHOOK_URL", "https://example.org/other"),
        ("TELEGRAM_API_URL", "https://api.telegram.org/"),
    ],
)
def test_what_cannot_be_of_telegrams_is_refused_without_showing_it(tmp_path, name, value):
    told = refusal({f"CARCLUB_{name}": value}, tmp_path)
    assert told.startswith(f"CARCLUB_{name}: ")
    if "URL" not in name:
        assert value not in told


def test_a_webhook_without_a_secret_is_refused(tmp_path):
    url = {"CARCLUB_TELEGRAM_WEBHOOK_URL": "https://example.org/telegram/webhook"}
    assert "telegram_webhook_url needs telegram_webhook_secret" in refusal(url, tmp_path)
    secret = {"CARCLUB_TELEGRAM_WEBHOOK_SECRET": "s" * 16}
    assert load(url | secret, tmp_path).telegram_webhook_secret is not None
