"""One file (or folder) is one feature; its texts have the same name in config/texts/."""
