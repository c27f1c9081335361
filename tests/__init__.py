"""Talks to the bot as a member would."""
