r"""
Probability is area
===================

How likely is it that somebody is exactly 175 centimetres tall, to the last of infinitely many digits? The answer
is 0, for every height. And yet people have heights. The way out is to ask for a *range*: between 174.5 and 175.5.
A range has a probability, and that probability is an area. So what you know about integrals carries over to
chance, from the odds of an event to the loss that a classifier is trained with.

**After this lesson you can**

- compute the probability of a range as an area, and check it by counting samples;
- say why a density may exceed 1, and what goes wrong if its constant is forgotten;
- find an expected value and a variance as weighted areas, and notice when there is none;
- go from a density to its distribution function and back, and draw samples with its inverse;
- compute entropy, cross-entropy and Kullback-Leibler divergence, and say what a training loss estimates;
- fit a model by maximum likelihood, with a standard error beside each parameter.

**You need** the integral as an area, :doc:`01_area_as_a_sum`, and that it undoes the derivative,
:doc:`02_fundamental_theorem`. The last two sections differentiate by two parameters at once. If that is new to you,
come back to them after :doc:`/lessons/05_backpropagation/01_chain_rule`.

**It takes** about 75 minutes with the task. After the section on sampling is a good place for a break.
"""

# %%
# Probability per width
# ---------------------
#
# A thermometer shows the true temperature plus an error. Small errors are common, large ones are rare. We let the
# computer draw a million of them; one unit is a tenth of a degree. How many are exactly 0.5? And how many lie near
# 0.5, in a window around it that gets narrower?

from math import erf, sqrt
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np

from calcguide import differences, exercises, integrate, plotting, probability

plotting.use_style()

rng = np.random.default_rng(25)
samples = rng.normal(size=1_000_000)

print("exactly 0.5:", np.sum(samples == 0.5))
print("window    share     share / width")
for width in (1.0, 0.5, 0.1, 0.02):
    share = np.mean(np.abs(samples - 0.5) < width / 2)
    print(f"{width:<7}   {share:.5f}   {share / width:.3f}")

# %%
# None of them is exactly 0.5. The share of a window shrinks with the window, towards 0. But the share *divided by
# the width* settles, near 0.35. You know this pattern: a difference quotient does the same. What it settles at is
# called the :term:`density` at 0.5. It is not a probability. It is probability *per width*, as speed is distance
# per time.
#
# And as speed times time adds up to a distance, density times width adds up to a probability. That is the whole
# lesson in one line. Call the random number :math:`X` and its density :math:`p`. The probability that :math:`X`
# lies between :math:`a` and :math:`b` is
#
# .. math:: P(a < X < b) = \int_a^b p(x)\, dx .
#
# Two things make a function a density. It is nowhere negative, and its whole area is 1, because *some* value has
# to come out. Our errors come from the standard :term:`normal distribution`, whose density is a bell:
#
# .. math:: p(x) = \frac{1}{\sqrt{2\pi}}\, e^{-x^2/2} .
#
# In code we add two numbers that move the bell and widen it. The *mean* :math:`\mu` is where its middle is, and the
# *standard deviation* :math:`\sigma` says how wide it is. A later section defines both; here they are 0 and 1:


def normal(x, mean=0.0, std=1.0):
    z = (x - mean) / std
    return np.exp(-(z**2) / 2) / (std * np.sqrt(2 * np.pi))


print(f"density at 0.5: {normal(0.5):.3f}")

# %%
# The area between −1 and 1
# -------------------------
#
# How likely is an error between −1 and 1? Guess first: the piece of the bell is 2 wide, 0.4 high in the middle and
# 0.24 high at its ends.
#
# We find it in four ways. The first is the sum of the first lesson: a thousand strips, each as high as the density
# in its middle. :func:`~calcguide.probability.probability` chooses its own points. The third is a function that was
# made for this area, the *error function*: :math:`P(-1 < X < 1) = \operatorname{erf}(1/\sqrt 2)`. The fourth counts
# samples.


def strips(f, a, b, n=1000):
    width = (b - a) / n
    middle = a + width * (np.arange(n) + 0.5)
    return np.sum(f(middle)) * width


