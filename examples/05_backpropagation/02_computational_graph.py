r"""
A network is a composition: the computational graph
===================================================

A chain has one way from the start to the end. A network does not: it has many inputs, its values meet, part, and
are used again. Draw what is computed from what, and you get a *graph*. On it the chain rule becomes something that
you can read off and that a program can do: multiply along each path, and add the paths.

**After this lesson you can**

- write a network as a list of small steps, and draw it;
- carry derivatives backwards through the steps, by hand and in a few lines of code;
- treat a value that is used twice;
- say which of the things in a ``backward`` function is the Jacobian, and which is not.

**You need** the chain rule, :doc:`01_chain_rule`. The last part uses products of matrices and vectors.

**It takes** about 50 minutes with the task.
"""

# %%
# A network, one step a line
# --------------------------
#
# Here is the smallest network that deserves the name. It has one input :math:`x`, one hidden unit with
# the activation :math:`\tanh`, and one output. A target :math:`t` says what the output should have been,
# and the *loss* :math:`L` is the square of the error:
#
# .. math:: L = \big(w_2 \tanh(w_1 x + b) - t\big)^2.
#
# Whoever computes this does one small thing after another. Give each result a name:

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, exercises, plotting

plotting.use_style()

x, w1, b, w2, t = 1.5, 0.8, -0.4, 2.0, 1.0

v1 = w1 * x
v2 = v1 + b
v3 = np.tanh(v2)
v4 = w2 * v3
v5 = v4 - t
v6 = v5**2

forward = {"v1": v1, "v2": v2, "v3": v3, "v4": v4, "v5": v5, "v6": v6}
for name, value in forward.items():
    print(f"{name} = {value:.4f}")

# %%
# The output is :math:`v_4 \approx 1.33`, the target 1, and the loss about 0.108.
#
# A network is a composition: six functions, one inside the other. But it is more than a chain, since five
# numbers enter at different places. Draw an arrow from each value to the step that uses it, and you have
# the **computational graph**. You need not do it by hand: :func:`~calcguide.autodiff.graph` watches the
# function run, and :func:`~calcguide.plotting.computational_graph` draws what it saw.


def loss(x, w1, b, w2, t):
    return (w2 * np.tanh(w1 * x + b) - t) ** 2


graph = autodiff.graph(loss, x, w1, b, w2, t)

figure, ax = plt.subplots(figsize=(4.6, 5.8))
ax.set_title("One hidden unit is six steps,\nand each arrow knows its rate")
plotting.computational_graph(ax, graph, adjoints=False)
plt.show()

# %%
# Square boxes came from outside, round ones were computed. Below each name stands its value. These were
# found from top to bottom: the **forward pass**.
#
# What stands on an arrow is its **local derivative**: the rate of the step at the end with
# respect to the value at the start. Local, because each step needs to know nothing of the rest:
#
# - a product :math:`v_1 = w_1 x` has the rate :math:`x` with respect to :math:`w_1`, and :math:`w_1` with
#   respect to :math:`x`. Each factor's arrow carries the value of *the other one*;
# - a sum passes changes on as they are, so its arrows carry 1; a difference has a 1 and a −1;
# - :math:`\tanh` has the slope :math:`1 - \tanh^2`, at :math:`v_2` that is :math:`1 - v_3^2`;
# - the square :math:`v_5^2` has the slope :math:`2 v_5`.
#
# Find each of them in the figure before you go on.
#
# Backwards, by hand
# ------------------
#
# How does the loss change with :math:`w_1`? One path leads from :math:`w_1` to the loss, and along a path
# rates multiply. You could do that for each of the five inputs. But the paths share most of their arrows,
# so you would compute the same products again and again. It is cheaper to begin at the loss, and to give
# each value one number: by how much does *the loss* change when this value does?
#
# .. math:: \bar v = \frac{\partial L}{\partial v}
#
# This number is the **adjoint** of :math:`v`; say "v bar". The loss changes with itself at the rate 1.
# Each other adjoint is the one that follows on the path, times the local derivative in between. So go
# upwards:

v6_bar = 1.0
v5_bar = v6_bar * 2 * v5
v4_bar = v5_bar * 1
t_bar = v5_bar * -1
w2_bar = v4_bar * v3
v3_bar = v4_bar * w2
v2_bar = v3_bar * (1 - v3**2)
b_bar = v2_bar * 1
v1_bar = v2_bar * 1
w1_bar = v1_bar * x
x_bar = v1_bar * w1

