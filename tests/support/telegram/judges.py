"""Judges that we did not write: aiogram's models and teremok's rules.

aiogram reads every update our server makes and every answer it gives, so that the server cannot
drift into our own misreading of Telegram; teremok looks at what the bot asks for.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.support.telegram import spec
from tests.support.telegram.journal import Request
from tests.support.telegram.model import JSON

TOKEN = "1:judge"  # aiogram wants a bot to look its defaults up in; it calls nobody


class JudgementError(AssertionError):
    """A judge does not agree with what was sent."""


def judge_update(update: JSON) -> None:
    """Whether aiogram can read it, and knows its kind."""
    from aiogram.types import Update
    from pydantic import ValidationError

    try:
        read = Update.model_validate(update)
    except ValidationError as error:
        text = json.dumps(update, ensure_ascii=False)
        raise JudgementError(f"aiogram cannot read {text}") from error
    if read.model_extra:
        raise JudgementError(f"aiogram knows no update of the kind {sorted(read.model_extra)}")


def faults_of(request: Request) -> list[str]:
    """What the judges find wrong with a request."""
    from aiogram.types import BufferedInputFile
    from pydantic import ValidationError
    from teremok.validation import ApiRuleViolation, validate_method

    kind = method_class(request.method)
    if kind is None:
        return [f"there is no method {request.method}"]
    files = {
        name: BufferedInputFile(each.content, each.name) for name, each in request.files.items()
    }
    # A file may come under the name of its parameter, or under one that the parameter names.
    given = {
        name: files.get(value.removeprefix("attach://"), value) if isinstance(value, str) else value
        for name, value in (files | request.parameters).items()
        if name in request.parameters or name in spec.fields(request.method)
    }
    faults = []
    try:
        method = kind.model_validate(given)
        faults += [f"there is no parameter {name}" for name in method.model_extra or ()]
        validate_method(bot(), method)
    except ValidationError as error:
        faults += [f"{each['loc']}: {each['msg']}" for each in error.errors()]
    except ApiRuleViolation as violation:
        faults.append(violation.description)
    return faults


def judge_request(request: Request) -> None:
    faults = faults_of(request)
    if faults:
        raise JudgementError(f"{request}: {'; '.join(faults)}")


def judge_answer(request: Request) -> None:
    """Whether aiogram can read what our server answered."""
    from aiogram.methods.base import Response
    from pydantic import ValidationError

    kind = method_class(request.method)
    if kind is None or not request.ok:
        return
    try:
        Response[kind.__returning__].model_validate(request.answer)  # type: ignore[name-defined]
    except ValidationError as error:
        raise JudgementError(f"aiogram cannot read the answer of {request}") from error


def judge_all(requests: list[Request]) -> None:
    """What a whole test asked for; what Telegram does not know was refused and is not judged.

    Polling carries poison when a test wants it, so its answers are left alone.
    """
    faulty = {repr(each): faults for each in requests if (faults := faults_of(each))}
    if faulty:
        raise JudgementError("\n".join(f"{each}: {'; '.join(why)}" for each, why in faulty.items()))
    for each in requests:
        if each.method != "getUpdates":
            judge_answer(each)


@cache
def method_class(name: str) -> Any:
    import aiogram.methods

    return getattr(aiogram.methods, name[:1].upper() + name[1:], None)


@cache
def bot() -> Any:
    from aiogram import Bot

    return Bot(TOKEN)
