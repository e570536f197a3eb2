#!/usr/bin/env python3
"""Computes tests/data/reference/NAME.tsv for every activation, at 50 digits, with mpmath.

    wgpu-activations list --json | python3 tools/reference_tables.py

It reads only names, formulas, hyper-parameters and kinks, so the tables know nothing of the Rust
and WGSL code that they are held against. The output is the same on every run.

f is its formula, evaluated with 300 digits; f' is its central difference with a step of 1e-100, or
at a kink the value that the row states. At an infinity both are limits, seen at three huge
arguments. A result that rounds to an infinite f32 is written `inf`, one below 1e-60 (the least f32
is 1.4e-45) is written `0`.
"""

import argparse
import json
import re
import struct
import sys
from pathlib import Path

import mpmath
from mpmath import mp, mpf

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "reference"
DIGITS = 50
STEP = mpf(10) ** -100
F32_OVERFLOW = mpf(2) ** 128 - mpf(2) ** 103
NEGLIGIBLE = mpf(10) ** -60
INFINITE_BITS = 0x7F800000
SIGN = 0x80000000

# Beyond these arguments a function has reached its limit to more digits than are kept.
SATURATED = 10**4
EXP_OF_EXP = mpf(10) ** 500


def exp(x):
    if x > EXP_OF_EXP:
        return mp.inf
    return mpf(0) if x < -EXP_OF_EXP else mp.exp(x)


def tanh(x):
    return mp.sign(x) if abs(x) > SATURATED else mp.tanh(x)


def erf(x):
    return mp.sign(x) if abs(x) > SATURATED else mp.erf(x)


def normal_cdf(x):
    if abs(x) > SATURATED:
        return mpf(x > 0)
    return mp.erfc(-x / mp.sqrt(2)) / 2


def softplus(x):
    return x if x > SATURATED else mp.log1p(exp(x))


FUNCTIONS = {
    "abs": abs,
    "atan": mp.atan,
    "clamp": lambda x, low, high: min(max(x, low), high),
    "cos": mp.cos,
    "erf": erf,
    "exp": exp,
    "ln": mp.log,
    "max": max,
    "min": min,
    "normal_cdf": normal_cdf,
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "sign": mp.sign,
    "sin": mp.sin,
    "softplus": softplus,
    "sqrt": mp.sqrt,
    "tanh": tanh,
}

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)|(?P<name>[a-z_]\w*)|(?P<other>[<>=!]=|[-+*/^(),<>]))"
)


def compile_formula(formula, parameters):
    """The formula as a Python function of x. Numbers are taken as the decimals that they are."""
    tokens, position = [], 0
    while position < len(formula):
        match = TOKEN.match(formula, position)
        if not match:
            raise ValueError(f"cannot read {formula[position:]!r} in the formula {formula!r}")
        position = match.end()
        called = formula[position : position + 1] == "("
        if number := match["number"]:
            tokens.append(f'mpf("{number}")')
        elif not match["name"]:
            tokens.append("**" if match["other"] == "^" else match["other"])
        elif called and match["name"] in FUNCTIONS:
            tokens.append(f'FUNCTIONS["{match["name"]}"]')
        elif match["name"] in parameters:
            tokens.append(f'parameters["{match["name"]}"]')
        elif match["name"] == "pi":
            tokens.append("mp.pi")
        elif match["name"] in ("x", "if", "else"):
            tokens.append(match["name"])
        else:
            raise ValueError(f"unknown name {match['name']!r} in the formula {formula!r}")
    scope = {"mpf": mpf, "mp": mp, "FUNCTIONS": FUNCTIONS, "parameters": parameters}
    return eval("lambda x: " + " ".join(tokens), scope)


def derivative(f, x):
    return (f(x + STEP) - f(x - STEP)) / (2 * STEP)


def limit(f, sign):
    """What f tends to at an infinity, or NaN."""
    with mp.workdps(1400):
        values = [f(sign * mpf(x)) for x in ("1e400", "1.7e401", "3.1e402")]
        first = values[0]
        if all(value > F32_OVERFLOW for value in values):
            return mp.inf
        if all(value < -F32_OVERFLOW for value in values):
            return -mp.inf
        if all(abs(value - first) < NEGLIGIBLE for value in values):
            return first
        return mp.nan


