"""A process that is told and tells one JSON object a line.

A thread reads, so the process may live longer than the event loop of the test that started it.
"""

import asyncio
import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# A frozen process never sees that its input has ended; the kernel ends it with whoever started it.
LEASH = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
STOP_TIMEOUT_SECONDS = 5

Told = dict[str, Any]
Look = Callable[[Told], bool]


@dataclass(frozen=True)
class Waiter:
    look: Look
    loop: asyncio.AbstractEventLoop
    found: asyncio.Future[Told]

    def tell(self, told: Told) -> None:
        with suppress(RuntimeError):  # its test is over, and so is its loop
            self.loop.call_soon_threadsafe(self._settle, told)

    def _settle(self, told: Told) -> None:
        if not self.found.done():
            self.found.set_result(told)


class Line:
    """Started by the main thread only: when the thread that started it ends, so does the process.

    Whatever the process leaves in its folder for temporary files goes with `close`.
    """

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.told: list[Told] = []
        self._waiters: list[Waiter] = []
        self._lock = threading.Lock()
        self._scratch = TemporaryDirectory(prefix="carclub-gateway-")
        self._stderr = Path(self._scratch.name, "stderr")
        with self._stderr.open("wb") as stderr:
            self._process = subprocess.Popen(
                [*LEASH, *command],
                cwd=folder,
                env=environment | {"TMPDIR": self._scratch.name},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def complaints(self) -> str:
        return self._stderr.read_text("utf-8", "replace")

    def tell(self, line: Told) -> None:
        """Returns when the process has taken it, which for a frozen one is when it thaws."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, and that is told, too
            self._process.stdin.write(json.dumps(line).encode() + b"\n")
            self._process.stdin.flush()

    async def until(self, look: Look, timeout_seconds: float) -> Told:
        """The first thing told that looks like this, even if it was told before."""
        loop = asyncio.get_running_loop()
        waiter = Waiter(look, loop, loop.create_future())
        with self._lock:
            for told in self.told:
                if look(told):
                    return told
            self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout_seconds):
                return await waiter.found
        finally:
            with self._lock:
                self._waiters.remove(waiter)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if line.startswith(b"{"):
                    self._keep(json.loads(line))
        self._keep({"event": "ended"})

    def _keep(self, told: Told) -> None:
        with self._lock:
            self.told.append(told)
            waiters = [each for each in self._waiters if each.look(told)]
        for waiter in waiters:
            waiter.tell(told)

    def forget(self, look: Look) -> None:
        """All that was told before the last thing that looks like this, and that itself."""
        with self._lock:
            last = max((n for n, told in enumerate(self.told) if look(told)), default=-1)
            del self.told[: last + 1]

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """What it had told until then has been read when this returns."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def close(self) -> None:
        """End it by ending its input; killed if it does not listen."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._scratch.cleanup()
