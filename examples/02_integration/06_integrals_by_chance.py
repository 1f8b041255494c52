r"""
Integrals by chance
===================

To find out how salty a soup is, you do not drink the pot. You stir, and take a spoon. An integral can be found in the
same way: look at a function at a few random places, and take the average. The result is not exact, but it comes with
an error bar, and the bar shrinks at the same rate in one dimension and in a thousand. Networks are trained on random
batches for the same reason. So this lesson is about the error bar more than about the result.

**After this lesson you can**

- estimate an integral from random points, with a standard error beside it;
- say before you start how many points an error costs;
- tell when a grid is better than chance, and when chance is better than a grid;
- draw points where they matter, and notice when the weights take over;
- explain what the size of a batch does to the noise of a gradient.

**You need** the integral as a sum, :doc:`01_area_as_a_sum`, and expected value, variance and density from
:doc:`05_probability_is_area`. The last section is about the gradient of a loss. If gradients are new to
you, come back to it after :doc:`/lessons/05_backpropagation/01_chain_rule`.

**It takes** about an hour with the task.
"""

# %%
# An average times a length
# -------------------------
#
# How large is the area below :math:`e^x` between 0 and 2? It is as large as a rectangle with the width 2 and the
# *average* height of the curve. You know the width. The average you can estimate: pick points between 0 and 2 at
# random, every place as likely as every other, and average what you find there.
#
# .. math:: \int_a^b f(x)\, dx = (b - a)\, \operatorname{E}[f(X)] \;\approx\; \frac{b - a}{n} \sum_{i=1}^{n} f(X_i),
#           \qquad X_i \text{ uniform between } a \text{ and } b
#
# This is :term:`Monte Carlo integration`. The exact value is :math:`e^2 - 1 \approx 6.389`. With a thousand
# points, how many digits will be right?

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from scipy import stats

from calcguide import autodiff, exercises, integrate, plotting

plotting.use_style()

exact = np.exp(2) - 1


def by_chance(f, a, b, n, seed):
    """Return an estimate of the integral, and its standard error."""
    x = np.random.default_rng(seed).uniform(a, b, n)
    y = f(x)
    return (b - a) * y.mean(), (b - a) * y.std(ddof=1) / np.sqrt(n)


print(f"exact      {exact:.4f}")
for seed in (1, 2, 3):
    value, error = by_chance(np.exp, 0, 2, 1000, seed)
    print(f"seed {seed}     {value:.4f} ± {error:.4f}, off by {value - exact:+.4f}")

# %%
# One digit is right, sometimes two, and each seed gives another answer. The number after the ± is the
# :term:`standard error`. It was computed from the same thousand values, without a look at the exact result, and yet
# it tells how far off to expect the estimate: none of the three is off by more.
# :func:`~calcguide.integrate.monte_carlo` does the same, in any number of dimensions:

result = integrate.monte_carlo(np.exp, 0, 2, 1000, rng=1)
print(f"package    {result.value:.4f} ± {result.error:.4f} from {result.nfev} points")

# %%
# Where the error bar comes from
# ------------------------------
#
# One value :math:`f(X)` scatters about its mean with a standard deviation :math:`\sigma`. The points are
# *independent*: no draw depends on another. Variances of independent numbers add, so the sum of :math:`n` of them has
# the variance :math:`n\sigma^2`. Dividing by :math:`n` divides the variance by :math:`n^2`. So the average has the
# variance :math:`\sigma^2 / n`. Take the root, and multiply by the length:
#
# .. math:: \text{standard error} = (b - a)\, \frac{\sigma}{\sqrt{n}} .
#
# You do not know :math:`\sigma`, but the values show how they scatter: ``y.std(ddof=1)``, which divides by
# :math:`n - 1`, because the mean was estimated from the same values. What matters most is the root of :math:`n`.
# Predict: how many times as many points do you need for one more digit?
#
# We measure it. For each :math:`n` we take 200 seeds, square the 200 errors, average, and take the root. The formula
# should say the same. In it, :math:`\sigma^2 = \frac{1}{4}(e^4 - 1) - \frac{1}{4}(e^2 - 1)^2`, the mean of the
# squares minus the square of the mean:

sigma = np.sqrt((np.exp(4) - 1) / 4 - (np.exp(2) - 1) ** 2 / 4)
sizes = 2 ** np.arange(4, 15)
runs = np.array([[by_chance(np.exp, 0, 2, n, seed)[0] for seed in range(200)] for n in sizes])
errors = np.abs(runs - exact)
measured = np.sqrt(np.mean(errors**2, axis=1))
slope = np.polyfit(np.log(sizes), np.log(measured), 1)[0]

print("n        measured   2 sigma / sqrt(n)")
for n, error in zip(sizes[::2], measured[::2], strict=True):
    print(f"{n:<7}  {error:.4f}     {2 * sigma / np.sqrt(n):.4f}")
print(f"slope {slope:.3f}")

figure, ax = plt.subplots()
low, high = np.quantile(errors, [0.05, 0.95], axis=1)
ax.fill_between(
    sizes, low, high, color=plotting.PALETTE["sky"], alpha=0.3, label="90 % of the runs"
)
plotting.error_against_cost(
    ax, sizes, measured, label="200 runs, root mean square", slope=-0.5
)
ax.loglog(sizes, errors[:, 7], linewidth=1.2, label="one run")
ax.set(
    title="Four times the points, half the error",
    xlabel="number of points n",
    ylabel="error of the estimate",
)
ax.legend(loc="lower left", fontsize=10)
plt.show()

# %%
# The slope is close to :math:`-\frac{1}{2}`: four times the points for half the error, a hundred times for one more
# digit. The error of a single run goes up and down. Where it dips it was lucky, and luck is not a property of the
# method.
#
# How often is the error bar right?
# ---------------------------------
#
# A standard error is no bound. But the error of an average of many independent values is nearly normal. That is the
# *central limit theorem*, and it needs a finite :math:`\sigma`. So the error should stay within one standard error
# 68 times in a hundred, and within two about 95 times: areas below the bell of :doc:`05_probability_is_area`. Count
# them, over 1000 repetitions:

repeated = [integrate.monte_carlo(np.exp, 0, 2, 1000, rng=seed) for seed in range(1000)]
values = np.array([run.value for run in repeated])
bars = np.array([run.error for run in repeated])
for k in (1, 2, 3):
    share = np.mean(np.abs(values - exact) <= k * bars)
    print(f"within {k} x the error: {share:.1%}")

figure, ax = plt.subplots()
first = np.arange(60)
missed = np.abs(values[first] - exact) > 2 * bars[first]
ax.axhline(exact, color=plotting.INK, linewidth=1)
for where, name, mark, text in (
    (~missed, "blue", "o", "covers the truth"),
    (missed, "red", "s", "misses it"),
):
    style = {
        "color": plotting.PALETTE[name],
        "marker": mark,
        "markersize": 4,
        "linestyle": "none",
    }
    ax.errorbar(
        first[where], values[where.nonzero()], 2 * bars[where.nonzero()], label=text, **style
    )
ax.set(
    title=f"Of 60 intervals of ± 2 standard errors, {missed.sum()} miss",
    xlabel="seed",
    ylabel="estimate ± 2 standard errors",
)
ax.legend(ncols=2, loc="lower center", fontsize=10)
ax.set_ylim(5.8, 7.0)
plt.show()

# %%
# About one in twenty misses, and that is how it should be. If such intervals never missed, they would be too wide.
#
# Why not a grid?
# ---------------
#
# In one dimension chance is a poor choice. Gauss's rule from :doc:`03_quadrature` needs ten evaluations here for
# what chance would not reach in a lifetime:

gauss = integrate.gauss_legendre(np.exp, 0, 2, 10)
print("Gauss, 10 points: error below 1e-12 is", abs(gauss - exact) < 1e-12)
print(f"the same by chance: {(2 * sigma / 1e-12) ** 2:.0e} points")

# %%
# But now let the function depend on :math:`d` variables. A grid with :math:`k` points along each axis has
# :math:`n = k^d` points. So with :math:`n` points there are only :math:`n^{1/d}` along each axis, and their
# distance is :math:`n^{-1/d}`. For a smooth function the error of the midpoint rule falls like the square of that
# distance, so like :math:`n^{-2/d}`. By chance it falls like :math:`n^{-1/2}` for every :math:`d`. In which
# dimension are the two equally fast?
#
# We take 65536 points for both, and a function with a known integral over the unit cube:
#
# .. math:: \int_0^1 \!\!\cdots\! \int_0^1 e^{-(x_1^2 + \dots + x_d^2)}\, dx_1 \cdots dx_d
#           = \left( \tfrac{1}{2} \sqrt{\pi}\, \operatorname{erf}(1) \right)^d .
#
# Because the function is a product, so is the sum over the grid: we need only its one-dimensional factor, and
# need not visit all the points.


def bump(x):
    return np.exp(-np.sum(x**2, axis=-1))


def true_bump(d):
    return (stats.norm.cdf(np.sqrt(2)) - 0.5) ** d * np.pi ** (d / 2)


def grid_error(d, k):
    """Return the relative error of the midpoint rule with k points along each of d axes."""
    middle = (np.arange(k) + 0.5) / k
    return abs(np.mean(np.exp(-(middle**2))) ** d / true_bump(d) - 1)


def chance_error(d, n, seeds=20):
    """Return the relative error by chance, as a root mean square over seeds."""
    found = [
        integrate.monte_carlo(bump, [0] * d, [1] * d, n, rng=s).value for s in range(seeds)
    ]
    return np.sqrt(np.mean((np.array(found) / true_bump(d) - 1) ** 2))


print("d    along an axis   grid      chance")
for d in (1, 2, 4, 8, 16):
    k = round(65536 ** (1 / d))
    print(f"{d:<3}  {k:>13}   {grid_error(d, k):.1e}   {chance_error(d, 65536):.1e}")

# %%
# In one and two dimensions the grid wins by orders of magnitude. In four both are equally fast, for
# :math:`\frac{2}{4} = \frac{1}{2}`, and the grid is ahead by a factor of three. In eight it has lost. In sixteen
# there are two points left along each axis, and the error is 18 %. Chance gets seven times worse on the way, because
# this function gets more uneven with each dimension. Its slope stays:

figure, (left, right) = plt.subplots(1, 2, sharey=True, sharex=True, figsize=(6, 3.8))
figure.suptitle("A grid slows down with the dimension, chance does not", x=0.02, ha="left")
along = {
    1: 2 ** np.arange(2, 17),
    2: 2 ** np.arange(2, 9),
    4: 2 ** np.arange(2, 5),
    8: [2, 3, 4],
}
counts = 2 ** np.arange(6, 17, 2)
slopes = {}
for d, k in along.items():
    spent = np.array(k, dtype=float) ** d
    on_grid = np.array([grid_error(d, m) for m in k])
    random = np.array([chance_error(d, n) for n in counts])
    plotting.error_against_cost(left, spent, on_grid, label=f"d = {d}", markersize=4)
    plotting.error_against_cost(right, counts, random, label=f"d = {d}", markersize=4)
    slopes[d] = [
        np.polyfit(np.log(size), np.log(error), 1)[0]
        for size, error in ((spent, on_grid), (counts, random))
    ]
left.set(xlabel="points in all", ylabel="relative error", title="midpoint grid")
right.set(xlabel="points in all", title="random points")
left.legend(fontsize=10, loc="lower left", handlelength=2)
plt.show()