by_hand = {"x": x_bar, "w1": w1_bar, "b": b_bar, "w2": w2_bar, "t": t_bar}
for name, value in by_hand.items():
    print(f"dL/d{name:<3} {value:>8.4f}")

# %%
# This is the **backward pass**. Look at what it needed: the local derivatives, and for them the values of
# the forward pass (``v5``, ``v3``, ``x`` …), which is why these must be kept. And look at what it cost:
# about one multiplication for each arrow, and *all* five derivatives are there. This is what
# **backpropagation** means :cite:p:`rumelhart1986`.
#
# Now let the machine do it. :func:`~calcguide.autodiff.explain` prints the same steps with the same
# adjoints:

explanation = autodiff.explain(loss, x, w1, b, w2, t)
print(explanation)

# %%
# And is every number that we found by hand the same?

gaps = [abs(explanation[name].adjoint - value) for name, value in by_hand.items()]
print("largest gap to the hand-made adjoints below 1e-15:", max(gaps) < 1e-15)

# %%
# The figure again, now with the adjoints, bold and after a ∂. Read it from below:

figure, ax = plt.subplots(figsize=(4.6, 5.8))
ax.set_title("Read upwards: of all five inputs,\n$w_1$ moves the loss most")
plotting.computational_graph(ax, explanation)
plt.show()

# %%
# Each adjoint is the one below, times what stands on the arrow in between: :math:`0.656 \cdot 2 = 1.31`
# for :math:`v_3`, and :math:`1.31 \cdot 0.559 = 0.734` for :math:`v_2`. The adjoints of the weights are
# what training needs. They say: a larger :math:`w_1` makes the loss larger, at the rate 1.1. So make it a
# little smaller, and the other two as well. Does the loss fall?

rate = 0.05
new = loss(x, w1 - rate * w1_bar, b - rate * b_bar, w2 - rate * w2_bar, t)
print(f"loss before {v6:.4f}, after one step {new:.4f}")

# %%
# It does, by more than two thirds. That was one step of *gradient descent*.
#
# A value that is used twice
# --------------------------
#
# In the network above, each value went into one step only. Often a value is used again:
#
# .. math:: v_1 = x^2, \qquad v_2 = e^{v_1}, \qquad y = v_1 \cdot v_2.
#
# A change of :math:`v_1` reaches :math:`y` twice: directly, as a factor, and through :math:`v_2`. Both
# changes arrive, so they **add**:
#
# .. math::
#
#    \bar v_1
#    = \underbrace{\frac{\partial y}{\partial v_1}}_{\text{direct}}
#    + \underbrace{\frac{\partial y}{\partial v_2} \cdot \frac{d v_2}{d v_1}}_{\text{through } v_2}
#    = v_2 + v_1 e^{v_1}.
#
# (This is the product rule, if you look closely. On a graph it needs no mention: a product has two
# arrows. That both of them carry 1.9 below is no accident: the exponential is its own derivative, and the
# direct arrow carries :math:`v_2`, which is the exponential.)


def reused(x):
    v1 = x**2
    v2 = np.exp(v1)
    return v1 * v2


twice = autodiff.explain(reused, 0.8)

figure, ax = plt.subplots(figsize=(4.6, 4))
ax.set_title("Two paths leave v1, so its adjoint\nis a sum of two products")
plotting.computational_graph(ax, twice)
plt.show()

# %%
# Follow both paths by hand, and then let a few lines of code walk along *all* paths of the graph. The
# function calls itself: from a node, take each arrow that leaves it, times everything from the arrow's
# end on.


def over_all_paths(graph, name, end):
    if name == end:
        return 1.0
    return sum(
        edge.derivative * over_all_paths(graph, edge.end, end)
        for edge in graph.edges
        if edge.start == name
    )


v1, v2 = twice["v1"].value, twice["v2"].value
direct = v2
through = v1 * np.exp(v1)
print("direct    ", f"{direct:>8.4f}")
print("through   ", f"{through:>8.4f}")
print("sum       ", f"{direct + through:>8.4f}")
print("all paths ", f"{over_all_paths(twice.graph(), 'v1', 'v3'):>8.4f}")
print("autodiff  ", f"{twice['v1'].adjoint:>8.4f}")

# %%
# Why not walk along all paths, then? Square a number again and again, each time as the product
# :math:`v_{k+1} = v_k \cdot v_k`. Two arrows lead from each value to the next. How many paths lead through
# ten such steps?


