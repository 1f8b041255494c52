r"""
Forward or reverse?
===================

The chain rule multiplies derivatives along a computation. You may start at the inputs, or at the output. The
result is the same, and for a network with a million weights one of the two ways costs a million times as much.

**After this lesson you can**

- compute a derivative with numbers that carry their own slope;
- say from the numbers of inputs and outputs which way is cheaper, and count by how much;
- choose between ``jvp``, ``vjp``, ``grad``, ``jacobian`` and ``hvp``, and test them without knowing the answer.

**You need** the chain rule and the graph of a computation, :doc:`01_chain_rule` and
:doc:`02_computational_graph`, and products of matrices.

**It takes** about 50 minutes with the tasks.
"""

# %%
# A number that carries its slope
# -------------------------------
#
# Take a new number :math:`\varepsilon` that is not 0, but whose square is: :math:`\varepsilon^2 = 0`. No
# ordinary number does that, in the same way as no ordinary number has the square −1. Calculate with
# :math:`a + b\varepsilon` as you would with any letter, and drop what has :math:`\varepsilon^2`:
#
# .. math::
#
#    \begin{aligned}
#    (a + b\varepsilon) + (c + d\varepsilon) &= (a + c) + (b + d)\,\varepsilon \\
#    (a + b\varepsilon)\,(c + d\varepsilon) &= ac + (ad + bc)\,\varepsilon
#    \end{aligned}
#
# Look at what stands before :math:`\varepsilon`: the sum rule and the product rule. These are called
# :term:`dual numbers <dual number>`. For the sine, take Taylor's formula, which stops after its second term
# because the next one has :math:`\varepsilon^2`:
#
# .. math:: \sin(a + b\varepsilon) = \sin a + b \cos a \; \varepsilon
#
# That is the chain rule. Here it is in Python, in about ten lines. ``np.sin`` does not know our numbers; it asks
# them for a method of that name.

import math
import tracemalloc
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, differences, exercises, plotting

plotting.use_style()


class Dual:
    def __init__(self, value, slope=0.0):
        self.value, self.slope = value, slope

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        slope = self.value * other.slope + self.slope * other.value
        return Dual(self.value * other.value, slope)

    __radd__, __rmul__ = __add__, __mul__

    def sin(self):
        return Dual(np.sin(self.value), np.cos(self.value) * self.slope)


# %%
# Now put :math:`a + 1\,\varepsilon` into a function, for instance :math:`f(x) = x^2 \sin x + 3x`. The slope that
# goes in is 1, because :math:`x` changes with :math:`x` at the rate 1. What do you expect before
# :math:`\varepsilon` when it comes out?


def f(x):
    return x * x * np.sin(x) + 3 * x


a = 2.0
result = f(Dual(a, 1.0))
by_hand = 2 * a * math.sin(a) + a**2 * math.cos(a) + 3
print(f"value         {result.value:.12f}   f(2)  {f(a):.12f}")
print(f"slope         {result.slope:.12f}   rule  {by_hand:.12f}")
print(f"the package   {autodiff.derivative(f)(a):.12f}")
print(f"differences   {differences.derivative(f, a):.12f}")

# %%
# The derivative falls out, next to the value, and it is right to the last digit shown. There is no step
# :math:`h` and no limit; nobody worked out a formula for :math:`f'` either. Each operation passed on its own
# slope. That is :term:`forward mode`.
#
# Since a slope comes with each value, a loop over points draws the tangents as well:

figure, ax = plt.subplots()
ax.set(
    title="One pass gives the point and its tangent",
    xlabel="x",
    ylabel="f(x)",
    xlim=(-4, 4),
    ylim=(-20, 20),
)
plotting.curve(ax, f, -4, 4, label=r"$x^2 \sin x + 3x$", linewidth=2.5)
marks = (
    (-3.2, "orange", "--"),
    (-1.2, "green", "-."),
    (0.8, "purple", ":"),
    (2.8, "red", "--"),
)
for x, name, line in marks:
    slope = f(Dual(x, 1.0)).slope
    style = {"color": plotting.PALETTE[name], "linestyle": line}
    plotting.tangent(ax, f, x, slope, label=f"x = {x}, slope {slope:.2f}", **style)
