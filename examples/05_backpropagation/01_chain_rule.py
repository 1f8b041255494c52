r"""
The chain rule
==============

Every network is functions inside functions, and training it asks one question: if I turn this knob inside a
little, by how much does the number at the end move? One rule answers it, and you need nothing else: **rates
multiply**.

**After this lesson you can**

- differentiate a chain of any length, on paper and in a loop;
- find the three derivatives of a neuron :math:`\sigma(wx + b)`, and those of two neurons in a row;
- check each of them in two other ways;
- say why a long chain of sigmoids hardly passes anything on.

**You need** the rules for powers, sums and :math:`e^x`: :doc:`/lessons/01_differentiation/02_rules_of_differentiation`.
Partial derivatives are explained where they come up.

**It takes** about 50 minutes with the tasks.
"""

# %%
# Rates multiply
# --------------
#
# On a bicycle, each turn of the pedals turns the wheel 3 times, and each turn of the wheel takes you 2
# metres on. How far does one turn of the pedals take you? Six metres: 3 times 2. You have just used the
# chain rule. A quantity that changes 3 times as fast, handed to one that changes 2 times as fast, gives 6
# times as fast.
#
# Now with a formula: :math:`y = (x^2 + 1)^3`. It is done in two steps, the inner one first:
#
# .. math:: u = x^2 + 1, \qquad y = u^3.
#
# Take :math:`x = 1`, so :math:`u = 2` and :math:`y = 8`. Move :math:`x` by a small step, and watch three
# rates: that of :math:`u` with :math:`x`, that of :math:`y` with :math:`u`, and that of :math:`y` with
# :math:`x`. Which number will the last column run towards?

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, differences, exercises, plotting

plotting.use_style()


def inner(x):
    return x**2 + 1


def outer(u):
    return u**3


x = 1.0
u = inner(x)
print("step      du/dx     dy/du      dy/dx")
for h in (0.1, 0.01, 0.001, 0.0001):
    du = inner(x + h) - u
    dy = outer(u + du) - outer(u)
    print(f"{h:<7}  {du / h:>6.4f}   {dy / du:>7.4f}   {dy / h:>8.4f}")

# %%
# The rates run towards 2, 12 and 24, and :math:`2 \cdot 12 = 24`. In every single row, too, the last
# number is the product of the other two: as long as the steps are not zero, :math:`\Delta u` cancels.
#
# .. math:: \frac{\Delta y}{\Delta x} = \frac{\Delta y}{\Delta u} \cdot \frac{\Delta u}{\Delta x}
#
# (Where :math:`\Delta u` is 0 you may not divide by it. The rule holds there too, by another proof.) In
# the limit the fractions become derivatives:
#
# .. math:: \frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx}
#           \qquad\text{or}\qquad \big(f(g(x))\big)' = f'\big(g(x)\big) \cdot g'(x).
#
# Mind the point at which each derivative is taken. The inner one is taken at :math:`x = 1`, the outer one
# at :math:`u = 2`, for :math:`u` is what the outer function gets to see. Two graphs show it:

figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3.4))
figure.suptitle("Slope 2 followed by slope 12 is slope 24", x=0.02, ha="left")
left.set(xlabel="x", ylabel="u")
plotting.curve(left, inner, 0, 2, label="$x^2 + 1$")
plotting.tangent(left, inner, 1, 2, color=plotting.PALETTE["orange"], label="slope 2")
right.set(xlabel="u", ylabel="y", xlim=(1, 3), ylim=(-5, 25))
plotting.curve(right, outer, 1, 3, label="$u^3$")
plotting.tangent(right, outer, 2, 12, color=plotting.PALETTE["orange"], label="slope 12")
for ax in (left, right):
    ax.legend(loc="upper left", fontsize=10)
plt.show()

