r"""
Two ways to differentiate an expectation
========================================

You turn a knob that changes the odds of a game. By how much does the average win change? The average itself you find
by playing often. Its derivative is harder, for the knob is not in the outcomes: it is in how often they come. There
are two ways around that, and most training with random samples takes one of them.

**After this lesson you can**

- say why differentiating the samples' average gives 0, or half of the truth;
- move the samples (*reparameterise*), or weight them by the *score*, and derive both in a few lines;
- compute what each costs in variance, and lower it with a baseline;
- recognise the case where one of them is silently wrong.

**You need** expectations as integrals, :doc:`05_probability_is_area`; the standard error of a mean,
:doc:`06_integrals_by_chance`; the change of variables, :doc:`07_changing_variables`; and the chain rule,
:doc:`/lessons/05_backpropagation/01_chain_rule`.

**It takes** about an hour with the task.
"""

# %%
# The samples do not know the knob
# --------------------------------
#
# Let :math:`z` be normal with mean :math:`\mu` and standard deviation :math:`\sigma`. Each play pays
# :math:`f(z) = z^2`. The average win is an expectation, an integral with the density :math:`p` as weight. Here it has a
# formula, since the variance :math:`\sigma^2` is :math:`\operatorname{E}[z^2] - \mu^2`:
#
# .. math:: L(\mu, \sigma) = \operatorname{E}[f(z)] = \int f(z)\, p(z; \mu, \sigma)\, dz = \mu^2 + \sigma^2 .
#
# So :math:`\partial L / \partial \mu = 2\mu` and :math:`\partial L / \partial \sigma = 2\sigma`. At :math:`\mu = 1.5`
# and :math:`\sigma = 1` these are 3 and 2. We pretend not to know them: real games have no formula, only samples. The
# average of 10000 samples is close to :math:`L = 3.25`. What does automatic differentiation say about the derivative of
# that average by :math:`\mu`? Guess before you look.

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import autodiff, exercises, integrate, plotting, probability

plotting.use_style()

mu, sigma = 1.5, 1.0
rng = np.random.default_rng(1)


def f(z):
    return z**2


z = rng.normal(mu, sigma, size=10_000)


def average(mu):  # noqa: ARG001  # the point of this example
    return np.mean(f(z))


print(f"average win:       {average(mu):.3f}")
print(f"its derivative:    {autodiff.derivative(average)(mu):.3f}")
print(f"true derivative:   {2 * mu:.3f}")

# %%
# Zero, and the machine is right about what it was asked. The numbers in ``z`` came out of a generator. Once they are
# there, they no longer depend on :math:`\mu`, and neither does their average.
#
# In the integral you see where :math:`\mu` is: in the density. So a derivative that goes under the integral sign lands
# on :math:`p`, not on :math:`f`:
#
# .. math:: \frac{\partial L}{\partial \mu} = \int f(z)\, \frac{\partial p(z; \mu, \sigma)}{\partial \mu}\, dz .
#
# (May it go there? Yes, if there is one function with a finite integral that the size of the new integrand does not
# exceed, for all :math:`\mu` near yours. Bell curves fall off faster than any power grows, so here there is one.)
# As a sum over narrow strips the formula works:


def density(z, mu, sigma=1.0):
    return np.exp(-(((z - mu) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))


grid = np.linspace(-10, 13, 2301)  # strips of width 0.01
by_mu = autodiff.jacobian(lambda mu: density(grid, mu))(mu)
print(f"integral of f dp/dmu: {np.sum(f(grid) * by_mu) * 0.01:.6f}")
print(f"integral of dp/dmu:   {abs(np.sum(by_mu) * 0.01):.6f}")

# %%
# But that is a sum over a grid, which nobody can afford in a hundred dimensions, and not an average over samples. The
# second line says why: :math:`\partial p / \partial \mu` is no density. It integrates to 0, so it is negative in
# places, and you cannot draw samples from it.
#
# Could you measure the derivative, by playing at :math:`\mu + h` and at :math:`\mu - h`? We take 300 such difference
# quotients for each :math:`h`, with 1000 plays on each side, and print their standard deviation. In the last column
# both sides use the *same* noise:


def quotient(h, noise_above, noise_below):
    above = np.mean(f(mu + h + noise_above), axis=1)
    below = np.mean(f(mu - h + noise_below), axis=1)
    return (above - below) / (2 * h)


print("h       scatter, fresh noise   same noise")
for h in (1.0, 0.1, 0.01):
    one, other = rng.normal(size=(2, 300, 1000))
    fresh, same = quotient(h, one, other), quotient(h, one, one)
    print(f"{h:<6}  {fresh.std():>14.3f}         {same.std():.3f}")

# %%
# With fresh noise the scatter grows about like :math:`1/h`, and the quotient is soon worthless. With the same noise it
# does not grow at all. So you can let :math:`h` go to 0. That is the first way.
#
# Way 1: move the samples
# -----------------------
#
# Write :math:`z = \mu + \sigma\varepsilon`, where :math:`\varepsilon` is standard normal. This is a change of
# variables, and it takes the knobs out of the density:
#
# .. math:: L(\mu, \sigma) = \int f(\mu + \sigma\varepsilon)\, p(\varepsilon)\, d\varepsilon .
#
# The density of :math:`\varepsilon` is the same for every :math:`\mu` and :math:`\sigma`. Now the derivative lands on
# :math:`f`, by the chain rule, and what is left is an expectation again:
#
# .. math:: \frac{\partial L}{\partial \mu} = \operatorname{E}\big[f'(z) \cdot 1\big], \qquad
#           \frac{\partial L}{\partial \sigma} = \operatorname{E}\big[f'(z) \cdot \varepsilon\big],
#           \qquad z = \mu + \sigma\varepsilon .
#
# This is :term:`reparameterisation`. When a knob turns, each sample moves, at the rate 1 or :math:`\varepsilon`, and
# its value of :math:`f` changes at that rate times :math:`f'(z)`. With :math:`f'(z) = 2z`, by hand:


def report(name, one_each, exact):
    """Print the mean of one estimate per sample, its standard error, and the truth."""
    error = one_each.std(ddof=1) / np.sqrt(one_each.size)
    print(f"{name:<9} {one_each.mean():6.3f} ± {error:.3f}   exact {exact:g}")


eps = rng.normal(size=10_000)
z = mu + sigma * eps
report("by mu", 2 * z, 2 * mu)
report("by sigma", 2 * z * eps, 2 * sigma)

# %%
# Automatic differentiation does the same if you let it see how the samples are made. Compare with the function
# ``average`` above: now :math:`\mu` and :math:`\sigma` are inside.


def moved_average(mu, sigma):
    return np.mean(f(mu + sigma * eps))


print(*(f"{slope:.3f}" for slope in autodiff.grad(moved_average, argnums=(0, 1))(mu, sigma)))

# %%
# :func:`~calcguide.probability.reparameterised_gradient` adds what the average alone does not tell: the standard
# error, and the variance of one sample's estimate. Parameters may come as a dictionary:


def move(eps, theta):
    return theta["mu"] + theta["sigma"] * eps


theta = {"mu": mu, "sigma": sigma}
found = probability.reparameterised_gradient(f, move, theta, eps)
for name in theta:
    print(f"by {name:<6} {found.value[name]:.3f} ± {found.error[name]:.3f}")

# %%
# Way 2: weight the samples
# -------------------------
#
# The other way leaves the samples where they are and asks how much *more often* each of them will come. Start from the
# integral with :math:`\partial p`. One identity makes an expectation of it. By the chain rule
# :math:`\partial \log p = \partial p / p`, so :math:`\partial p = p\; \partial \log p`. With :math:`\theta` for
# whichever parameter you turn:
#
# .. math::
#
#    \begin{aligned}
#    \frac{\partial}{\partial\theta} \operatorname{E}[f(z)]
#    &= \int f(z)\, \frac{\partial p(z; \theta)}{\partial \theta}\, dz \\
#    &= \int f(z)\, \frac{\partial \log p(z; \theta)}{\partial \theta}\, p(z; \theta)\, dz \\
#    &= \operatorname{E}\Big[ f(z)\, \frac{\partial \log p(z; \theta)}{\partial \theta} \Big] .
#    \end{aligned}
#
# The derivative of the log-density by a parameter is the :term:`score`. Where it is positive, samples become more
# frequent when :math:`\theta` grows, and their values of :math:`f` count with a plus. Note what is missing: :math:`f'`.
# You need to evaluate :math:`f`, and no more.
#
# For the normal density :math:`\log p = -\log\sigma - \frac{(z - \mu)^2}{2\sigma^2}` and a constant, so
#
# .. math:: \frac{\partial \log p}{\partial \mu} = \frac{z - \mu}{\sigma^2} = \frac{\varepsilon}{\sigma}, \qquad
#           \frac{\partial \log p}{\partial \sigma} = -\frac{1}{\sigma} + \frac{(z - \mu)^2}{\sigma^3}
#           = \frac{\varepsilon^2 - 1}{\sigma} .

report("by mu", f(z) * (z - mu) / sigma**2, 2 * mu)
report("by sigma", f(z) * (-1 / sigma + (z - mu) ** 2 / sigma**3), 2 * sigma)

# %%
# The same two truths, out of the same 10000 samples, with nearly four times the error. This is the
# :term:`score-function estimator`. :func:`~calcguide.probability.score_function_gradient` finds the score by
# differentiating the log-density that you give it. A constant does not matter, and is left out:


def log_density(z, theta):
    return -np.log(theta["sigma"]) - ((z - theta["mu"]) / theta["sigma"]) ** 2 / 2


weighted = probability.score_function_gradient(f, log_density, theta, z)
for name in theta:
    print(f"by {name:<6} {weighted.value[name]:.3f} ± {weighted.error[name]:.3f}")

# %%
# Both ways side by side, for four samples and a step of 0.5 in :math:`\mu`. On the left the samples slide along the
# parabola. On the right they stay, and the density above each of them changes:

step = 0.5
four = mu + np.array([-1.8, -0.6, 0.6, 1.8])
old = {"linestyle": "none", "marker": "o", "color": plotting.PALETTE["blue"]}
new = {"linestyle": "none", "marker": "s", "color": plotting.PALETTE["orange"]}
arrow = {"arrowstyle": "->", "color": plotting.INK, "shrinkA": 4, "shrinkB": 2}

figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3.4))
figure.suptitle("One way moves the samples, the other weights them", x=0.02, ha="left")
left.set(xlabel="z", ylabel="f(z)", ylim=(-1, 17), yticks=(0, 5, 10, 15))
plotting.curve(left, f, -1, 4, color=plotting.INK, linewidth=1)
right.set(xlabel="z", ylabel="density", xlim=(-2, 6), ylim=(0, 0.55))
for mean, style, line in ((mu, old, "-"), (mu + step, new, "--")):
    label = "at μ" if style is old else "at μ + 0.5"
    left.plot(four - mu + mean, f(four - mu + mean), **style, markersize=5, label=label)
    right.plot(four, density(four, mean), **style, markersize=5)
    bell = {"color": style["color"], "linestyle": line, "linewidth": 1.5, "label": label}
    plotting.curve(right, lambda t, mean=mean: density(t, mean), -2, 6, **bell)
