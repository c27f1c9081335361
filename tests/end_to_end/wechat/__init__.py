"""A club in WeChat, through a real gateway."""
