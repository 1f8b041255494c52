r"""
Build your own autodiff in fifty lines
======================================

The machine behind ``loss.backward()`` fits on a screen. You write it, break it in the two ways in which
everybody breaks it, and train a model with it.

**After this lesson you can**

- write an engine for reverse mode: values that remember where they came from, and one walk back;
- say why adjoints are added, in which order the walk must go, and what comes out if either is wrong;
- tell what a library does beyond that, and why.

**You need** the graph of a computation, :doc:`02_computational_graph`, and reverse mode,
:doc:`03_forward_or_reverse`.

**It takes** about an hour with the task.
"""

# %%
# What a value must remember
# --------------------------
#
# Say the computation is :math:`y = x_1 x_2`. To send a derivative back through it you need to know three things:
# that the operands were :math:`x_1` and :math:`x_2`, and the two local derivatives
#
# .. math:: \frac{\partial y}{\partial x_1} = x_2, \qquad \frac{\partial y}{\partial x_2} = x_1 .
#
# Both are numbers by the time that :math:`y` exists. So let each value keep its parents and its local derivatives. The
# walk back then follows one formula. Write :math:`\bar v` for the :term:`adjoint` of a value: the derivative of
# the final result with respect to it. Then
#
# .. math:: \bar v = \sum_{w \text{ made from } v} \bar w \, \frac{\partial w}{\partial v} .
#
# The sum runs over everything that :math:`v` went into. It can be finished only when all of those
# :math:`\bar w` are finished. So go from the result towards the variables, the youngest value first. How do
# you know which is younger? Let each value carry its depth: one more than the deepest of its parents. Here
# is the whole engine:

import math
import sys
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, differences, exercises, plotting

plotting.use_style()


class Value:
    def __init__(self, value, parents=(), local=()):
        self.value, self.parents, self.local = value, parents, local
        self.depth = 1 + max([parent.depth for parent in parents], default=0)

    def __add__(self, other):
        other = lift(other)
        return Value(self.value + other.value, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.value * other.value, (self, other), (other.value, self.value))

    def __pow__(self, n):
        return Value(self.value**n, (self,), (n * self.value ** (n - 1),))

    def __sub__(self, other):
        return self + -1.0 * lift(other)

    def exp(self):
        y = math.exp(self.value)
        return Value(y, (self,), (y,))

    def tanh(self):
        y = math.tanh(self.value)
        return Value(y, (self,), (1 - y * y,))

    __radd__, __rmul__ = __add__, __mul__


def lift(x):
    return x if isinstance(x, Value) else Value(x)


def history(result):
    found, seen = [result], {result}
    for node in found:  # the list grows while we go through it
        found += [parent for parent in dict.fromkeys(node.parents) if parent not in seen]
        seen.update(node.parents)
    return sorted(found, key=lambda node: node.depth)


def backward(result):
    adjoints = dict.fromkeys(history(result), 0.0)
    adjoints[result] = 1.0
    for node in reversed(adjoints):
        for parent, local in zip(node.parents, node.local, strict=True):
            adjoints[parent] += local * adjoints[node]
    return adjoints


def last_line(function):
    return max(line for *_, line in function.__code__.co_lines() if line)


first_line = Value.__init__.__code__.co_firstlineno - 1  # that of "class Value"
print("lines of the engine, with blank ones:", last_line(backward) - first_line + 1)

# %%
# Read it once more, from the top. ``Value`` has the forward rules, and beside each its local derivatives.
# ``lift`` makes values of plain numbers. ``history`` collects all that a result was made from, in the order of
# depth. ``backward`` is the formula above, with ``+=`` for the sum.
#
# There is no rule for :math:`x^2 y + e^x`, and none is needed. At :math:`x = 1`, :math:`y = 2`, what are the two
# derivatives?

