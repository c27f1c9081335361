"""What the bot says: one template file a feature and language, one macro a message."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Macro

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("zh", "en")
COMMON = "common"


class NoSuchText(LookupError):  # noqa: N818
    """A message that no template file holds: a mistake in the code, found by the tests."""


class Words:
    """Texts are plain: escaping for a platform is that platform's work."""

    def __init__(self, folder: Path = TEXTS) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701  (plain text; each platform escapes when it shows)
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._macro = cache(self._find)
        # All are read now: a broken one stops the start, and nobody waits for one later.
        for name in self._environment.list_templates(extensions=["j2"]):
            _ = self._environment.get_template(name).module

    def say(self, language: str, feature: str, message: str, /, **facts: object) -> str:
        """The text with its facts filled in.

        A message the feature does not have is looked for in the common texts. Raises NoSuchText,
        and jinja2's errors for a missing fact.
        """
        return str(self._macro(language, feature, message)(**facts)).strip()

    def has(self, language: str, feature: str, message: str) -> bool:
        return message in self.messages(language, feature)

    def messages(self, language: str, feature: str) -> dict[str, tuple[str, ...]]:
        """The names of a file's messages, sorted, with the facts each takes."""
        module = self._environment.get_template(f"{language}/{feature}.j2").module
        return {
            name: tuple(value.arguments)
            for name, value in sorted(vars(module).items())
            if isinstance(value, Macro)
        }

    def _find(self, language: str, feature: str, message: str) -> Macro:
        for file in (feature, COMMON):
            module = self._environment.get_template(f"{language}/{file}.j2").module
            macro = getattr(module, message, None)
            if isinstance(macro, Macro):
                return macro
        raise NoSuchText(f"{language}/{feature}.j2 has no message {message!r}")
