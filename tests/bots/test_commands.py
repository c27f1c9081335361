"""The command line, tried on pretend verbs; every real verb must have the same shape."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from importlib.metadata import version

import pytest

from bots import commands
from bots.__main__ import main
from tests.support import verbs

pytestmark = pytest.mark.usefixtures("fresh_logs")


@pytest.fixture(autouse=True)
def nothing_set(tmp_path, monkeypatch):
    """No file in the folder, and nothing of the developer's own in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CARCLUB_")]:
        monkeypatch.delenv(name)


def test_without_a_verb_carclub_runs(capsys, tmp_path):
    assert main([], verbs) == 0
    assert capsys.readouterr().out == f"memory in {tmp_path / 'data'}\n"


def test_settings_come_from_the_environment(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("CARCLUB_DATA_DIR", "elsewhere")
    assert main(["run"], verbs) == 0
    assert capsys.readouterr().out == f"memory in {tmp_path / 'elsewhere'}\n"


def test_settings_come_from_the_file_in_the_folder(capsys, tmp_path):
    (tmp_path / "carclub.toml").write_text('data_dir = "elsewhere"', "utf-8")
    assert main(["run"], verbs) == 0
    assert capsys.readouterr().out == f"memory in {tmp_path / 'elsewhere'}\n"


@pytest.mark.parametrize(
    ("way", "line"),
    [
        ("refused", "carclub: there is no such backup"),
        ("wrong-store", "carclub: the file is from a newer carclub"),
    ],
)
def test_a_known_error_is_one_line_and_exit_code_2(capsys, way, line):
    assert main(["stumble", way], verbs) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [line]  # the first is what it logged


def test_a_wrong_setting_is_one_line_and_the_verb_does_not_run(capsys, monkeypatch):
    monkeypatch.setenv("CARCLUB_HTTP_PORT", "many")
    assert main(["run"], verbs) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("carclub: CARCLUB_HTTP_PORT: ")
    assert captured.err.count("\n") == 1


def test_our_own_mistake_keeps_its_traceback():
    with pytest.raises(ValueError, match="a mistake of ours"):
        main(["stumble", "mistaken"], verbs)


def test_an_interrupt_ends_quietly(capsys):
    assert main(["stumble", "interrupted"], verbs) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_verbs_may_log_once_they_run(capsys):
    main(["stumble", "refused"], verbs)
    assert "about to stumble" in capsys.readouterr().err


def test_an_unknown_verb_is_named(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["fly"], verbs)
    assert "'fly'" in capsys.readouterr().err


def test_help_shows_the_first_line_of_each_verb(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"], verbs)
    shown = capsys.readouterr().out
    assert "Say where the memory lives." in shown
    assert "Fail in the way that is asked for." in shown
    assert "Only the first line" not in shown


def test_the_version_is_that_of_the_distribution(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"carclub {version('carclub')}\n"


def test_every_verb_explains_itself_and_its_arguments():
    for verb in commands.find(commands):
        assert verb.summary.endswith("."), verb.name
        verb.add_arguments(ArgumentParser())


def test_asking_for_help_loads_no_server_and_no_store():
    script = """
import sys
from bots import commands
commands.find(commands)
import bots.__main__
print({"aiohttp", "jinja2", "sqlite3"} & set(sys.modules) or "nothing heavy")
"""
    python = [sys.executable, "-c", script]
    done = subprocess.run(python, check=False, capture_output=True, text=True)
    assert done.stdout.strip() == "nothing heavy", done.stderr
