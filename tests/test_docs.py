"""The documents name what there is."""

import re
from pathlib import Path

import pytest

from bots import commands
from handlers import registry
from rewards import ledger
from rewards.earning import PROGRAMMES
from storage.books import FLOORS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LEDGER = (ROOT / "docs" / "ledger.md").read_text("utf-8")
PAGES = [
    ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
]
PAGES += sorted((ROOT / "docs").glob("*.md"))
COMMANDS = [command for feature in registry.find().features for command in feature.commands]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words[0])
def test_every_command_is_in_the_readme(command):
    assert command.words[0] in README
    assert f"`/{command.alias}`" in README


@pytest.mark.parametrize("verb", commands.find(commands), ids=lambda verb: verb.name)
def test_every_verb_is_in_the_readme(verb):
    assert verb.name == "run" or f"`carclub {verb.name}" in README


@pytest.mark.parametrize("kind", FLOORS)
def test_every_kind_of_account_is_in_the_ledgers_page(kind):
    assert re.search(rf"`{kind}[:`]", LEDGER)


def test_every_kind_of_posting_is_in_the_ledgers_page_with_its_key():
    postings = [
        ledger.mint("p", "1", 1),
        ledger.reward("share", "1", "member:m", 1, "share:1", "new"),
        ledger.gift("d", "a", "b", 1),
        ledger.donation("d", "a", 1),
        ledger.grant("d", "a", "b", 1),
        ledger.envelope_send(1, "pool", "m", 1, bytes(32)),
        ledger.envelope_grab(1, "m", 1),
        ledger.envelope_refund(1, "pool", 1),
        ledger.referral("m", ledger.INVITER, "a", "2026-05", 20),
        ledger.referral_end(ledger.referral("m", ledger.INVITER, "a", "2026-05", 20), "post"),
        ledger.referral_end(ledger.referral("m", ledger.INVITER, "a", "2026-05", 20), "void"),
        ledger.forget("m", 1),
        ledger.piece_refund(1, 0, "pool", 1),
        ledger.join("a", "b", 1),
        ledger.join_debt("a", "b", 1),
        ledger.owe(1, "b", 1, "env:1"),
        ledger.repay(2, "b", 1),
        ledger.take_back(1, ledger.envelope_grab(1, "a", 1), "b"),
        ledger.reverse(1, ledger.forget("m", 1), "a"),
    ]
    for posting in postings:
        assert f"`{posting.kind}`" in LEDGER
        assert f"`{posting.key.partition(':')[0]}:" in LEDGER


@pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=lambda each: each.name)
def test_every_programme_is_in_the_ledgers_page_with_its_figures(programme):
    row = next(line for line in LEDGER.splitlines() if line.startswith(f"| {programme.name} |"))
    assert f"{programme.points:,}" in row
    assert f"{programme.budget:,}" in row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


# CONTRIBUTING.md names files that somebody will write.
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem != "CONTRIBUTING"], ids=lambda page: page.name
)
def test_files_that_are_named_are_there(page):
    for named in re.findall(r"`([a-z_]+/[\w./]+\.\w+)`", page.read_text("utf-8")):
        assert (ROOT / named).exists(), named