counted = np.mean((samples > -1) & (samples < 1))
print(f"1000 strips       {strips(normal, -1, 1):.9f}")
print(f"package           {probability.probability(normal, -1, 1):.9f}")
print(f"error function    {erf(1 / sqrt(2)):.9f}")
print(f"share of samples  {counted:.4f}")

# %%
# All agree: 0.6827, so about 68 % of the errors are less than one standard deviation in size. The strips have six
# right digits, the package has all nine. Counting a million samples gives three: that is what chance can do, and the
# next lesson says why.

figure, ax = plt.subplots()
ax.set(
    title="68 % of the area lies between −1 and 1",
    xlabel="x",
    ylabel="probability per unit of x",
    ylim=(0, 0.45),
)
plotting.curve(ax, normal, -4, 4)
plotting.shaded_area(ax, normal, -1, 1)
ax.text(0, 0.15, "$P(-1 < X < 1)$", ha="center")
plt.show()

# %%
# Whether the ends belong to the range does not matter: a single point is a strip of width 0.
#
# A density may exceed 1
# ----------------------
#
# A better thermometer has a standard deviation of 0.1. How high is its density at 0? The bell becomes ten times as
# narrow and keeps its area, so it has to become ten times as high:

print("std     height at 0   area     P(|X| < std)")
for std in (2.0, 1.0, 0.1, 0.001):

    def bell(x, std=std):
        return normal(x, 0.0, std)

    area = probability.normalising_constant(bell, points=[0])
    within = probability.probability(bell, -std, std, points=[0])
    print(f"{std:<6}  {bell(0.0):>11.4f}   {area:.4f}   {within:.4f}")

# %%
# The height is 3.99 for the better thermometer and 399 for a superb one. No probability exceeds 1, but a density
# may: its unit is one over the unit of :math:`x`, so its value changes when you change the unit. Areas do not. (With
# ``points`` you tell the package where a narrow peak is, so that it cannot be missed.)

figure, ax = plt.subplots()
ax.set(
    title="The narrow bell is as high as 1.6, and its area is still 1",
    xlabel="x",
    ylabel="density",
    ylim=(0, 1.8),
)
for std in (2.0, 1.0, 0.25):
    plotting.curve(ax, lambda x, s=std: normal(x, 0, s), -5, 5, label=f"std = {std:g}")
ax.axhline(1, color=plotting.INK, linewidth=0.8)
ax.text(-5, 1.03, "largest probability")
ax.legend()
plt.show()

# %%
# The constant in front
# ---------------------
#
# The shape of the bell is :math:`e^{-x^2/2}`. Where does :math:`\sqrt{2\pi}` come from? It is the area of the
# shape:
#
# .. math:: Z = \int_{-\infty}^{\infty} e^{-x^2/2}\, dx = \sqrt{2\pi}, \qquad p(x) = \frac{1}{Z}\, e^{-x^2/2} .
#
# :math:`Z` is the :term:`normalising constant`. (That a circle's :math:`\pi` turns up is explained in
# :doc:`07_changing_variables`.) What happens if you forget to divide?


def shape(x):
    return np.exp(-(x**2) / 2)


print(f"Z            {probability.normalising_constant(shape):.9f}")
print(f"sqrt(2 pi)   {sqrt(2 * np.pi):.9f}")
print(f"'P(|X| < 1)' {strips(shape, -1, 1):.4f}")
try:
    probability.probability(shape, -1, 1)
except ValueError as problem:
    print(fill(str(problem), 56))
print(f"normalised   {probability.probability(shape, -1, 1, normalise=True):.9f}")

