"""The game: its rules, its board on a page and in a kernel, free mode, the class board."""
