"""What an operator may set, where, and how a slip of the pen is told."""

import json
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
        ("wechat_endpoint", "gateway"),
        ("wechat_messages_per_day", "19"),
        ("wechat_messages_per_day", "100001"),
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


# WeChat


GATEWAY = {"CARCLUB_WECHAT_ENDPOINT": "127.0.0.1:8788", "CARCLUB_WECHAT_TOKEN": "puppet_1-a"}


def test_a_gateway_is_an_address_and_a_token(tmp_path):
    settings = load(GATEWAY, tmp_path)
    assert settings.wechat_endpoint == "127.0.0.1:8788"
    assert settings.wechat_token is not None
    assert settings.wechat_token.get_secret_value() == "puppet_1-a"
    assert (settings.wechat_inviters, settings.wechat_messages_per_day) == ((), 800)


@pytest.mark.parametrize(
    "endpoint",
    [
        "localhost:1",
        "gateway:65535",
        "gateway.example.org:8788",
        "my_gateway-2:8788",
        "10.1.2.3:8788",
        "172.16.0.9:8788",
        "192.168.1.30:8788",
        "169.254.1.1:8788",
        "[::1]:8788",
        "[fd00::7]:8788",
        "[fe80::7]:8788",
        "[::ffff:127.0.0.1]:8788",
    ],
)
def test_a_gateway_may_stand_on_this_machine_at_home_or_under_a_name(tmp_path, endpoint):
    settings = load(GATEWAY | {"CARCLUB_WECHAT_ENDPOINT": endpoint}, tmp_path)
    assert settings.wechat_endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "8.8.8.8:8788",
        "172.32.0.1:8788",
        "[2001:4860:4860::8888]:8788",
        "[::ffff:8.8.8.8]:8788",
        "[::ffff:808:808]:8788",
        "[2002:808:808::1]:8788",
    ],
)
def test_a_gateway_that_all_the_world_can_listen_to_is_refused(tmp_path, endpoint):
    """Its token and what members say travel unencrypted."""
    told = refusal(GATEWAY | {"CARCLUB_WECHAT_ENDPOINT": endpoint}, tmp_path)
    assert told.startswith("CARCLUB_WECHAT_ENDPOINT: ")
    assert "on this machine or in a private network" in told


@pytest.mark.parametrize(
    "endpoint",
    [
        "gateway",
        "gateway:",
        ":8788",
        "gateway:0",
        "gateway:65536",
        "gateway:99999",
        "gateway:port",
        "gateway:８７８８",
        "http://gateway:8788",
        "gateway:8788/",
        "gate way:8788",
        "user@gateway:8788",
        "::1:8788",
        "[gateway]:8788",
        "[:::]:8788",
        "192.168.1.300:8788",
        "192.168.1:8788",
        "134744072:8788",
        "0x08080808:8788",
        "8.8.8.010:8788",
        "8.8.8.8.:8788",
        "gateway:8788\n",
    ],
)
def test_what_is_no_place_of_a_gateway_is_refused(tmp_path, endpoint):
    told = refusal(GATEWAY | {"CARCLUB_WECHAT_ENDPOINT": endpoint}, tmp_path)
    assert told.startswith("CARCLUB_WECHAT_ENDPOINT: ")


def test_a_gateway_without_a_token_is_refused(tmp_path):
    endpoint = {"CARCLUB_WECHAT_ENDPOINT": "127.0.0.1:8788"}
    assert "wechat_endpoint needs wechat_token" in refusal(endpoint, tmp_path)
    token = {"CARCLUB_WECHAT_TOKEN": "t"}
    assert load(token, tmp_path).wechat_endpoint == ""


@pytest.mark.parametrize("token", ["has a space", "全角", "x" * 201, "line\nbreak"])
def test_a_gateways_token_is_never_shown(tmp_path, file, token):
    told = refusal(GATEWAY | {"CARCLUB_WECHAT_TOKEN": token}, tmp_path)
    assert told.startswith("CARCLUB_WECHAT_TOKEN: ")
    assert token not in told
    file.write_text(f"wechat_token = {json.dumps(token)}", "utf-8")
    assert token not in refusal({}, file.parent)


def test_a_good_token_is_never_shown_either(tmp_path):
    settings = load(GATEWAY, tmp_path)
    for shown in (str(settings), repr(settings), settings.model_dump_json()):
        assert "puppet_1-a" not in shown
    public = GATEWAY | {"CARCLUB_WECHAT_ENDPOINT": "8.8.8.8:1"}
    assert "puppet_1-a" not in refusal(public, tmp_path)


def test_inviters_are_a_list_in_the_file_and_have_commas_in_the_environment(file):
    file.write_text('wechat_inviters = ["wxid_a", "wxid_b"]', "utf-8")
    assert load({}, file.parent).wechat_inviters == ("wxid_a", "wxid_b")
    listed = {"CARCLUB_WECHAT_INVITERS": " wxid_c, wxid_d ,wxid_e"}
    assert load(listed, file.parent).wechat_inviters == ("wxid_c", "wxid_d", "wxid_e")
    file.write_text('wechat_inviters = "wxid_a,wxid_b"', "utf-8")
    assert load({}, file.parent).wechat_inviters == ("wxid_a", "wxid_b")


@pytest.mark.parametrize("listed", ["", " ", ",", "wxid_a,", ",,wxid_a , "])
def test_nobody_is_no_inviter(file, listed):
    """An empty name would let in everybody whose id is not known."""
    assert "" not in load({"CARCLUB_WECHAT_INVITERS": listed}, file.parent).wechat_inviters
    file.write_text(f'wechat_inviters = "{listed}"', "utf-8")
    assert "" not in load({}, file.parent).wechat_inviters


@pytest.mark.parametrize("listed", ["7", "[7]", '[""]', "[[]]", "{a = 1}"])
def test_what_is_no_list_of_names_is_refused(file, listed):
    file.write_text(f"wechat_inviters = {listed}", "utf-8")
    assert refusal({}, file.parent).startswith(f"wechat_inviters in {file}: ")


def test_with_empty_variables_wechat_is_off(file):
    empty = {
        f"CARCLUB_{name.upper()}": "" for name in Settings.model_fields if name.startswith("wechat")
    }
    assert len(empty) == 4
    assert load(empty, file.parent) == load({}, file.parent)
    file.write_text('wechat_endpoint = ""', "utf-8")
    assert load(empty, file.parent).wechat_endpoint == ""