# %%
# Your sum gives a "probability" of 1.71, and this time you notice. A rarer event would also come out 2.5 times too
# likely, and look fine. So the package integrates every density that you hand over, refuses one whose area is not 1,
# and says what the area is. In one dimension that costs next to nothing. In many dimensions :math:`Z` is often the
# hard part, and whole families of methods exist to do without it.
#
# The expected value
# ------------------
#
# You wait for a bus. Short waits are more common than long ones: let the density of the wait, in minutes, be
# :math:`p(x) = \frac{1}{3} e^{-x/3}` for :math:`x \ge 0`. How long do you wait on average?
#
# The average of a thousand waits is their sum divided by 1000. Sort the waits into narrow bins: each value
# :math:`x` occurs with a share of :math:`p(x)\, \Delta x`, so the average is near
# :math:`\sum x\, p(x)\, \Delta x`. In the limit that is an integral, the :term:`expected value` or mean:
#
# .. math:: \operatorname{E}[X] = \int x\, p(x)\, dx, \qquad
#           \operatorname{E}[g(X)] = \int g(x)\, p(x)\, dx .
#
# The second formula averages anything that depends on :math:`X`. With :math:`g(x) = (x - \mu)^2`, where :math:`\mu`
# is the mean, you get the :term:`variance`: how far the values scatter, squared. Its square root is the standard
# deviation. Predict: do half of the passengers wait less than the mean, or more than half?


def wait(x):
    return np.exp(-x / 3) / 3


waits = rng.exponential(3.0, size=1_000_000)
averaged = {
    "x": lambda x: x,
    "x^2": lambda x: x**2,
    "(x - 3)^2": lambda x: (x - 3) ** 2,
}
print("average of   strips    package   samples")
for name, g in averaged.items():
    by_strips = strips(lambda x, g=g: g(x) * wait(x), 0, 120, 10_000)
    by_package = probability.expectation(g, wait, low=0)
    print(f"{name:<11}  {by_strips:.5f}   {by_package:.5f}   {np.mean(g(waits)):.3f}")

below = probability.probability(wait, 0, 3, low=0)
median = probability.quantile(wait, 0.5, low=0)
print(f"shorter than the mean: {below:.4f}")
print(f"half are shorter than: {median:.4f}")

# %%
# The mean is 3, the variance 9, and the standard deviation 3. You also see that
# :math:`\operatorname{var} X = \operatorname{E}[X^2] - \operatorname{E}[X]^2`, for :math:`9 = 18 - 3^2`. And 63 %
# of the passengers wait less than the mean: a few long waits pull it up. The value with half of the area on each
# side is another one, the *median*, 2.08. (Mean and variance have functions of their own,
# :func:`~calcguide.probability.mean` and :func:`~calcguide.probability.variance`.)
#
# An average that does not exist
# ------------------------------
#
# Stand one metre in front of a long wall with a laser pointer. Spin, and press the button at some moment while
# you face the wall. Where is the dot? If every angle is equally likely, its position in metres has the *Cauchy*
# density
#
# .. math:: p(x) = \frac{1}{\pi\,(1 + x^2)} .
#
# It looks like a bell, its area is 1, and it is symmetric about 0. Is its mean 0? Integrate :math:`x\, p(x)` over
# a large range. We cut it off at :math:`-c` on the left, and on the right at :math:`c`, at :math:`2c`, or at
# :math:`c^2`:


def cauchy(x):
    return 1 / (np.pi * (1 + x**2))


def truncated(a, b):
    return integrate.integral(lambda x: x * cauchy(x), a, b)


print("c        −c to c   −c to 2c   −c to c^2")
for c in (10.0, 100.0, 1000.0):
    even, double, square = (truncated(-c, right) for right in (c, 2 * c, c**2))
    print(f"{c:<7g}  {even:>z7.4f}   {double:>8.4f}   {square:>9.4f}")

# %%
# Three ways to go to infinity, three results: 0, 0.22, and no end at all. An integral over the whole line has to
# come out the same however you get there. This one does not, because each half of it, taken alone, is infinite:
# :math:`x\, p(x)` falls only like :math:`1/x`, and the area below :math:`1/x` has no end. The 0 of the first column
# comes from your choice of equal ends, not from the density. The package integrates the halves one by one, and says
# so:

try:
    probability.mean(cauchy)
except ValueError as problem:
    print(fill(str(problem).split(";")[0], 56))

# %%
# Samples know it too. The average of the first :math:`n` normal samples settles. The average of the first
# :math:`n` Cauchy samples never does; it scatters as widely as a single sample, for every :math:`n`. Now and then the
# pointer is almost parallel to the wall, and one dot is so far out that it moves the average of all the others.

