"""Aids spliced into the middle of a character: undone, with proof."""
