#!/usr/bin/env python3
"""Confirms `wgpu-activations apply` with mpmath: random samples of every activation, at 300 digits.

    cargo build --release --workspace --bin wgpu-activations
    python3 tools/confirm_samples.py [--samples N] [--seed N] [--binary PATH] [ACTIVATION ...]

Needs NumPy and mpmath. For f32 and f16, forward and backward, default and unusual hyper-parameters:
writes an npy file, applies the activation, and holds every element to 4 ULP of f32, or to 1 ULP of
f16. Exits with 1 where an error exceeds its bound.

Independent of the project are the arithmetic (mpmath), the derivative (a central difference of the
formula), the choice of inputs and the count of ULP. Taken from it are the names, formulas,
hyper-parameters and kinks that `wgpu-activations list --json` prints, the program that is judged, and
from reference_tables.py what reads a formula, with the meaning of its functions (`normal_cdf` and the
like, by mpmath's own). So a formula that is wrong in the catalogue, or read wrongly, would not be
seen here; the f64 references, their tables and the code of `verify` have no part in it. Neither has
bf16: NumPy has no such type, and npy files, which are all that `apply` reads and writes, cannot hold it.

A derivative that crosses zero within a factor of two of x is let pass at the ULP of its largest value
there, because its terms cancel; such samples are counted.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from mpmath import mp, mpf

from reference_tables import compile_formula

DTYPES = {
    # Name: NumPy's type, bits of the fraction, exponent of the least normal number, bound in ULP.
    "f32": (np.dtype("<f4"), 23, -126, 4),
    "f16": (np.dtype("<f2"), 10, -14, 1),
}
STEP = mpf(10) ** -100


def inputs(dtype, count, generator):
    """Half of them of the magnitudes that networks see, half of all finite bit patterns."""
    usual = generator.standard_normal(count // 2) * generator.choice([1, 4, 30], count // 2)
    width = dtype.itemsize * 8
    patterns = generator.integers(0, 1 << width, count - count // 2, dtype=np.uint64)
    any_ = patterns.astype(f"<u{dtype.itemsize}").view(dtype)
    x = np.concatenate([usual.astype(dtype), any_])
    return x[np.isfinite(x)]


def unit(value, fraction, least):
    """The size of one ULP at a magnitude."""
    exponent = least
    if value != 0:
        exponent = max(int(mp.floor(mp.log(abs(value), 2))), least)
    return mpf(2) ** (exponent - fraction)


def derivative(f, x):
    step = STEP * max(abs(x), 1)
    return (f(x + step) - f(x - step)) / (2 * step)


class Tally:
    def __init__(self, dtype):
        _, self.fraction, self.least, self.bound = DTYPES[dtype]
        self.largest = mpf(2) ** (128 if dtype == "f32" else 16)
        self.worst, self.where, self.cancelled = mpf(0), None, 0

    def add(self, x, exact, actual, around):
        flushed = self.least == -126 and abs(exact) < mpf(2) ** -126 and actual == 0
        if flushed:
            return
        if math.isnan(actual):
            error = mp.inf
        elif math.isinf(actual):
            # Infinity stands for the number that would follow the largest one.
            error = (self.largest - abs(exact)) / unit(self.largest / 2, self.fraction, self.least)
            error = mp.inf if actual * exact < 0 else max(error, 0)
        else:
            error = abs(mpf(float(actual)) - exact) / unit(exact, self.fraction, self.least)
        if error > self.bound and around is not None:
            low, high = around()
            if low * exact < 0 or high * exact < 0:
                self.cancelled += 1
                scale = max(abs(low), abs(high))
                error *= unit(exact, self.fraction, self.least)
                error /= unit(scale, self.fraction, self.least)
        if error > self.worst:
            self.worst, self.where = error, (float(x), mp.nstr(exact, 12), float(actual))

    def passed(self):
        return self.worst <= self.bound


def run(binary, folder, name, parameters, x, backward):
    paths = [pathlib.Path(folder) / file for file in ("x.npy", "grad.npy", "y.npy")]
    np.save(paths[0], x)
    np.save(paths[1], np.ones_like(x))
    command = [binary, "apply", name, paths[0], paths[2], "--quiet"]
    for parameter, value in parameters.items():
        command += ["--set", f"{parameter}={value!r}"]
    if backward:
        command += ["--backward", paths[1]]
    subprocess.run(command, check=True)
    y = np.load(paths[2])
    assert y.dtype == x.dtype and y.shape == x.shape
    return y


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("activations", nargs="*", metavar="ACTIVATION")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--binary", default="target/release/wgpu-activations")
    arguments = parser.parse_args()
    mp.dps = 300
    rows = json.loads(subprocess.check_output([arguments.binary, "list", "--json"]))
    generator = np.random.default_rng(arguments.seed)
    samples = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            if row["family"] != "elementwise":
                continue
            if arguments.activations and row["name"] not in arguments.activations:
                continue
            for variant in row["variants"]:
                values = {name: float(value) for name, value in variant["parameters"].items()}
                exact = {name: mpf(value) for name, value in values.items()}
                f = compile_formula(row["formula"], exact)
                kinks = {float(kink["x"]) for kink in variant["kinks"]}
                for dtype, (kind, *_) in DTYPES.items():
                    x = inputs(kind, arguments.samples, generator)
                    x = np.array([v for v in x if float(v) not in kinks], dtype=kind)
                    for backward in (False, True):
                        y = run(arguments.binary, folder, row["name"], values, x, backward)
                        tally = Tally(dtype)
                        slope = lambda v: derivative(f, v)
                        for at, actual in zip(x, y):
                            at = mpf(float(at))
                            around = lambda at=at: (slope(at / 2), slope(at * 2))
                            value = slope(at) if backward else f(at)
                            tally.add(at, value, actual, around if backward else None)
                        samples += x.size
                        failures += not tally.passed()
                        direction = "backward" if backward else "forward"
                        print(
                            f"{row['name']} {values or ''} {direction} {dtype}: "
                            f"{mp.nstr(tally.worst, 3)} ULP at {tally.where}"
                            + (f", {tally.cancelled} near a zero" if tally.cancelled else "")
                            + ("" if tally.passed() else "  FAILED")
                        )
    print(f"{samples} samples, {failures} of the runs beyond their bounds")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
