"""What the command line can do: one file here is one verb.

A verb's file has a docstring, whose first line is shown as help, and two functions:
`add_arguments(parser)` and `run(options, settings) -> int`, which returns the exit code.
Heavy imports belong inside `run`, so that no verb pays for another.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from config.settings import Settings


class CommandError(Exception):
    """A verb cannot do what was asked. The text is the one line the operator reads."""


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Settings], int]


def find(package: ModuleType) -> list[Verb]:
    return [_verb(package, module.name) for module in iter_modules(package.__path__)]


def _verb(package: ModuleType, name: str) -> Verb:
    module = import_module(f"{package.__name__}.{name}")
    summary = (module.__doc__ or "").partition("\n")[0]
    # A file cannot be called as a word of Python's own is: import_.py is the verb import.
    return Verb(name.removesuffix("_"), summary, module.add_arguments, module.run)
