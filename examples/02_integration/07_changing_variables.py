r"""
Changing variables
==================

A road is 3 kilometres long, or 3000 metres. Change the unit and the numbers change, but the road does not.
Integrals and probabilities can be written in other units too, even in units that differ from place to place. One
factor has to come along. Forget it, and you get a curve that looks right and is no density at all.

**After this lesson you can**

- substitute in an integral, limits included, and see why the factor is :math:`g'(x)`;
- find the density of :math:`g(X)` from that of :math:`X`, also where :math:`g` falls or takes a value twice;
- say what the factor becomes in several variables, and let the machine compute it;
- read the term :math:`\log |\det J|` in a normalising flow.

**You need** the chain rule, :doc:`/lessons/05_backpropagation/01_chain_rule`; the integral as a sum of strips,
:doc:`01_area_as_a_sum`, and how it undoes a derivative, :doc:`02_fundamental_theorem`; densities,
:doc:`05_probability_is_area`. From the section on two variables on you need matrices and determinants.

**It takes** about an hour with the task.
"""

# %%
# The chain rule, read backwards
# ------------------------------
#
# What is the area below :math:`2x\,e^{-x^2}` between 0 and 2? Look at the two factors. The first one, :math:`2x`, is
# the derivative of :math:`x^2`, and :math:`x^2` sits inside the other. That is the pattern which the chain rule leaves
# behind. If :math:`F' = f`, then
#
# .. math:: \frac{d}{dx} F\big(g(x)\big) = f\big(g(x)\big)\, g'(x).
#
# Integrate both sides from :math:`a` to :math:`b`. On the left, integration undoes differentiation and leaves
# :math:`F(g(b)) - F(g(a))`. That is also what you get if you integrate :math:`f` between :math:`g(a)` and
# :math:`g(b)`:
#
# .. math:: \int_a^b f\big(g(x)\big)\, g'(x)\, dx = \int_{g(a)}^{g(b)} f(u)\, du.
#
# This is :term:`substitution`. People remember it as :math:`u = g(x)` and :math:`du = g'(x)\,dx`, and the limits
# change too: on the right they are values of :math:`u`. In our example :math:`u = x^2`, :math:`du = 2x\,dx`, and
# :math:`u` runs from :math:`0^2` to :math:`2^2`. (The rule wants a continuous :math:`f` and a continuous :math:`g'`.
# It does not want :math:`g` to have an inverse.)
#
# .. math:: \int_0^2 e^{-x^2}\, 2x\, dx = \int_0^4 e^{-u}\, du = 1 - e^{-4}.
#
# We check it with a sum of narrow strips, each as high as the function in its middle, and with
# :func:`~calcguide.integrate.gauss_legendre`, which gets there with 20 evaluations. What happens if you change the
# variable and keep the limits 0 and 2: is the result too large or too small?

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

from calcguide import autodiff, exercises, integrate, plotting, probability

plotting.use_style()


def strips(f, a, b, n=1000):
    width = (b - a) / n
    middle = a + width * (np.arange(n) + 0.5)
    return np.sum(f(middle)) * width


def in_x(x):
    return np.exp(-(x**2)) * 2 * x


def in_u(u):
    return np.exp(-u)


print(f"in x, from 0 to 2  {strips(in_x, 0, 2):.5f}")
print(f"in u, from 0 to 4  {strips(in_u, 0, 4):.5f}")
print(f"in u, by Gauss     {integrate.gauss_legendre(in_u, 0, 4, 20):.5f}")
print(f"1 - exp(-4)        {1 - np.exp(-4):.5f}")
print(f"in u, from 0 to 2  {strips(in_u, 0, 2):.5f}")

# %%
# The first four agree. The last one is too small: it stops at :math:`u = 2`, which is :math:`x = \sqrt 2`.
#
# Strips that stretch
# -------------------
#
# Why is the factor :math:`g'`, and not something else? Cut the interval of :math:`x` into four strips of width 0.5,
# and look where :math:`u = x^2` takes them. Their ends 0, 0.5, 1, 1.5, 2 become 0, 0.25, 1, 2.25, 4:

x_ends = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
u_ends = x_ends**2
middles = (x_ends[:-1] + x_ends[1:]) / 2
stretch = np.diff(u_ends) / np.diff(x_ends)
in_x_areas = [strips(in_x, x_ends[k], x_ends[k + 1]) for k in range(4)]
in_u_areas = [strips(in_u, u_ends[k], u_ends[k + 1]) for k in range(4)]

print("strip  stretch  2x in middle  area in x  in u")
for k in range(4):
    areas = f"{in_x_areas[k]:.5f}    {in_u_areas[k]:.5f}"
    print(f"{k + 1:<5}  {stretch[k]:<7}  {2 * middles[k]:<12}  {areas}")

# %%
# A strip at :math:`x` becomes about :math:`g'(x)` times as wide. (For :math:`x^2`, with :math:`x` in the middle of the
# strip, it is exactly that.) The first strip shrinks to half its width, the last one is stretched to three and a half
# times its width. The areas, though, are the same on both sides, one strip at a time:

figure, (left, right) = plt.subplots(
    1, 2, sharey=True, figsize=(6, 3.4), gridspec_kw={"width_ratios": (2, 4)}
)
figure.suptitle("Each strip keeps its area: what gets wider gets lower", x=0.02, ha="left")
panels = ((left, in_x, x_ends, "x"), (right, in_u, u_ends, "u"))
for (ax, f, ends, name), formula in zip(panels, ("$2x e^{-x^2}$", "$e^{-u}$"), strict=True):
    ax.set(xlabel=name, xlim=(0, ends[-1]), ylim=(0, 1.15))
    plotting.curve(ax, f, 0, ends[-1], color=plotting.PALETTE["blue"])
    ax.text(0.97, 0.97, formula, transform=ax.transAxes, ha="right", va="top")
    for k in range(4):
        t = np.linspace(ends[k], ends[k + 1])
        shade = 0.35 if k % 2 else 0.15
        ax.fill_between(t, f(t), color=plotting.PALETTE["blue"], alpha=shade, linewidth=0)
        above = ((ends[k] + ends[k + 1]) / 2, f(t).max() + 0.02)
        ax.text(*above, f"{k + 1}", ha="center", va="bottom")
left.set(ylabel="height")
plt.show()

# %%
# Both panels have the same scale, so you can compare areas by eye. Area is kept, and height pays:
# :math:`f(u)\, du = f(g(x))\, g'(x)\, dx`. Where a strip is :math:`g'(x)` times as wide in :math:`u`, the integrand in
# :math:`x` has to be :math:`g'(x)` times as high.
#
# A density is probability per width
# ----------------------------------
#
# Now the area is a probability. (A capital letter is a random number, the small one a value that it may take.) Let
# :math:`X` have the standard normal density :math:`p_X`, and let :math:`Y = e^X`. Such a :math:`Y` is called
# *log-normal*, and it is common. A sum of many small independent amounts is roughly normal, so a *product* of many
# positive factors near 1, such as growth over many years, is roughly log-normal. What is the density of :math:`Y`?
#
# The event does not care in which unit you describe it. :math:`X` is between 0 and 1 exactly when :math:`Y` is
# between 1 and :math:`e`, so both have the same probability. We draw 100000 samples, and count:


def normal(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


rng = np.random.default_rng(7)
x = rng.normal(size=100_000)
y = np.exp(x)

print("    x          y        area   share   area")
print("from  to   from   to    in x   of y    / width")
for a, b in ((-3, -2), (-2, -1), (-1, 0), (0, 1), (1, 2)):
    low, high = np.exp(a), np.exp(b)
    area = strips(normal, a, b)
    share = np.mean((low < y) & (y < high))
    print(
        f"{a:>3} {b:>4}   {low:4.2f}  {high:4.2f}  {area:.3f}  {share:.3f}  {area / (high - low):.3f}"
    )

# %%
# The area below :math:`p_X` is the share of the samples of :math:`Y`. To get a *density* in :math:`y`, divide by the
# width that the strip has there. In the last column the strip from :math:`-2` to :math:`-1` is the highest, although
# the two in the middle have more than twice its area: it was squeezed to a quarter of its width. For narrow strips,
# with :math:`x = \ln y`, that is
#
# .. math:: p_Y(y)\, dy = p_X(x)\, dx
#           \qquad\Longrightarrow\qquad
#           p_Y(y) = p_X(\ln y)\, \frac{dx}{dy} = \frac{p_X(\ln y)}{y}.
#
# The factor :math:`\frac{1}{y}` is often forgotten, because :math:`p_X(\ln y)` looks so natural: the density at the
# point where :math:`y` comes from. Suppose that you forget it. What does the curve integrate to? (We stop at 1000.
# What lies beyond does not show in four digits.)


def right_density(y):
    return normal(np.log(y)) / y


def forgotten(y):
    return normal(np.log(y))


right_area = strips(right_density, 0, 1000, n=1_000_000)
wrong_area = strips(forgotten, 0, 1000, n=1_000_000)
print(f"with the factor    {right_area:.4f}")
print(f"without            {wrong_area:.4f}")
print(f"square root of e   {np.exp(0.5):.4f}")

# %%
# Beside a histogram of the samples you see it. Each bar is as high as its share of all samples, divided by its width:

bar_ends = np.linspace(0, 6, 61)
counts, _ = np.histogram(y, bar_ends)
bar_heights = counts / (y.size * np.diff(bar_ends))

figure, ax = plt.subplots()
ax.set(
    title="Only with the factor $1/y$ does the curve fit the samples",
    xlabel="$y = e^x$",
    ylabel="probability per unit of y",
    xlim=(0, 6),
    ylim=(0, 0.75),
)
bars = {"color": plotting.PALETTE["sky"], "alpha": 0.4}
ax.stairs(bar_heights, bar_ends, fill=True, label="100000 samples", **bars)
plotting.curve(ax, right_density, 0.005, 6, label="$p_X(\\ln y)\\,/\\,y$, area 1")
plotting.curve(ax, forgotten, 0.005, 6, label="$p_X(\\ln y)$, area 1.65")
ax.legend()
plt.show()

# %%
# To divide the wrong curve by 1.65 would not mend it, for its shape is wrong too. Below 1, where strips are squeezed,
# it is too low; above 1, where they are stretched, too high. (Its area is :math:`\sqrt e`: with :math:`y = e^x` it is
# :math:`\int p_X(x)\, e^x\, dx`, the expectation of :math:`e^X`.)
#
# The cheapest test of a density is its area. An area of 1 does not prove that the density is right, but any other
# proves that it is wrong. :func:`~calcguide.probability.mean` makes this test without being asked:

try:
    probability.mean(forgotten, low=0.0)
except ValueError as error:
    print(fill(str(error), width=60))

# %%
# Now with the factor. :func:`~calcguide.probability.change_of_variables` needs the density and the *inverse* of the
# map, here the logarithm, and finds the factor by differentiating the inverse. The argument ``low=0.0`` says that
# :math:`Y` lies above 0; at and below it the logarithm has no value, and the density is 0. SciPy has the same density:

log_normal = probability.change_of_variables(normal, np.log, low=0.0)

print("y      by hand   package   scipy")
for at in (0.5, 1.0, 3.0):
    row = (right_density(at), log_normal(at), stats.lognorm.pdf(at, 1))
    print(f"{at:<5}  " + "  ".join(f"{value:.6f}" for value in row))

# %%
# The normal density has its peak at :math:`x = 0`, which corresponds to :math:`y = 1`. Is that where the density of
# :math:`Y` has its peak?

grid = np.linspace(0.01, 3, 300)
print(f"peak of the density of Y:  {grid[np.argmax(right_density(grid))]:.2f}")
print(f"exp(-1):                   {np.exp(-1):.2f}")
print(f"samples of Y below 1:      {np.mean(y < 1):.3f}")

# %%
# It is at :math:`e^{-1}`. A rising map takes the median along: half of the samples are below 1. It does not take the
# peak along, because the peak depends on widths. So "the most likely value" is a statement about a unit too.
#
# Maps that fall
# --------------
#
# Take the exponential density :math:`p_X(x) = e^{-x}` for :math:`x > 0`, and let :math:`Y = e^{-X}`. This map falls:
# large :math:`x` go to small :math:`y`. The inverse is :math:`x = -\ln y`, with the derivative :math:`-\frac{1}{y}`,
# and the formula as it stands would give
#
# .. math:: p_X(-\ln y) \cdot \Big(-\frac{1}{y}\Big) = y \cdot \Big(-\frac{1}{y}\Big) = -1.
#
# A density is never negative. The width of a strip does not depend on the direction in which you walk across it, so
# a density takes the absolute value. For every :math:`g` that has a differentiable inverse :math:`h`:
#
# .. math:: p_Y(y) = p_X\big(h(y)\big)\, |h'(y)|.
#
# And in an integral with limits? There the minus sign stays, and is right: a falling map turns the limits round, from
# the larger to the smaller, and that gives a second minus.


def exponential(x):
    return np.exp(-x)


uniform = probability.change_of_variables(exponential, lambda y: -np.log(y), low=0.0, high=1.0)
y = np.exp(-rng.exponential(size=100_000))
shares = np.histogram(y, [0, 0.25, 0.5, 0.75, 1.0])[0] / y.size
print("density at 0.1, 0.5, 0.9:", uniform([0.1, 0.5, 0.9]).round(6))
print("samples in each quarter: ", shares.round(3))

# %%
# :math:`Y` is uniform: the density is 1 between 0 and 1. Read it in the other direction and you have a recipe:
# :math:`-\ln U` of a uniform random number :math:`U` is exponential.
#
# Maps that fold
# --------------
#
# The square of a standard normal :math:`X` brings a new difficulty: :math:`Y = X^2` takes each positive value twice.
# Two strips end up at the same place, one from :math:`\sqrt y` and one from :math:`-\sqrt y`, and their
# probabilities add:
#
# .. math:: p_Y(y) = p_X(\sqrt y)\, \frac{1}{2\sqrt y} + p_X(-\sqrt y)\, \frac{1}{2 \sqrt y}
#                  = \frac{p_X(\sqrt y)}{\sqrt y}.
#
# To the package you hand both inverses. We compare the probability of :math:`0.1 < Y < 4` with the samples, once with
# both roots, once with one:

roots = [np.sqrt, lambda y: -np.sqrt(y)]
chi_square = probability.change_of_variables(normal, roots, low=0.0)
one_root = probability.change_of_variables(normal, np.sqrt, low=0.0)

y = rng.normal(size=100_000) ** 2
print(f"samples     {np.mean((y > 0.1) & (y < 4)):.3f}")
print(f"both roots  {strips(chi_square, 0.1, 4):.3f}")
print(f"one root    {strips(one_root, 0.1, 4):.3f}")
print(f"\ndensity at 0.5: {chi_square(0.5):.6f}, by SciPy {stats.chi2.pdf(0.5, df=1):.6f}")

# %%
# One root finds half of the probability. SciPy calls the density with both ``chi2``: it is the *chi-square* density
# with one degree of freedom. Towards :math:`y = 0` it grows without bound, for there the square squeezes strips to
# nothing. Its area is still 1.
#
# Two variables: the factor is a determinant
# ------------------------------------------
#
# In the plane, strips become small rectangles, and you have to ask how their *areas* change. Take polar coordinates: a
# point is given by its distance :math:`r` from the origin and its angle :math:`\varphi`,
#
# .. math:: x = r \cos\varphi, \qquad y = r \sin\varphi.
#
# A rectangle with the sides :math:`dr` and :math:`d\varphi` becomes a patch between two circles. One side is still
# :math:`dr`. The other one is a piece of a circle. A full turn, :math:`2\pi`, has the length :math:`2\pi r`, so the
# angle :math:`d\varphi` has :math:`r\,d\varphi`. The area is about :math:`r\,dr\,d\varphi`, and the factor is
# :math:`r`.
#
# For any smooth map there is a way to compute the factor. Write the partial derivatives of :math:`x` and :math:`y` by
# :math:`r` into a column, and those by :math:`\varphi` into another. That is the :term:`Jacobian` :math:`J`:
#
# .. math:: J = \begin{pmatrix} \cos\varphi & -r \sin\varphi \\ \sin\varphi & r \cos\varphi \end{pmatrix}, \qquad
#           \det J = r \cos^2\varphi + r \sin^2\varphi = r.
#
# A small step :math:`dr` moves the image by :math:`dr` times the first column, a step :math:`d\varphi` by
# :math:`d\varphi` times the second. So a small rectangle becomes nearly a parallelogram, and the area of a
# parallelogram is the absolute value of a determinant. The factor :math:`|g'|` becomes :math:`|\det J|`, the
# :term:`Jacobian determinant`. (The map has to reach each point once, borders apart: one turn of :math:`\varphi`, not
# two.) The machine finds it from the code of the map:


def from_polar(p):
    r, phi = p[0], p[1]
    return np.stack([r * np.cos(phi), r * np.sin(phi)])


print("r     phi   |det J|")
for r, phi in ((0.5, 0.3), (1.0, 0.3), (2.0, 0.3), (2.0, 4.0)):
    J = autodiff.jacobian(from_polar)(np.array([r, phi]))
    print(f"{r:<4}  {phi:<4}  {abs(np.linalg.det(J)):.6f}")

# %%
# The determinant is :math:`r`, whatever the angle. Look at a whole grid. The marked cells are equal on the left; on the
# right, A is smaller than B, in the ratio of their middle radii:

cells = {"A": (0.5, 1.0), "B": (1.5, 2.0)}
start, stop = np.pi / 6, np.pi / 3
for name, (inner, outer) in cells.items():
    rectangle = (outer - inner) * (stop - start)
    patch = (outer**2 - inner**2) / 2 * (stop - start)  # part of a ring
    print(f"{name}: {rectangle:.4f} becomes {patch:.4f}, times {patch / rectangle:.2f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3.6))
figure.suptitle("The farther out a cell lies, the larger is its image", x=0.02, ha="left")
left.set(xlabel="r", ylabel="φ")
right.set(xlabel="x", ylabel="y", aspect="equal")
line = {"color": plotting.INK, "linewidth": 0.8, "linestyle": "-"}
turn = np.linspace(0, np.pi / 2, 60)
for ax, place in ((left, lambda p: p), (right, from_polar)):
    for r in np.linspace(0, 2, 5):
        ax.plot(*place(np.array([np.full(60, r), turn])), **line)
    for phi in np.linspace(0, np.pi / 2, 4):
        ax.plot(*place(np.array([[0.0, 2.0], [phi, phi]])), **line)
    phi = np.linspace(start, stop, 30)
    for (name, (inner, outer)), colour in zip(cells.items(), ("blue", "orange"), strict=True):
        border = np.array([np.repeat([inner, outer], 30), np.r_[phi, phi[::-1]]])
        ax.fill(*place(border), color=plotting.PALETTE[colour], alpha=0.5, linewidth=0)
        middle = np.array([(inner + outer) / 2, (start + stop) / 2])
        ax.text(*place(middle), name, ha="center", va="center")
plt.show()

# %%
# The integral that needs a second dimension
# ------------------------------------------
#
# Where does the :math:`\sqrt{2\pi}` of the normal density come from? From
# :math:`I = \int_{-\infty}^{\infty} e^{-x^2} dx`. No formula of elementary functions gives an antiderivative. The
# first integral of this lesson could be done, because it had the factor :math:`2x`. Polar coordinates supply such a
# factor. Square the integral, and write the square as one integral over the plane:
#
# .. math::
#
#    \begin{aligned}
#    I^2 &= \int_{-\infty}^{\infty} \int_{-\infty}^{\infty} e^{-(x^2 + y^2)}\, dx\, dy
#         = \int_0^{2\pi} \int_0^{\infty} e^{-r^2}\, r\, dr\, d\varphi \\
#        &= 2\pi \int_0^{\infty} e^{-r^2}\, r\, dr = 2\pi \cdot \tfrac{1}{2} = \pi .
#    \end{aligned}
#
# The last integral is ours: with :math:`u = r^2` it is half of :math:`\int_0^\infty e^{-u} du = 1`. So
# :math:`I = \sqrt\pi`. Beyond 8 nothing is left that a sum could notice:

line_integral = strips(lambda x: np.exp(-(x**2)), -8, 8)
with_r = 2 * np.pi * strips(lambda r: np.exp(-(r**2)) * r, 0, 8)
without_r = 2 * np.pi * strips(lambda r: np.exp(-(r**2)), 0, 8)
print(f"on the line, squared    {line_integral**2:.4f}")
print(f"in polar coordinates    {with_r:.4f}")
print(f"pi                      {np.pi:.4f}")
print(f"with the r forgotten    {without_r:.4f}")

# %%
# The normal density has :math:`e^{-t^2/2}`. With :math:`x = t / \sqrt 2` and :math:`dx = dt / \sqrt 2` you get
# :math:`\int e^{-t^2/2}\, dt = \sqrt 2 \cdot I = \sqrt{2\pi}`: that is its constant.
#
# Linear maps, and a normal density that leans
# --------------------------------------------
#
# For :math:`y = Az` with an invertible matrix :math:`A`, the Jacobian is :math:`A` everywhere. So every area, large or
# small, is multiplied by the same :math:`|\det A|`. Here is a matrix, and where it takes the corners of a square:

A = np.array([[2.0, 0.0], [1.0, 1.0]])
square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
image = square @ A.T
print("from: ", *(f"({a:g}, {b:g})" for a, b in square))
print("to:   ", *(f"({a:g}, {b:g})" for a, b in image))
print("det A:", round(np.linalg.det(A), 12))

# %%
# The image is a parallelogram. Its two upright sides have the length 1 and are 2 apart, so its area is 2, as the
# determinant says.
#
# Let the two entries of :math:`z` be independent standard normals. The entries of :math:`y = Az` are normal too, but
# no longer independent: both contain :math:`z_1`. You know their density without any new theory. Go back with
# :math:`A^{-1}`, and pay for the area:
#
# .. math:: p_Y(y) = \frac{p_Z(A^{-1} y)}{|\det A|}
#                  = \frac{1}{2\pi \sqrt{\det \Sigma}}\; e^{-\frac12\, y^T \Sigma^{-1} y},
#           \qquad \Sigma = A A^T .
#
# The formula on the right is the one that books print, with the *covariance matrix* :math:`\Sigma`. Its
# :math:`\sqrt{\det\Sigma}` is nothing but :math:`|\det A|`. Four ways to the same numbers, the last by counting samples
# in a box of side 0.2 around the point:


def normal_pair(z):
    return np.exp(-np.sum(z**2, axis=-1) / 2) / (2 * np.pi)


back = np.linalg.inv(A)
z = rng.normal(size=(1_000_000, 2))
y = z @ A.T
leaning = probability.change_of_variables(normal_pair, lambda y: y @ back.T, dim=2)
from_books = stats.multivariate_normal(cov=A @ A.T)

print("y            by hand  package  scipy   samples")
for at in (np.array([0.0, 0.0]), np.array([1.0, 1.0]), np.array([2.0, 0.0])):
    by_hand = normal_pair(back @ at) / abs(np.linalg.det(A))
    inside = (np.abs(y - at) < 0.1).all(axis=1)
    row = "  ".join(f"{value:.5f}" for value in (by_hand, leaning(at), from_books.pdf(at)))
    print(f"({at[0]:g}, {at[1]:g})       {row}  {inside.mean() / 0.2**2:.3f}")

# %%
# The same in a picture: 400 samples before and after the map, with the square and its image.

figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
figure.suptitle("The map doubles every area, so it halves the density", x=0.02, ha="left")
dots = {"linestyle": "none", "marker": ".", "markersize": 3, "color": plotting.PALETTE["blue"]}
for ax, points, shape, name in ((left, z, square, "z"), (right, y, image, "y")):
    ax.plot(*points[:400].T, **dots)
    ax.fill(*shape.T, color=plotting.PALETTE["orange"], alpha=0.5, linewidth=0)
    ax.plot(*np.vstack([shape, shape[:1]]).T, "-", color=plotting.PALETTE["orange"])
    ax.set(xlabel=f"${name}_1$", ylabel=f"${name}_2$", aspect="equal")
    ax.set(xlim=(-6, 6), ylim=(-5, 5), xticks=(-6, -3, 0, 3, 6), yticks=(-3, 0, 3))
plt.show()

# %%
# Flows: factors multiply, logarithms add
# ---------------------------------------
#
# An invertible linear map turns a normal density into another normal density. Maps that bend give other shapes, and
# you still know the density exactly. That is a :term:`normalising flow`: a density made of a simple one and a chain
# of invertible maps, the *layers*, with parameters that can be trained. By the chain rule, the Jacobian of a chain is
# the product of the layers' Jacobians. The determinant of a product is the product of the determinants, and a
# logarithm makes a sum of it:
#
# .. math:: \log p_Y(y) = \log p_Z(z) - \sum_k \log |\det J_k| .
#
# (A minus, because these are the Jacobians on the way from :math:`z` to :math:`y`: where the flow stretches, the
# density gets lower.) In :math:`d` dimensions a determinant costs about :math:`d^3` operations. So flows use layers
# whose determinant you can read off. In a *coupling layer* :cite:p:`dinh2017` one part of the numbers stays, and
# tells how the other part is scaled and shifted:
#
# .. math:: (a,\; b) \;\mapsto\; \big(a,\; b\, e^{s(a)} + t(a)\big), \qquad
#           J = \begin{pmatrix} 1 & 0 \\ * & e^{s(a)} \end{pmatrix}, \qquad
#           \log |\det J| = s(a).
#
# Nobody needs the entry :math:`*`: with a 0 in the other corner, the determinant is the product of the diagonal. And
# whatever :math:`s` and :math:`t` are, even large networks, the inverse is at hand: subtract :math:`t(a)`, divide by
# :math:`e^{s(a)}`. Two layers, the second with the roles exchanged:


def s(a):
    return 0.6 * np.tanh(a)


def t(a):
    return 1.5 * np.cos(a)


def flow(z):
    """Send z to y; return y and the sum of log |det J|."""
    a, b = z[..., 0], z[..., 1]
    first = s(a)
    b = b * np.exp(first) + t(a)  # layer 1 keeps a
    second = s(b)
    a = a * np.exp(second) + t(b)  # layer 2 keeps b
    return np.stack([a, b], axis=-1), first + second


def flow_back(y):
    """Send y to z; return z and the same sum."""
    a, b = y[..., 0], y[..., 1]
    second = s(b)
    a = (a - t(b)) / np.exp(second)
    first = s(a)
    b = (b - t(a)) / np.exp(first)
    return np.stack([a, b], axis=-1), first + second


def log_density(y):
    z, log_det = flow_back(y)
    return -np.sum(z**2, axis=-1) / 2 - np.log(2 * np.pi) - log_det


point = np.array([0.8, -0.5])
there, log_det = flow(point)
whole = autodiff.jacobian(lambda z: flow(z)[0])(point)
print("there and back:      ", *flow_back(there)[0].round(12))
print(f"sum over the layers:  {log_det:.10f}")
print(f"log |det J|, whole:   {np.linalg.slogdet(whole).logabsdet:.10f}")

# %%
# The sum of two numbers is the log-determinant of the whole Jacobian, which :func:`~calcguide.autodiff.jacobian` found
# without knowing about layers. Does the density have area 1? (Or rather volume: it stands over a plane.) Add it up
# over small squares:

width = 0.05
side = np.arange(-12, 12, width) + width / 2
a, b = np.meshgrid(side, side)
heights = np.exp(log_density(np.stack([a, b], axis=-1)))
print(f"sum over the plane: {np.sum(heights) * width**2:.5f}")

by_package = probability.change_of_variables(normal_pair, lambda y: flow_back(y)[0], dim=2)
print(f"own code: {np.exp(log_density(there)):.8f}")
print(f"package:  {by_package(there):.8f}")

# %%
# It does. To draw samples, send normal ones through the flow. They must be dense where the density is high:

samples = flow(rng.normal(size=(3000, 2)))[0]
figure, ax = plt.subplots(figsize=(6, 4.4))
ax.set(
    title="Bent by two layers, the density is still known exactly",
    xlabel="$y_1$",
    ylabel="$y_2$",
    xlim=(-5, 6),
    ylim=(-5, 7),
)
ax.plot(*samples.T, **dots)
ax.plot([], [], **(dots | {"markersize": 8}), label="3000 samples")
levels = heights.max() * np.array([0.03, 0.1, 0.3, 0.7])
lines = {"colors": plotting.PALETTE["orange"], "linewidths": 1.8, "linestyles": "-"}
ax.contour(a, b, heights, levels, **lines)
ax.plot([], [], "-", color=plotting.PALETTE["orange"], label="3, 10, 30 and 70 % of the peak")
ax.legend(loc="upper right")
plt.show()

# %%
# Your task
# ---------
#
# .. exercise:: D3t
#
# What does the checker say to the density at the point where :math:`y` comes from, without a factor?


def answer(y):
    return np.exp(-(y**2))


print(fill(str(exercises.get("D3t").check(answer)), width=60))

# %%
# Common mistakes
# ---------------
#
# **The factor upside down.** Multiply by :math:`|g'|` or divide by it? The factor belongs to the inverse:
# :math:`|dx/dy|`. If you are not sure, integrate, and insist on 1. For :math:`Y = e^X`:

upside_down = strips(lambda y: normal(np.log(y)) * y, 0, 5000, n=1_000_000)
print(f"divided by y:    {right_area:.4f}")
print(f"multiplied by y: {upside_down:.4f}")

# %%
# **A factor where none belongs.** Probabilities of separate values have no width that could stretch. The square of a
# die is 4 with probability :math:`\frac16`, like the 2 that it comes from. With the factor of densities, the
# probabilities no longer add up to 1:

faces = np.arange(1, 7)
print(f"moved:        {np.full(6, 1 / 6).sum():.4f}")
print(f"with factor:  {np.sum(1 / 6 / (2 * faces)):.4f}")

# %%
# **The map of the mean.** The mean of :math:`e^X` is not :math:`e` to the mean of :math:`X`. The map stretches what
# lies above the mean more than what lies below, and that pulls the mean up:

y = np.exp(x)
print(f"exp of the mean:  {np.exp(x.mean()):.2f}")
print(f"mean of the exp:  {y.mean():.2f}")

# %%
# **Log-densities in different units.** Grey values of pictures run from 0 to 255, and many programs divide them by 256
# first. Fit a normal density to made-up grey values in both units, and report the average :math:`-\log_2 p`, the *bits
# per number* by which models are compared. Fewer are better:

grey = rng.normal(120, 40, size=10_000)
for name, data in (("0 to 255", grey), ("0 to 1", grey / 256)):
    bits = -np.mean(np.log2(stats.norm.pdf(data, data.mean(), data.std())))
    print(f"{name:<9} {bits:7.3f} bits per number")

# %%
# The second needs :math:`\log_2 256 = 8` bits less, and is not better at all: it is the same model in another unit.
# (The bits can be negative, since a density may exceed 1.)
#
# **The determinant first, the logarithm then.** In many dimensions the determinant leaves the range of floating-point
# numbers long before its logarithm does. Here 400 numbers are each divided by 10:

J = np.eye(400) / 10
with np.errstate(divide="ignore"):
    print("log(det J):", np.log(np.linalg.det(J)))
print(f"slogdet:    {np.linalg.slogdet(J).logabsdet:.4f}")
print(f"-400 ln 10: {-400 * np.log(10):.4f}")

# %%
# In practice
# -----------
#
# - **SciPy**'s continuous distributions take a keyword ``scale``: the change of variables :math:`y = cx`, with its
#   factor.
# - **PyTorch** builds a density from a base and a list of maps: ``torch.distributions.TransformedDistribution``. Each
#   map brings ``log_abs_det_jacobian`` along. TensorFlow Probability calls such maps *bijectors*.
# - **JAX**: for small dimensions, ``jnp.linalg.slogdet(jax.jacfwd(g)(x))`` is the general way, as above. A large flow
#   needs layers whose determinant can be read off.
# - **Samplers** for positive parameters, such as a standard deviation, work with the logarithm, where every number is
#   allowed. The log-density then gets the term :math:`+\log\sigma`: the factor of this lesson.
#
# Further reading
# ---------------
#
# - :cite:t:`papamakarios2021` explain flows, starting from the formula of this lesson.
# - :cite:t:`rezende2015` brought flows to variational inference; the coupling layers above are those of
#   :cite:t:`dinh2017`.
#
# Next: :doc:`08_differentiating_an_expectation`. There a change of variables takes a parameter out of a density, so
# that you can differentiate by it.