for at in four:
    left.annotate("", (at + step, f(at + step)), (at, f(at)), arrowprops=arrow)
    right.annotate("", (at, density(at, mu + step)), (at, density(at, mu)), arrowprops=arrow)
left.legend(loc="upper left", fontsize=10)
right.legend(loc="upper right", fontsize=10)
plt.show()

# %%
# The score has mean 0
# --------------------
#
# On the right the density falls in some places and rises in others. Over the whole axis it gains what it loses: the
# total probability stays 1, so its derivative is 0.
#
# .. math:: \operatorname{E}\Big[\frac{\partial \log p}{\partial\theta}\Big]
#           = \int \frac{\partial p}{\partial \theta}\, dz
#           = \frac{\partial}{\partial\theta} \int p\, dz = \frac{\partial}{\partial\theta} 1 = 0 .
#
# This has a use. If the score has mean 0, then so has any number :math:`b` times the score. You may subtract :math:`b`
# from :math:`f`, and the expectation does not notice:
#
# .. math:: \operatorname{E}\Big[ \big(f(z) - b\big)\, \frac{\partial \log p}{\partial\theta} \Big]
#           = \operatorname{E}\Big[ f(z)\, \frac{\partial \log p}{\partial\theta} \Big] .
#
# Such a :math:`b` is called a :term:`baseline`. The variance does notice. Suppose that every play pays 100 more: the
# derivative is the same, but each sample's estimate becomes a large number with a random sign. A baseline takes those
# 100 out again. What matters is whether a sample is better than usual.
#
# How much does it help? By :math:`\mu`, with :math:`\sigma = 1`, one sample's estimates are :math:`2z` if you move, and
# :math:`(z^2 - b)\,\varepsilon` if you weight. Put :math:`z = \mu + \varepsilon` into the second:
#
# .. math:: \operatorname{E}\big[(\mu^2 + 2\mu\varepsilon + \varepsilon^2 - b)\, \varepsilon\big]
#           = 2\mu \operatorname{E}[\varepsilon^2] = 2\mu ,
#
# since odd powers of :math:`\varepsilon` have mean 0. The variances by hand come from the means 1, 3 and 15 of
# :math:`\varepsilon^2`, :math:`\varepsilon^4` and :math:`\varepsilon^6`. To check them we integrate with Gauss and
# Hermite's rule: with 20 points it is exact for polynomials up to degree 39 against a normal density, up to round-off.
# The last column is for later.


