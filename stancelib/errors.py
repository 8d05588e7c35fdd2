"""Errors that stancelib raises: each names what came, what is accepted and what to do next."""

from __future__ import annotations


class StancelibError(Exception):
    """Base class of all errors of this package."""


class InvalidInputError(StancelibError, ValueError):
    """A value of the right type that cannot be used: offsets out of range, text that is not text."""


class InvalidTypeError(StancelibError, TypeError):
    """A value of the wrong type, such as bytes where a string is needed."""


class ModelFolderError(StancelibError, ValueError):
    """A model folder that is missing, incomplete, damaged or of another version."""