ax.legend(loc="lower right")
plt.show()

# %%
# Several inputs: one direction for each pass
# -------------------------------------------
#
# With two inputs you have to say which one moves. Take :math:`g(x, y) = (2xy,\ x^2 y)`, whose
# :term:`Jacobian` at :math:`(1, 3)` is
#
# .. math:: J = \begin{pmatrix} 2y & 2x \\ 2xy & x^2 \end{pmatrix}
#             = \begin{pmatrix} 6 & 2 \\ 6 & 1 \end{pmatrix}.
#
# Let the slopes that go in be a vector :math:`v`. What comes out is :math:`Jv`, a
# :term:`Jacobian-vector product`: the directional derivative along :math:`v`. With :math:`v = (1, 0)` it is the
# first column. The package calls this :func:`~calcguide.autodiff.jvp`:


def g(p):
    x, y = p
    return [2 * x * y, x * x * y]


point = [1.0, 3.0]
print("direction     dual numbers     jvp")
for v in ([1.0, 0.0], [0.0, 1.0], [1.0, -2.0]):
    by_duals = [part.slope for part in g([Dual(x, b) for x, b in zip(point, v, strict=True)])]
    _, tangent = autodiff.jvp(lambda p: np.stack(g(p)), point, v)
    print(f"{v!s:<14}{by_duals!s:<17}{tangent.tolist()}")

# %%
# One pass, one column. A function of a million inputs would need a million passes for all its columns. Is
# there a better way?
#
# Where do you put the brackets?
# ------------------------------
#
# A computation in three steps has three Jacobians, and the chain rule multiplies them:
#
# .. math:: J = J_3 \, J_2 \, J_1
#
# The last step stands on the left, the first one on the right. You may bracket a product of matrices as you
# like: :math:`J_3 (J_2 J_1) = (J_3 J_2) J_1`. Starting on the right follows the computation; that is what
# dual numbers do. Starting on the left goes against it.
#
# Take 100 inputs, two layers of 100 values, and one output. A product of a matrix of shape :math:`(p, q)` with one
# of shape :math:`(q, r)` takes :math:`pqr` multiplications. Before you look: which side wins, and by what
# factor?

multiplications = 0


def times(A, B):
    global multiplications
    multiplications += A.shape[0] * A.shape[1] * B.shape[1]
    return A @ B


def count(compute):
    global multiplications
    multiplications = 0
    return compute(), multiplications


rng = np.random.default_rng(0)
J1, J2, J3 = (rng.normal(size=shape) / 10 for shape in ((100, 100), (100, 100), (1, 100)))

from_right, cost_right = count(lambda: times(J3, times(J2, J1)))
from_left, cost_left = count(lambda: times(times(J3, J2), J1))
print(f"from the right  {cost_right:>9,} multiplications")
print(f"from the left   {cost_left:>9,} multiplications")
print(f"ratio           {cost_right / cost_left:>9.1f}")
print("same result:", np.allclose(from_right, from_left, rtol=0, atol=1e-12))

# %%
# From the left there is never more than one row to carry, because there is one output. From the right a whole
# matrix is carried along, a column for each input. So it is the *ends* that decide:
#
# - from the right, the number of columns is the number of inputs;
# - from the left, the number of rows is the number of outputs.
#
# Going from the left is :term:`reverse mode`. It needs what one step of it does: a row :math:`u^T` comes in
# from the output's side, and :math:`u^T J` goes out on the other side. Written as a column that is :math:`J^T u`, a
# :term:`vector-Jacobian product`. Each step turns the derivative with respect to its result into the
# derivative with respect to its operands.
#
# Reverse mode needs a record
# ---------------------------
#
# There is a catch. The walk begins at the end, so the computation must be over by then, and the walk needs
# the values from in between: for :math:`\sin a` it needs :math:`\cos a`. So write down each operation as it
# happens: where its operands came from, and its derivative with respect to each of them. That record is the
# :term:`tape`. Then go through it backwards.


