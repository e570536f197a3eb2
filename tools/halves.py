#!/usr/bin/env python3
"""Computes tests/data/halves/NAME.tsv: results of 16 bits that are hardest to round, by mpmath.

    wgpu-activations list --json | python3 tools/halves.py [--only NAME ...]

Of all 65 536 inputs of f16 and of bf16 these are the ones whose exact result lies within 2^-30 of a
unit of halfway between two numbers of the type, each with the result that is correctly rounded. It
takes minutes, and only names, formulas and hyper-parameters from the catalogue: the tables know
nothing of how the Rust and WGSL code keeps the side on which an exact result lies.

Each result is computed with 100 digits, and where that is near a half, with 300. An exponential is
never less than 1e-200, so that beside other terms its sign is not lost. A derivative is a central
difference, which cannot tell a half from what is next to one: exact halves are left out there, as
are results below 2^-126, which adapters may flush.
"""

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from mpmath import mp, mpf

import reference_tables
from reference_tables import compile_formula

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "halves"
# Bits of the fraction, exponents of the least normal and of the largest number.
TYPES = {"f16": (10, -14, 15), "bf16": (7, -126, 127)}
NEAR = 30
# A difference of 300 digits is finer than 2^-400 of a unit, and no input of 16 bits brings about less.
BLUR = 400
# Of each kind in each group, evenly spread.
MOST_EXACT, MOST_NEAR = 20, 60
LEAST_POWER = mpf(10) ** -200

# What the catalogue's own hyper-parameters do not bring near halves: few bits, and slopes that end in
# the bit after the last.
MORE = {
    "elu": [{"alpha": 1.5}, {"alpha": 1.00390625}, {"alpha": 0.7509765625}],
    "celu": [{"alpha": 1.00390625}, {"alpha": 0.7509765625}],
    "xielu": [
        {"alpha_positive": 1.0, "alpha_negative": 1.00390625, "beta": 0.5},
        {"alpha_positive": 0.5, "alpha_negative": 0.75, "beta": 1.50390625},
        {"alpha_positive": 1e-12, "alpha_negative": 1e-12, "beta": 1.00048828125},
    ],
    "srelu": [
        {"threshold_left": -1.0, "slope_left": 0.75, "threshold_right": 1.0, "slope_right": 1.5},
        {"threshold_left": -1e-15, "slope_left": 1.25, "threshold_right": 1e-15, "slope_right": 0.625},
    ],
    "smelu": [{"beta": 1.5}],
    "leaky_relu": [{"negative_slope": 0.75}],
    "star_relu": [{"scale": 1.0, "bias": 1e-15}],
    "soft_shrink": [{"lambda": 1e-15}],
    "shrink": [{"lambda": 0.0, "bias": 1e-15}],
    "swish": [{"beta": 0.001}, {"beta": -1e-15}],
    "hard_sigmoid": [{"alpha": 1.5, "beta": 0.5}, {"alpha": 1e-15, "beta": 0.501953125}],
}
NAMES = set(MORE) | {
    "bent_identity",
    "hard_swish",
    "linear",
    "prelu",
    "rrelu",
    "sparse_plus",
    "sparse_sigmoid",
    "symmetrical_sigmoid",
}
# Those whose derivative is not made of lines, and is kept on its side of a half too.
CURVED = {"bent_identity", "celu", "elu", "symmetrical_sigmoid", "xielu"}


def exp(x):
    return LEAST_POWER if x < -1000 else max(reference_tables.exp(x), LEAST_POWER)


def inputs(kind):
    """Every finite number of the type, as (bits, exact value)."""
    bits = np.arange(1 << 16, dtype=np.uint32)
    if kind == "f16":
        values = bits.astype("<u2").view("<f2").astype(np.float64)
    else:
        values = (bits << 16).view("<f4")
    finite = np.isfinite(values) & (values != 0)
    return zip(bits[finite].tolist(), values[finite].tolist())


def derivative(f, x, digits):
    step = min(abs(x), mpf(1)) * mpf(10) ** -digits
    return (f(x + step) - f(x - step)) / (2 * step)


def rounded(value, kind, backward):
    """The bits of the number that is nearest to a value near a half, and of two as near the even one.

    As (bits, whether it is a half). None where it is not near one, is flushed or overflows.
    """
    fraction, least, largest = TYPES[kind]
    negative, mantissa, power, width = value._mpf_
    exponent = power + width - 1
    if not mantissa or exponent < -126 or exponent > largest:
        return None
    shift = max(exponent, least) - fraction - power
    if shift <= 0:
        return None
    whole, rest = mantissa >> shift, mantissa & ((1 << shift) - 1)
    beyond = rest - (1 << (shift - 1))
    if abs(beyond) << NEAR >= 1 << shift:
        return None
    exact = abs(beyond) << BLUR < 1 << shift if backward else beyond == 0
    if whole & 1 if exact else beyond > 0:
        whole += 1
    # The leading bit of a normal number counts up the exponent, and so does a carry.
    bits = whole + ((max(exponent, least) - least) << fraction)
    return bits | negative << 15, exact


def spread(found, most):
    """At most so many of a list, evenly spread."""
    if len(found) <= most:
        return found
    return [found[i * len(found) // most] for i in range(most)]


def group(f, kinks, kind, backward):
    """Lines of one direction and type."""
    near, exact = [], []
    for bits, x in inputs(kind):
        x = mpf(x)
        if backward and x in kinks:
            continue
        for precision, digits in [(100, 30), (300, 100)]:
            with mp.workdps(precision):
                value = derivative(f, x, digits) if backward else f(x)
                result = rounded(value, kind, backward)
            if result is None:
                break
        else:
            (exact if result[1] else near).append((bits, result[0]))
    kept = spread(near, MOST_NEAR) + ([] if backward else spread(exact, MOST_EXACT))
    return [f"{bits:04x}\t{result:04x}" for bits, result in sorted(kept)]


def table(row):
    reference_tables.FUNCTIONS["exp"] = exp
    lines = []
    variants = [(v["parameters"], v["kinks"]) for v in row["variants"]]
    # Where these have kinks, the formula's difference is no result of theirs.
    variants += [(p, None) for p in MORE.get(row["name"], [])]
    for values, kinks in variants:
        # Hyper-parameters are f32.
        values = {name: float(np.float32(value)) for name, value in values.items()}
        f = compile_formula(row["formula"], {name: mpf(value) for name, value in values.items()})
        points = {mpf(v) for v in values.values()} | {-mpf(v) for v in values.values()}
        if kinks is not None:
            points = {mpf(kink["x"]) for kink in kinks}
        section = []
        for backward in (False, True) if row["name"] in CURVED else (False,):
            for kind in TYPES:
                results = group(f, points, kind, backward)
                if results:
                    section += [f"# {'backward' if backward else 'forward'} {kind}", *results]
        if section:
            shown = " ".join(f"{name}={value!r}" for name, value in values.items())
            lines += [f"# parameters: {shown}".rstrip(), *section]
    if lines:
        lines = [f"# {row['name']}", f"# formula: {row['formula']}", *lines]
    return row["name"], "".join(line + "\n" for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", help="names of the activations to compute")
    names = set(parser.parse_args().only or NAMES)
    rows = [row for row in json.load(sys.stdin) if row["name"] in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        for name, text in pool.map(table, rows):
            if text:
                (FOLDER / f"{name}.tsv").write_text(text)
            print(f"{name}: {text.count(chr(10))} lines", file=sys.stderr)


if __name__ == "__main__":
    main()