count = np.arange(1, 100_001)
settling = np.cumsum(rng.normal(size=count.size)) / count
jumping = np.cumsum(np.random.default_rng(12).standard_cauchy(size=count.size)) / count

figure, ax = plt.subplots()
ax.set(
    title="Normal averages settle, Cauchy averages jump",
    xlabel="number of samples n",
    ylabel="average of the first n",
    xscale="log",
    xlim=(10, 1e5),
)
ax.plot(count, jumping, label="Cauchy")
ax.plot(count, settling, label="normal")
ax.legend()
plt.show()

# %%
# The running area
# ----------------
#
# Add up the area from the left end to :math:`x`, and you get the :term:`distribution function`:
#
# .. math:: F(x) = P(X \le x) = \int_{-\infty}^{x} p(t)\, dt .
#
# It comes from 0 on the far left, never falls, and ends at 1. It is the running sum of
# :doc:`02_fundamental_theorem`, so its derivative is what was added up: :math:`F' = p` wherever :math:`p` is
# continuous. We check that with difference quotients of areas. Beside it stands a sum of our own, from strips that
# begin at −8, where next to nothing lies to the left:


def F(x):
    return probability.cdf(normal, x)


print("   x   F(x)      own sum   slope of F   density")
for x in (-1.0, 0.0, 0.5, 1.96):
    slope = differences.derivative(F, x, method="central", h=1e-3)
    own = strips(normal, -8, x, 4000)
    print(f"{x:>5}  {F(x):.6f}  {own:.6f}  {slope:.6f}     {normal(x):.6f}")

# %%
# Every probability is now a difference: :math:`P(a < X < b) = F(b) - F(a)`. The last row holds a number you may
# have met: 97.5 % lie below 1.96, so 95 % lie between −1.96 and 1.96.
#
# The inverse :math:`F^{-1}` goes back from the area to the point: that is the :term:`quantile`. After which wait
# have 90 % of the passengers got their bus? On paper, :math:`F(x) = 1 - e^{-x/3}`, and solving :math:`F(x) = u`
# gives :math:`x = -3 \log(1 - u)`. (Here, as in the code, :math:`\log` is the natural logarithm.)

print(f"package   {probability.quantile(wait, 0.9, low=0):.6f}")
print(f"on paper  {-3 * np.log(1 - 0.9):.6f}")

# %%
# Samples from uniform numbers
# ----------------------------
#
# A generator gives you numbers :math:`u` that are *uniform* between 0 and 1: their density is 1 there. How do you
# make waits out of them? Send each of them through the quantile. Why that works: :math:`F^{-1}(u) \le x` exactly when
# :math:`u \le F(x)`, and a uniform number is below the height :math:`F(x)` with probability :math:`F(x)`.

u = rng.uniform(size=1_000_000)
made = -3 * np.log(1 - u)
print(f"mean {made.mean():.3f}, variance {made.var():.2f}")
print(f"below 3: {np.mean(made < 3):.4f}, area {below:.4f}")

# %%
# It works for any density. Here is one with two humps, whose :math:`F` no formula inverts. Ten heights at equal
# distances on the upright axis go over to the curve and down:


def humps(x):
    return 0.7 * normal(x, -1.0, 0.6) + 0.3 * normal(x, 2.0, 0.8)


heights = np.arange(0.05, 1, 0.1)
landed = probability.quantile(humps, heights)

figure, (above, beneath) = plt.subplots(
    2, sharex=True, figsize=(6, 5), gridspec_kw={"height_ratios": (2, 1)}
)
above.set(
    title="Where F is steep, equal steps land close together", ylabel="F(x)", ylim=(0, 1.02)
)
plotting.curve(above, lambda x: probability.cdf(humps, x), -4, 5)
beneath.set(xlabel="x", ylabel="density", xlim=(-4, 5), ylim=(0, 0.52))
plotting.curve(beneath, humps, -4, 5)
for height, x in zip(heights, landed, strict=True):
    style = {"color": plotting.PALETTE["orange"], "linewidth": 1, "linestyle": ":"}
    above.plot([-4, x, x], [height, height, 0], **style)
    beneath.plot([x], [0], "|", color=plotting.PALETTE["orange"], markersize=16)
plt.show()