def mean_and_variance(estimate):
    mean = integrate.gauss_hermite(estimate, 20, mean=mu)
    return mean, integrate.gauss_hermite(lambda z: estimate(z) ** 2, 20, mean=mu) - mean**2


estimates = {
    "moved": (lambda z: 2 * z, 4),
    "weighted, b = 0": (lambda z: f(z) * (z - mu), mu**4 + 14 * mu**2 + 15),
    "b = mean of f": (lambda z: (f(z) - mu**2 - 1) * (z - mu), 8 * mu**2 + 10),
    "b = the best": (lambda z: (f(z) - mu**2 - 3) * (z - mu), 8 * mu**2 + 6),
}
print("                  mean   variance  by hand  samples")
for name, (estimate, by_hand) in estimates.items():
    mean, variance = mean_and_variance(estimate)
    samples = by_hand / 0.01**2
    print(f"{name:<16}  {mean:.3f}  {variance:7.4f}   {by_hand:7.4f}  {samples:7.0f}")

# %%
# All four have the mean 3. Their variances differ by a factor of thirteen. Even the best baseline leaves six times
# the variance of moving. (The best constant is :math:`b = \operatorname{E}[f s^2] / \operatorname{E}[s^2]` with the
# score :math:`s`: the variance is a parabola in :math:`b`, and that is its lowest point.)
#
# A mean of :math:`n` independent estimates has the standard error :math:`\sqrt{\text{variance} / n}`, whichever way you
# take. So half the error costs both ways four times the samples. But one starts from higher up: the last column says
# how many samples an error of 0.01 needs.
#
# Now for every :math:`\mu`, with marks measured from 20000 samples each:


def shift(eps, mu):
    return mu + eps


def log_p(z, mu):
    return -((z - mu) ** 2) / 2


places = np.linspace(-3, 3, 13)
curves = (
    ("weighted, no baseline", lambda m: m**4 + 14 * m**2 + 15, "orange", "-", "o"),
    ("weighted, best baseline", lambda m: 8 * m**2 + 6, "green", "--", "^"),
    ("moved", lambda m: 4 + 0 * m, "blue", "-.", "s"),
)
noise = rng.normal(size=20_000)
measured = {name: [] for name, *_ in curves}
for m in places:
    alone = probability.score_function_gradient(f, log_p, m, m + noise)
    best = probability.score_function_gradient(f, log_p, m, m + noise, baseline="optimal")
    shifted = probability.reparameterised_gradient(f, shift, m, noise)
    for name, result in zip(measured, (alone, best, shifted), strict=True):
        measured[name].append(result.variance)

