#!/usr/bin/env python3
"""Computes every polynomial coefficient of the exponential family's shaders.

    python3 tools/coefficients.py            prints each set with the error it reaches
    python3 tools/coefficients.py --check    fails unless each constant stands in its shader

Each fit minimises the largest relative error over its interval by Lawson's method (1961, Contributions
to the theory of linear least maximum approximation): least squares at Chebyshev nodes, whose weights
grow where the error is large. Coefficients are rounded to f32 one at
a time, lowest order first, and the ones that remain are fitted again to what the rounding left.
Nothing here is random, so each run gives the same digits.
"""

import sys

import mpmath as mp
import numpy as np

from shader_constants import missing

mp.mp.dps = 40
NODES = 600
ROUNDS = 150
# 1/360 to 12 bits.
QUOTIENT_HEAD = mp.mpf(2913) / 2**20


def nodes(low, high):
    """Chebyshev nodes of an interval."""
    angles = np.pi * (np.arange(NODES) + 0.5) / NODES
    return (low + high) / 2 + (high - low) / 2 * np.cos(angles)


def lawson(columns, target, weight):
    """The coefficients that minimise max |weight * (columns @ c - target)|."""
    scaled = columns * weight[:, None]
    norms = np.linalg.norm(scaled, axis=0)
    scaled = scaled / norms
    right = target * weight
    density = np.full(len(target), 1 / len(target))
    best = (np.inf, None)
    for _ in range(ROUNDS):
        root = np.sqrt(density)
        c = np.linalg.lstsq(scaled * root[:, None], right * root, rcond=None)[0]
        error = np.abs(scaled @ c - right)
        if error.max() < best[0]:
            best = (error.max(), c / norms)
        if error.max() == 0:
            break
        density = density * (error / error.max() + 1e-9)
        density /= density.sum()
    return best[1]


def rounded_fit(columns, target, weight):
    """As lawson, with each coefficient an f32."""
    target = target.copy()
    result = []
    for k in range(columns.shape[1]):
        c = float(np.float32(lawson(columns[:, k:], target, weight)[0]))
        target -= c * columns[:, k]
        result.append(c)
    return result, np.abs(target * weight).max()


def polynomial(function, low, high, degree, weight):
    """Fits function by a polynomial; weight(x, f) is what the error is multiplied with."""
    x = nodes(low, high)
    f = np.array([float(function(mp.mpf(v))) for v in x])
    columns = np.vander(x, degree + 1, increasing=True)
    return rounded_fit(columns, f, weight(x, f))


def exp_cubic(edge, degree, scale):
    """(e^r - 1 - r - r^2 / 2) / r^3 on +-edge; error relative to scale(r)."""

    def cubic(r):
        return (mp.expm1(r) - r - r**2 / 2) / r**3

    return polynomial(cubic, -edge, edge, degree, lambda x, f: abs(x) ** 3 / scale(x))


def exp_quotient():
    """(1/6 - (r coth(r/2) - 2) / r^2) / r^2 less the head of 1/360 as a polynomial of r^2, for |r| up to 0.36."""
    def quotient(s):
        # 2 B_2k / (2k)! are the coefficients of r coth(r/2).
        terms = mp.nsum(lambda k: 2 * mp.bernoulli(2 * k) / mp.factorial(2 * k) * s ** (k - 2), [2, 14])
        return -terms - QUOTIENT_HEAD

    return polynomial(quotient, 1e-6, 0.13, 3, lambda x, f: np.ones_like(x))


def artanh_quotient():
    """(artanh s - s) / s^3 as a polynomial of s^2, for s up to 1/3; error relative to artanh s."""

    def quotient(z):
        s = mp.sqrt(z)
        return (mp.atanh(s) - s) / s**3

    return polynomial(quotient, 1e-6, 1 / 9, 3, lambda x, f: x / (1 + x * f))


def log_quotient():
    """(artanh s - s) / s^3 as a polynomial of s^2, for s up to that of sqrt(2); error relative to artanh s."""
    edge = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)

    def quotient(z):
        s = mp.sqrt(z)
        return (mp.atanh(s) - s) / s**3

    return polynomial(quotient, 1e-6, float(edge**2), 2, lambda x, f: x / (1 + x * f))


def erf_excess():
    """erf(x) / x - 1 as a polynomial of x^2, for x up to 1; error relative to erf(x) / x."""

    def excess(z):
        x = mp.sqrt(z)
        return mp.erf(x) / x - 1

    return polynomial(excess, 1e-9, 1.0, 6, lambda x, f: 1 / (1 + f))


def tanh_shrink_quotient():
    """(x - tanh x) / x^3 as a polynomial of x^2, for x up to 1."""

    def quotient(s):
        x = mp.sqrt(s)
        return (x - mp.tanh(x)) / x**3

    return polynomial(quotient, 1e-6, 1.0, 7, lambda x, f: 1 / f)