print("d   grid    -2/d    chance")
for d, (on_grid, random) in slopes.items():
    print(f"{d}   {on_grid:.2f}   {-2 / d:.2f}   {random:.2f}")

# %%
# A better rule moves the crossing to a higher dimension, but not away: two points along each of 30 axes are already
# :math:`2^{30}`, a thousand million. And a picture of a million pixels is a point in a million dimensions.
#
# Random, but evenly spread
# -------------------------
#
# Independent points do not know of each other. They leave gaps and form clusters, by chance. Points that are spread
# evenly do better. Here is how to make them in one dimension: write the numbers 0, 1, 2, 3 … in binary, and mirror
# the digits at the point. 1 becomes 0.1, one half; 2, in binary 10, becomes 0.01, one quarter; 3, in binary 11,
# becomes 0.11, three quarters.


def mirrored(i):
    x, place = 0.0, 0.5
    while i:
        x += place * (i % 2)
        i, place = i // 2, place / 2
    return x


print([mirrored(i) for i in range(8)])

# %%
# Each new point falls into one of the largest gaps. *Sobol' points* :cite:p:`sobol1967` carry the idea to many
# dimensions. They are not random at all, so they come without an error bar. The remedy is to *scramble* them: change
# their binary digits at random, in a way that keeps them evenly spread. Each scrambling gives an estimate, and how
# far several of them lie apart makes the error bar. All this is called :term:`quasi-Monte Carlo`. The lines divide
# the square into :math:`16 \times 16` cells:

independent = np.random.default_rng(3).random((256, 2))
spread = stats.qmc.Sobol(2, seed=3).random(256)

