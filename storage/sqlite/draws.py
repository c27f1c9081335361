"""Leaving a draw that has not been held: whoever entered later moves up.

Raw statements: whoever calls them has let the tables' rows be read anew.
"""

from storage.sqlite.session import Session

OPEN = (
    "SELECT club, number, place FROM entrant JOIN envelope USING (club, number)"
    " WHERE entrant.member = ? AND state = 'open'"
)


def leave(session: Session, club: str, number: int, place: int) -> None:
    envelope, write = (club, number), session.write
    write("DELETE FROM entrant WHERE (club, number, place) = (?,?,?)", (*envelope, place))
    later = session.all(
        "SELECT place FROM entrant WHERE club = ? AND number = ? AND place > ? ORDER BY place",
        (*envelope, place),
    )
    session.write_many(
        "UPDATE entrant SET place = place - 1 WHERE club = ? AND number = ? AND place = ?",
        [(*envelope, each) for (each,) in later],
    )
    write("UPDATE envelope SET entered = entered - 1 WHERE club = ? AND number = ?", envelope)
