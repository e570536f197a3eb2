#!/usr/bin/env python3
"""Computes the constants of shaders/math/{trig_reduction,sin_cos,atan}.wgsl and activations/sinc.wgsl.

    python3 tools/coefficients_trig.py            prints each set with the error it reaches
    python3 tools/coefficients_trig.py --check    fails unless each constant stands in its shader

Polynomials are minimax (Remez 1934), rounded to f32 one coefficient at a time, each later coefficient
fitted anew to what the rounding left. Deterministic; needs mpmath and numpy.
"""

import sys

import mpmath as mp
import numpy as np

from shader_constants import missing

mp.mp.dps = 120


def remez(function, weight, low, high, count):
    """The `count` coefficients that minimise max |weight * (function - polynomial)|."""
    nodes = [
        (low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / count) for i in range(count + 1)
    ]
    grid = [low + (high - low) * mp.mpf(i) / 600 for i in range(601)]
    values = [(z, function(z), weight(z)) for z in grid]
    for _ in range(12):
        rows, right = [], []
        for i, z in enumerate(nodes):
            rows.append([z**j for j in range(count)] + [(-1) ** i / weight(z)])
            right.append(function(z))
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
        coefficients = [solution[j] for j in range(count)]
        errors = [w * (f - mp.polyval(coefficients[::-1], z)) for z, f, w in values]
        extrema = []
        for i, error in enumerate(errors):
            if extrema and (error > 0) == (errors[extrema[-1]] > 0):
                if abs(error) > abs(errors[extrema[-1]]):
                    extrema[-1] = i
            else:
                extrema.append(i)
        if len(extrema) < count + 1:
            break
        while len(extrema) > count + 1:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        moved = [grid[i] for i in extrema]
        if moved == nodes:
            break
        nodes = moved
    return coefficients


def fit(name, function, weight, high, count):
    """`count` f32 coefficients of function(z) on (0, high]; prints the error that they leave."""
    low = mp.mpf(2) ** -20
    rounded = []

    def rest(z):
        return (function(z) - mp.polyval(rounded[::-1] or [0], z)) / z ** len(rounded)

    while len(rounded) < count:
        done = len(rounded)
        best = remez(rest, lambda z: weight(z) * z**done, low, high, count - done)
        rounded.append(mp.mpf(float(np.float32(float(best[0])))))
    grid = [low + (high - low) * mp.mpf(i) / 2000 for i in range(2001)]
    error = max(abs(weight(z) * (function(z) - mp.polyval(rounded[::-1], z))) for z in grid)
    print(f"{name}: relative error 2^{float(mp.log(error, 2)):.1f}")
    return [float(coefficient) for coefficient in rounded]


def split(value, bits):
    """value as a sum of f32, each of so many bits (the last of 24)."""
    parts = []
    for width in bits:
        scale = mp.mpf(2) ** (width - 1 - mp.floor(mp.log(abs(value), 2)))
        part = mp.nint(value * scale) / scale
        parts.append(float(part))
        value -= part
    return parts


def root(z):
    return mp.sqrt(z)


def sine_over(z):
    return mp.sin(root(z)) / root(z)


def sets():
    """Each set's shader, what it is, and its constants."""
    quarter = (mp.pi / 4 * (1 + mp.mpf(2) ** -12)) ** 2
    name = "sin r = r + r z S(z)"
    yield "math/sin_cos", name, fit(
        name, lambda z: (sine_over(z) - 1) / z, lambda z: z / sine_over(z), quarter, 3
    )
    name = "cos r = 1 + z (C(z) z - 1/2)"
    yield "math/sin_cos", name, fit(
        name,
        lambda z: ((mp.cos(root(z)) - 1) / z + mp.mpf(1) / 2) / z,
        lambda z: z * z / mp.cos(root(z)),
        quarter,
        3,
    )
    name = "atan r = r + r z A(z), abs r < 0.5"
    yield "math/atan", name, fit(
        name,
        lambda z: (mp.atan(root(z)) / root(z) - 1) / z,
        lambda z: z * root(z) / mp.atan(root(z)),
        mp.mpf(1) / 4,
        5,
    )
    name = "(x cos x - sin x) / x^2 = x D(z), abs x < 1.5"
    yield "activations/sinc", name, fit(
        name,
        lambda z: (mp.cos(root(z)) - sine_over(z)) / z,
        lambda z: z / (mp.cos(root(z)) - sine_over(z)),
        mp.mpf(9) / 4,
        5,
    )
    reduction = "math/trig_reduction"
    yield reduction, "pi / 2 for a factor below 2^11", split(mp.pi / 2, [13, 13, 13, 24])
    yield reduction, "pi / 2 for a factor of 12 bits", split(mp.pi / 2, [12, 24])
    yield reduction, "pi / 2", split(mp.pi / 2, [24])
    yield "math/atan", "pi / 2 in two parts", split(mp.pi / 2, [24, 24])
    yield reduction, "2 / pi", split(2 / mp.pi, [24])
    words = int(mp.floor(2 / mp.pi * mp.mpf(2) ** 352))
    words = [words >> (320 - 32 * i) & 0xFFFFFFFF for i in range(8)]
    yield reduction, "2 / pi, 32 bits a word", words


def digits(value):
    if isinstance(value, int):
        return f"0x{value:08x}u"
    return np.format_float_scientific(np.float32(value), unique=True)


def main():
    absent = []
    for shader, name, values in sets():
        print(f"{shader}.wgsl {name}: " + ", ".join(map(digits, values)))
        absent += missing(shader, name, values)
    if "--check" in sys.argv[1:] and absent:
        sys.exit("\n".join(absent))


if __name__ == "__main__":
    main()
