"""Telegram: groups with topics, buttons, and people who must write first."""
