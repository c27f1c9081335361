"""Real processes to be killed, starved or bereft of rights: forks of this one, already warm."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

NOBODY = 65534
Line = list[str]
Tell = Callable[[Line], None]


@contextmanager
def child(run: Callable[[Tell], None]) -> Iterator[tuple[int, BinaryIO]]:
    """A process that runs something; what it tells comes out of the pipe, a line of JSON each."""
    source, target = os.pipe()
    number = os.fork()
    if not number:
        code = 1
        try:
            os.close(source)
            run(lambda line: write(target, line))
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    os.close(target)
    with open(source, "rb") as lines:
        yield number, lines
    os.waitpid(number, 0)


def write(target: int, line: Line) -> None:
    os.write(target, json.dumps(line).encode() + b"\n")


def told_by(run: Callable[[Tell], None]) -> list[Line]:
    """All that a process told before its end, however it came."""
    with child(run) as (_, lines):
        return [json.loads(line) for line in lines if line.endswith(b"\n")]


def without_rights() -> None:
    """To the superuser no file is read-only, so a process that tries one gives that up."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