print(f"of ten, below 0.5: {np.sum(landed < 0.5)}")

# %%
# The slope of :math:`F` is the density. So where the density is high, many heights land: seven of ten below the large
# hump, which has 0.7 of the area.
#
# Surprise, on average
# --------------------
#
# How surprised are you when :math:`x` comes out? A value with a small density is a large surprise. The measure is
# :math:`-\log p(x)`. Why a logarithm? The densities of values that do not influence each other multiply, and
# surprises should add. The expected surprise is the :term:`entropy` :cite:p:`shannon1948`, in a unit called *nat*:
#
# .. math:: H(p) = -\int p(x) \log p(x)\, dx .
#
# For a normal density it is :math:`\frac{1}{2} \log(2 \pi e \sigma^2)`. Wide densities have more of it. Can it be
# negative?

print("std   entropy    formula")
for std in (3.0, 1.0, 0.1):
    found = probability.entropy(lambda x, s=std: normal(x, 0.0, s))
    print(f"{std:<4}  {found:>8.5f}   {np.log(2 * np.pi * np.e * std**2) / 2:>8.5f}")

# %%
# It can, since a density may exceed 1. In another unit of :math:`x` all entropies move by the same amount, so their
# differences stay.
#
# Now suppose that values come from :math:`p`, but you believe in :math:`q`. Your surprise at :math:`x` is
# :math:`-\log q(x)`, and on average it is the :term:`cross-entropy` :math:`H(p, q)`. What it exceeds :math:`H(p)` by
# is the :term:`Kullback-Leibler divergence` :cite:p:`kullback1951`:
#
# .. math:: H(p, q) = -\int p \log q\, dx, \qquad
#           D(p \,\|\, q) = \int p \log\frac{p}{q}\, dx = H(p, q) - H(p) \ge 0 .
#
# Why is it never negative? The logarithm lies below its tangent at 1: :math:`\log t \le t - 1`. With :math:`t = q/p`,
#
# .. math:: -D(p \,\|\, q) = \int p \log\frac{q}{p}\, dx \le \int p \left(\frac{q}{p} - 1\right) dx
#           = \int q\, dx - \int p\, dx \le 1 - 1 = 0 .
#
# (The integrals are over the places where :math:`p` is not 0.) For two normal densities there is a formula to check
# against:
#
# .. math:: D = \log\frac{\sigma_q}{\sigma_p} + \frac{\sigma_p^2 + (\mu_p - \mu_q)^2}{2\sigma_q^2} - \frac{1}{2} .
#
# Take :math:`p` with mean 0 and standard deviation 1, and :math:`q` with mean 1 and standard deviation 2. Is it
# as bad to believe in :math:`q` when :math:`p` is true as the other way round?


def wide(x):
    return normal(x, 1.0, 2.0)


def kl_of_normals(m_p, s_p, m_q, s_q):
    return np.log(s_q / s_p) + (s_p**2 + (m_p - m_q) ** 2) / (2 * s_q**2) - 1 / 2


def kl_terms(p, q):
    return lambda x: p(x) * np.log(p(x) / q(x))


print("           strips    package   formula")
for name, p, q, exact in (
    ("D(p || q)", normal, wide, kl_of_normals(0, 1, 1, 2)),
    ("D(q || p)", wide, normal, kl_of_normals(1, 2, 0, 1)),
):
    by_strips = strips(kl_terms(p, q), -15, 15)
    by_package = probability.kl_divergence(p, q)
    print(f"{name}  {by_strips:.6f}  {by_package:.6f}  {exact:.6f}")
excess = probability.cross_entropy(normal, wide) - probability.entropy(normal)
print(f"H(p, q) - H(p) = {excess:.6f}")

# %%
# It is not. One of the numbers is about three times the other, and the areas show why:

figure, axes = plt.subplots(1, 2, sharey=True, figsize=(6, 4))
figure.suptitle("The divergence is not symmetric: 0.44 against 1.31", x=0.02, ha="left")
panels = (("$p\\,\\log(p/q)$", normal, wide), ("$q\\,\\log(q/p)$", wide, normal))
for ax, (name, p, q) in zip(axes, panels, strict=True):
    plotting.curve(
        ax, normal, -6, 8, color=plotting.INK, linestyle="--", linewidth=1.3, label="p"
    )
    plotting.curve(
        ax, wide, -6, 8, color=plotting.INK, linestyle=":", linewidth=1.6, label="q"
    )
    plotting.shaded_area(ax, kl_terms(p, q), -6, 8, label="counts +", label_below="counts −")
    ax.set(xlabel="x", ylim=(-0.15, 0.95))
    ax.set_title(name, fontsize=12)
axes[0].set(ylabel="density, and integrand")
axes[1].legend(fontsize=10, loc="upper right")
plt.show()

# %%
# On the right, :math:`q` spreads over places where :math:`p` is almost 0, and there :math:`\log(q/p)` is large.
# Whoever believes in the narrow :math:`p` is shocked again and again. At worst the belief rules something out that
# does happen. Let :math:`r` be uniform between 0 and 1:


def uniform(x):
    return np.where((x >= 0) & (x <= 1), 1.0, 0.0)


print("believe r, truth p:", probability.kl_divergence(normal, uniform, points=[0, 1]))
other_way = probability.kl_divergence(uniform, normal, points=[0, 1])
print(f"believe p, truth r: {other_way:.4f}")

# %%
# An infinite divergence is the right answer, not a failure: a model should not give the probability 0 to anything
# that can happen.
#
# What a training loss estimates
# ------------------------------
#
# In practice you do not have :math:`p`. You have data :math:`x_1, \dots, x_n` drawn from it, and a model
# :math:`q`. The cross-entropy is an expected value under :math:`p`, so an average over the data estimates it:
#
# .. math:: H(p, q) = \operatorname{E}_p[-\log q(X)] \;\approx\; -\frac{1}{n} \sum_{i=1}^{n} \log q(x_i) .
#
# The right side is the loss that classifiers are trained with. There :math:`q(x_i)` is the probability that the
# network gives to the right label. (Labels are not spread along a line, so the integral is a sum over them.)

print("n          loss")
for n in (100, 10_000, 1_000_000):
    print(f"{n:<9}  {np.mean(-np.log(wide(samples[:n]))):.4f}")
print(f"integral   {probability.cross_entropy(normal, wide):.4f}")

# %%
# Training changes :math:`q`, never :math:`p`. In :math:`H(p, q) = H(p) + D(p \,\|\, q)` the first term is then a
# constant: what lowers the cross-entropy lowers the divergence of the model from the truth by the same amount. And
# :math:`\sum \log q(x_i)` is the logarithm of the product of all densities, so the model with the lowest loss is the
# one that makes the data most likely. That choice is called :term:`maximum likelihood`.
#
# The loss is an estimate, so its minimum is not quite that of the cross-entropy. Here is a model with one parameter,
# a normal density with mean :math:`m`. The truth has mean 0, and you have 50 values:

data = samples[:50]
m = np.linspace(-1, 1, 201)
loss = np.array([np.mean(-np.log(normal(data, mean))) for mean in m])
truth = np.array([probability.cross_entropy(normal, lambda x, k=k: normal(x, k)) for k in m])
best = m[loss.argmin()]
print(f"loss is least at          {best:.2f}")
print(f"average of the data       {data.mean():.2f}")
print(f"cross-entropy is least at {abs(m[truth.argmin()]):.2f}")

figure, ax = plt.subplots()
ax.set(
    title="The loss follows the cross-entropy, with its minimum moved",
    xlabel="mean m of the model",
    ylabel="nats per value",
)
ax.plot(m, loss, label="loss on 50 values")
ax.plot(m, truth, label="cross-entropy $H(p, q_m)$")
entropy = probability.entropy(normal)
ax.axhline(entropy, color=plotting.INK, linewidth=1, linestyle=":")
ax.annotate("entropy $H(p)$", (-0.98, entropy), xytext=(0, 4), textcoords="offset points")
ax.legend(loc="upper center")
plt.show()

