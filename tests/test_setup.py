"""Which lock is installed: what a club's settings ask for, once, and all without a network."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-wechat.txt", "requirements-dev.txt"]
PYTHON = """#!/bin/sh
echo "$@" >> installed
"""
PIP = """#!/bin/sh
"""


class Checkout:
    """A copy of what .ci/setup reads, with an environment that only notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci/setup", folder / ".ci")
        for name in (*LOCKS, "pyproject.toml"):
            (folder / name).write_text(f"{name}\n")
        tools = folder / ".venv/bin"
        tools.mkdir(parents=True)
        for name, script in (("python", PYTHON), ("pip", PIP)):
            (tools / name).write_text(script)
            (tools / name).chmod(0o755)

    def setup(self, *locks: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / ".ci/setup", *locks],
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", **environ},
            capture_output=True,
            text=True,
        )

    def installed(self, *locks: str, **environ: str) -> str:
        """The lock that is installed now; empty where nothing was to be done."""
        notes = self.folder / "installed"
        notes.unlink(missing_ok=True)
        done = self.setup(*locks, **environ)
        assert done.returncode == 0, done.stderr
        if not notes.exists():
            return ""
        (asked,) = [line for line in notes.read_text().splitlines() if "--requirement" in line]
        return asked.split()[-1]

    def write(self, text: str, name: str = "carclub.toml") -> None:
        (self.folder / name).write_text(text, "utf-8")


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_without_wechat_nothing_of_it_is_installed(checkout):
    assert checkout.installed() == "requirements.txt"
    assert checkout.installed() == "", "a second call finds all as it should be"
    checkout.write(
        '# wechat_endpoint = "127.0.0.1:8788"\nlanguage = "zh" # wechat_endpoint = "…"\n'
    )
    assert checkout.installed() == ""
    assert checkout.installed(CARCLUB_WECHAT_ENDPOINT="", CARCLUB_CONFIG="") == ""


def test_what_the_environment_switches_on_is_installed(checkout):
    environ = {"CARCLUB_WECHAT_ENDPOINT": "127.0.0.1:8788"}
    assert checkout.installed(**environ) == "requirements-wechat.txt"
    assert checkout.installed(**environ) == ""
    assert checkout.installed() == "", "and stays, as it does no harm"


@pytest.mark.parametrize(
    "line",
    [
        'wechat_endpoint = "127.0.0.1:8788"',
        'http_port = 1\n  wechat_endpoint="127.0.0.1:8788"',
        '\ufeffwechat_endpoint = "127.0.0.1:8788"',
        "\"wechat_endpoint\" = '127.0.0.1:8788'",
    ],
    ids=["plain", "indented", "from Notepad", "quoted"],
)
def test_what_the_file_switches_on_is_installed(checkout, line):
    checkout.write(f"{line}\n")
    assert checkout.installed() == "requirements-wechat.txt"


@pytest.mark.parametrize("place", ["club.toml", "elsewhere/club.toml"])
def test_the_file_may_be_another_one(checkout, place):
    (checkout.folder / "elsewhere").mkdir()
    checkout.write('wechat_endpoint = "127.0.0.1:8788"\n', place)
    assert checkout.installed() == "requirements.txt"
    for named in (place, str(checkout.folder / place)):
        (checkout.folder / ".venv/installed-requirements-wechat.txt").unlink(missing_ok=True)
        assert checkout.installed(CARCLUB_CONFIG=named) == "requirements-wechat.txt"
    assert checkout.installed(CARCLUB_CONFIG="nowhere.toml") == ""


def test_a_lock_holds_all_that_the_ones_before_it_do(checkout):
    assert checkout.installed("requirements-dev.txt") == "requirements-dev.txt"
    for lock in LOCKS:
        assert checkout.installed(lock) == ""
    assert checkout.installed(CARCLUB_WECHAT_ENDPOINT="127.0.0.1:8788") == ""


@pytest.mark.parametrize("changed", [*LOCKS, "pyproject.toml"])
def test_a_changed_lock_is_installed_anew_and_so_are_those_behind_it(checkout, changed):
    checkout.installed("requirements-dev.txt")
    checkout.write("changed\n", changed)
    for lock in LOCKS:
        is_behind = changed not in LOCKS or LOCKS.index(lock) >= LOCKS.index(changed)
        assert checkout.installed(lock) == (lock if is_behind else "")


def test_a_lock_that_nobody_knows_is_refused_before_anything_is_done(checkout):
    checkout.installed("requirements-dev.txt")
    (checkout.folder / "installed").unlink()
    done = checkout.setup("requirements-test.txt")
    assert (done.returncode, done.stderr) == (1, "setup: no lock file requirements-test.txt\n")
    assert not (checkout.folder / "installed").exists()
    assert checkout.installed("requirements-dev.txt") == ""


@pytest.mark.parametrize("lock", LOCKS)
def test_an_installation_that_fails_is_tried_again(checkout, lock):
    python = checkout.folder / ".venv/bin/python"
    python.write_text("#!/bin/sh\nexit 1\n")
    assert checkout.setup(lock).returncode != 0
    python.write_text(PYTHON)
    assert checkout.installed(lock) == lock