class Traced:
    def __init__(self, value, tape, operands=()):
        self.value, self.tape, self.place = value, tape, len(tape)
        tape.append(operands)  # pairs: place of an operand, derivative with respect to it

    def __add__(self, other):
        if isinstance(other, Traced):
            operands = [(self.place, 1.0), (other.place, 1.0)]
            return Traced(self.value + other.value, self.tape, operands)
        return Traced(self.value + other, self.tape, [(self.place, 1.0)])

    def __mul__(self, other):
        if isinstance(other, Traced):
            operands = [(self.place, other.value), (other.place, self.value)]
            return Traced(self.value * other.value, self.tape, operands)
        return Traced(self.value * other, self.tape, [(self.place, other)])

    __radd__, __rmul__ = __add__, __mul__

    def sin(self):
        return Traced(np.sin(self.value), self.tape, [(self.place, np.cos(self.value))])


def pull(result, one=1.0):
    """Walk the tape backwards; return the derivative of the result by each place."""
    adjoints = {result.place: one}
    for i in range(result.place, -1, -1):
        for place, local in result.tape[i] if i in adjoints else ():
            adjoints[place] = adjoints.get(place, 0.0) + local * adjoints[i]
    return adjoints


# %%
# What arrives at a place is called its :term:`adjoint`. Contributions over different edges are added: a value
# that is used twice has an effect twice. On :math:`f` from above:

tape = []
x = Traced(2.0, tape)
adjoints = pull(f(x))
print(f"reverse   {adjoints[x.place]:.12f}")
print(f"forward   {f(Dual(2.0, 1.0)).slope:.12f}")
print(f"entries on the tape: {len(tape)}")

# %%
# Counting what a program does
# ----------------------------
#
# Matrices suggest a law. Does a program obey it, with its additions, its sines, and the work of keeping a
# record? Count. Here is a number that counts the operations it takes part in:


class Counted:
    operations = 0

    def __init__(self, value):
        self.value = value

    @staticmethod
    def made(value):
        Counted.operations += 1
        return Counted(value)

    def __add__(self, other):
        return self.made(self.value + getattr(other, "value", other))

    def __mul__(self, other):
        return self.made(self.value * getattr(other, "value", other))

    __radd__, __rmul__ = __add__, __mul__

    def sin(self):
        return self.made(np.sin(self.value))

    def cos(self):
        return self.made(np.cos(self.value))


# %%
# And a small network: :math:`n` inputs, forty layers of three sines, :math:`m` outputs. We fill ``Dual`` and
# ``Traced`` with counted numbers. For the whole Jacobian, forward mode runs once for each input. Reverse mode
# runs once, and walks back once for each output.


def linear(W, x):
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in W]


def network(x, weights):
    *inner, last = weights
    for W in inner:
        x = [np.sin(z) for z in linear(W, x)]
    return linear(last, x)


def forward_jacobian(x, weights):
    columns = []
    for j in range(len(x)):
        seeded = [Dual(Counted(xi), Counted(float(i == j))) for i, xi in enumerate(x)]
        columns.append([y.slope.value for y in network(seeded, weights)])
    return np.transpose(columns)


def reverse_jacobian(x, weights):
    tape = []
    variables = [Traced(Counted(xi), tape) for xi in x]
    rows = []
    for y in network(variables, weights):
        adjoints = pull(y, one=Counted(1.0))
        rows.append([adjoints[variable.place].value for variable in variables])
    return np.array(rows)


def operations(compute, *args):
    Counted.operations = 0
    return compute(*args), Counted.operations


def measure(n, m):
    """Return the cost of both ways in evaluations of the network, and how far they differ."""
    rng = np.random.default_rng(n + 1000 * m)
    x = rng.normal(size=n).tolist()
    weights = [rng.normal(size=s).tolist() for s in [(3, n)] + 40 * [(3, 3)] + [(m, 3)]]
    _, once = operations(network, [Counted(xi) for xi in x], weights)
    F, forward = operations(forward_jacobian, x, weights)
    R, reverse = operations(reverse_jacobian, x, weights)
    return forward / once, reverse / once, np.abs(F - R).max() / np.abs(R).max()


sizes = (1, 2, 4, 8, 16, 32, 64)
by_inputs = [measure(n, 1) for n in sizes]
by_outputs = [measure(1, m) for m in sizes]

