"""What members of a Telegram group live through, told as scenarios: the whole program, real HTTP."""