x, y = Value(1.0), Value(2.0)
z = x**2 * y + np.exp(x)
adjoints = backward(z)
print(f"value     {z.value:.6f}")
print(f"by x      {adjoints[x]:.6f}   rule: 2xy + exp(x) = {2 * 1 * 2 + math.exp(1):.6f}")
print(f"by y      {adjoints[y]:.6f}   rule: x²           = {1:.6f}")

# %%
# (``np.exp`` finds our method ``exp``, as in the lesson before.)
#
# Is it right?
# ------------
#
# One example is no test. Take several expressions, and compare with two neighbours that share no code with
# us: :func:`~calcguide.autodiff.grad`, and :func:`~calcguide.differences.gradient`, which takes quotients:

expressions = {
    "x y + x": lambda x, y: x * y + x,
    "x x x": lambda x, y: x * x * x + 0.0 * y,
    "tanh(x y) / x": lambda x, y: np.tanh(x * y) * x**-1,
    "(x − y)² exp(x y)": lambda x, y: (x - y) ** 2 * np.exp(x * y),
    "exp(exp(x) y)": lambda x, y: np.exp(np.exp(x) * y),
}
at = [0.8, -0.5]
gaps = []
print("by x                  engine   autodiff  differences")
for name, fun in expressions.items():
    x, y = map(Value, at)
    adjoints = backward(fun(x, y))
    ours = np.array([adjoints[x], adjoints[y]])
    package = autodiff.grad(lambda p, fun=fun: fun(p[0], p[1]))(at)
    quotients = differences.gradient(lambda p, fun=fun: fun(p[0], p[1]), at)
    gaps.append((np.abs(ours - package).max(), np.abs(ours - quotients).max()))
    print(f"{name:<19}{ours[0]:>10.6f}{package[0]:>10.6f}{quotients[0]:>10.6f}")

worst_package, worst_quotients = np.max(gaps, axis=0)
print("engine and autodiff within 1e-13:   ", worst_package < 1e-13)
print("engine and differences within 1e-9: ", worst_quotients < 1e-9)

# %%
# They agree, by :math:`x` and by :math:`y`. Now break it.
#
# The classic bug: assigning where you should add
# -----------------------------------------------
#
# Replace ``+=`` by ``=``. It looks harmless, and most examples still pass. Which of these two does not?


def backward_assigning(result):
    adjoints = dict.fromkeys(history(result), 0.0)
    adjoints[result] = 1.0
    for node in reversed(adjoints):
        for parent, local in zip(node.parents, node.local, strict=True):
            adjoints[parent] = local * adjoints[node]  # the bug
    return adjoints


x, y = Value(3.0), Value(4.0)
for name, result in (("x y", x * y), ("x x", x * x), ("x + x", x + x)):
    right, wrong = backward(result)[x], backward_assigning(result)[x]
    print(f"{name:<6} by x at 3:   right {right:.0f}   assigned {wrong:.0f}")

# %%
# As long as each value is used once, there is nothing to add. In :math:`x \cdot x` the value goes in
# twice, each time with the local derivative 3, and the second overwrites the first. The derivative of
# :math:`x^2` is :math:`2x` *because* :math:`x` is there twice.
#
# Networks use each weight once for every sample. You will see below what the bug does to training.
#
# The other bug: walking in the wrong order
# -----------------------------------------
#
# Leave the sum alone, and take the values in the order in which the search found them: the result first, then
# its parents, then theirs. It seems natural. Take :math:`z = a\, e^a` with :math:`a = x^2`, at
# :math:`x = 0.5`:


def found_order(result):
    found, seen = [result], {result}
    for node in found:
        found += [parent for parent in dict.fromkeys(node.parents) if parent not in seen]
        seen.update(node.parents)
    return found


def backward_as_found(result):
    order = found_order(result)
    adjoints = dict.fromkeys(order, 0.0)
    adjoints[result] = 1.0
    for node in order:  # the bug: nearest to the result first
        for parent, local in zip(node.parents, node.local, strict=True):
            adjoints[parent] += local * adjoints[node]
    return adjoints