print("cost in evaluations of the network")
print("          n inputs, 1 output     1 input, m outputs")
print("n or m    forward    reverse     forward    reverse")
for size, one, other in zip(sizes, by_inputs, by_outputs, strict=True):
    print(f"{size:>6}{one[0]:>11.1f}{one[1]:>11.1f}{other[0]:>12.1f}{other[1]:>11.1f}")

largest = max(gap for *_, gap in by_inputs + by_outputs)
print("both give the same Jacobian:", largest < 1e-9)

# %%
# The law holds. (A further walk back costs less than the first: all walks share one run and its record.) The
# first pair of columns in a figure:

figure, ax = plt.subplots()
ax.loglog(sizes, [cost[0] for cost in by_inputs], "o-", label="forward: once for each input")
ax.loglog(sizes, [cost[1] for cost in by_inputs], "s--", label="reverse: once")
ax.set(
    title="With one output, reverse mode does not care\nhow many inputs there are",
    xlabel="number of inputs",
    ylabel="operations / one evaluation",
    ylim=(1, 1000),
)
ax.legend(loc="upper left")
plt.show()

# %%
# And the second pair, where the network has one input and many outputs:

figure, ax = plt.subplots()
ax.loglog(sizes, [cost[0] for cost in by_outputs], "o-", label="forward: once")
ax.loglog(
    sizes, [cost[1] for cost in by_outputs], "s--", label="reverse: back for each output"
)
ax.set(
    title="With one input, forward mode does not care\nhow many outputs there are",
    xlabel="number of outputs",
    ylabel="operations / one evaluation",
    ylim=(1, 1000),
)
ax.legend(loc="upper left")
plt.show()

# %%
# The two figures mirror each other. A pass costs a few evaluations in either mode; what counts is how many
# passes you need. A loss is one number, and the weights are many: that is the first figure, and the reason why
# training uses reverse mode.
#
# With one input and one output, each needs one pass. Then forward mode is preferable, and the main reason does not
# show in these counts.
#
# What reverse mode pays: memory
# ------------------------------
#
# A dual number goes from step to step, and the old one is forgotten. The tape forgets nothing. Take a loop
# of :math:`k` steps :math:`x \leftarrow x + 0.1 \sin x`, and count the entries:


def steps(x, k):
    for _ in range(k):
        x = x + 0.1 * np.sin(x)
    return x


print(" steps   entries on the tape")
for k in (1, 10, 100, 1000):
    tape = []
    steps(Traced(1.0, tape), k)
    print(f"{k:>6}   {len(tape):>6}")

# %%
# Three entries for each step, and one for the variable. What does that mean for the package, where each value may
# be a large array? Let Python measure the largest memory in use, in units of one such array:

x = np.linspace(0.0, 1.0, 10_000)
ones = np.ones_like(x)


def peak(compute):
    tracemalloc.start()
    compute()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(most / x.nbytes)  # the few bytes beside them differ from run to run


lengths = (1, 2, 5, 10, 20, 50, 100)
memory = {"forward": [], "reverse": []}
print(" steps   forward   reverse   (arrays held at once)")
for k in lengths:
    memory["forward"].append(peak(lambda k=k: autodiff.jvp(lambda x: steps(x, k), x, ones)))
    memory["reverse"].append(peak(lambda k=k: autodiff.vjp(lambda x: steps(x, k), x)[1](ones)))
    print(f"{k:>6}   {memory['forward'][-1]:>7.0f}   {memory['reverse'][-1]:>7.0f}")

# %%
# As a figure:

figure, ax = plt.subplots()
ax.loglog(lengths, memory["forward"], "o-", label="forward")
ax.loglog(lengths, memory["reverse"], "s--", label="reverse")
ax.set(
    title="Reverse mode keeps every step,\nforward mode a handful of arrays",
    xlabel="steps of the loop",
    ylabel="arrays in memory at once",
    ylim=(1, 1000),
)
ax.legend(loc="upper left")
plt.show()

# %%
# With a single number as the input there is nothing to weigh: one pass does in either mode, and forward mode keeps
# nothing. So this is what :func:`~calcguide.autodiff.grad` takes there. A hundred steps again, for the derivative by a
# number that scales where they start:

