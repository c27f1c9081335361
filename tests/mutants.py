"""Would a test notice? Changes one comparison, number, sign or and/or at a time, in a copy of the
tree, runs the tests that should fail, and prints every change that none of them noticed.

    python -m tests.mutants [PATH ...]
"""

import ast
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
WORKERS = 2
SECONDS_MAX = 60
TEST_SECONDS_MAX = 10
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.pyc", "build", "dist")

TESTS = {
    "rewards/envelope.py": ["tests/rewards/test_envelope.py"],
    "rewards/luck.py": ["tests/rewards/test_luck.py", "tests/rewards/test_checker.py"],
    "rewards/ledger.py": ["tests/rewards/test_ledger.py"],
    "rewards/published.py": ["tests/rewards/test_published.py"],
    "bots/pace.py": ["tests/bots/test_pace.py"],
    "bots/wechat/order.py": ["tests/bots/wechat/test_order.py"],
    "bots/wechat/recent.py": ["tests/bots/wechat/test_recent.py"],
    "storage/books.py": ["tests/storage/test_books.py", "tests/storage/contract/test_ledger.py"],
    "storage/sqlite/ledger.py": ["tests/storage/contract/test_ledger.py"],
    "handlers/features/envelope/ends.py": [
        "tests/handlers/features/test_envelope_over.py",
        "tests/handlers/features/test_envelope_ends.py",
        "tests/handlers/features/test_envelope_kinds.py",
        "tests/handlers/test_deadlines.py",
    ],
}
ONLY = {"storage/sqlite/ledger.py": {"post", "_move", "_spend", "_resolve", "_change"}}
"""Of these files only these functions: the rest is looking things up."""

EQUIVALENT = {
    "rewards/luck.py dice: range(0, 32, 8) → range(0, 31, 8)": "the last quarter begins at 24",
}
"""Changes that change nothing anybody could notice, and why."""

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    path: str
    line: int
    kind: str
    name: str
    """What it is and where, without the line: how it is called in EQUIVALENT."""
    source: str


def mutants(path: str) -> Iterator[Mutant]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for function, node in _inside(tree, ""):
        if ONLY.get(path) and function.rpartition(".")[2] not in ONLY[path]:
            continue
        statement = ast.unparse(node)
        for part in ast.walk(node):
            for kind in _changed(part):
                name = f"{path} {function}: {statement} → {ast.unparse(node)}"
                yield Mutant(path, node.lineno, kind, name, ast.unparse(tree))


def _inside(node: ast.AST, function: str) -> Iterator[tuple[str, ast.stmt | ast.expr]]:
    """Each smallest piece that makes sense by itself: a simple statement, or what an if asks."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _inside(child, f"{function}.{child.name}".lstrip("."))
        elif isinstance(child, ast.If | ast.For | ast.While | ast.With | ast.Try):
            yield from _inside(child, function)
        elif isinstance(child, ast.stmt) or (isinstance(child, ast.expr) and _asked(node, child)):
            yield function, child


def _asked(node: ast.AST, child: ast.expr) -> bool:
    return child in (getattr(node, "test", None), getattr(node, "iter", None))


def _changed(node: ast.AST) -> Iterator[str]:
    """Changes the node, one way after the other, and puts it right again."""
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for other in COMPARISONS[type(op)]:
                node.ops[place] = other()
                yield "comparison"
            node.ops[place] = op
    elif isinstance(node, ast.BoolOp):
        before = node.op
        node.op = ast.Or() if isinstance(before, ast.And) else ast.And()
        yield "and/or"
        node.op = before
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        operand = node.operand
        node.operand = ast.UnaryOp(ast.Not(), operand)
        yield "not"
        node.operand = operand
    elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        sign = node.op
        node.op = ast.Sub() if isinstance(sign, ast.Add) else ast.Add()
        yield "sign"
        node.op = sign
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        number = node.value
        for node.value in (number + 1, number - 1):
            yield "number"
        node.value = number


def survives(mutant: Mutant, copy: Path, stamp: int) -> bool:
    """Whether all tests pass; what takes too long does not."""
    target = copy / mutant.path
    original = target.read_text("utf-8")
    target.write_text(mutant.source, "utf-8")
    os.utime(target, (stamp, stamp))  # a compiled file of the same size and second is another's
    try:
        return passes(copy, TESTS[mutant.path])
    finally:
        target.write_text(original, "utf-8")


def passes(copy: Path, tests: Sequence[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-o", f"timeout={TEST_SECONDS_MAX}", *tests]
    try:
        done = subprocess.run(
            command, check=False, cwd=copy, capture_output=True, timeout=SECONDS_MAX
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(paths: Sequence[str]) -> int:
    asked = [mutant for path in paths or TESTS for mutant in mutants(path)]
    tried = [mutant for mutant in asked if mutant.name not in EQUIVALENT]
    copies: SimpleQueue[Path] = SimpleQueue()
    stamps = count(1)

    def attempt(mutant: Mutant) -> bool:
        copy = copies.get()
        try:
            return survives(mutant, copy, next(stamps))
        finally:
            copies.put(copy)

    with TemporaryDirectory(prefix="carclub-mutants-") as folder, ThreadPoolExecutor(WORKERS) as at:
        for number in range(WORKERS):
            copies.put(Path(shutil.copytree(ROOT, Path(folder) / str(number), ignore=LEFT_OUT)))
        for path in paths or TESTS:
            if not passes(Path(folder) / "0", TESTS[path]):
                print(f"the tests of {path} fail without any change")
                return 1
        alive = [
            mutant for mutant, lives in zip(tried, at.map(attempt, tried), strict=True) if lives
        ]
    for mutant in alive:
        print(f"{mutant.path}:{mutant.line} {mutant.kind} {mutant.name}")
    print(table(tried, alive, asked))
    return 1 if alive else 0


def table(tried: Sequence[Mutant], alive: Sequence[Mutant], asked: Sequence[Mutant]) -> str:
    rows = ["| file | changes | noticed | not noticed | equivalent |", "|---|---|---|---|---|"]
    all_of, lost = Counter(each.path for each in asked), Counter(each.path for each in alive)
    for path, number in all_of.items():
        run = sum(each.path == path for each in tried)
        left = lost[path]
        rows.append(f"| `{path}` | {number} | {run - left} | {left} | {number - run} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
