"""What each claim measures, a module a theme of the register."""