figure, ax = plt.subplots()
ax.set(
    title="Moving has variance 4 everywhere, weighting has more",
    xlabel="μ",
    ylabel="variance of one sample's estimate",
    yscale="log",
    ylim=(2, 600),
)
for name, exact, colour, line, marker in curves:
    style = {"color": plotting.PALETTE[colour]}
    plotting.curve(ax, exact, -3, 3, label=name, linestyle=line, **style)
    ax.plot(places, measured[name], linestyle="none", marker=marker, markersize=5, **style)
ax.legend(loc="upper center", fontsize=10)
plt.show()

# %%
# What dimensions cost
# --------------------
#
# Now let :math:`z` have :math:`d` entries, all independent with mean 1 and standard deviation 1, and let
# :math:`f(z) = z_1^2 + \dots + z_d^2`. We want the derivative by the mean of the *first* entry. It is 2, however many
# others there are. Moved, the estimate is :math:`2 z_1`: the others do not occur. Weighted, it is
# :math:`(f(z) - b)\,\varepsilon_1`, and the value of :math:`f` brings along the noise of all entries. The mean of
# :math:`f` is :math:`2d`; it is the baseline. What happens to the variances when :math:`d` grows?

dimensions = 4 ** np.arange(5)
by_hand = {
    "weighted, no baseline": 4 * (dimensions - 1) ** 2 + 22 * (dimensions - 1) + 30,
    "weighted, mean as baseline": 6 * (dimensions - 1) + 18,
    "moved": np.full(5, 4),
}
seen = {name: [] for name in by_hand}
for d in dimensions:
    eps = rng.normal(size=(10_000, d))
    wins = np.sum((1 + eps) ** 2, axis=1)
    seen["weighted, no baseline"].append(np.var(wins * eps[:, 0]))
    seen["weighted, mean as baseline"].append(np.var((wins - 2 * d) * eps[:, 0]))
    seen["moved"].append(np.var(2 * (1 + eps[:, 0])))

figure, ax = plt.subplots()
for (name, values), (*_, colour, line, marker) in zip(seen.items(), curves, strict=True):
    style = {"color": plotting.PALETTE[colour]}
    ax.loglog(dimensions, values, linestyle="none", marker=marker, label=name, **style)
    ax.loglog(dimensions, by_hand[name], linestyle=line, **style)
ax.set(
    title="Weighting pays for every dimension, moving does not",
    xlabel="dimensions d",
    ylabel="variance of one sample's estimate",
    xticks=dimensions,
    xticklabels=dimensions,
)
ax.minorticks_off()
ax.legend()
plt.show()

# %%
# Marks are measured, lines are by hand. Without a baseline the variance grows like :math:`d^2`, with one like
# :math:`d`. If you move, it stays. There is a reason behind it: moving gets a *direction* from each sample, the
# gradient of :math:`f`. Weighting gets one number, and has to find out which of :math:`d` entries it was due to.
#
# Is moving always better, then? No. It pays for slopes. If :math:`f` wiggles, its slopes are large and cancel only on
# average. Take :math:`f(z) = \sin(kz)` at :math:`\mu = 0`, and sum over the fine grid from above:


def grid_variance(one_each, weight):
    mean = np.sum(one_each * weight)
    return np.sum(one_each**2 * weight) - mean**2


weight = density(grid, 0.0) * 0.01
print("k    moved    weighted")
for k in (1, 5, 20):
    moving = grid_variance(k * np.cos(k * grid), weight)
    weighting = grid_variance(np.sin(k * grid) * grid, weight)
    print(f"{k:<3}  {moving:6.2f}   {weighting:.2f}")

# %%
# At :math:`k = 5` and 20 weighting has far less variance: its weights do not know how fast :math:`f` changes.
#
# A jump: one way is silently wrong
# ---------------------------------
#
# Let a play pay 1 if :math:`z > 0`, and nothing otherwise. The expectation is the probability that :math:`z > 0`, and
# its derivative by :math:`\mu` is the density of :math:`z` at the jump, :math:`\frac{1}{\sqrt{2\pi}} e^{-\mu^2/2}`,
# for :math:`\sigma = 1`. What will the two estimators say at :math:`\mu = 0.5`?


