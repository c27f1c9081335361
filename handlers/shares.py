"""What features have in common that deal with shares."""

from dataclasses import replace

from storage.model import Consent, Facts, Share


def emptied(share: Share) -> Share:
    """The share as it is once it was taken back: its number, and nothing that was said."""
    return replace(
        share,
        text="",
        facts=Facts(share.facts.stage),
        media=(),
        message="",
        version=share.version + 1,
        deleted=True,
    )


def is_hidden(share: Share, member: str) -> bool:
    """There is none as far as this member is to know."""
    return share.deleted or (share.consent == Consent.NONE and share.author != member)
