"""What the page asks for → the change it makes, with the Event the house is told. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bots.local.nouns import (
    BOT,
    BOT_NAME,
    GROUP,
    PLATFORM,
    Line,
    Person,
    Post,
    private_chat,
)
from storage.model import Event, EventKind, Media, Mention, Millis, Quoted

TEXT_KEPT_MAX = 20_000
"""The house reads all of a longer text; the group shows and keeps this much."""
MEDIA_MAX = 9
MENTIONS_MAX = 50
LACKS = ("links",)
"""Nobody new can come into a pretend group."""

_CALL = f"@{BOT_NAME}"

Id = Annotated[str, StringConstraints(min_length=1, max_length=32)]
ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class BadRequest(Exception):  # noqa: N818
    """Not something the page would ask for. The text is one short line."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The group at the moment of asking."""

    title: str
    people: Mapping[str, Person]
    post: Callable[[str], Post | None]
    number: int
    """Of the change to be made; never used before."""
    at: Millis


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    account: Id


class Say(_Request):
    text: str = ""
    private: bool = False
    quotes: Annotated[str, StringConstraints(max_length=32)] = ""
    media: Annotated[list[ContentHash], Field(max_length=MEDIA_MAX)] = []


class Edit(_Request):
    message: Id
    text: str


class Tap(_Request):
    message: Id
    says: str


class Move(_Request):
    """Leave the group, or come back."""


def change(verb: str, body: bytes, scene: Scene) -> Line:
    """Raises BadRequest."""
    model, make = _VERBS[verb]
    try:
        request = model.model_validate_json(body)
    except ValidationError as error:
        raise BadRequest(_first_problem(error)) from None
    person = scene.people.get(request.account)
    if person is None:
        raise BadRequest("account: no such member")
    return make(request, person, scene)


def arrival(owner: Person, scene: Scene) -> Line:
    """The bot comes into the group for the first time."""
    return Line(scene.number, event=_event("added", owner, GROUP, scene))


def _say(request: Say, person: Person, scene: Scene) -> Line:
    if not request.text.strip() and not request.media:
        raise BadRequest("text: nothing is said")
    chat = private_chat(person.account) if request.private else GROUP
    if not request.private and not person.present:
        raise BadRequest("account: is not in the group")
    post = Post(
        id=str(scene.number),
        chat=chat,
        account=person.account,
        name=person.name,
        text=request.text[:TEXT_KEPT_MAX],
        at=scene.at,
        quotes=_quotable(request.quotes, chat, scene),
        media=tuple(Media("picture", content_hash) for content_hash in request.media),
    )
    return Line(
        scene.number, post=post, event=_worded("message", post, request.text, person, scene)
    )


def _edit(request: Edit, person: Person, scene: Scene) -> Line:
    post = scene.post(request.message)
    if post is None or post.kind != "said" or post.account != person.account:
        raise BadRequest("message: not one of this member's own")
    if not request.text.strip() and not post.media:
        raise BadRequest("text: nothing is said")
    post = replace(post, text=request.text[:TEXT_KEPT_MAX], edited=True)
    return Line(scene.number, post=post, event=_worded("edit", post, request.text, person, scene))


def _tap(request: Tap, person: Person, scene: Scene) -> Line:
    post = scene.post(request.message)
    if post is None or request.says not in post.offered:
        raise BadRequest("says: not offered there")
    if post.chat not in (GROUP, private_chat(person.account)):
        raise BadRequest("message: not this member's to see")
    if post.chat == GROUP and not person.present:
        raise BadRequest("account: is not in the group")
    if any(choice.private and choice.says == request.says for choice in post.choices):
        return _say(Say(account=person.account, text=request.says, private=True), person, scene)
    event = replace(
        _event("tap", person, post.chat, scene),
        text=request.says,
        message=post.id,
        quoted=_quoted(post, scene),
    )
    return Line(scene.number, event=event)


def _leave(_request: Move, person: Person, scene: Scene) -> Line:
    return _move("left", person, scene)


def _join(_request: Move, person: Person, scene: Scene) -> Line:
    return _move("joined", person, scene)


def _move(kind: EventKind, person: Person, scene: Scene) -> Line:
    present = kind == "joined"
    if person.present == present:
        raise BadRequest(f"account: has already {kind}")
    return Line(
        scene.number,
        post=Post(
            id=str(scene.number),
            chat=GROUP,
            account=person.account,
            name=person.name,
            text="",
            at=scene.at,
            kind="joined" if present else "left",
        ),
        person=replace(person, present=present),
        event=_event(kind, person, GROUP, scene),
    )


def _worded(kind: EventKind, post: Post, text: str, person: Person, scene: Scene) -> Event:
    quoted = _quoted(post, scene)
    answers_bot = quoted is not None and quoted.account == BOT
    return replace(
        _event(kind, person, post.chat, scene),
        text=text,
        addressed=_CALL in text or answers_bot,
        message=post.id,
        quoted=quoted,
        mentions=_mentions(text, scene.people),
        media=post.media,
    )


def _event(kind: EventKind, person: Person, chat: str, scene: Scene) -> Event:
    in_group = chat == GROUP
    return Event(
        id=f"{PLATFORM}:{scene.number}",
        platform=PLATFORM,
        chat=chat,
        account=person.account,
        name=person.name,
        text="",
        at=scene.at,
        kind=kind,
        private=not in_group,
        # A private conversation with a bot has no owner on any platform.
        owner=person.owner and in_group,
        title=scene.title if in_group else "",
        lacks=LACKS,
    )


def _quoted(post: Post, scene: Scene) -> Quoted | None:
    """What a post answers."""
    quoted = scene.post(post.quotes) if post.quotes else None
    if quoted is None:
        return None
    return Quoted(quoted.id, quoted.account, quoted.name, quoted.text, quoted.media)


def _quotable(message: str, chat: str, scene: Scene) -> str:
    if not message:
        return ""
    post = scene.post(message)
    if post is None or post.chat != chat or post.kind != "said":
        raise BadRequest("quotes: no such message here")
    return message


def _mentions(text: str, people: Mapping[str, Person]) -> tuple[Mention, ...]:
    """In the order of the text; the longest name wins, so @车友12 is not 车友1."""
    by_length = sorted(people.values(), key=lambda person: -len(person.name))
    found: dict[str, Mention] = {}
    for piece in text.split("@", MENTIONS_MAX)[1:]:
        person = next((one for one in by_length if piece.startswith(one.name)), None)
        if person is not None:
            found.setdefault(person.account, Mention(person.account, person.name))
    return tuple(found.values())


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(step) for step in problem["loc"])
    return f"{place}: {problem['msg']}" if place else problem["msg"]


_VERBS: dict[str, tuple[type[_Request], Callable[..., Line]]] = {
    "say": (Say, _say),
    "edit": (Edit, _edit),
    "tap": (Tap, _tap),
    "leave": (Move, _leave),
    "join": (Move, _join),
}
VERBS = tuple(_VERBS)
