"""Wires the stages: the only package that imports all three."""
