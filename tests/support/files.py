"""Where the files of tests lie: in memory, where the machine has room for it.

No test pulls the plug, and what a killed process has written is there afterwards, in memory as on a
disk. So a disk adds nothing but the waiting for it, some milliseconds at each of many thousand
commits. Whoever wants the disk says so with TMPDIR.
"""

import os
import shutil
import tempfile
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 << 30


def pytest_configure() -> None:
    if "TMPDIR" not in os.environ and has_room(IN_MEMORY):
        os.environ["TMPDIR"] = str(IN_MEMORY)  # the workers of pytest-xdist inherit it
        tempfile.tempdir = None  # looked up anew


def has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= ROOM_BYTES
