"""What a build may be asked to date and group articles by. A module of its own, since options need no more than this."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["DatedBy", "GroupedBy"]

DatedBy: TypeAlias = Literal["published", "archived"]
GroupedBy: TypeAlias = Literal["day", "week", "month", "year", "source", "folder", "tag"]