def squarings(x, n):
    for _ in range(n):
        x = x * x
    return x


def number_of_paths(graph):
    paths = {node.name: 0 for node in graph.nodes}
    paths[graph.nodes[0].name] = 1
    for node in graph.nodes:
        for edge in graph.edges:
            if edge.end == node.name:
                paths[node.name] += paths[edge.start]
    return paths[graph.nodes[-1].name]


steps = np.arange(1, 11)
graphs = [autodiff.graph(squarings, 1.01, n=int(n)) for n in steps]
edges = [len(graph.edges) for graph in graphs]
paths = [number_of_paths(graph) for graph in graphs]
for i in (0, 1, 4, 9):
    print(f"{steps[i]:>2} steps: {edges[i]:>2} arrows, {paths[i]:>4} paths")

figure, ax = plt.subplots()
ax.set(
    title="Ten steps have 1024 paths, but only 20 arrows",
    xlabel="steps, each using the one before twice",
    ylabel="how many",
    yscale="log",
)
ax.plot(steps, paths, marker="o", label="paths from start to end")
ax.plot(steps, edges, marker="s", label="arrows, each visited once backwards")
ax.legend(loc="upper left")
plt.show()

# %%
# The paths double with each step; the arrows grow by two. The backward pass never lists paths. It goes
# through the steps in reverse order, and by the time it comes to a value, everything that uses the value
# has already added its part. So it handles each arrow once. That is the whole algorithm:


def backward(explanation):
    adjoint = {step.name: 0.0 for step in explanation.steps}
    adjoint[explanation.result] = 1.0
    for step in reversed(explanation.steps):
        for operand, local in zip(step.operands, step.derivatives, strict=True):
            adjoint[operand] += adjoint[step.name] * local
    return adjoint


for name, fun, point in (("network", loss, (x, w1, b, w2, t)), ("used twice", reused, (0.8,))):
    recorded = autodiff.explain(fun, *point)
    own = backward(recorded)
    gap = max(abs(own[step.name] - step.adjoint) for step in recorded.steps)
    print(f"{name:<11} largest gap to explain below 1e-15: {gap < 1e-15}")

# %%
# Note the ``+=``. It is the sum over paths, and the line in which most home-made engines go wrong.
#
# Which of these is the Jacobian?
# -------------------------------
#
# A real layer has many units. It takes a vector :math:`x`, and computes
#
# .. math:: z = W x + b, \qquad h = \tanh z
#
# with a matrix :math:`W`, and :math:`\tanh` taken entry by entry. The nodes of the graph are now vectors.
# What stands on the arrow from :math:`x` to :math:`h`? All rates of all outputs with respect to all
# inputs: a matrix, the :term:`Jacobian` :math:`J = \partial h / \partial x`. By the chain rule it is the
# Jacobian of the :math:`\tanh`, which is diagonal, times that of :math:`Wx + b`, which is :math:`W`:
#
# .. math:: J = \operatorname{diag}(1 - h^2)\; W.
#
# With 3 inputs and 2 units, its shape is (2, 3): a row for each output. Here it is, beside the machine's:

W = np.array([[0.5, -1.0, 0.3], [-0.6, 0.4, 0.2]])
bias = np.array([0.1, -0.2])
inputs = np.array([1.0, 0.5, -1.0])


def layer(inputs, W, bias):
    return np.tanh(W @ inputs + bias)


h = layer(inputs, W, bias)
J = np.diag(1 - h**2) @ W
traced = autodiff.jacobian(layer)(inputs, W, bias)
print("by formula, shape", J.shape)
print(J.round(4))
print("by autodiff agrees:", np.allclose(J, traced, rtol=1e-12))

# %%
# Now write the backward step of the layer as everybody writes it. From the next layer comes an adjoint
# ``dh``, one number for each unit. In such code, ``dh`` is short for
# :math:`\bar h = \partial L / \partial h`, ``dz`` for :math:`\bar z`, and ``dw`` belongs to
# :math:`W`:

dh = np.array([0.5, -1.0])  # what comes from the next layer
dz = dh * (1 - h**2)
dx = W.T @ dz
dw = np.outer(dz, inputs)
db = dz

for name, array in (("dz", dz), ("dx", dx), ("dw", dw), ("db", db)):
    print(f"{name}  shape {array.shape}")
print("dx is J^T dh:", np.allclose(dx, J.T @ dh, rtol=1e-12))

