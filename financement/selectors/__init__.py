"""Reads of the money side, shaped for facts, buttons and pages."""

from .instantane import Argent, argent, oublier

__all__ = ["Argent", "argent", "oublier"]
