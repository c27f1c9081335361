"""The house rules that no other tool keeps, and that the tools which keep the others do bite."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.settings import Settings

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {
    contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]
}
LOCKS = {
    "requirements.txt": ["build"],
    "requirements-wechat.txt": ["build", "wechat"],
    "requirements-dev.txt": ["build", "wechat", "dev"],
}
"""With the extras that each of them pins."""
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def run(
    *command: str, cwd: Path = ROOT, stdin: str = "", environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A tool of this environment; a failed one is for the test to judge."""
    tool = Path(sys.executable).with_name(command[0])
    return subprocess.run(
        [tool, *command[1:]],
        check=False,
        cwd=cwd,
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
    )


def source_files(folder: Path) -> list[Path]:
    return [
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    ]


# The environment and its locks


def claimed_by_others() -> dict[str, list[str]]:
    owners = packages_distributions()
    return {name: owners[name] for name in PACKAGES if set(owners.get(name, ())) - {"carclub"}}


def test_nobody_else_owns_our_package_names():
    """Our names are short; a distribution with the same would silently overwrite our files."""
    assert claimed_by_others() == {}
    for name in PACKAGES:
        assert Path(__import__(name).__file__ or "").parent == ROOT / name


def test_a_clash_of_package_names_would_be_seen(tmp_path, monkeypatch):
    distribution = tmp_path / "config-0.5.1.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: config\nVersion: 0.5.1\n")
    (distribution / "RECORD").write_text("config/__init__.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert claimed_by_others() == {"config": ["config"]}


def test_the_installed_distributions_fit_together():
    """The lock is installed without resolving, so this is where a gap in it would show."""
    checked = run("python", "-m", "pip", "check")
    assert checked.returncode == 0, checked.stdout


def pins(lock: str) -> set[tuple[str, str]]:
    """Names and versions. A marker may pin one name differently for another Python."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    found = set()
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            pinned = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)( ; .+)?", line)
            assert pinned, f"{lock}: {line!r} is no exact pin"
            found.add((pinned[1], pinned[2]))
    return found


@pytest.mark.parametrize("lock", list(LOCKS))
def test_a_lock_says_how_it_was_made_and_not_where(lock):
    text = (ROOT / lock).read_text("utf-8")
    assert "make lock" in text.partition("\n\n")[0]
    assert "://" not in text
    assert not re.search(r"(?m)^\s*-", text), "an option"


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items())
def test_a_lock_pins_what_the_project_asks_for(lock, extras):
    asked = PROJECT["project"]["dependencies"] + [
        requirement
        for extra in extras
        for requirement in PROJECT["project"]["optional-dependencies"][extra]
    ]
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        versions = {version for pinned, version in pins(lock) if pinned == name}
        assert versions, f"{requirement} is not in {lock}; run `make lock`"
        assert all(map(requirement.specifier.contains, versions)), requirement


def test_each_lock_repeats_the_one_before_it():
    for less, more in pairwise(LOCKS):
        assert pins(less) <= pins(more)


def test_what_builds_carclub_is_locked_too():
    build = PROJECT["project"]["optional-dependencies"]["build"]
    assert PROJECT["build-system"]["requires"] == build


def test_the_wheel_holds_every_file_of_ours_and_no_tests(tmp_path):
    built = run("hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in source_files(ROOT / package)
    }
    assert shipped == ours


# The tree and its documents


def test_every_folder_of_tests_is_a_package():
    """Without it, tests/rewards would hide rewards, and two files of one name would collide."""
    folders = {
        parent
        for file in source_files(ROOT / "tests")
        if file.suffix == ".py"
        for parent in file.parents
        if parent.is_relative_to(ROOT / "tests")
    }
    assert {folder for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_every_setting_is_named_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    names = ["CARCLUB_CONFIG", *Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in readme] == []


# Import order


def test_the_order_of_imports_is_the_order_of_the_folders(tmp_path):
    """Breaks every contract once, in a copy: a contract that nothing breaks guards nothing."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    clean = run("lint-imports", "--no-cache", cwd=tmp_path)
    assert clean.returncode == 0, clean.stdout

    plant = {
        "storage/planted.py": "import handlers\n",
        "handlers/features/planted_one.py": "import handlers.features.planted_two\n",
        "handlers/features/planted_two.py": "",
        "handlers/planted.py": (
            "import aiohttp, ijson, jinja2, rich, sqlite3, storage.sqlite, telegram, wechaty\n"
        ),
        "bots/local/planted.py": "import bots.telegram.nouns\n",
        "rewards/planted.py": "import random\n",
    }
    for name, text in plant.items():
        (tmp_path / name).write_text(text)
    planted = run("lint-imports", "--no-cache", cwd=tmp_path)
    assert {name for name in CONTRACTS if f"{name} BROKEN" in planted.stdout} == set(CONTRACTS)


def test_every_platform_is_under_contract():
    platforms = {f"bots.{show.parent.name}" for show in (ROOT / "bots").glob("*/show.py")}
    assert platforms <= set(CONTRACTS["Platforms do not know each other"]["modules"])


# What is handed in


@pytest.mark.parametrize(
    ("line", "replacement"),
    [
        ("datetime.datetime.now(datetime.UTC)", "World.now()"),
        ("datetime.datetime.utcnow()", "World.now()"),
        ("time.time()", "World.now()"),
        ("time.time_ns()", "World.now()"),
        ("random.choice('ab')", "World.rng"),
        ("uuid.uuid4()", "World.new_id()"),
        ("os.urandom(8)", "World.secret()"),
        ("secrets.token_hex()", "World.secret()"),
        ("os.environ['CARCLUB_LANGUAGE']", "config.settings"),
    ],
)
def test_asking_the_machine_is_refused_with_the_name_of_what_to_use(line, replacement):
    source = f"import {line.split('.')[0]}\n\nvalue = {line}\n"
    checked = run("ruff", "check", "--stdin-filename", "handlers/planted.py", "-", stdin=source)
    assert "TID251" in checked.stdout
    assert f"`{replacement}`" in checked.stdout


def test_only_the_world_may_ask_the_machine():
    source = "import secrets\nimport time\n\nnow, secret = time.time(), secrets.token_bytes()\n"
    checked = run("ruff", "check", "--stdin-filename", "bots/world.py", "-", stdin=source)
    assert checked.returncode == 0, checked.stdout


# What CI calls


@pytest.mark.parametrize("failing", ["nothing", "check", "test"])
def test_ci_checks_and_tests_and_hides_no_failure(tmp_path, failing):
    """pytest ends with 5 when it finds no tests; that too must come through."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    recipes = [
        f"{target}:\n\t@echo {target} >> called\n\t@exit {5 if target == failing else 0}\n"
        for target in ("check", "test")
    ]
    (tmp_path / "Makefile").write_text("".join(recipes))
    done = subprocess.run([tmp_path / ".ci/run"], check=False, capture_output=True)
    assert (done.returncode == 0) == (failing == "nothing")
    assert (tmp_path / "called").read_text().split() == ["check", "test"]


BROWSER_TEST = """
import pytest


@pytest.mark.browser
def test_a_page():
    pass
"""


@pytest.mark.parametrize(
    ("environ", "outcome"), [({}, "1 skipped"), ({"CI": "true"}, "1 error")], ids=["here", "in CI"]
)
def test_a_missing_browser_is_told_and_in_ci_a_failure(tmp_path, environ, outcome):
    (tmp_path / "test_page.py").write_text(BROWSER_TEST)
    options = ["-rs", "-p", "tests.support.browser", "-c", str(ROOT / "pyproject.toml")]
    environ = {"PATH": "/nowhere", **environ}
    done = run("python", "-m", "pytest", *options, str(tmp_path), environ=environ)
    assert "NOT TESTED: no chromium" in done.stdout
    assert outcome in done.stdout
    assert (done.returncode == 0) == ("CI" not in environ)


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="session")
async def test_the_browser_has_letters_for_chinese(page):
    """Without a font every character is the same empty box."""
    drawn = set()
    for character in "红包分":
        await page.set_content(character)
        drawn.add(await page.screenshot())
    assert len(drawn) == 3


def test_no_pattern_is_possessive():
    """Debian 12's Python 3.11.2 matches some of them wrongly; later ones do not."""
    possessive = re.compile(r"(?:\*\+|\+\+|\?\+|\(\?>)")
    for folder in ("bots", "handlers", "rewards", "storage", "config"):
        for path in (ROOT / folder).rglob("*.py"):
            assert possessive.search(path.read_text("utf-8")) is None, path.name
