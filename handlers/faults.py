"""What a log may say of an error: where it happened, not its words, which may quote a member."""

import traceback

PLACES = 3


def told(error: BaseException) -> dict[str, str]:
    """Facts for a log line: the error's kind and the last places it passed."""
    places = traceback.format_tb(error.__traceback__)[-PLACES:]
    return {"error": type(error).__name__, "where": "".join(places)}
