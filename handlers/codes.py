"""One-time codes that say "I may": short enough to type, kept only as a digest."""

from hashlib import sha256

from storage.model import DAY, Millis
from storage.world import World

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# 50 bits: an account may ask every other second (`handlers.guard.Rate`), so a thousand of them take
# seventy years to guess one of a thousand codes.
LENGTH = 10
FOUND = "found"
LINK = "link"
ACCOUNT = "account"
LIFETIME: dict[str, Millis] = {FOUND: 30 * DAY, LINK: DAY, ACCOUNT: 180 * DAY}


def fresh(world: World) -> str:
    """A new code, such as "7KQ4M-X2PZA"."""
    secret = world.secret()
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in secret[:LENGTH])
    return f"{letters[:5]}-{letters[5:]}"


def digest(code: str) -> bytes:
    """What is kept of a code; how it is typed does not matter."""
    letters = "".join(character for character in code.upper() if character.isalnum())
    return sha256(letters.encode()).digest()
