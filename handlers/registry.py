"""Finds the features, and refuses what would not be clear to say."""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, field

from handlers import features
from handlers.feature import Command, Draw, Feature, Listener, RunCue, RunDue


class Clash(Exception):  # noqa: N818
    """Two features want the same word or the same kind of due row or cue."""


@dataclass(slots=True)
class Registry:
    features: list[Feature] = field(default_factory=list)
    words: dict[str, Command] = field(default_factory=dict)
    listeners: dict[str, list[Listener]] = field(default_factory=dict)
    due: dict[str, tuple[str, RunDue]] = field(default_factory=dict)
    cues: dict[str, tuple[str, RunCue]] = field(default_factory=dict)
    draw: dict[str, Draw] = field(default_factory=dict)

    def add(self, feature: Feature) -> None:
        self.features.append(feature)
        for command in feature.commands:
            for word in command.words:
                if word in self.words:
                    raise Clash(f"{word} is said by {self.words[word].feature} already")
                self.words[word] = command
        for listener in feature.listeners:
            self.listeners.setdefault(listener.kind, []).append(listener)
        if feature.draw is not None:
            self.draw[feature.name] = feature.draw
        for kind, run in feature.due.items():
            if kind in self.due or not kind.startswith(f"{feature.name}."):
                raise Clash(f"{kind} is no name for {feature.name}'s due rows")
            self.due[kind] = (feature.name, run)
        for kind, act in feature.cues.items():
            if kind in self.cues or not kind.startswith(f"{feature.name}."):
                raise Clash(f"{kind} is no name for {feature.name}'s cues")
            self.cues[kind] = (feature.name, act)

    def words_of(self, feature: str) -> list[Command]:
        """A feature's commands, in the order of its file."""
        return [
            command for each in self.features if each.name == feature for command in each.commands
        ]


def find() -> Registry:
    """Every feature in handlers/features, in the order of their names."""
    return collect(
        importlib.import_module(f"{features.__name__}.{module.name}").feature
        for module in pkgutil.iter_modules(features.__path__)
    )


def collect(found: Iterable[Feature]) -> Registry:
    registry = Registry()
    for feature in found:
        registry.add(feature)
    return registry
