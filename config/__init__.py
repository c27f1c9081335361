"""What a club changes without code: settings, the car catalogue, and what the bot says."""