x = Value(0.5)
a = x**2
z = a * np.exp(a)
right, wrong = backward(z), backward_as_found(z)
print(f"adjoint of a:  right {right[a]:.6f}   as found {wrong[a]:.6f}")
print(f"adjoint of x:  right {right[x]:.6f}   as found {wrong[x]:.6f}")
print(f"lost:          {right[x] - wrong[x]:.6f}")
print(f"by way of exp: {a.value * math.exp(a.value) * 2 * x.value:.6f}")

# %%
# The adjoint of :math:`a` is right in the end, and the adjoint of :math:`x` is not. The value :math:`a` is a
# parent of :math:`z`, so it was found early. It handed on what it had, and only then the other half
# arrived, by way of the exponential. Nobody hands that on.
#
# So a value must wait until everything made from it is done. An order in which that holds is called
# *topological*. Depth gives one, for a parent is never as deep as its child. The order in which the values
# were made is another, and that is what a :term:`tape` records.
#
# Do not walk along paths
# -----------------------
#
# There is a third way to go back, which is right and slow: call yourself for each parent. It visits a value
# once for every *path* that leads to it. Double a number :math:`k` times, :math:`x \leftarrow x + x`, and
# count:


def visits(node):
    return 1 + sum(visits(parent) for parent in node.parents)


doublings = range(1, 15)
paths, nodes = [], []
for k in doublings:
    x = Value(1.0)
    for _ in range(k):
        x = x + x
    paths.append(visits(x))
    nodes.append(len(history(x)))
for k in (1, 2, 5, 10, 14):
    print(f"{k:>3} doublings: {nodes[k - 1]:>3} values, {paths[k - 1]:>6,} visits along paths")

# %%
# On a logarithmic axis:

figure, ax = plt.subplots()
ax.semilogy(doublings, paths, "o-", label="visits along paths")
ax.semilogy(doublings, nodes, "s--", label="values, visited once each")
ax.set(
    title="Each doubling doubles the paths, and adds one value",
    xlabel="doublings",
    ylabel="visits",
)
ax.legend(loc="upper left")
plt.show()

# %%
# The chain rule sums over all paths. Reverse mode computes that sum without ever listing them, because it
# adds at each value before it goes on. That is the whole trick.
#
# A function that calls itself has one more weakness. Python limits how deep calls may nest, and a long loop
# makes a deep graph:

x = Value(1.0)
for _ in range(sys.getrecursionlimit()):
    x = x + 1.0
try:
    visits(x)
except RecursionError as problem:
    print("calling itself: ", type(problem).__name__)
print("our loop:       ", len(history(x)) > sys.getrecursionlimit())

# %%
# Train something
# ---------------
#
# The test of an engine is a model that learns. Three hidden units, ten parameters,
#
# .. math:: \hat y(x) = \sum_{k=1}^{3} v_k \tanh(w_k x + b_k) + c ,
#
# shall follow 15 points of :math:`\sin 2x`. The loss is the mean square of the errors, and
# *gradient descent* takes a small step against the gradient, again and again:

inputs = np.linspace(-2, 2, 15).tolist()
targets = np.sin(2 * np.array(inputs)).tolist()


def model(params, x):
    w, b, v, c = params[0:3], params[3:6], params[6:9], params[9]
    return c + sum(v[k] * np.tanh(w[k] * x + b[k]) for k in range(3))


def loss(params):
    errors = [model(params, x) - t for x, t in zip(inputs, targets, strict=True)]
    return sum(error**2 for error in errors) * (1 / len(errors))


def train(walk_back, steps=401, learning_rate=0.2):
    params = np.random.default_rng(1).normal(size=10).tolist()
    losses = []
    for _ in range(steps):
        values = [Value(p) for p in params]
        result = loss(values)
        losses.append(result.value)
        adjoints = walk_back(result)
        params = [
            p - learning_rate * adjoints[value]
            for p, value in zip(params, values, strict=True)
        ]
    return params, losses