held = peak(lambda: autodiff.grad(lambda scale: np.sum(steps(scale * x, 100)))(1.0))
print(f"grad by one number holds {held} arrays")

# %%
# A network has many inputs, and has to go backwards. This is why one that is twice as deep needs twice the memory for
# its values when you train it, and hardly more when you only use it. One cure is to keep some of the values and to
# compute the others again on the way back: :cite:t:`griewank2000` show which to keep.
#
# A test that needs no answer
# ---------------------------
#
# Both modes hide the same matrix. So for any :math:`u` on the side of the outputs and any :math:`v` on the side of the
# inputs,
#
# .. math:: \langle u,\ J v \rangle = \langle J^T u,\ v \rangle ,
#
# where the brackets are the dot product. The left side is computed forwards, the right side backwards. You
# need not know :math:`J` to compare them, so this tests a pair of rules for which nobody has an answer. With a
# network of three inputs and two outputs:

W, V = rng.normal(size=(5, 3)), rng.normal(size=(2, 5))


def net(x):
    return V @ np.tanh(W @ x)


x, v, u = rng.normal(size=3), rng.normal(size=3), rng.normal(size=2)
_, Jv = autodiff.jvp(net, x, v)
_, pullback = autodiff.vjp(net, x)
print(f"<u, Jv>   {u @ Jv:+.15f}")
print(f"<J'u, v>  {pullback(u) @ v:+.15f}")

# %%
# They agree up to rounding. One random pair catches nearly every wrong rule, because an error would have to be
# orthogonal to what you happened to draw.
#
# The right tool
# --------------
#
# - One direction, any number of outputs: :func:`~calcguide.autodiff.jvp`.
# - One output, any number of inputs: :func:`~calcguide.autodiff.grad`, or
#   :func:`~calcguide.autodiff.value_and_grad` if you need the value too.
# - A combination of outputs: :func:`~calcguide.autodiff.vjp`, which also gives you a function to call again.
# - The whole matrix: :func:`~calcguide.autodiff.jacobian`. It counts rows and columns and chooses the mode; with
#   ``mode="forward"`` or ``mode="reverse"`` you choose.
#
# How often do they call your function? A wrapper that counts will tell:


def counted(fun):
    def wrapper(x):
        wrapper.calls += 1
        return fun(x)

    wrapper.calls = 0
    return wrapper


def loss(x):
    return np.sum((x[1:] - x[:-1] ** 2) ** 2) + np.sum((1 - x) ** 2)


def by_columns(fun, x):
    return np.array([autodiff.jvp(fun, x, unit)[1] for unit in np.eye(x.size)])


ways = {
    "differences": differences.gradient,
    "jvp, one for each input": by_columns,
    "grad": lambda fun, x: autodiff.grad(fun)(x),
}
calls = {name: [] for name in ways}
for n in (10, 100, 1000):
    x = np.linspace(-1, 1, n)
    for name, way in ways.items():
        fun = counted(loss)
        way(fun, x)
        calls[name].append(fun.calls)

print("calls for a gradient     n = 10     n = 100    n = 1000")
for name, row in calls.items():
    print(f"{name:<24}" + "".join(f"{k:>7}    " for k in row))

# %%
# For the gradient of a thousand inputs, reverse mode calls the function once. (The walk back is work too; from
# the first figure you know that it is a few evaluations.)
#
# Both in one: the Hessian times a vector
# ---------------------------------------
#
# The :term:`Hessian` is the Jacobian of the gradient. The gradient has many inputs, so you want reverse mode
# for it. Its derivative along one direction is a job for forward mode. Put the one into the other:
#
# .. math:: H v = \frac{d}{dt}\, \nabla f(x + t v)\, \Big|_{t = 0}
#
# This is called *forward over reverse*, and it is what :func:`~calcguide.autodiff.hvp` does. For arrays of moderate
# length it knows a shortcut: if the function is made of sums, products, ``exp``, ``sin`` and others that accept
# complex numbers, the direction travels as an imaginary part, as in the :term:`complex step`.