# %%
# The point 2 on the upright axis of the left graph is the point 2 on the level axis of the right one.
#
# By rule for every :math:`x`: the outer derivative is :math:`3u^2`, the inner one :math:`2x`, so
#
# .. math:: \big((x^2 + 1)^3\big)' = 3(x^2 + 1)^2 \cdot 2x = 6x\,(x^2 + 1)^2.
#
# We check it in two ways that do not know each other. :func:`~calcguide.differences.derivative` takes
# difference quotients of function values. :func:`~calcguide.autodiff.derivative` runs your code with
# numbers that carry their rate along, and multiplies at each step: the chain rule, done by the machine,
# without an :math:`h`.


def f(x):
    return (x**2 + 1) ** 3


def by_hand(x):
    return 6 * x * (x**2 + 1) ** 2


print(f"{'x':>4}{'by hand':>13}{'differences':>13}{'autodiff':>13}")
for x in (-1.5, 0.3, 1.0, 2.0):
    two, three = differences.derivative(f, x), autodiff.derivative(f)(x)
    print(f"{x:>4}{by_hand(x):>13.6f}{two:>13.6f}{three:>13.6f}")

# %%
# The machine can also show what it did. :func:`~calcguide.autodiff.explain` lists the steps. In the
# column *local* stands the rate of each step with respect to what went into it. The last column holds the
# rate of the *result* with respect to the step; the next lesson is about it, and about its name:

print(autodiff.explain(f, 1.0))

# %%
# Read the last column from below. The result changes with itself at the rate 1. One step up, times the
# local rate 12. Adding 1 does not change a rate. One more step up, times 2: that is the 24 in the line of
# :math:`x`.
#
# Chains of any length
# --------------------
#
# A chain of three functions has three factors, a chain of :math:`n` has :math:`n`. Let :math:`x_0 = x`,
# and let each step be :math:`x_{k+1} = f_k(x_k)`. Then
#
# .. math:: \frac{dx_n}{dx} = f_{n-1}'(x_{n-1}) \cdots f_1'(x_1) \cdot f_0'(x_0).
#
# In code that is a loop with two lines. The slope has to be updated first, because it needs the old
# :math:`x`. Take one function :math:`n` times, and hand its derivative to the loop together with it:


def chained(f, slope_of_f, x, n):
    """Apply f n times; return the result and its derivative."""
    slope = 1.0
    for _ in range(n):
        slope = slope_of_f(x) * slope
        x = f(x)
    return x, slope


def nested_cosine(x, n):
    for _ in range(n):
        x = np.cos(x)
    return x


print(f"{'n':>2}{'value':>10}{'by loop':>10}{'differences':>12}{'autodiff':>10}")
for n in (1, 2, 3, 10):
    value, slope = chained(np.cos, lambda x: -np.sin(x), 1.0, n)
    measured = differences.derivative(lambda x, n=n: nested_cosine(x, n), 1.0)
    traced = autodiff.derivative(lambda x, n=n: nested_cosine(x, n))(1.0)
    print(f"{n:>2}{value:>10.6f}{slope:>10.6f}{measured:>12.6f}{traced:>10.6f}")

# %%
# Each cosine contributes a factor :math:`-\sin x_k`. Its size is below 1, so the product shrinks: ten
# cosines pass on 2 % of a change. (The values settle near 0.739. Press the cosine key of a calculator
# again and again, in radians, and you see them.) Keep the shrinking in mind.
#
# A neuron
# --------
#
# A neuron multiplies its input by a *weight* :math:`w`, adds a *bias* :math:`b`, and squeezes the sum
# into the interval from 0 to 1 with the sigmoid:
#
# .. math:: z = wx + b, \qquad y = \sigma(z) = \frac{1}{1 + e^{-z}}.
#
# The sigmoid's derivative is :math:`\sigma' = \sigma\,(1 - \sigma)`; you have seen why at the end of
# :doc:`/lessons/01_differentiation/02_rules_of_differentiation`. Now there are three things that you could
# turn: :math:`x`, :math:`w` and :math:`b`. Turn one and hold the others still, and the rate is called a
# :term:`partial derivative`, written with a curly :math:`\partial`. The outer derivative is the same
# for all three; only the last factor differs. For :math:`z = wx + b` the three rates are
# :math:`w`, :math:`x` and 1:
#
# .. math::
#
#    \frac{\partial y}{\partial x} = \sigma'(z) \cdot w, \qquad
#    \frac{\partial y}{\partial w} = \sigma'(z) \cdot x, \qquad
#    \frac{\partial y}{\partial b} = \sigma'(z) \cdot 1.
#
# :func:`~calcguide.autodiff.grad` gives all three at once:


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def neuron(x, w, b):
    return sigmoid(w * x + b)