# %%
# The gap between the dashed curve and the dotted line is the divergence. The loss has its minimum at the average
# of the data. Other data would put it elsewhere. How far off may it be?
#
# Maximum likelihood, with an error bar
# -------------------------------------
#
# Now both parameters are unknown, :math:`\theta = (\mu, \sigma)`. The :term:`log-likelihood` is the sum of the
# logarithms, :math:`\ell(\theta) = \sum_i \log p(x_i; \theta)`. Its gradient, the list of its partial derivatives, is
# called the :term:`score`, and at the maximum it is 0. For a normal density you can write it down:
#
# .. math:: \frac{\partial \ell}{\partial \mu} = \sum_i \frac{x_i - \mu}{\sigma^2}, \qquad
#           \frac{\partial \ell}{\partial \sigma}
#           = \sum_i \left(\frac{(x_i - \mu)^2}{\sigma^3} - \frac{1}{\sigma}\right) .
#
# :func:`~calcguide.probability.score` needs the logarithm of the density and lets the machine differentiate it:


def log_normal(x, theta):
    mean, std = theta
    return -(((x - mean) / std) ** 2) / 2 - np.log(std) - np.log(2 * np.pi) / 2


values = 20 + 2 * data
theta = [20.0, 1.5]
d = values - theta[0]
by_hand = [np.sum(d) / theta[1] ** 2, np.sum(d**2 / theta[1] ** 3 - 1 / theta[1])]
machine = probability.score(log_normal, theta, values)
print("by hand ", np.round(by_hand, 6))
print("machine ", np.round(machine, 6))

# %%
# To find the zero of the score, Newton's method follows the parabola that touches :math:`\ell` at :math:`\theta` up
# to its top. The matrix of the second derivatives of :math:`\ell`, with a minus sign, is the *observed information*
# :math:`I`, and the step solves :math:`I\, \Delta\theta = \nabla\ell`. One step, and then all of them:

information = probability.observed_information(log_normal, theta, values)
step = np.linalg.solve(information, machine)
print("own step", step.round(6))

found = probability.maximum_likelihood(log_normal, theta, values)
print("\nmean      std")
for mean, std in found.path:
    print(f"{mean:.6f}  {std:.6f}")
print(fill(found.message, 56))

# %%
# Look at the digits of the last rows: near the maximum the number of right ones about doubles with each step. The
# maximum itself is no surprise. It is the average of the values, and the root of their average squared distance
# from it. (Far from the maximum the surface may bend upwards, and a bare Newton step goes the wrong way.
# :func:`~calcguide.probability.maximum_likelihood` looks at the curvatures, turns such a step around, and shortens
# what is too long.)
#
# New is that the curvature also tells how sure you can be. A sharp maximum leaves little room, a flat one a lot. If
# the model is right and the sample not too small, the diagonal of the inverse of :math:`I` holds the variances of the
# estimates, nearly. Their roots are the :term:`standard errors <standard error>`. Is that true? We repeat the
# experiment 2000 times with fresh data, and look at the spread:

repeated = rng.normal(20.0, 2.0, size=(2000, 50))
spread = [repeated.mean(axis=1).std(), repeated.std(axis=1).std()]
print("        estimate   std. error   spread in 2000 runs")
for name, value, error, seen in zip(
    ("mean", "std"), found.theta, found.standard_error, spread, strict=True
):
    print(f"{name:<6}  {value:>8.4f}   {error:>10.4f}   {seen:.4f}")

# %%
# One data set, one curvature, and you know about how far off you may be. (The standard errors are estimates too:
# they are computed with the 1.86 that came out, not with the true 2.)
#
# A classifier with two parameters
# --------------------------------
#
# Twelve students, the hours they prepared, and whether they passed. The model is a logistic one: the probability
# to pass is :math:`s(z) = 1/(1 + e^{-z})` with :math:`z = a + b \cdot \text{hours}`. The logarithm of the
# probability of what happened is :math:`\log s(z) = z - \log(1 + e^z)` for a pass and
# :math:`\log(1 - s(z)) = -\log(1 + e^z)` for a fail. With :math:`y = 1` for a pass and 0 for a fail, both are
# :math:`y z - \log(1 + e^z)`:

hours = np.arange(0.5, 6.5, 0.5)
passed = np.array([0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1])


def log_logistic(student, theta):
    z = theta[0] + theta[1] * student["hours"]
    return student["passed"] * z - np.logaddexp(0, z)


