"""What can go wrong, told apart by who has to do something about it."""


class Refusal(Exception):  # noqa: N818  (a rule's "no" is not an error)
    """A rule says no. The unit of work is thrown away; the member reads the text of that name."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class Fault(Exception):  # noqa: N818
    """We were wrong: something that must hold does not. Nothing is kept."""


class Conflict(Fault):
    """The same idempotency key came with another content."""


class Unavailable(Exception):  # noqa: N818
    """The store cannot keep anything now (disk full, locked, read-only, broken); nothing was."""


class Busy(Unavailable):
    """More units are waiting than the queue may hold."""


class WrongStore(Exception):  # noqa: N818
    """The store cannot be opened at all; the text says in one line why and what helps."""
