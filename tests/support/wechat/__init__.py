"""The real wechaty gateway, for tests to move; see README.md."""