students = {"hours": hours, "passed": passed}
fit = probability.maximum_likelihood(log_logistic, [0.0, 0.0], students)
chance = 1 / (1 + np.exp(-(fit.theta[0] + fit.theta[1] * 3)))
print(f"a = {fit.theta[0]:.3f} ± {fit.standard_error[0]:.3f}")
print(f"b = {fit.theta[1]:.3f} ± {fit.standard_error[1]:.3f}")
print(f"loss {-fit.log_likelihood / 12:.4f} after {fit.nit} steps")
print(f"after 3 hours: {chance:.2f}")

# %%
# The loss is the cross-entropy per student, the number that a network's training log shows. The error bars are wide,
# because twelve students are few: :math:`b` is less than two standard errors away from 0. (For so few the bars
# themselves are rough.)
#
# Your task
# ---------
#
# .. exercise:: C8t
#
# Here is what the checker says to somebody who forgot the constant:

answer = [6.75, 0.75, 12.15]
print(fill(str(exercises.get("C8t").check(answer)), width=56))

# %%
# Common mistakes
# ---------------
#
# **Reading a density as a probability.** ``normal(0, std=0.1)`` is not "the probability of 0", which is 0. For a
# narrow range, multiply by its width; for a wide one, integrate.

print(f"density at 0     {normal(0, std=0.1):.3f}")
print(f"times 0.01       {normal(0, std=0.1) * 0.01:.5f}")
print(f"P(|X| < 0.005)   {strips(lambda x: normal(x, std=0.1), -0.005, 0.005):.5f}")

# %%
# **Cutting off the tail.** A range that is large enough for the area need not be large enough for an expected value.
# For the waits up to 12 minutes:

short = strips(wait, 0, 12)
print(f"area      {short:.4f} of 1")
print(f"E[x]      {strips(lambda x: x * wait(x), 0, 12):.4f} of 3")
print(f"E[x^2]    {strips(lambda x: x**2 * wait(x), 0, 12):.4f} of 18")

# %%
# **Multiplying likelihoods.** The product of a thousand densities is too small for a floating-point number. Add
# the logarithms, and take them from the formula: ``np.log(normal(x))`` fails too, as soon as one density is 0.

thousand = samples[:1000]
print("product          ", np.prod(normal(thousand)))
print(f"sum of logarithms {probability.log_likelihood(log_normal, [0.0, 1.0], thousand):.2f}")
print("density at 40    ", normal(40.0))
print("its logarithm    ", round(log_normal(40.0, (0.0, 1.0)), 2))

# %%
# **Trusting a fit without a maximum.** Let every student with more than 3 hours pass, and nobody else. A steeper
# curve is then always better. An optimiser stops somewhere, with large parameters. Read what it says:

separated = {"hours": hours, "passed": (hours > 3).astype(int)}
runaway = probability.maximum_likelihood(log_logistic, [0.0, 0.0], separated)
print("success:", runaway.success, " b > 100:", runaway.theta[1] > 100)
print(fill(runaway.message, 56))

# %%
# In practice
# -----------
#
# - ``scipy.stats`` has densities (``norm.pdf``), distribution functions (``norm.cdf``; ``norm.sf`` for the upper
#   tail, which keeps its digits there), quantiles (``norm.ppf``), moments, ``expect`` and ``entropy``.
# - PyTorch has ``torch.distributions`` with ``log_prob`` and ``kl_divergence``; JAX has ``jax.scipy.stats``.
# - ``torch.nn.CrossEntropyLoss`` is the average of this lesson, over the labels of a batch. It takes a network's raw
#   outputs, *before* softmax makes probabilities of them, so that no logarithm of 0 comes up.
#
# Further reading
# ---------------
#
# - :cite:t:`shannon1948`, where entropy comes from; the first pages can be read without any preparation.
# - :cite:t:`kullback1951` on the divergence that bears their names.
# - :cite:t:`cover2006` for both, with many exercises.
# - :cite:t:`efron1978` on why the curvature at the maximum says more about the error than its expected value does.
#
# Next: :doc:`06_integrals_by_chance`, where samples do the integrating.
