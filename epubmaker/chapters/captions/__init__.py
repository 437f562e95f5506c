"""Joins each picture and its caption in one figure."""
