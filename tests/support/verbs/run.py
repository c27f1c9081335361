"""Say where the memory lives."""

from argparse import ArgumentParser, Namespace

from config.settings import Settings


def add_arguments(parser: ArgumentParser) -> None:
    pass


def run(options: Namespace, settings: Settings) -> int:
    print(f"memory in {settings.data_dir}")
    return 0
