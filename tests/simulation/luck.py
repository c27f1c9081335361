"""How luck must fall: the checker that everybody may use, which shares nothing with the bot."""

from collections.abc import Sequence
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

CHECKER = Path(__file__).parents[2] / "docs" / "verify_envelope.py"
CODE_LENGTH = 12


def _load() -> ModuleType:
    spec = spec_from_file_location("verify_envelope", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_checker = _load()


def amounts(mode: str, total: int, pieces: int, seed: bytes) -> list[int]:
    return list(_checker.amounts(mode, total, pieces, seed))


def drawn(codes: Sequence[str], pieces: int, seed: bytes, newcomers: int | None) -> list[int]:
    """Places in `codes`."""
    return [codes.index(code) for code in _checker.drawn(codes, pieces, seed, newcomers)]


def code_of(club: str, envelope: int, member: str, *, newcomer: bool) -> str:
    """How an entrant is called in the published list."""
    name = sha256(f"{club}|{envelope}|{member}".encode()).hexdigest()
    return name[:CODE_LENGTH] + "*" * newcomer


def digest_of(codes: Sequence[str]) -> str:
    """Of a draw's published list."""
    return sha256("\n".join(codes).encode()).hexdigest()