x, w, b = 1.5, 0.8, -0.4
common = sigmoid_slope(w * x + b)
hand = (common * w, common * x, common * 1)
measured = differences.gradient(lambda p: neuron(*p), [x, w, b])
traced = autodiff.grad(neuron, argnums=(0, 1, 2))(x, w, b)

print(f"by{'by hand':>13}{'differences':>14}{'autodiff':>14}")
for name, one, two, three in zip("xwb", hand, measured, traced, strict=True):
    print(f"{name:<2}{one:>13.9f}{two:>14.9f}{three:>14.9f}")

# %%
# For training, the last two rows are what matters: weight and bias can be changed, the input is given.
#
# Two neurons in a row
# --------------------
#
# Let the output of one sigmoid be the input of another:
#
# .. math:: h = \sigma(w_1 x), \qquad y = \sigma(w_2 h).
#
# The weight :math:`w_2` is near the end. Its chain has two links. The weight :math:`w_1` sits deeper:
# what it changes has to pass through :math:`h` and the second sigmoid. With :math:`z_1 = w_1 x` and
# :math:`z_2 = w_2 h`:
#
# .. math::
#
#    \begin{aligned}
#    \frac{\partial y}{\partial w_2} &= \sigma'(z_2) \cdot h \\
#    \frac{\partial y}{\partial w_1} &= \sigma'(z_2) \cdot w_2 \cdot \sigma'(z_1) \cdot x
#    \end{aligned}
#
# Take :math:`x = 2`, :math:`w_1 = 3`, :math:`w_2 = 4`. Guess first: which weight has more influence, and
# by what factor?


def two_neurons(w1, w2, x=2.0):
    return sigmoid(w2 * sigmoid(w1 * x))


x, w1, w2 = 2.0, 3.0, 4.0
h = sigmoid(w1 * x)
y = sigmoid(w2 * h)
by_w2 = sigmoid_slope(w2 * h) * h
by_w1 = sigmoid_slope(w2 * h) * w2 * sigmoid_slope(w1 * x) * x

measured = differences.gradient(lambda w: two_neurons(*w), [w1, w2])
traced = autodiff.grad(two_neurons, argnums=(0, 1))(w1, w2)
print(f"y = {y:.15f}")
for name, one, two, three in zip(("w1", "w2"), (by_w1, by_w2), measured, traced, strict=True):
    print(f"\ndy/d{name}  by hand      {one:.15f}")
    print(f"        differences  {two:.10f}")
    print(f"        autodiff     {three:.15f}")
print(f"\ndy/dw2 is {by_w2 / by_w1:.0f} times dy/dw1")

# %%
# Three ways, one result: :math:`\partial y / \partial w_2 \approx 0.0178` and
# :math:`\partial y / \partial w_1 \approx 0.00035`. The weight that sits deeper has 51 times less influence.
# Follow the product from the end to the front to see where the influence is lost:

links = (
    ("start", 1.0),
    (r"$\sigma'(z_2)$", sigmoid_slope(w2 * h)),
    ("$w_2$", w2),
    (r"$\sigma'(z_1)$", sigmoid_slope(w1 * x)),
    ("$x$", x),
)
factors = np.array([value for _, value in links])
product = np.cumprod(factors)
for factor, total in zip(factors[1:], product[1:], strict=True):
    print(f"times {factor:.6f} makes {total:.6f}")

figure, ax = plt.subplots()
ax.set(
    title="The two sigmoids cost a factor 23000, $w_2$ and $x$ return 8",
    xlabel="factor, from the end of the chain to its front",
    ylabel="product so far",
    yscale="log",
    ylim=(5e-5, 3),
)
ax.step(range(5), product, where="mid", linestyle="-")
ax.plot(range(5), product, "o", color=plotting.PALETTE["blue"])
for i, total in enumerate(product):
    ax.annotate(
        f"{total:.2g}", (i, total), xytext=(0, 7), textcoords="offset points", ha="center"
    )
ax.set_xticks(range(5), [name for name, _ in links])
plt.show()

print(f"both sigmoids: 1 / {1 / (factors[1] * factors[3]):.0f}")

# %%
# Why long chains of sigmoids shrink
# ----------------------------------
#
# That was no accident of these numbers. How large can a sigmoid's slope be? With :math:`s = \sigma(z)` it
# is :math:`s(1 - s)`, a parabola in :math:`s` with zeros at 0 and 1. Its top is in the middle:
#
# .. math:: \sigma'(z) = s\,(1 - s) = \tfrac{1}{4} - \big(s - \tfrac{1}{2}\big)^2 \le \tfrac{1}{4}.
#
# So each sigmoid in a chain divides a change by 4, *at least*. After :math:`n` of them at most
# :math:`(1/4)^n` is left. Put sigmoids into sigmoids, with all weights 1, and count:

depths = np.arange(1, 13)
starts = (0.0, 3.0)
shrunk = {
    start: [chained(sigmoid, sigmoid_slope, start, n)[1] for n in depths] for start in starts
}
weighted = [
    chained(lambda z: 4 * sigmoid(z) - 2, lambda z: 4 * sigmoid_slope(z), 3.0, n)[1]
    for n in depths
]
print(f"{'n':>2}{'x = 0':>10}{'x = 3':>10}{'(1/4)^n':>10}{'weights 4':>11}")
for n in (1, 2, 5, 10):
    row = (shrunk[0.0][n - 1], shrunk[3.0][n - 1], 0.25**n, weighted[n - 1])
    print("{:>2}{:>10.1e}{:>10.1e}{:>10.1e}{:>11.1e}".format(n, *row))

# %%
# The last column is another chain: its sigmoids have weights of 4, which make up for the 1/4, and biases
# of :math:`-2`, which keep the sums near 0. It starts at :math:`x = 3`:

figure, ax = plt.subplots()
ax.set(
    title="Weights 1: ten sigmoids pass on less than a millionth",
    xlabel="number of sigmoids",
    ylabel="slope of the whole chain",
    yscale="log",
    ylim=(1e-11, 20),
)
ax.plot(depths, weighted, marker="^", label="weights 4, biases −2, from $x = 3$")
ax.plot(depths, 0.25**depths, label="bound for weights 1: $(1/4)^n$")
for start, marker in zip(starts, "os", strict=True):
    ax.plot(depths, shrunk[start], marker=marker, label=f"weights 1, from $x = {start:g}$")
ax.legend(loc="lower left", fontsize=10)
plt.show()

# %%
# On the logarithmic axis a product with equal factors is a straight line downwards. This is the problem
# of **vanishing gradients**: the first layers of a deep network of sigmoids hardly learn, because hardly
# anything of what they do arrives at the end :cite:p:`bengio1994`. A weight :math:`w` makes each factor
# :math:`w\,\sigma'`, so weights of size 4 can hold the product up, but only as long as every :math:`z`
# stays near 0, where the sigmoid is steep. Larger weights can make the product *explode* instead.
#
# Your task
# ---------
#
# .. exercise:: B7t
#
# .. exercise:: C7t
#
# Here is what the checker says to an attempt at the first that has the right factors, but not all of them:


def answer(x):
    s = sigmoid(2 * x - 1)
    return 3 * s**2 * s * (1 - s)


print(fill(str(exercises.get("B7t").check(answer)), width=48))

# %%
# Common mistakes
# ---------------
#
# **The outer derivative at the wrong point.** For :math:`(x^2 + 1)^3` somebody writes
# :math:`3x^2 \cdot 2x`: the derivative of the outer function, taken at :math:`x`. The outer function never
# sees :math:`x`; it sees :math:`x^2 + 1`.

x = 2.0
print("outer at x:  ", 3 * x**2 * 2 * x)
print("outer at u:  ", 3 * (x**2 + 1) ** 2 * 2 * x)
print(f"differences:  {differences.derivative(f, x):.6f}")

# %%
# **A derivative that nobody passed.** A function for the derivative of an n-fold composition takes ``f``,
# ``x`` and ``n``, and inside calls a ``slope_of_f`` that exists nowhere. Python notices only when the
# line runs:


def faulty_chain(f, x, n):
    slope = 1.0
    for _ in range(n):
        slope *= slope_of_f(x)  # noqa: F821  # the point of this example
        x = f(x)
    return slope


try:
    faulty_chain(np.cos, 1.0, 3)
except NameError as error:
    print("NameError:", error)

print(f"passed:    {chained(np.cos, lambda x: -np.sin(x), 1.0, 3)[1]:.6f}")
print(f"autodiff:  {chained(np.cos, autodiff.derivative(np.cos), 1.0, 3)[1]:.6f}")

# %%
# Hand the derivative over like the function itself, or let :func:`~calcguide.autodiff.derivative` make it.
#
# **The sigmoid's slope of the sigmoid's value.** Many programs keep :math:`s = \sigma(z)` and use ``s *
# (1 - s)``. That is right. Others call ``sigmoid_slope(s)``, which squeezes :math:`s` once more. And some
# have a factor 2 in it, perhaps from the parabola. One comparison shows both:

z = 1.3
s = sigmoid(z)
print(f"s (1 - s)         {s * (1 - s):.6f}")
print(f"sigmoid_slope(s)  {sigmoid_slope(s):.6f}")
print(f"2 s (1 - s)       {2 * s * (1 - s):.6f}")
print(f"differences       {differences.derivative(sigmoid, z):.6f}")

# %%
# **A lost inner derivative.** :math:`\sigma(3x)` has the slope :math:`3\,\sigma'(3x)`. If a result is
# wrong by a constant factor everywhere, look for an inner derivative that has been forgotten.
#
# In practice
# -----------
#
# - JAX has ``jax.grad``, PyTorch has ``backward``. Both multiply local rates along the chain, as ``explain``
#   showed above. Nobody writes the formula of a whole network.
# - The sigmoid is ``scipy.special.expit`` in SciPy, ``jax.nn.sigmoid`` and ``torch.sigmoid``. Our formula
#   overflows for large negative :math:`z`; theirs do not.
# - Against vanishing gradients, hidden layers mostly use ``relu``, whose slope is 1 for positive :math:`z`, or
#   ``tanh``, whose slope reaches 1. Weights start at a size that keeps the product near 1, and residual connections
#   give a change a way around the layer. The sigmoid has kept its place at the end, where a probability is
#   wanted.
#
# Further reading
# ---------------
#
# - :cite:t:`bengio1994` on what happens to derivatives along long chains, and why training suffers.
# - :cite:t:`griewank2008` on the chain rule as a program.
# - :cite:t:`baydin2018` for how libraries do it, in forty pages.
#
# Next: :doc:`02_computational_graph`, where a value may be used more than once, and the chain becomes a
# graph.
