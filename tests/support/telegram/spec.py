"""Is this what Telegram's documentation calls a request?

The specification beside this file is the judge of methods, parameters, types, objects and lengths.
In one point we are stricter than Telegram, which ignores parameters it does not know: a misspelt
one is refused here, as it would otherwise be a promise that nobody keeps.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.telegram import limits
from tests.support.telegram.html import parse, units
from tests.support.telegram.refusals import Refused, bad

FILE = Path(__file__).with_name("bot-api.json")
CONSTANT = re.compile(r"(?:always|must be) [\"“]?(\w+)[\"”]?")
ARRAY = "Array of "
ATTACHED = "attach://"
SIMPLE: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "String": (str,),
    "Boolean": (bool,),
    "Float": (float, int),
    "True": (bool,),
}
MISSING = {"chat_id": "chat_id is empty", "text": "message text is empty"}
ENTITIES = {"text": "entities", "caption": "caption_entities"}


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True)
class Checked:
    """A request with its parameters decoded; `parsed` has texts as members will see them."""

    method: str
    parameters: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)


@cache
def read() -> dict[str, Any]:
    return json.loads(FILE.read_text())  # type: ignore[no-any-return]


@cache
def fields(owner: str) -> dict[str, dict[str, Any]]:
    """The fields of a type or a method."""
    known = read()["types"].get(owner) or read()["methods"][owner]
    return {each["name"]: each for each in known.get("fields", ())}


def is_method(name: str) -> bool:
    return name in read()["methods"]


def check(method: str, raw: dict[str, Any], files: dict[str, Upload]) -> Checked:
    """The request, decoded; refused with the words Telegram has for it."""
    if not is_method(method):
        raise Refused(404, "method not found")
    known = fields(method)
    unknown = sorted((raw.keys() | files.keys()) - attached(raw) - known.keys())
    if unknown:
        raise bad(f"{method} has no parameter {unknown[0]!r}")
    parameters = {name: decode(known[name], value) for name, value in raw.items()}
    check_object(method, parameters, files)
    return Checked(method, parameters, files)


def attached(raw: dict[str, Any]) -> set[str]:
    """The names of files that a parameter speaks of; those may be called anything."""
    text = " ".join(
        value if isinstance(value, str) else json.dumps(value) for value in raw.values()
    )
    return set(re.findall(rf"{ATTACHED}([\w.-]+)", text))


def decode(known: dict[str, Any], value: Any) -> Any:
    """Form fields are texts; all but texts are JSON in them."""
    kinds = known["types"]
    if not isinstance(value, str) or kinds == ["String"] or "InputFile" in kinds:
        return value
    if "Integer" in kinds and "String" in kinds:
        return int(value) if re.fullmatch(r"-?\d+", value) else value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {known['name']}: it is not JSON") from None


def check_object(owner: str, values: dict[str, Any], files: dict[str, Upload]) -> None:
    known = fields(owner)
    for name, stated in known.items():
        if name in values:
            check_field(f"{owner}.{name}", stated, values, files)
        elif stated["required"] and name not in files:
            raise bad(MISSING.get(name, f"{owner}: {name} is missing"))
    check_more(owner, values)


def check_field(
    where: str, known: dict[str, Any], values: dict[str, Any], files: dict[str, Upload]
) -> None:
    name = known["name"]
    value = values[name]
    kind = check_kinds(where, known["types"], value, files)
    limit = limits.stated(known["description"], kind)
    if not limit or (name == "chat_id"):
        return
    if limit.parsed and isinstance(value, str):
        value = shown(values, name)[0]
        if values[name] and not value.strip() and limit.least:
            raise bad("text must be non-empty")
    refusal = limit.refusal(where, value)
    if refusal:
        raise refusal


def check_kinds(where: str, kinds: list[str], value: Any, files: dict[str, Upload]) -> str:
    """Which of the possible types this is; the refusal speaks of the one that was meant."""
    if "InputFile" in kinds and isinstance(value, str) and value.startswith(ATTACHED):
        kinds = ["InputFile"]
    refusals: list[Refused] = []
    for kind in meant(kinds, value):
        try:
            check_kind(where, kind, value, files)
        except Refused as refusal:
            refusals.append(refusal)
        else:
            return kind
    if not refusals:
        raise bad(f"can't parse {where}: no such kind of object")
    raise refusals[0]


def check_kind(where: str, kind: str, value: Any, files: dict[str, Upload]) -> None:
    if kind.startswith(ARRAY):
        if not isinstance(value, list):
            raise bad(f"can't parse {where}: expected an Array")
        for each in value:
            check_kinds(where, [kind.removeprefix(ARRAY)], each, files)
    elif kind in SIMPLE:
        if not isinstance(value, SIMPLE[kind]) or (
            isinstance(value, bool) != (bool in SIMPLE[kind])
        ):
            raise bad(f"can't parse {where}: must be of type {kind}")
    elif kind == "InputFile":
        check_file(where, value, files)
    elif not isinstance(value, dict):
        raise bad(f"can't parse {where}: expected an Object")
    elif read()["types"][kind].get("subtypes"):
        check_kinds(where, read()["types"][kind]["subtypes"], value, files)
    else:
        unknown = sorted(value.keys() - fields(kind).keys())
        if unknown:
            raise bad(f"{kind} has no field {unknown[0]!r}")
        check_object(kind, value, files)


def check_file(where: str, value: Any, files: dict[str, Upload]) -> None:
    name = value.removeprefix(ATTACHED) if isinstance(value, str) else ""
    if not isinstance(value, str) or not value.startswith(ATTACHED):
        raise bad(f"{where}: expected a file")
    if name not in files:
        raise bad(f"{where}: there is no file {name!r} in the request")


def meant(kinds: list[str], value: Any) -> list[str]:
    """Of several objects the one whose constant `type` is there, or whose fields fit best."""
    if not isinstance(value, dict) or len(kinds) == 1:
        return kinds
    marked = [kind for kind in kinds if kind not in SIMPLE and constants(kind)]
    if marked:
        return [kind for kind in marked if constants(kind).items() <= value.items()]

    def misfits(kind: str) -> int:
        return len(value.keys() - fields(kind).keys())

    return sorted((kind for kind in kinds if kind not in SIMPLE), key=misfits)


@cache
def constants(kind: str) -> dict[str, str]:
    if kind.startswith(ARRAY) or kind == "InputFile":
        return {}
    names = ("type", "source", "status")
    found = {
        name: CONSTANT.search(each["description"])
        for name, each in fields(kind).items()
        if name in names
    }
    return {name: match[1] for name, match in found.items() if match}


def check_more(owner: str, values: dict[str, Any]) -> None:
    """What descriptions say in words."""
    if "tag" in values:
        limits.check_tag(f"{owner}.tag", values["tag"])
    if owner == "setMyCommands":
        limits.check_commands(values["commands"])
    if owner == "InlineKeyboardMarkup":
        limits.check_keyboard(values["inline_keyboard"])


def shown(values: dict[str, Any], name: str) -> tuple[str, list[dict[str, Any]]]:
    """A text as members will see it, with its entities."""
    text: str = values.get(name) or ""
    mode = values.get("parse_mode" if name in ENTITIES else f"{name}_parse_mode")
    entities = values.get(ENTITIES.get(name, f"{name}_entities"))
    if entities:
        if any(each["offset"] + each["length"] > units(text) for each in entities):
            raise bad("can't parse entities: entity is beyond the end of the text")
        return text, entities
    if not mode:
        return text, []
    if mode.upper() != "HTML":
        raise bad(f"the test server does not play parse_mode {mode}")
    return parse(text)
