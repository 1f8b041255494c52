"""The colours of code, light and dark: few, calm, and each with a contrast of at least 4.5 : 1.

Blue for the language's words, brown for text, green for numbers, purple for what comes with the
language: the hues of the figures, darkened or lightened until they can be read.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.style import Style
from pygments.token import Comment, Error, Generic, Keyword, Name, Number, Operator, Punctuation, String, Text


def _styles(ink: str, muted: str, blue: str, brown: str, green: str, purple: str, red: str) -> dict[Any, str]:
    return {
        Text: ink,
        Comment: f"italic {muted}",
        Keyword: blue,
        Operator: ink,
        Operator.Word: blue,
        Punctuation: ink,
        Name: ink,
        Name.Builtin: purple,
        Name.Decorator: purple,
        Name.Exception: red,
        Name.Tag: blue,
        String: brown,
        Number: green,
        Generic.Prompt: muted,
        Generic.Output: ink,
        Generic.Traceback: red,
        Generic.Error: red,
        Error: red,
    }


class Light(Style):
    """Code on a light page."""

    background_color = "#f5f6f8"
    highlight_color = "#fff0c9"
    styles: ClassVar[dict[Any, str]] = _styles(
        "#20242a", "#59606a", "#055a96", "#85500a", "#0e6b4c", "#7a3c68", "#97390a"
    )


class Dark(Style):
    """Code on a dark page."""

    background_color = "#1c2026"
    highlight_color = "#4a3a10"
    styles: ClassVar[dict[Any, str]] = _styles(
        "#dfe1e4", "#a0a8b2", "#82c0f0", "#e3b36b", "#6fcfa8", "#d6a4c4", "#f0946c"
    )
