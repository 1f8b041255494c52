"""Formulas as plain text."""

from __future__ import annotations

import pytest

from calcguide.exercises._text import formula, plain, shown_apart


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("x^3 - 2x^2 + 1", "x³ - 2x² + 1"),
        ("10^{-16}", "10⁻¹⁶"),
        ("x^{n - 1}", "xⁿ⁻¹"),
        ("e^{x + h}", "e^(x + h)"),
        ("e^x", "e^x"),
        (r"\frac{f(x + h) - f(x)}{h}", "(f(x + h) - f(x))/h"),
        (r"\frac{e^{x + h} - e^x}{h}", "(e^(x + h) - e^x)/h"),
        (r"\frac{1}{2}", "1/2"),
        (r"\sqrt{\varepsilon}", "√ε"),
        (r"\sqrt{\varepsilon x} \approx 2 \cdot \delta", "√(ε x) ≈ 2 · δ"),
        (r"\sin(3x)", "sin(3x)"),
        ("f''(x)", "f''(x)"),
        (r"\frac{0.75}{\sigma}", "0.75/σ"),
        (r"\frac1{1 + e^{-z}}", "1/(1 + e^(-z))"),
        (r"\frac{x^{n}}2", "(xⁿ)/2"),
        (r"\int_0^3 x^2 \, dx", "∫₀³ x² dx"),
        (r"\int_{-\infty}^{\infty} p(x)\,dx = 1", "∫_-∞^∞ p(x) dx = 1"),
        (r"\mathrm{E}[X] = \mu \ge 0", "E[X] = μ ≥ 0"),
        (r"\frac38 h \left(f(x_0) + 3 f(x_1)\right)", "3/8 h (f(x₀) + 3 f(x₁))"),
    ],
)
def test_formula(latex, text):
    assert formula(latex) == text


def test_paragraphs_are_filled_and_code_is_kept():
    markdown = "One *two*\nthree **four** `a * b * c`, $x^2$.\n\n" + "word " * 40
    first, second = plain(markdown).split("\n\n")
    assert first == "One two three four a * b * c, x²."
    assert all(len(line) <= 88 for line in second.splitlines())
    assert len(second.splitlines()) == 3


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (1.0, 2.0, ("1", "2")),
        (1.0, 1 + 1e-7, ("1", "1.0000001")),
        (1.0, 1 + 2e-16, ("1.0", "1.0000000000000002")),
    ],
    ids=str,
)
def test_as_many_digits_as_it_takes(one, other, shown):
    assert shown_apart(one, other) == shown