def evaluate(f, kinks, bits):
    """f and f' at an f32."""
    if bits & ~SIGN == INFINITE_BITS:
        sign = -1 if bits & SIGN else 1
        return limit(f, sign), limit(lambda x: derivative(f, x), sign)
    x = mpf(value_of(bits))
    return f(x), kinks[x] if x in kinks else derivative(f, x)


def show(value):
    if mp.isnan(value):
        return "nan"
    if abs(value) >= F32_OVERFLOW:
        return "inf" if value > 0 else "-inf"
    if abs(value) < NEGLIGIBLE:
        return "0"
    return mpmath.nstr(value, DIGITS, min_fixed=-3, max_fixed=9).removesuffix(".0")


def value_of(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def bits_of(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def around(value):
    """The bits of an f32 and of the neighbours that do not cross zero."""
    bits = bits_of(value)
    magnitude, sign = bits & ~SIGN, bits & SIGN
    low, high = max(magnitude - 1, 0), min(magnitude + 1, INFINITE_BITS - 1)
    return {sign | m for m in (low, magnitude, high)}


def points(special, density):
    """The arguments, ordered: edges, the special points, a sweep of magnitudes, a dense part."""
    chosen = {0, SIGN, INFINITE_BITS, SIGN | INFINITE_BITS}
    magnitudes = [1e-45, 2.0**-126, 2.0**-64, 3.4028234e38]
    if density > 1:
        magnitudes += [2.0**-24, 16.6, 17.0, 88.0, 88.7, 103.5, 1.3e19]
    for magnitude in magnitudes + [abs(value) for value in special]:
        for sign in (1, -1):
            chosen |= around(sign * magnitude)
    # A step of the bits that is no power of two visits all mantissas.
    sweep = 32 * density
    for k in range(1, sweep):
        magnitude = (0x7F7FFFFF // sweep) * k + 0x1234 * k
        chosen.add((SIGN if k % 2 else 0) | min(magnitude, 0x7F7FFFFF))
    dense = 16 * density
    for k in range(dense):
        chosen.add(bits_of((k + 0.37) * 20 / dense))
        chosen.add(bits_of(-(k + 0.61) * 20 / dense))
    tail = 4 * density
    for k in range(tail):
        chosen.add(bits_of((k + 0.43) * 110 / tail))
        chosen.add(bits_of(-(k + 0.83) * 110 / tail))
    return sorted(chosen, key=lambda bits: (value_of(bits), not bits & SIGN))


def table(row):
    lines = [f"# {row['name']}", f"# formula: {row['formula']}"]
    for index, variant in enumerate(row["variants"]):
        parameters = {name: mpf(value) for name, value in variant["parameters"].items()}
        f = compile_formula(row["formula"], parameters)
        kinks = {mpf(kink["x"]): mpf(kink["derivative"]) for kink in variant["kinks"]}
        shown = " ".join(f"{name}={float(value)!r}" for name, value in parameters.items())
        lines.append(f"# parameters: {shown}".rstrip())
        lines.append("# x (bits of f32)\tf(x)\tf'(x)")
        special = [float(x) for x in kinks]
        for bits in points(special, 3 if index == 0 else 1):
            value, slope = evaluate(f, kinks, bits)
            lines.append(f"{bits:08x}\t{show(value)}\t{show(slope)}")
    return "\n".join(lines) + "\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("catalogue", nargs="?", help="JSON of the catalogue (default: stdin)")
    arguments.add_argument("--only", nargs="+", help="names of the activations to compute")
    options = arguments.parse_args()
    if options.catalogue:
        rows = json.loads(Path(options.catalogue).read_text())
    else:
        rows = json.load(sys.stdin)
    mp.dps = 300
    FOLDER.mkdir(parents=True, exist_ok=True)
    for row in rows:
        if row["family"] != "elementwise":
            continue
        if options.only and row["name"] not in options.only:
            continue
        text = table(row)
        (FOLDER / f"{row['name']}.tsv").write_text(text)
        print(f"{row['name']}: {text.count(chr(10))} lines", file=sys.stderr)


if __name__ == "__main__":
    main()
