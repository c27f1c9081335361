"""Talks to chat platforms and the outside world; the only place that knows their names."""
