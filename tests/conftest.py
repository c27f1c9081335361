"""What every test may ask for stands in tests/support; here it is only made known."""

pytest_plugins = [
    "tests.support.browser",
    "tests.support.files",
    "tests.support.logs",
    "tests.support.room",
    "tests.support.telegram.fixtures",
    "tests.support.wechat.fixtures",
]
