"""A group chat in the browser that needs no account: every member is played by you."""
