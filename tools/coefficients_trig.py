#!/usr/bin/env python3
"""Prints the constants of shaders/math/{trig_reduction,sin_cos,atan}.wgsl and activations/sinc.wgsl.

Polynomials are minimax (Remez), rounded to f32 one coefficient at a time, each later coefficient
fitted anew to what the rounding left. Deterministic; needs mpmath and numpy.
"""

import mpmath as mp
import numpy as np

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
    """Prints `count` f32 coefficients of function(z) on (0, high] and the error they leave."""
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
    for coefficient in rounded:
        print(f"    {np.format_float_scientific(np.float32(float(coefficient)), unique=True)}")


def split(name, value, bits):
    """Prints value as a sum of f32, each of so many bits (the last of 24)."""
    print(name)
    for width in bits:
        scale = mp.mpf(2) ** (width - 1 - mp.floor(mp.log(abs(value), 2)))
        part = mp.nint(value * scale) / scale
        print(f"    {np.format_float_scientific(np.float32(float(part)), unique=True)}")
        value -= part


def root(z):
    return mp.sqrt(z)


def sine_over(z):
    return mp.sin(root(z)) / root(z)


def main():
    quarter = (mp.pi / 4 * (1 + mp.mpf(2) ** -12)) ** 2
    fit(
        "sin r = r + r z S(z)",
        lambda z: (sine_over(z) - 1) / z,
        lambda z: z / sine_over(z),
        quarter,
        3,
    )
    fit(
        "cos r = 1 + z (C(z) z - 1/2)",
        lambda z: ((mp.cos(root(z)) - 1) / z + mp.mpf(1) / 2) / z,
        lambda z: z * z / mp.cos(root(z)),
        quarter,
        3,
    )
    fit(
        "atan r = r + r z A(z), abs r < 0.5",
        lambda z: (mp.atan(root(z)) / root(z) - 1) / z,
        lambda z: z * root(z) / mp.atan(root(z)),
        mp.mpf(1) / 4,
        5,
    )
    fit(
        "(x cos x - sin x) / x^2 = x D(z), abs x < 1.5",
        lambda z: (mp.cos(root(z)) - sine_over(z)) / z,
        lambda z: z / (mp.cos(root(z)) - sine_over(z)),
        mp.mpf(9) / 4,
        5,
    )
    split("pi / 2 for k < 2^11", mp.pi / 2, [13, 13, 13, 24])
    split("pi / 2 for a factor of 12 bits", mp.pi / 2, [12, 24])
    split("pi / 2 and pi / 4 in two parts", mp.pi / 2, [24, 24])
    split("2 / pi", 2 / mp.pi, [24])
    words = int(mp.floor(2 / mp.pi * mp.mpf(2) ** 352))
    print("2 / pi, 32 bits a word")
    print("    " + ", ".join(f"0x{words >> (320 - 32 * i) & 0xFFFFFFFF:08x}u" for i in range(11)))


if __name__ == "__main__":
    main()