def tanh_squared_quotient():
    """tanh(x)^2 / x^2 as a polynomial of x^2, for x up to 1."""

    def quotient(s):
        return mp.tanh(mp.sqrt(s)) ** 2 / s

    return polynomial(quotient, 1e-6, 1.0, 8, lambda x, f: 1 / f)


def normal_tail(a):
    """Phi(-a) e^(a^2/2)."""
    return mp.erfc(a / mp.sqrt(2)) / 2 * mp.exp(a * a / 2)


def normal_tail_near():
    """The normal tail as a polynomial of a - 1, for a in [0, 2]."""
    return polynomial(lambda d: normal_tail(1 + d), -1.0, 1.0, 10, lambda x, f: 1 / f)


def serf_quotient():
    """erf(ln(1 + e)) / e - 1 for e = d + 1/2 in [0, 1]; error relative to the quotient."""

    def excess(d):
        e = d + mp.mpf(1) / 2
        return mp.erf(mp.log1p(e)) / e - 1

    return polynomial(excess, -0.5, 0.5, 9, lambda x, f: 1 / (1 + f))


def serf_bell():
    """The derivative of erf(ln(1 + e)) by e, less 1, for e = d + 1/2 in [0, 1]; error relative to it."""

    def excess(d):
        e = d + mp.mpf(1) / 2
        return 2 / mp.sqrt(mp.pi) * mp.exp(-mp.log1p(e) ** 2) / (1 + e) - 1

    return polynomial(excess, -0.5, 0.5, 9, lambda x, f: 1 / (1 + f))


def serf_complement(x):
    """1 - erf(softplus(x))."""
    return mp.erfc(mp.log1p(mp.exp(x)))


def serf_exponent():
    """-ln(1 - erf(softplus(x))) for x in [0, 4.5]; error as it counts in Serf's derivative."""

    def weight(x, f):
        return np.exp(-f) * (1 + 2 * x) / (1 - np.exp(-f))

    return polynomial(lambda x: -mp.log(serf_complement(x)), 0.0, 4.5, 9, weight)


def serf_slope():
    """(1 - Serf'(x)) / (1 - erf(softplus(x))) for x in [0, 4.5]; error as it counts in Serf'."""

    def slope(x):
        s = mp.log1p(mp.exp(x))
        bell = 2 / mp.sqrt(mp.pi) * mp.exp(-s * s) / (1 + mp.exp(-x))
        return 1 - x * bell / serf_complement(x)

    def weight(x, f):
        return np.array([float(serf_complement(mp.mpf(v))) for v in x])

    return polynomial(slope, 0.0, 4.5, 9, weight)


def swish_zero():
    """Where the derivative of x / (1 + e^-x) is 0."""
    return -1 - mp.lambertw(mp.exp(-1)).real


def swish_slope():
    """That derivative at d from its zero, by d, for d in +-1/16; the shader subtracts the last two."""

    def slope(d):
        t = swish_zero() + d
        gate = 1 / (1 + mp.exp(-t))
        return gate * (1 + t * (1 - gate)) / d

    coefficients, error = polynomial(slope, -0.0625, 0.0625, 4, lambda x, f: 1 / f)
    return coefficients[:3] + [-c for c in coefficients[3:]], error


def mills_ratio():
    """(P, T) of Mills' ratio P(a) / (a P(a) + T(a)) of the normal distribution, for a in [2, 14.5].

    The form keeps the asymptote 1 / a exact. With P(0) = 1 it is linear in the other coefficients:
    P(a) (1 - a m) = m T(a); the weights are divided by the denominator of the round before.
    """
    a = 2 + 12.5 * nodes(0.0, 1.0) ** 2
    ratios = [mp.sqrt(2 * mp.pi) * normal_tail(mp.mpf(v)) for v in a]
    m = np.array([float(ratio) for ratio in ratios])
    gap = np.array([float(1 - mp.mpf(v) * ratio) for v, ratio in zip(a, ratios)])
    orders = sorted([(k, "t") for k in range(4)] + [(k, "p") for k in range(1, 5)])
    columns = np.stack([(gap if kind == "p" else -m) * a**k for k, kind in orders], axis=1)

    def value(kind, c):
        return sum(v * a**k for v, (k, other) in zip(c, orders) if other == kind)

    weight = 1 / (m * (1 + a))
    for _ in range(30):
        c = lawson(columns, -gap, weight)
        weight = 1 / (m * (a * (1 + value("p", c)) + value("t", c)))
    c, error = rounded_fit(columns, -gap, weight)
    p = [1.0] + [v for v, (_, kind) in zip(c, orders) if kind == "p"]
    t = [v for v, (_, kind) in zip(c, orders) if kind == "t"]
    return (p, t), error


