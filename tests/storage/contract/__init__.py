"""What every store promises; each test here runs on every store of tests/support/stores.py."""