params, losses = train(backward)
params_assigned, losses_assigned = train(backward_assigning)

start = np.random.default_rng(1).normal(size=10)
values = [Value(p) for p in start.tolist()]
adjoints = backward(loss(values))
gap = np.abs([adjoints[v] for v in values] - autodiff.grad(loss)(start)).max()
print("gradient equals the package's:", gap < 1e-12)
print("step   loss       with the assigning walk")
for step in (0, 10, 50, 200, 400):
    print(f"{step:>4}   {losses[step]:.6f}   {losses_assigned[step]:.6f}")

# %%
# Both runs as curves:

figure, ax = plt.subplots()
ax.semilogy(losses, label="adjoints added")
ax.semilogy(losses_assigned, "--", label="adjoints assigned")
ax.set(
    title="With added adjoints the loss keeps falling;\nwith assigned ones it gets stuck",
    xlabel="step",
    ylabel="mean squared error",
)
ax.legend()
plt.show()

# %%
# Note what the faulty run does *not* do: it raises no error, and its loss even falls at first. You could take
# that for a bad learning rate. What did it learn? Each parameter is used once for every sample, and the bug keeps one of
# the fifteen contributions: the one that comes last on its walk, which here is that of the last point.

for name, learned in (("added", params), ("assigned", params_assigned)):
    errors = [abs(model(learned, x) - t) for x, t in zip(inputs, targets, strict=True)]
    print(f"{name:<9} error at the last point {errors[-1]:.4f}, at worst {max(errors):.4f}")

# %%
# The faulty run has learned one point by heart. And here is what the right one has learned:

figure, ax = plt.subplots()
ax.set(
    title="Ten parameters follow the fifteen points",
    xlabel="x",
    ylabel="y",
    xlim=(-2.1, 2.1),
    ylim=(-1.2, 1.7),
)
plotting.curve(ax, lambda x: model(params, x), -2, 2, label="model", linewidth=2.5)
dots = {"linestyle": "none", "marker": "o", "color": plotting.PALETTE["orange"]}
ax.plot(inputs, targets, label=r"$\sin 2x$", **dots)
ax.legend(loc="upper left")
plt.show()

# %%
# What a library does beyond that
# -------------------------------
#
# Our engine is complete in what it can say, and slow. The package does the same walk, with five differences.
#
# **Arrays.** We record a value for every single number. The loss above, with arrays, is a handful of
# operations, however many samples there are:


def loss_with_arrays(params):
    w, b, v, c = params[0:3], params[3:6], params[6:9], params[9]
    x, t = np.array(inputs), np.array(targets)
    return np.mean((np.tanh(x[:, None] * w + b) @ v + c - t) ** 2)


one_line = autodiff.grad(loss_with_arrays)(start)
same = np.allclose(one_line, autodiff.grad(loss)(start), rtol=0, atol=1e-12)
print("values that our engine records for one loss:", len(history(loss(values))))
print("same gradient with arrays:", same)

# %%
# **Broadcasting, undone.** In ``(x + c)`` with fifteen values in ``x`` and one in ``c``, the one is used
# fifteen times. So its adjoint is a sum of fifteen, and has the shape of ``c``, not of ``x``:

x = np.array(inputs)
_, gradient = autodiff.value_and_grad(lambda c: np.sum((x + c) ** 2))(1.0)
print(f"shape {np.shape(gradient)}, value {gradient:.6f}, by hand {np.sum(2 * (x + 1.0)):.6f}")

# %%
# **Adding in place.** ``params[0:3]`` takes three numbers out of ten. The adjoint of ``params`` has ten entries,
# of which seven are 0, and it is so for every slice. A naive engine makes one such array for each use and adds them
# up. The package adds the few entries into one array. It is ``+=`` again, and only on arrays of its own:

handed_in = start.copy()
autodiff.grad(loss_with_arrays)(handed_in)
print("what you hand in stays as it is:", np.array_equal(handed_in, start))

# %%
# **Higher derivatives.** Our local derivatives are plain numbers, so an adjoint has no history, and the walk
# cannot be repeated on it. The package's rules are written with the same operations as your code and can
# themselves be recorded:

t = math.tanh(0.5)
third = -2 * (1 - t**2) * (1 - 3 * t**2)
print(f"third derivative of tanh at 0.5: {autodiff.derivative(np.tanh, n=3)(0.5):.12f}")
print(f"by rule:                         {third:.12f}")

# %%
# **Memory.** Each of our values holds on to its parents, so a result keeps everything that it was made from.
# The package's tape belongs to one call, and is gone when the gradient is there.
#
# Your task
# ---------
#
# .. exercise:: D1v
#
# What the assigning walk would answer:


def answer(x):
    return 1 / (1 + np.exp(-x))


print(fill(str(exercises.get("D1v").check(answer)), 72))

# %%
# Common mistakes
# ---------------
#
# **Assigning adjoints,** and **walking in the order of discovery:** you have seen both. The cheapest test has a
# value that is used twice, at two different depths:

x = Value(0.7)
z = x * np.tanh(x) + x
exact = math.tanh(0.7) + 0.7 * (1 - math.tanh(0.7) ** 2) + 1
walks = {"right": backward, "assigning": backward_assigning, "as found": backward_as_found}
for name, walk in walks.items():
    print(f"{name:<10} {walk(z)[x]:.6f}   error {abs(walk(z)[x] - exact):.0e}")

# %%
# This one catches the assignment. The order of discovery passes, because :math:`x` has no parents to hand anything
# on to: put a step before it, :math:`x = u^2`, and it fails as well.

u = Value(0.7**0.5)
x = u**2
z = x * np.tanh(x) + x
exact_u = exact * 2 * u.value
for name, walk in walks.items():
    print(f"{name:<10} {walk(z)[u]:.6f}   error {abs(walk(z)[u] - exact_u):.0e}")

# %%
# **Keeping a running total of the loss.** If ``total`` is a value, it holds the history of every step, and
# memory grows until it is full. Add the plain number:

total, number = Value(0.0), 0.0
for step in range(1, 4):
    result = loss(values)
    total, number = total + result, number + result.value
    print(f"after {step}: total keeps {len(history(total)):>5} values, number keeps none")

# %%
# **A local derivative of the wrong thing.** The derivative of tanh is :math:`1 - y^2` in terms of its *output*.
# With the input instead, at 2:

print(f"output: {1 - math.tanh(2.0) ** 2:+.6f}")
print(f"input:  {1 - 2.0**2:+.6f}")

# %%
# In practice
# -----------
#
# **PyTorch** works like our engine. A tensor with ``requires_grad=True`` remembers the operation that it came from
# in ``grad_fn``, and ``backward()`` walks. The adjoints are added into ``.grad``, across calls too: that is why a
# training loop has ``optimizer.zero_grad()``. To use a number without its history, there are ``item()`` and
# ``detach()``. Own rules are written as a ``torch.autograd.Function``.
#
# **JAX** has no ``backward``: ``jax.grad`` turns a function into another one, as the package does. Own rules are
# made with ``jax.custom_vjp``. An adjoint is called a *cotangent* there, and in the package.
#
# Further reading
# ---------------
#
# - :cite:t:`linnainmaa1976` has reverse mode in full, for the study of rounding errors.
# - :cite:t:`rumelhart1986` made it the way to train networks, under the name back-propagation.
# - :cite:t:`griewank2008` is the book on everything that a library does beyond fifty lines.
# - :cite:t:`baydin2018` tells the two histories together.