def pays(z):
    return np.where(z > 0, 1.0, 0.0)


eps = rng.normal(size=10_000)
moved = probability.reparameterised_gradient(pays, shift, 0.5, eps)
weighted = probability.score_function_gradient(pays, log_p, 0.5, 0.5 + eps, baseline="mean")
print(f"exact     {density(0.0, 0.5):.4f}")
print(f"moved     {moved.value:.4f} ± {moved.error:.4f}")
print(f"weighted  {weighted.value:.4f} ± {weighted.error:.4f}")

# %%
# Moving says 0, and it is *sure*: the standard error is 0 too. Each single slope is right. Wherever a sample lies, the
# function is flat there. All of the change happens when a sample crosses the jump, and no sample sits exactly on it. A
# derivative may pass through the expectation to the samples if :math:`f` is continuous, smooth between separate kinks,
# and its slopes grow no faster than the bell curve can make up for, a power of :math:`z` for instance. A jump breaks
# the rule, and nothing in the output tells you. Weighting differentiates :math:`p` alone, so it does not care:

moved_values, weighted_values, weighted_errors = [], [], []
for m in places:
    moved_values.append(probability.reparameterised_gradient(pays, shift, m, eps).value)
    result = probability.score_function_gradient(pays, log_p, m, m + eps, baseline="mean")
    weighted_values.append(result.value)
    weighted_errors.append(2 * result.error)

figure, ax = plt.subplots()
ax.set(
    title="At a jump, moved samples see nothing of the change",
    xlabel="μ",
    ylabel="derivative of P(z > 0) by μ",
    ylim=(-0.03, 0.57),
)
plotting.curve(ax, lambda m: density(0.0, m), -3, 3, color=plotting.INK, label="exact")
style = {
    "linestyle": "none",
    "marker": "^",
    "color": plotting.PALETTE["green"],
    "markersize": 5,
}
label = "weighted, ± 2 standard errors"
ax.errorbar(places, weighted_values, weighted_errors, label=label, **style)
style = {"linestyle": "none", "marker": "s", "color": plotting.PALETTE["blue"]}
ax.plot(places, moved_values, label="moved", **style)
ax.legend(loc="upper right", fontsize=10)
plt.show()

# %%
# There is a compromise: round the jump off. Replace it by a sigmoid :math:`1 / (1 + e^{-z/\tau})`, which becomes
# steeper as the *temperature* :math:`\tau` falls, and move the samples. We integrate over the grid again, so the
# numbers have no sampling error:


def soft(z, tau):
    return 1 / (1 + np.exp(-z / tau))


weight = density(grid, 0.5) * 0.01
print("tau    mean     off by   variance")
for tau in (1.0, 0.3, 0.1, 0.03):
    slopes = autodiff.derivative(lambda z, tau=tau: soft(z, tau))(grid)
    mean = np.sum(slopes * weight)
    bias = mean - density(0.0, 0.5)
    print(f"{tau:<5}  {mean:.4f}  {bias:+.4f}   {grid_variance(slopes, weight):.3f}")

# %%
# A high temperature is wrong by a lot, with little variance. A low one is nearly right. But the variance grows, in the
# end like :math:`1/\tau`, since only the few samples near the jump say anything. You choose.
#
# A choice among three machines
# -----------------------------
#
# With a discrete choice there is nothing to move. Three slot machines pay 10.2, 10.5 and 10.8 on average, with a
# standard deviation of 0.3. You do not know that. You play by chance, machine :math:`a` with the probability
#
# .. math:: \pi_a = \frac{e^{\theta_a}}{\sum_b e^{\theta_b}}, \qquad
#           \frac{\partial \log \pi_a}{\partial \theta_b} = [a = b] - \pi_b ,
#
# where :math:`[a = b]` is 1 for the machine that was played and 0 for the others. The average win is
# :math:`J = \sum_a \pi_a m_a` with the means :math:`m_a`. You want to climb along its gradient, and
# :math:`\partial J / \partial \theta_b = \pi_b\,(m_b - J)`, which you cannot compute without the means. The score
# gets by with wins alone. Own code first, then the package, then the truth:

means = np.array([10.2, 10.5, 10.8])


def softmax(theta):
    return np.exp(theta) / np.sum(np.exp(theta))


def play(theta, plays, rng):
    machine = rng.choice(3, size=plays, p=softmax(theta))
    return machine, rng.normal(means[machine], 0.3)


def policy_gradient(theta, machine, win, *, baseline):
    score = np.eye(3)[machine] - softmax(theta)  # one row for each play
    others = (win.sum() - win) / (win.size - 1)  # mean of the other plays
    gain = win - others if baseline else win
    return np.mean(gain[:, None] * score, axis=0)


theta = np.array([0.5, 0.0, -0.5])
machine, win = play(theta, 10_000, rng)
found = probability.score_function_gradient(
    lambda played: played["win"],
    lambda played, theta: np.log(softmax(theta))[played["machine"]],
    theta,
    {"machine": machine, "win": win},
    baseline="mean",
)
exact = softmax(theta) * (means - softmax(theta) @ means)
print("own code", policy_gradient(theta, machine, win, baseline=True).round(4))
print("package ", found.value.round(4))
print("± error ", found.error.round(4))
print("exact   ", exact.round(4))

# %%
# The gradient says: less of the first machine, more of the last. Now climb. Each run starts with equal probabilities,
# plays 20 times, takes a step, and does so 150 times. We watch :math:`J` in 12 runs without a baseline, and in 12 with
# the mean win of the other plays. All wins are about 10: what will that do to the runs without?


def climb(seed, *, baseline, steps=150, plays=20):
    rng, theta, path = np.random.default_rng(seed), np.zeros(3), []
    for _ in range(steps):
        path.append(softmax(theta) @ means)
        machine, win = play(theta, plays, rng)
        theta = theta + policy_gradient(theta, machine, win, baseline=baseline)
    return np.array(path)


runs = {on: np.array([climb(seed, baseline=on) for seed in range(12)]) for on in (False, True)}
for on, paths in runs.items():
    best = np.sum(paths[:, -1] > 10.7)
    print(f"{'with' if on else 'without':<8} baseline: {best:>2} of 12 runs end above 10.7")

figure, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(6, 3.4))
figure.suptitle("Without a baseline, luck decides which machine is learnt", x=0.02, ha="left")
for ax, on, name in ((left, False, "orange"), (right, True, "green")):
    ax.plot(runs[on].T, color=plotting.PALETTE[name], linestyle="-", linewidth=1.2)
    for level in means:
        ax.axhline(level, color=plotting.INK, linewidth=0.8, linestyle=":")
    label = "with baseline" if on else "without baseline"
    ax.text(0.97, 0.04, label, transform=ax.transAxes, ha="right", va="bottom")
    ax.set(xlabel="steps", ylim=(10.1, 10.9), yticks=means)
left.set(ylabel="average win J")
plt.show()

# %%
# The dotted lines are the three machines. Without a baseline every play is "good", for every win is positive. A
# machine that happened to be played more often than its probability says becomes more probable, whatever it pays. Soon
# one machine has nearly all the probability, and the others are hardly tried. With a baseline only wins above the
# usual count as good. Smaller steps would help as well, but they cost plays; this baseline costs none. In reinforcement
# learning the estimator is REINFORCE :cite:p:`williams1992`, and win minus baseline estimates the *advantage* of what
# was played.
#
# Which one, when?
# ----------------
#
# - **You can differentiate f, it is continuous, and the samples can be written as a smooth function of noise:** move
#   them.
# - **f is a black box, has jumps, or the choice is discrete:** weight them, with a baseline.
# - **Weighting is too noisy, and you can round the jump or the choice off:** do so and move, and know that the result
#   is biased.
#
# Your task
# ---------
#
# .. exercise:: D4t
#
# Here is what the checker says to somebody who took the wrong score:

answer = [6.0, 2.0]
print(fill(str(exercises.get("D4t").check(answer)), width=60))

# %%
# Common mistakes
# ---------------
#
# **Half of the derivative.** The knob may be in :math:`f` as well. For :math:`\operatorname{E}[\mu z] = \mu^2` the
# derivative is :math:`2\mu`. Differentiate the average with the samples held fixed, and you get the half that is in
# :math:`f`:

eps = rng.normal(size=10_000)
fixed = mu + eps
half = autodiff.derivative(lambda m: np.mean(m * fixed))(mu)
both = autodiff.derivative(lambda m: np.mean(m * (m + eps)))(mu)
print(f"held fixed  {half:.2f}")
print(f"moved       {both:.2f}")
print(f"exact       {2 * mu:.2f}")

# %%
# **A baseline that contains its own sample.** The mean of *all* wins depends on each of them a little, and takes part
# of the signal away: the share :math:`1/n`. With four samples a quarter is missing. Leave each sample out of its own
# baseline:

eps = rng.normal(size=(100_000, 4))
wins = f(mu + eps)
own = wins.mean(axis=1, keepdims=True)
others = (wins.sum(axis=1, keepdims=True) - wins) / 3
print(f"mean of all     {np.mean((wins - own) * eps):.2f}")
print(f"mean of others  {np.mean((wins - others) * eps):.2f}")

# %%
# **A border that moves.** The score needs a density that is positive in the same places for every :math:`\theta`. The
# uniform density on :math:`(0, \theta)` is :math:`1/\theta` inside, so the score seems to be :math:`-1/\theta`. For
# :math:`f(z) = z` the expectation is :math:`\theta/2`, with the derivative :math:`\frac12`. A mean score that is not
# 0 gives it away:

theta = 2.0
u = rng.uniform(size=10_000)  # z = theta u
print(f"moved       {np.mean(u):.2f}")
print(f"weighted    {np.mean(theta * u * (-1 / theta)):.2f}")
print(f"mean score  {-1 / theta:.2f}")

# %%
# **Samples from an older knob.** After a step the parameter is another one, and the old samples belong to the old
# one. Drawn at :math:`\mu = 1.5` and used at :math:`\mu = 1`, where the derivative is 2, they give something else,
# unless you weight them by the ratio of the densities (*importance sampling*):

estimate = f(fixed) * (fixed - 1)
ratio = density(fixed, 1.0) / density(fixed, mu)
print(f"old samples    {np.mean(estimate):.2f}")
print(f"with the ratio {np.mean(estimate * ratio):.2f}")

# %%
# In practice
# -----------
#
# - **PyTorch** distributions have two methods. ``rsample()`` moves: gradients pass through it. ``sample()`` gives
#   numbers that gradients do not pass through; combine it with ``log_prob``, and differentiate
#   ``(f - b).detach() * log_prob``. A ``Categorical`` has no ``rsample``.
# - **JAX**: ``mu + sigma * jax.random.normal(key)`` is reparameterised as it stands. For the score, differentiate
#   ``log_prob`` and stop the gradient of :math:`f` with ``jax.lax.stop_gradient``.
# - **Variational autoencoders** move: an encoder computes :math:`\mu` and :math:`\sigma`, and the sample
#   :math:`\mu + \sigma\varepsilon` goes into the decoder :cite:p:`kingma2014`.
# - **Reinforcement learning** mostly weights: the environment is a black box. Learnt baselines make the variance
#   bearable.
# - **Softened choices** replace a discrete choice by a random softmax with a temperature :cite:p:`jang2017`. The bias
#   and the variance of our table come with it.
#
# Further reading
# ---------------
#
# - :cite:t:`mohamed2020` survey both ways and a third one, with their history outside machine learning.
# - :cite:t:`williams1992` is where REINFORCE comes from, baselines included.
# - :cite:t:`kingma2014` made moving the samples common.
#
# This is the last lesson of the part. If you came here before the lessons on automatic differentiation, go on with
# :doc:`/lessons/05_backpropagation/02_computational_graph`.
