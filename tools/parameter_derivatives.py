#!/usr/bin/env python3
"""Computes tests/data/parameter_derivatives.tsv: how each activation changes with each of its
hyper-parameters, at 50 digits, with mpmath.

    wgpu-activations list --json | python3 tools/parameter_derivatives.py

Like reference_tables.py it reads only names, formulas, hyper-parameters and kinks. A derivative is the
central difference of the formula with a step of 1e-100, so kinks of x are left out. An argument is an f32
between 1e-12 and 1e4 in magnitude.
"""

import json
import random
import sys
from pathlib import Path

from mpmath import mp, mpf

from reference_tables import STEP, bits_of, compile_formula, show, value_of

FILE = Path(__file__).resolve().parent.parent / "tests" / "data" / "parameter_derivatives.tsv"
POINTS = 40


def arguments(kinks):
    """Small, moderate and large ones, the same on every run, and some beside the kinks."""
    generator = random.Random(1)
    signs = [generator.choice((-1, 1)) for _ in range(POINTS)]
    chosen = [sign * 10 ** generator.uniform(-12, 4) for sign in signs[::2]]
    chosen += [sign * generator.uniform(0, 12) for sign in signs[1::2]]
    chosen += [float(kink) * factor for kink in kinks for factor in (0.9999, 1.0001) if kink]
    return sorted({value_of(bits_of(x)) for x in chosen} - {float(kink) for kink in kinks})


def derivative(formula, parameters, name, x):
    sides = []
    for sign in (1, -1):
        shifted = dict(parameters, **{name: parameters[name] + sign * STEP})
        sides.append(compile_formula(formula, shifted)(mpf(x)))
    return (sides[0] - sides[1]) / (2 * STEP)


def main():
    mp.dps = 300
    lines = [
        "# By tools/parameter_derivatives.py.",
        "# activation\tvalues\tparameter\tx (bits of f32)\tdf/dp",
    ]
    catalogue = Path(sys.argv[1]).read_text() if len(sys.argv) > 1 else sys.stdin.read()
    for row in json.loads(catalogue):
        # Families but the elementwise have none.
        for variant in row.get("variants", []):
            parameters = {name: mpf(value) for name, value in variant["parameters"].items()}
            values = ",".join(f"{name}={float(value)!r}" for name, value in parameters.items())
            kinks = [mpf(kink["x"]) for kink in variant["kinks"]]
            for name in parameters:
                for x in arguments(kinks):
                    found = show(derivative(row["formula"], parameters, name, x))
                    lines.append(f"{row['name']}\t{values}\t{name}\t{bits_of(x):08x}\t{found}")
    FILE.write_text("\n".join(lines) + "\n")
    print(f"{FILE.name}: {len(lines)} lines", file=sys.stderr)


if __name__ == "__main__":
    main()
