"""Turn the Markdown of tasks into plain text for a terminal: $x^{-1}$ becomes x⁻¹."""

from __future__ import annotations

import re
import textwrap

_RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SIGNS = {
    "approx": "≈",
    "cdot": "·",
    "ge": "≥",
    "infty": "∞",
    "int": "∫",
    "le": "≤",
    "ne": "≠",
    "partial": "∂",
    "sum": "∑",
    "times": "×",
    "delta": "δ",
    "lambda": "λ",
    "mu": "μ",
    "pi": "π",
    "sigma": "σ",
    "theta": "θ",
    "varepsilon": "ε",
}
_WIDTH = 88
#: What stands between braces, which may hold one more pair of them.
_BRACED = r"\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"


def plain(markdown: str) -> str:
    """Return Markdown as plain text, each paragraph filled."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in markdown.strip().split("\n\n"))
    return "\n\n".join(textwrap.fill(_inline(paragraph), _WIDTH) for paragraph in paragraphs)


def _inline(text: str) -> str:
    """Return one paragraph without marks; what stands between backticks stays as it is."""
    parts = re.split(r"(`[^`]+`|\$[^$]+\$)", text)
    return "".join(
        part[1:-1]
        if part.startswith("`")
        else formula(part[1:-1])
        if part.startswith("$")
        else _unmarked(part)
        for part in parts
    )


def _unmarked(text: str) -> str:
    return re.sub(r"(\*{1,2})(\S.*?)\1", r"\2", text)


def formula(latex: str) -> str:
    r"""Return a formula as text; known are powers, indices, fractions, roots, function names and some signs."""
    text = re.sub(r" *\\[,;] *", " ", re.sub(r"\\(?:left|right|!)", "", latex))
    text = re.sub(r"\\(?:mathrm|operatorname|text)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\([a-z]+)", lambda m: _SIGNS.get(m[1], m[0]), text)
    text = re.sub(r"\\frac(\d)", r"\\frac{\1}", text)
    text = re.sub(rf"\\frac{_BRACED}(\d)", r"\\frac{\1}{\2}", text)
    text = re.sub(rf"\\frac{_BRACED}{_BRACED}", _fraction, text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", lambda m: f"√{_grouped(m[1])}", text)
    text = re.sub(r"_(\d)", lambda m: m[1].translate(_LOWERED), text)
    text = re.sub(r"\^\{([^{}]*)\}|\^(\w)", lambda m: _power(m[1] or m[2]), text)
    text = re.sub(r"\\([a-z]+)", r"\1", text)
    return text.replace("{", "").replace("}", "")


def _fraction(match: re.Match[str]) -> str:
    return f"{_grouped(match[1])}/{_grouped(match[2])}"


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+|∞", text) else f"({text})"


def _power(exponent: str) -> str:
    raised = exponent.replace(" ", "").translate(_RAISED)
    return raised if re.fullmatch("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+", raised) else f"^{_grouped(exponent)}"


def shown_apart(one: float, other: float) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart."""
    for digits in (6, 9, 12):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(float(one)), repr(float(other))