# %%
# Is ``dz`` the Jacobian? **No.** Neither is ``dx`` or ``dw``. All of these are adjoints, derivatives of
# the *loss*, and each has the shape of the thing it belongs to. The Jacobian :math:`J` appears nowhere:
# the code multiplies by it (by its transpose, to be exact) without ever writing it down.
#
# .. math:: \bar x = J^T \bar h = W^T \big( (1 - h^2) \odot \bar h \big)
#
# where :math:`\odot` multiplies entry by entry. That is the point of going backwards. A layer with 1000
# inputs and 1000 units whose batch has 100 rows would have Jacobians with :math:`10^8` entries in all,
# most of them never needed. Many programs hold a batch as rows and write :math:`Z = X W + b`, with
# :math:`W` transposed. Then each row has :math:`J = \operatorname{diag}(1 - h^2)\, W^T`, and the step
# reads ``dX = dZ @ W.T``.
#
# In the machine's words, the backward step is a *vector-Jacobian product*,
# :func:`~calcguide.autodiff.vjp`. It returns the adjoints of all three, given ``dh``:

_, pullback = autodiff.vjp(lambda p: layer(*p), (inputs, W, bias))
for name, mine, theirs in zip(("dx", "dw", "db"), (dx, dw, db), pullback(dh), strict=True):
    print(f"{name} agrees: {np.allclose(mine, theirs, rtol=1e-12)}")

# %%
# Your task
# ---------
#
# .. exercise:: B7u
#
# Draw the graph on paper first. This is what the checker says to somebody who followed one arrow only:

from textwrap import fill

print(fill(str(exercises.get("B7u").check(np.sin(1.0))), width=48))

# %%
# Common mistakes
# ---------------
#
# **Overwriting in place of adding.** With ``=`` where ``+=`` belongs, the last path wins, and the others
# are lost. In a network without reuse nobody notices:


def faulty_backward(explanation):
    adjoint = {explanation.result: 1.0}
    for step in reversed(explanation.steps):
        for operand, local in zip(step.operands, step.derivatives, strict=True):
            adjoint[operand] = adjoint.get(step.name, 0.0) * local
    return adjoint


for name, fun, point in (("network", loss, (x, w1, b, w2, t)), ("used twice", reused, (0.8,))):
    wrong = faulty_backward(autodiff.explain(fun, *point))["x"]
    right = autodiff.grad(fun)(*point)
    print(f"{name:<11} by x: faulty {wrong:>8.4f}   correct {right:>8.4f}")

# %%
# Test an engine with a value that is used twice; :math:`x \cdot x` is enough.
#
# **Calling something else the Jacobian.** We saw that ``dz`` is not the Jacobian. The weights are not it
# either: some texts write "the Jacobian :math:`W`". It is :math:`W` only for a layer without an
# activation. The gap is not small:

print("W:")
print(W.round(4))
print("J:")
print(J.round(4))

# %%
# **Taking** :math:`\partial y / \partial x` **for training.** The derivative with respect to the input tells
# how the output reacts to other inputs. Training changes the weights, so it needs
# :math:`\partial L / \partial W` and :math:`\partial L / \partial b`: in the graph, the adjoints of other
# boxes. Backpropagation computes the adjoint of each layer's input all the same, because the layer before
# needs it.
#
# **Changing values between the passes.** The local derivative of :math:`\tanh` at the second pass needs
# the ``v3`` of the first. If a program overwrites an array in between, the derivative belongs to another
# function. Libraries either refuse this or raise an error.
#
# In practice
# -----------
#
# - PyTorch builds this graph while your code runs. ``loss.backward()`` goes through it in reverse, and *adds* to
#   ``weight.grad``. That is the ``+=`` from above, and why each training step begins with ``zero_grad()``.
# - JAX records the function with ``jax.make_jaxpr``, whose printout resembles the table of ``explain``;
#   ``jax.vjp`` is the backward step.
# - The values of the forward pass stay in memory until the backward pass has used them. Where memory is short,
#   *checkpointing* (``jax.checkpoint``, ``torch.utils.checkpoint``) throws some away and computes them again.
#
# Further reading
# ---------------
#
# - :cite:t:`rumelhart1986`, four pages, made backpropagation known: hidden units and adjoints in the notation of
#   this lesson, more or less.
# - :cite:t:`griewank2008`, chapter 3, on the table of ``explain`` and its way back, called the reverse mode.
# - :cite:t:`baydin2018` on what is backpropagation and what is automatic differentiation.
#
# Next: :doc:`03_forward_or_reverse`, which asks when to go through the graph from the other side.