def digits(value):
    """The shortest decimal that reads back as this f32."""
    return np.format_float_positional(np.float32(value), unique=True, trim="0")


def sets():
    """Each set's shader and name, its coefficients from the lowest order, and its error."""
    for function, shader, name in [
        (lambda: exp_cubic(0.36, 3, np.exp), "math/exp", "MATH_EXP"),
        (lambda: exp_cubic(0.36, 4, lambda r: r**2), "math/exp_exp_reduction", "MATH_EXP_EXP"),
        (exp_quotient, "math/expm1mx", "MATH_EXPM1MX"),
        (artanh_quotient, "math/log1p", "MATH_LOG1P"),
        (log_quotient, "math/log", "MATH_LOG"),
        (erf_excess, "math/erf", "MATH_ERF"),
        (tanh_shrink_quotient, "math/tanh_shrink", "MATH_TANH_SHRINK"),
        (tanh_squared_quotient, "activations/tanh_shrink", "MATH_TANH_SQUARED"),
        (normal_tail_near, "math/normal_tail", "MATH_NORMAL_NEAR"),
        (serf_quotient, "activations/serf", "SERF_QUOTIENT"),
        (serf_bell, "activations/serf", "SERF_BELL"),
        (serf_exponent, "activations/serf", "SERF_EXPONENT"),
        (serf_slope, "activations/serf", "SERF_SLOPE"),
        (swish_slope, "activations/swish", "SWISH_SLOPE"),
    ]:
        coefficients, error = function()
        yield shader, name, coefficients, error
    (p, t), error = mills_ratio()
    yield "math/normal_tail", "MATH_MILLS_P", p, error
    yield "math/normal_tail", "MATH_MILLS_T", t, error


def splits():
    """Constants in several parts, each with its shader: signs are as the shader writes them."""
    # Nine bits, and sixteen: products with the exponent of an f32 are exact.
    first = mp.mpf(355) / 512
    rest = mp.log(2) - first
    second = mp.nint(rest * 2**28) / 2**28
    yield "math/ln2", "1 / ln 2 and ln 2", [1 / mp.log(2), first, rest]
    yield "math/expm1mx", "the rest of ln 2", [-second, rest - second]
    sixth = mp.mpf(1) / 6
    nearest = float(np.float32(float(sixth)))
    yield "math/expm1mx", "1 / 6 and 1 / 360", [nearest, nearest - sixth, QUOTIENT_HEAD]
    yield "math/erf", "sqrt(2) - 1 and 2 / sqrt(pi)", [mp.sqrt(2) - 1, 2 / mp.sqrt(mp.pi)]
    # The first part has as many bits as its products need to be exact.
    linear = 2 * mp.sqrt(2 / mp.pi)
    cubic = mp.mpf("0.044715") * linear
    amplitude = mp.mpf("1.7159")
    for shader, name, value, unit in [
        ("math/erf", "1 / sqrt(pi)", 1 / mp.sqrt(mp.pi), 4),
        ("activations/gelu", "1 / sqrt(2 pi)", 1 / mp.sqrt(2 * mp.pi), 7),
        ("activations/gelu_tanh", "2 sqrt(2 / pi)", linear, 9),
        ("activations/gelu_tanh", "0.044715 of that", cubic, 14),
        ("activations/gelu_tanh", "its slope", 3 * cubic, 14),
        ("activations/quick_gelu", "1.702", mp.mpf("1.702"), 11),
        ("activations/lecun_tanh", "4 / 3", mp.mpf(4) / 3, 10),
        ("activations/lecun_tanh", "1.7159", amplitude, 8),
        ("activations/lecun_tanh", "8 / 3 of that", amplitude * 8 / 3, 7),
    ]:
        head = mp.floor(value * 2**unit) / 2**unit
        yield shader, name, [head, value - head]
    nearest = float(np.float32(float(swish_zero())))
    yield "activations/swish", "the zero of its derivative", [nearest, swish_zero() - nearest]
    # Slopes at 0.
    yield "activations/lecun_tanh", "slope", [amplitude * 2 / 3]
    yield "activations/tanh_exp", "slope", [mp.tanh(1)]
    yield "activations/serf", "slope", [mp.erf(mp.log(2))]


def main():
    absent = []
    for shader, name, coefficients, error in sets():
        print(f"{shader}.wgsl {name}: relative error {error:.2e}")
        for k, c in enumerate(coefficients):
            print(f"  x^{k}: {digits(c)}")
        absent += missing(shader, name, coefficients)
    for shader, name, parts in splits():
        parts = [float(np.float32(float(part))) for part in parts]
        print(f"{shader}.wgsl {name}: {' '.join(map(digits, parts))}")
        absent += missing(shader, name, parts)
    if "--check" in sys.argv[1:] and absent:
        sys.exit("\n".join(absent))


if __name__ == "__main__":
    main()