x, v = np.linspace(-1, 1, 1000), rng.normal(size=1000)
fun = counted(loss)
_, by_hand = autodiff.jvp(autodiff.grad(fun), x, v)
print("calls of the function:", fun.calls)

product = autodiff.hvp(loss)(x, v)
scale = np.abs(product).max()
print("jvp of grad equals hvp:", np.abs(by_hand - product).max() < 1e-12 * scale)

small = x[::100]
whole = autodiff.hessian(loss)(small) @ v[::100]
print("H @ v equals hvp:", np.allclose(whole, autodiff.hvp(loss)(small, v[::100]), rtol=1e-12))
print(f"numbers in the whole matrix: {x.size**2:,}; in the product: {product.size:,}")

# %%
# One call, and no matrix of a million numbers is ever formed. This trick is due to :cite:t:`pearlmutter1994`.
#
# Your task
# ---------
#
# First the brackets, with a network that could read handwriting.
#
# .. exercise:: D1t
#
# A first attempt, from the right:

answer = 10 * 128 * 784 + 1 * 10 * 784
print(fill(str(exercises.get("D1t").check(answer)), 72))

# %%
# Then division. Our dual numbers cannot divide yet.
#
# .. exercise:: D1u
#
# Common mistakes
# ---------------
#
# **Going forwards for a gradient.** The result is right, so nothing tells you. Only the count does:

print("n = 1000, forward:", calls["jvp, one for each input"][-1], "calls")
print("n = 1000, reverse:", calls["grad"][-1], "call")

# %%
# **Mixing up** :math:`Jv` **and** :math:`J^T u`. If a matrix is square, either product has a fitting shape. At
# :math:`(1, 3)` our :math:`g` has two inputs and two outputs:

seed = np.array([1.0, 0.0])
_, tangent = autodiff.jvp(lambda p: np.stack(g(p)), point, seed)
_, pullback = autodiff.vjp(lambda p: np.stack(g(p)), point)
print("jvp with (1, 0), a column:", tangent.tolist())
print("vjp with (1, 0), a row:   ", pullback(seed).tolist())

# %%
# **Seeding all inputs with 1.** Slopes of 1 everywhere do not give "the gradient": they give the sum of its
# entries, which is the derivative along :math:`(1, \dots, 1)`.

bowl = [3.0, 4.0]
everything = [Dual(x, 1.0) for x in bowl]
print("all seeded:", sum(x * x for x in everything).slope)
print("gradient:  ", autodiff.grad(lambda p: np.sum(p * p))(bowl).tolist())

# %%
# **Taking forward mode for differences.** Dual numbers take no step. Let :math:`h` shrink in a quotient,
# and rounding takes over; a dual number has nothing to shrink:

print(f"quotient, h = 1e-12:  error {abs((f(2 + 1e-12) - f(2.0)) / 1e-12 - result.slope):.0e}")
exact = 4 * math.sin(2.0) + 4 * math.cos(2.0) + 3
print(f"dual number:          error {abs(result.slope - exact):.0e}")

# %%
# In practice
# -----------
#
# **JAX** uses the same names: ``jax.jvp``, ``jax.vjp``, ``jax.grad``. The whole matrix is ``jax.jacfwd`` or
# ``jax.jacrev``, so there you choose. Its ``jax.hessian`` is forward over reverse. To trade memory for time, there
# is ``jax.checkpoint``.
#
# **PyTorch** records a tape as the code runs, and ``loss.backward()`` walks it. The functional forms are
# ``torch.func.jvp``, ``torch.func.vjp``, ``torch.func.jacfwd`` and ``torch.func.jacrev``. To trade memory for
# time, there is ``torch.utils.checkpoint``.
#
# In both, a row vector times a Jacobian is what reverse mode computes, hence the name *vector-Jacobian
# product*. The package returns it in the form of the input, as :math:`J^T u`.
#
# Further reading
# ---------------
#
# - :cite:t:`wengert1964` describes forward mode on two pages, in 1964.
# - :cite:t:`griewank2008` is the book on both modes: costs with proofs, memory, and what lies between the two.
# - :cite:t:`baydin2018` is a survey for people who come from machine learning.
#
# Next: :doc:`04_build_your_own_autodiff`, where the tape grows into an engine that trains a model.
