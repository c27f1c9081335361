"""docs/verify_envelope.py, as a stranger runs it: it agrees with us, and finds every lie."""

import ast
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from runpy import run_path

import pytest

from rewards.published import published, wrong
from storage.model import EnvelopeState
from tests.rewards.told import CLUB, HONEST, LIES, changed, envelope

CHECKER = Path(__file__).parents[2] / "docs" / "verify_envelope.py"
ENVELOPES = 10_000
check = run_path(str(CHECKER))["check"]


def test_it_agrees_on_ten_thousand_envelopes():
    dice = Random(2026)
    differ = []
    for number in range(1, ENVELOPES + 1):
        told = published(CLUB, *envelope(dice, number, drawn=number % 3 == 0))
        told = json.loads(json.dumps(told))
        if check(told) or wrong(told):
            differ.append(told)
    assert differ == []


@pytest.mark.parametrize("lie", LIES)
def test_it_finds_any_change(lie):
    path, to = LIES[lie]
    assert check(HONEST) == ""
    assert check(changed(HONEST, *path, to=to))


def test_the_example_in_the_documents_is_right():
    page = CHECKER.with_name("luck.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    assert check(json.loads(example)) == ""


def test_of_an_open_envelope_it_can_say_nothing_yet():
    over, pieces, entrants = envelope(Random(1), drawn=True)
    over = replace(over, state=EnvelopeState.OPEN)
    told = published(CLUB, over, pieces, entrants)
    assert check(told) == "no seed yet: the envelope is still open"


def run(*arguments, stdin=""):
    done = subprocess.run(
        [sys.executable, "-I", CHECKER, *arguments],
        check=False,
        input=stdin,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.rstrip("\n")


def test_it_reads_a_file_or_what_it_is_given(tmp_path):
    (tmp_path / "12.json").write_text(json.dumps(HONEST))
    assert run(tmp_path / "12.json") == (0, "ok")
    assert run(stdin=json.dumps(HONEST)) == (0, "ok")


def test_it_prints_the_first_mismatch():
    code, said = run(stdin=json.dumps(changed(HONEST, "amounts", 0, to=99)))
    assert (code, said) == (1, "the seed gives other amounts")
    code, said = run(stdin=json.dumps(changed(HONEST, "draw", "drawn", to=[])))
    assert (code, said) == (1, "the seed draws others")
    twice = changed(HONEST, "draw", "entries", to=lambda codes: [*codes, codes[0]])
    assert check(twice) == "somebody is in the draw twice"


@pytest.mark.parametrize("text", ["", "5", '{"seed": "zz"}', '{"seed": "00"}'])
def test_what_is_no_envelope_is_said_in_a_line(text):
    code, said = run(stdin=text)
    assert code == 1
    assert said.startswith("these are not an envelope's numbers")
    assert "\n" not in said


def test_it_needs_nothing_but_an_old_python():
    tree = ast.parse(CHECKER.read_text("utf-8"), feature_version=(3, 9))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"fileinput", "hashlib", "json", "sys"}