figure, axes = plt.subplots(1, 2, sharey=True, figsize=(6, 3.5))
figure.suptitle("Each of the 256 cells holds one Sobol' point", x=0.02, ha="left")
for ax, points, name, mark in zip(
    axes, (independent, spread), ("independent", "scrambled Sobol'"), "os", strict=True
):
    ax.plot(*points.T, mark, markersize=2.5, color=plotting.PALETTE["blue"])
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="$x_1$", aspect="equal", xticks=(0, 0.5, 1))
    ax.set_xticks(np.arange(17) / 16, minor=True)
    ax.set_yticks(np.arange(17) / 16, minor=True)
    ax.grid(which="minor", color=plotting.INK, alpha=0.3, linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    ax.set_title(f"256 {name}", fontsize=12)
axes[0].set(ylabel="$x_2$", yticks=(0, 0.5, 1))
plt.show()

cells = [
    np.histogram2d(*points.T, bins=16, range=[[0, 1], [0, 1]])[0]
    for points in (independent, spread)
]
empty = [int(np.sum(cell == 0)) for cell in cells]
print(f"empty cells: independent {empty[0]}, Sobol' {empty[1]}")

# %%
# In four dimensions, at equal cost (eight scramblings of :math:`n` points against :math:`8n` independent
# points), the evenly spread ones are not only better, they get better faster:

box = [0] * 4, [1] * 4
counts = 2 ** np.arange(4, 13, 2)


def rms(estimates):
    return np.sqrt(np.mean((np.array(estimates) / true_bump(4) - 1) ** 2))


quasi = [
    rms([integrate.quasi_monte_carlo(bump, *box, n, rng=s).value for s in range(20)])
    for n in counts
]
plain = [
    rms([integrate.monte_carlo(bump, *box, 8 * n, rng=s).value for s in range(20)])
    for n in counts
]
print("points   independent   Sobol'")
for n, a, b in zip(8 * counts, plain, quasi, strict=True):
    print(f"{n:<7}  {a:.1e}       {b:.1e}")
order = [np.polyfit(np.log(counts), np.log(e), 1)[0] for e in (plain, quasi)]
print(f"slopes   {order[0]:.2f}         {order[1]:.2f}")

# %%
# The slope is steeper than −1, as it can be for smooth functions, and at the end the error is hundreds of times
# smaller. The gain shrinks where the function jumps, and where many dimensions matter equally. Take a power of two
# for :math:`n`: only then are the points balanced.
#
# A rare event
# ------------
#
# How likely is it that a standard normal number exceeds 4? Such questions come up when a failure is rare and
# costly. Counting is an average too, of a function that is 1 or 0. We draw 100000 numbers, three times:


def normal(x, mean=0.0, std=1.0):
    return np.exp(-(((x - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


truth = stats.norm.sf(4)
print(f"exact   {truth:.3e}")
hits = []
for seed in (0, 1, 2):
    drawn = np.random.default_rng(seed).normal(size=100_000)
    hits.append(int(np.sum(drawn > 4)))
    print(f"seed {seed}  {hits[-1] / 100_000:.3e}, from {hits[-1]} hits")

# %%
# Two or three hits carry the whole estimate; the rest of the 100000 points tell next to nothing. The idea of
# :term:`importance sampling` is to draw where it matters, from another density :math:`q`, and to correct for that
# with weights :math:`w`:
#
# .. math:: \int g(x)\, p(x)\, dx = \int g(x)\, \frac{p(x)}{q(x)}\, q(x)\, dx
#           \;\approx\; \frac{1}{n} \sum_{i=1}^{n} g(X_i)\, w_i, \qquad w_i = \frac{p(X_i)}{q(X_i)} .
#
# The :math:`X_i` are now drawn from :math:`q`, which must not be 0 where :math:`g\,p` is not. Let :math:`q` be a
# normal density with mean 4: half of its numbers are hits. First our own sum, then
# :func:`~calcguide.integrate.importance_sampling`. It takes the product :math:`g\,p`, a way to draw from :math:`q`,
# and :math:`q`:

drawn = np.random.default_rng(1).normal(4, 1, size=100_000)
terms = (drawn > 4) * normal(drawn) / normal(drawn, 4)
print(f"own sum  {terms.mean():.3e} ± {terms.std(ddof=1) / np.sqrt(terms.size):.0e}")


def rare(x):
    return (x > 4) * normal(x)


def from_normal(f, mean, std=1.0, n=100_000, rng=1):
    return integrate.importance_sampling(
        f, lambda rng, n: rng.normal(mean, std, n), lambda x: normal(x, mean, std), n, rng=rng
    )


print("mean of q   estimate    error   effective size")
for mean in (2.0, 4.0, 6.0):
    found = from_normal(rare, mean)
    size = found.effective_sample_size
    print(f"{mean:<9}   {found.value:.3e}   {found.error / truth:>5.1%}   {size:>9.0f}")
plain_error = np.sqrt(truth * (1 - truth) / 100_000)
shifted = from_normal(rare, 4.0)
print(f"plain sampling: error {plain_error / truth:.0%}")
print(f"0.7 % by plain sampling: {truth / shifted.error**2:.0e} points")

# %%
# An error of 0.7 % instead of 56 %, from as many points. Plain sampling would need some 700 million points for that.
# The :term:`effective sample size` says how many points carry the sum: :math:`(\sum |t_i|)^2 / \sum t_i^2`, for its
# terms :math:`t_i = g(X_i)\, w_i`. If :math:`k` terms are equal and the others 0, it is :math:`k`. If one term dwarfs
# the others, it is 1.
#
# When the weights take over
# --------------------------
#
# Now a mistake that looks harmless. You want :math:`\operatorname{E}[X^2] = 1` of a standard normal number, and
# draw from a normal density with standard deviation 0.5 instead of 1. That density is nowhere 0, so the formula
# holds. The weights are
#
# .. math:: w(x) = \frac{p(x)}{q(x)} = \frac{1}{2}\, e^{-x^2/2 + 2x^2} = \frac{1}{2}\, e^{\frac{3}{2} x^2} .
#
# They grow without bound. Will the estimates be too large or too small?


def second_moment(x):
    return x**2 * normal(x)


light = [from_normal(second_moment, 0.0, 0.5, rng=seed) for seed in range(6)]
print("seed   estimate         effective size   status")
for seed, found in enumerate(light):
    share = found.effective_sample_size / 100_000
    print(
        f"{seed:<5}  {found.value:.3f} ± {found.error:.3f}   {share:>8.2%}         {found.status}"
    )
heavy = from_normal(second_moment, 0.0, 2.0)
share = heavy.effective_sample_size / 100_000
print(f"std 2  {heavy.value:.3f} ± {heavy.error:.3f}   {share:>8.2%}         {heavy.status}")

far = 2 * stats.norm.sf(2, scale=0.5)
beyond = 1 - integrate.gauss_legendre(second_moment, -2, 2, 40)
print(f"beyond 2: {beyond:.2f} of the integral, {far:.0e} of the points")

# %%
# Four of six are too small, by about three of their own standard errors, and the other two have a much larger error
# bar. The variance of the terms is infinite: in :math:`\int q\, (x^2 w)^2\, dx` the exponent is
# :math:`-2x^2 + 3x^2 = x^2`, which grows. A finite sample cannot show that. Beyond 2, on both sides, lies a
# quarter of the integral, and not one point in ten thousand falls there; further out it is rarer still. Each
# comes with a huge weight. Until it comes, the estimate is mostly too small, and so is the error bar. Then both jump:

n = np.arange(1, 100_001)
figure, ax = plt.subplots()
for std, name, line, label in (
    (0.5, "red", "-", "q with std 0.5: tails too light"),
    (2.0, "blue", "--", "q with std 2"),
):
    drawn = np.random.default_rng(2).normal(0, std, size=n.size)
    running = np.cumsum(second_moment(drawn) / normal(drawn, 0, std)) / n
    ax.semilogx(n, running, line, color=plotting.PALETTE[name], label=label)
ax.axhline(1, color=plotting.INK, linewidth=1, linestyle=":")
ax.set(
    title="Light tails: too low for long, then a jump",
    xlabel="number of points",
    ylabel="estimate of $E[X^2] = 1$",
    xlim=(100, 1e5),
    ylim=(0, 2),
)
ax.legend()
plt.show()

# %%
# The sign to look for is the effective size: a fraction of a per cent, against two thirds for the wide :math:`q`.
# When it falls below thirty points, the package says that the error cannot be trusted, with a status of 1. One of
# the six runs got it, and not the worst one: the four that are off by more than twice their error bar have status 0.
# So a warning that stays away proves nothing. Choose a :math:`q` whose tails are heavier than those of what you
# integrate.
#
# Less noise from the same points
# -------------------------------
#
# Two tricks, again for :math:`e^x` between 0 and 2. *Antithetic* points come in pairs, :math:`x` and :math:`2 - x`.
# Since :math:`e^x` rises all the way, one of the two values is mostly too high when the other is too low. A
# :term:`control variate` is a function with a known average that goes up and down with yours, here :math:`x` itself
# with the average 1. Where it is too high, yours is likely too high as well, by :math:`c` times as much; subtract
# that. The best :math:`c` is the slope of the straight line that fits the values best:

x = np.random.default_rng(6).uniform(0, 2, 10_000)
y = np.exp(x)
pairs = (np.exp(x[:5000]) + np.exp(2 - x[:5000])) / 2
c = np.cov(x, y)[0, 1] / x.var(ddof=1)
reduced = {
    "plain": y,
    "antithetic pairs": pairs,
    "control variate": y - c * (x - 1),
}
for name, terms in reduced.items():
    error = 2 * terms.std(ddof=1) / np.sqrt(terms.size)
    print(f"{name:<17} {2 * terms.mean():.4f} ± {error:.4f}")
print(f"{'exact':<17} {exact:.4f}")

# %%
# Each used 10000 evaluations of the exponential. The control variate's error is four times smaller than the plain
# one, which would have needed sixteen times the points for that.
#
# A mini-batch is a Monte Carlo estimate
# --------------------------------------
#
# The gradient of a training loss is an average over all data, one gradient for each data point. A random
# :term:`mini-batch` of :math:`b` points estimates that average. So everything above holds: the variance should fall
# as :math:`1/b`, for each parameter and however many there are. Here are 400 points near a straight line, the squared
# error as the loss, and the gradient at the start, where both parameters are 0:

rng = np.random.default_rng(17)
t = rng.uniform(-1, 1, 400)
target = 2 * t - 1 + 0.5 * rng.normal(size=400)


def loss(w, t, target):
    return np.mean((w[0] * t + w[1] - target) ** 2)


w = np.zeros(2)
gradient = autodiff.grad(loss)(w, t, target)
each = 2 * (w[0] * t + w[1] - target)[:, None] * np.stack([t, np.ones(400)], axis=1)
print("gradient by autodiff       ", gradient.round(6))
print("average of 400 gradients   ", each.mean(axis=0).round(6))

batches = np.array([1, 4, 16, 64, 256])
with_repetition, without = [], []
for b in batches:
    for replace, into in ((True, with_repetition), (False, without)):
        picks = [rng.choice(400, size=b, replace=replace) for _ in range(4000)]
        into.append(np.var([each[p, 0].mean() for p in picks]))
single = each[:, 0].var()
print("batch   variance   one / b    not put back   formula")
for b, seen, unique in zip(batches, with_repetition, without, strict=True):
    formula = single / b * (400 - b) / 399
    print(f"{b:<6}  {seen:.5f}    {single / b:.5f}    {unique:.5f}        {formula:.5f}")

# %%
# The columns belong to the first parameter. The third is the variance of one gradient divided by the batch size, and
# the measured variance follows it. Four times the batch: a quarter of the variance, half of the noise, four times the
# cost. In practice no data point is drawn twice in one pass. Then the variance is smaller by the factor
# :math:`\frac{400 - b}{399}`, which is 0 for the full batch: nothing is left to chance.

figure, ax = plt.subplots()
ax.loglog(
    batches, single / batches, linestyle=":", color=plotting.INK, label="one gradient / b"
)
plotting.error_against_cost(
    ax, batches, with_repetition, label="drawn with repetition", linestyle=""
)
plotting.error_against_cost(
    ax, batches, without, label="drawn without", linestyle="", markersize=10, fillstyle="none"
)
ax.set(
    title="The variance falls as 1 / b, or faster without repetition",
    xlabel="batch size b",
    ylabel="variance of the first derivative",
)
ax.legend()
plt.show()

# %%
# That speaks for small batches: the noise falls only with the root of the cost, and a descent can live with noise
# :cite:p:`bottou2018`. How to differentiate an average over random numbers is the subject of
# :doc:`08_differentiating_an_expectation`.
#
# Your task
# ---------
#
# .. exercise:: C8u
#
# Here is the reply to somebody who forgot that the interval is 3 long:

answer = [np.sqrt(7.2) / 10, 72_000]
print(fill(str(exercises.get("C8u").check(answer)), width=56))

# %%
# Common mistakes
# ---------------
#
# **Dividing by n twice, or leaving out the length.** ``np.mean`` divides already. And the average height is not
# the area unless the interval has length 1. A test with a function whose integral you know finds both:

x = np.random.default_rng(0).uniform(0, 2, 1000)
print(f"exact              {exact:.3f}")
print(f"right              {2 * np.mean(np.exp(x)):.3f}")
print(f"divided twice      {2 * np.mean(np.exp(x)) / x.size:.3f}")
print(f"without the length {np.mean(np.exp(x)):.3f}")

# %%
# **The same seed twice.** Two runs agree to all digits, and somebody concludes that the result is exact. They
# agree because they are the same run. Make one generator, and hand it on:

same = [integrate.monte_carlo(np.exp, 0, 2, 1000, rng=4).value for _ in range(2)]
shared = np.random.default_rng(4)
fresh = [integrate.monte_carlo(np.exp, 0, 2, 1000, rng=shared).value for _ in range(2)]
print(f"rng=4 twice:    {same[0]:.4f} and {same[1]:.4f}")
print(f"one generator:  {fresh[0]:.4f} and {fresh[1]:.4f}")

# %%
# **An error bar from points that depend on each other.** In each chain below, a number keeps 95 % of the one before,
# and some noise is added. All numbers are standard normal, and their average estimates 0. But
# :math:`\sigma / \sqrt{n}` was derived for *independent* numbers. Each column is a chain of 1000 numbers:

rng, keep = np.random.default_rng(9), 0.95
chains = rng.normal(size=(1000, 2000))
for i in range(1, 1000):
    chains[i] = keep * chains[i - 1] + np.sqrt(1 - keep**2) * chains[i]
claimed = np.mean(chains.std(axis=0, ddof=1)) / np.sqrt(1000)
true_spread = chains.mean(axis=0).std()
print(f"sigma / sqrt(n): {claimed:.3f}")
print(f"true spread:     {true_spread:.3f}, {true_spread / claimed:.1f} times as large")
print(f"worth {1000 * (1 - keep) / (1 + keep):.0f} independent numbers")

# %%
# Neighbours tell nearly the same story. In a long chain that keeps the part :math:`k` of the number before,
# :math:`n` numbers are worth about :math:`n\,\frac{1 - k}{1 + k}` independent ones, here 26 of a thousand. Samples of
# Markov chains are of this kind. Batches that are read from a sorted file depend on each other too.
#
# **An error of 0 from no hits.** If the event never happens in the sample, all values are equal, and so the error
# bar is 0. That is not certainty: all you may say is that the probability is likely below :math:`3/n`. Ask the
# package for :math:`P(X > 6)` by plain sampling:

none = from_normal(lambda x: (x > 6) * normal(x), 0.0)
print(f"{none.value} ± {none.error}, status {none.status}; exact {stats.norm.sf(6):.0e}")
print(fill(none.message, 56))

# %%
# **Stopping when it looks good.** Whoever adds points until the estimate agrees with a hoped-for value will often get
# there. Fix :math:`n` before you start.
#
# In practice
# -----------
#
# - NumPy: ``rng = np.random.default_rng(seed)``, then ``rng.random``, ``rng.normal`` and so on. Independent
#   streams for several processes come from ``rng.spawn``.
# - SciPy: ``scipy.stats.qmc`` has Sobol', Halton and Latin hypercube points, and ``scipy.integrate.qmc_quad``
#   does what ``quasi_monte_carlo`` does, with Halton's points unless you ask for others.
# - PyTorch: ``torch.quasirandom.SobolEngine``; JAX: ``jax.random`` with keys that you split, so that the same key
#   twice is visible in the code.
# - A ``DataLoader`` with ``shuffle=True`` draws batches without repetition, the fourth column of the table above.
# - Where :math:`p` is hard to draw from and no good :math:`q` is known, Markov chain Monte Carlo takes over; look
#   at its effective sample size first.
#
# Further reading
# ---------------
#
# - :cite:t:`metropolis1949`, the paper that gave the method its name, is seven pages long.
# - :cite:t:`caflisch1998` on the error of random and of evenly spread points, with variance reduction.
# - :cite:t:`owen1997` on why scrambled points do even better for smooth functions.
# - :cite:t:`kong1994` on the effective sample size of weights.
# - :cite:t:`bottou2018` on what the noise of a batch does to training.
#
# Next: :doc:`07_changing_variables`, on what happens to areas and densities in other units.
