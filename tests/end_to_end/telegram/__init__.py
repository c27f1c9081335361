"""What members of a Telegram group live through: the whole program, behind real HTTP."""
