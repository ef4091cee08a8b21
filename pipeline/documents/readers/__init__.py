"""Readers: the bytes of one kind of file → a Reading. They take what the page shows; cleaning comes after."""
