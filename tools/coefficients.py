#!/usr/bin/env python3
"""Computes every polynomial coefficient that stands in shaders/math/.

    python3 tools/coefficients.py            prints each set with the error it reaches
    python3 tools/coefficients.py --check    fails unless each set stands in its shader

Each fit minimises the largest relative error over its interval by Lawson's method: least squares at
Chebyshev nodes, whose weights grow where the error is large. Coefficients are rounded to f32 one at
a time, lowest order first, and the ones that remain are fitted again to what the rounding left.
Nothing here is random, so each run gives the same digits.
"""

import re
import sys
from pathlib import Path

import mpmath as mp
import numpy as np

mp.mp.dps = 40
NODES = 600
ROUNDS = 150
SHADERS = Path(__file__).resolve().parent.parent / "shaders" / "math"


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


def exp_curve():
    """(e^r - 1 - r) / r^2 on +-ln 2 / 2 and a little more; error relative to e^r."""
    edge = 0.36

    def curve(r):
        return (mp.expm1(r) - r) / r**2

    return polynomial(curve, -edge, edge, 4, lambda x, f: x**2 * np.exp(-x))


def exp_cubic():
    """(e^r - 1 - r - r^2 / 2) / r^3, of one more degree; error relative to e^r."""
    edge = 0.36

    def cubic(r):
        return (mp.expm1(r) - r - r**2 / 2) / r**3

    return polynomial(cubic, -edge, edge, 4, lambda x, f: abs(x) ** 3 * np.exp(-x))


def log1p_quotient():
    """ln(1 + e) / e on [0, 1]."""

    def quotient(e):
        return mp.log1p(e) / e

    return polynomial(quotient, 0.0, 1.0, 9, lambda x, f: 1 / f)


def tanh_shrink_quotient():
    """(x - tanh x) / x^3 as a polynomial of x^2, for x up to 1."""

    def quotient(s):
        x = mp.sqrt(s)
        return (x - mp.tanh(x)) / x**3

    return polynomial(quotient, 1e-6, 1.0, 7, lambda x, f: 1 / f)


def erf_excess():
    """erf(x) / x - 1 as a polynomial of x^2, for x up to ln 2; error relative to erf(x)."""

    def excess(s):
        x = mp.sqrt(s)
        return mp.erf(x) / x - 1

    return polynomial(excess, 1e-6, 0.481, 5, lambda x, f: 1 / (1 + f))


def mills_ratio():
    """(P, T) of Mills' ratio P(a) / (a P(a) + T(a)) of the normal distribution, a in [0, 14.5].

    The form keeps the asymptote 1 / a exact. With P(0) given it is linear in the other coefficients:
    P(a) (1 - a m) = m T(a); the weights are divided by the denominator of the round before.
    P(0) is chosen so that T(0), which is P(0) / m(0), is close to an f32.
    """
    p_degree, t_degree, last = 5, 4, 14.5
    p_zero = min(
        (1 + k / 1024 for k in range(1024)),
        key=lambda p: abs(float(np.float32(p * np.sqrt(2 / np.pi))) / p - np.sqrt(2 / np.pi)),
    )
    a = last * ((nodes(0.0, 1.0)) ** 2)
    tail = mp.sqrt(2 * mp.pi) / 2
    m = np.array(
        [float(tail * mp.erfc(v / mp.sqrt(2)) * mp.exp(mp.mpf(v) ** 2 / 2)) for v in a]
    )
    gap = np.array(
        [
            float(1 - v * tail * mp.erfc(v / mp.sqrt(2)) * mp.exp(mp.mpf(v) ** 2 / 2))
            for v in map(mp.mpf, a)
        ]
    )
    orders = [("t", k) for k in range(t_degree + 1)] + [("p", k) for k in range(1, p_degree + 1)]
    orders.sort(key=lambda order: (order[1], order[0]))

    def column(order):
        kind, k = order
        return -m * a**k if kind == "t" else gap * a**k

    columns = np.stack([column(order) for order in orders], axis=1)
    target = -p_zero * gap
    weight = 1 / (m * p_zero * (1 + a))
    for _ in range(30):
        c = lawson(columns, target, weight)
        p = p_zero + sum(v * a**k for v, (kind, k) in zip(c, orders) if kind == "p")
        t = sum(v * a**k for v, (kind, k) in zip(c, orders) if kind == "t")
        weight = 1 / (m * (a * p + t))
    c, error = rounded_fit(columns, target, weight)
    p = [p_zero] + [v for v, (kind, _) in zip(c, orders) if kind == "p"]
    t = [v for v, (kind, _) in zip(c, orders) if kind == "t"]
    return (p, t), error


def digits(value):
    """The shortest decimal that reads back as this f32."""
    return np.format_float_positional(np.float32(value), unique=True, trim="0")


def sets():
    """Each set's shader and name, its coefficients from the lowest order, and its error."""
    for function, shader, name in [
        (exp_curve, "exp", "MATH_EXP"),
        (exp_cubic, "exp_exp", "MATH_EXP_CUBIC"),
        (log1p_quotient, "log1p", "MATH_LOG1P"),
        (tanh_shrink_quotient, "tanh", "MATH_TANH_SHRINK"),
        (erf_excess, "erf", "MATH_ERF_EXCESS"),
    ]:
        coefficients, error = function()
        yield shader, name, coefficients, error
    (p, t), error = mills_ratio()
    yield "normal_tail", "MATH_MILLS_P", p, error
    yield "normal_tail", "MATH_MILLS_T", t, error


def main():
    missing = []
    for shader, name, coefficients, error in sets():
        print(f"{shader}.wgsl {name}: relative error {error:.2e}")
        path = SHADERS / f"{shader}.wgsl"
        text = path.read_text() if path.exists() else ""
        present = set(re.findall(r"\d+\.\d+(?:e-?\d+)?", text))
        for k, c in enumerate(coefficients):
            print(f"  x^{k}: {digits(c)}")
            if digits(abs(c)) not in present:
                missing.append(f"{shader}.wgsl lacks {digits(c)} ({name}, x^{k})")
    if "--check" in sys.argv[1:] and missing:
        sys.exit("\n".join(missing))


if __name__ == "__main__":
    main()
