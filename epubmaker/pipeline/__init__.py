"""Wires the stages: the only room that imports all three."""
