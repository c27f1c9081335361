"""The command line as an operator uses it, in a folder of its own."""

import os

import pytest

from bots.__main__ import main


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The data folder; nothing of the developer's own is set."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CARCLUB_")]:
        monkeypatch.delenv(name)
    return tmp_path / "data"


@pytest.fixture
def database(data):
    return data / "carclub.db"


@pytest.fixture
def do(capsys):
    """Run a verb: its exit code, what it printed, and its last word on errors."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err.removeprefix("carclub: ").rstrip("\n")

    return run
