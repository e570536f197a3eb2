#!/usr/bin/env python3
"""Confirms the gradients of hyper-parameters that `wgpu-activations apply` writes with mpmath, at 60 digits.

    cargo build --release --workspace --bin wgpu-activations
    python3 tools/confirm_parameter_gradients.py [--seed N] [--binary PATH] [ACTIVATION ...]

Needs NumPy and mpmath. For each activation that has hyper-parameters: writes an npy file of random numbers
and, for each hyper-parameter, one of values by channel near those of a variant; runs the backward pass, and
holds each gradient to the sum of central differences of the formula, within 5 ULP of f32 of what its terms
amount to. Exits with 1 where an error exceeds that. Like confirm_samples.py it takes names, formulas and
hyper-parameters from `list --json`, and from reference_tables.py what reads a formula.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from mpmath import mp, mpf

from reference_tables import compile_formula

SHAPE = (6, 3, 41)
AXIS = 1
STEP = mpf(10) ** -25
BOUND = 5 * 2.0**-23


def near(values):
    """Values of one hyper-parameter around its own, one for each channel; the order of two is kept."""
    factors = 1 + np.arange(SHAPE[AXIS]) / 8
    return {name: (value * factors).astype("<f4") for name, value in values.items()}


def slope(formula, parameters, name, x):
    sides = [
        compile_formula(formula, dict(parameters, **{name: parameters[name] + step}))(x)
        for step in (STEP, -STEP)
    ]
    return (sides[0] - sides[1]) / (2 * STEP)


def gradients(arguments, folder, name, tensors, x, grad):
    """What the command writes for each hyper-parameter."""
    path = lambda file: pathlib.Path(folder) / f"{file}.npy"
    np.save(path("x"), x)
    np.save(path("grad"), grad)
    command = [arguments.binary, "apply", name, path("x"), path("grad_x"), "--quiet"]
    command += ["--backward", path("grad"), "--channel-axis", str(AXIS)]
    for parameter, values in tensors.items():
        np.save(path(parameter), values)
        command += ["--parameter", f"{parameter}={path(parameter)}"]
        command += ["--parameter-grad", f"{parameter}={path('grad_' + parameter)}"]
    subprocess.run(command, check=True)
    return {parameter: np.load(path("grad_" + parameter)) for parameter in tensors}


def worst_error(formula, tensors, parameter, found, x, grad):
    """The largest error of a channel, as a share of what its terms amount to."""
    worst = mpf(0)
    for channel, actual in enumerate(found):
        values = {name: mpf(float(tensor[channel])) for name, tensor in tensors.items()}
        elements = zip(x[:, channel].flat, grad[:, channel].flat)
        terms = [
            slope(formula, values, parameter, mpf(float(x))) * mpf(float(g)) for x, g in elements
        ]
        size = sum(abs(term) for term in terms)
        error = abs(mpf(float(actual)) - sum(terms))
        worst = max(worst, error / size if size else error)
    return float(worst)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("activations", nargs="*", metavar="ACTIVATION")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--binary", default="target/release/wgpu-activations")
    arguments = parser.parse_args()
    mp.dps = 60
    rows = json.loads(subprocess.check_output([arguments.binary, "list", "--json"]))
    generator = np.random.default_rng(arguments.seed)
    failures = confirmed = 0
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            if row["family"] != "elementwise" or not row["parameters"]:
                continue
            if arguments.activations and row["name"] not in arguments.activations:
                continue
            for variant in row["variants"]:
                values = {name: float(value) for name, value in variant["parameters"].items()}
                tensors = near(values)
                x = (generator.standard_normal(SHAPE) * 2).astype("<f4")
                grad = generator.standard_normal(SHAPE).astype("<f4")
                found = gradients(arguments, folder, row["name"], tensors, x, grad)
                for parameter, gradient in found.items():
                    error = worst_error(row["formula"], tensors, parameter, gradient, x, grad)
                    passed = error <= BOUND
                    failures += not passed
                    confirmed += passed
                    verdict = "" if passed else ": too much"
                    print(f"{row['name']} by {parameter} at {values}: {error:.1e}{verdict}")
    print(f"{confirmed} gradients confirmed, {failures} not")
    sys.exit(1 if failures or not confirmed else 0)


if __name__ == "__main__":
    main()
