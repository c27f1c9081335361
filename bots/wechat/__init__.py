"""WeChat, through a Wechaty gateway. The SDK is touched in `compat` and `line` only."""
