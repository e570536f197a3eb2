#!/usr/bin/env python3
"""Confirms `wgpu-activations apply` by an independent tool: GELU of a large file, in f64 with SciPy.

    cargo build --release --workspace --bin wgpu-activations
    python3 tools/confirm_apply.py [--elements N] [--binary PATH]

Needs NumPy and SciPy. Makes two npy files in a temporary folder (TMPDIR decides where), applies GELU
forward and backward, and compares every element; exits with 1 where an error exceeds its bound.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from scipy.special import ndtr

CHUNK = 1 << 22
# The kernels' bound, and half a unit for the product with the gradient.
BOUND = 4.5


def write_random(path, elements, generator):
    """Normal values of several widths, so that the tails are reached too."""
    array = np.lib.format.open_memmap(path, mode="w+", dtype="<f4", shape=(elements // 128, 128))
    flat = array.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        part = flat[start : start + CHUNK]
        part[:] = generator.standard_normal(part.size, np.float32) * generator.choice([1, 3, 8])
    array.flush()


def gelu(x):
    return x * ndtr(x), np.zeros_like(x)


def gelu_gradient(x):
    """Φ(x) + x·φ(x), and the larger of the two terms."""
    slope = x * np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return ndtr(x) + slope, np.maximum(ndtr(x), np.abs(slope))


def worst_error(function, x, grad, result):
    """The largest error in ULP of f32, where it is, and what SciPy has there."""
    worst = (-1.0, 0.0, 0.0, 0.0)
    for start in range(0, x.size, CHUNK):
        part = slice(start, start + CHUNK)
        exact, term = function(x[part].astype(np.float64))
        factor = 1.0 if grad is None else grad[part].astype(np.float64)
        term = np.maximum(np.abs(exact), term)
        # A unit of the derivative, scaled by the gradient; rounding the product adds half of its own.
        unit = np.spacing(term.astype(np.float32)).astype(np.float64) * np.abs(factor)
        exact = exact * factor
        unit = np.maximum(unit, np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64))
        error = np.abs(result[part] - exact) / unit
        # Results below the smallest normal f32 may be flushed to zero.
        error[(np.abs(exact) < 2.0**-126) & (result[part] == 0)] = 0
        at = int(np.argmax(np.nan_to_num(error, nan=np.inf)))
        if not error[at] <= worst[0]:
            worst = (error[at], x[start + at], exact[at], result[start + at])
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--elements", type=int, default=3 << 27, help="default: 1.5 GiB of f32")
    parser.add_argument("--binary", default="target/release/wgpu-activations")
    arguments = parser.parse_args()
    generator = np.random.default_rng(2016)
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        x, grad, y = (pathlib.Path(folder) / name for name in ("x.npy", "grad.npy", "y.npy"))
        for path in (x, grad):
            write_random(path, arguments.elements, generator)
        for direction, extra, function in [
            ("forward", [], gelu),
            ("backward", ["--backward", grad], gelu_gradient),
        ]:
            subprocess.run([arguments.binary, "apply", "gelu", x, y, *extra], check=True)
            arrays = [np.load(path, mmap_mode="r") for path in (x, grad, y)]
            assert arrays[2].shape == arrays[0].shape and arrays[2].dtype == np.dtype("<f4")
            flat_x, flat_grad, flat_y = (array.reshape(-1) for array in arrays)
            error, at, exact, actual = worst_error(
                function, flat_x, flat_grad if extra else None, flat_y
            )
            print(
                f"gelu {direction}: {flat_x.size} elements, at most {error:.2f} ULP,"
                f" at x = {at!r}: {actual!r} instead of {exact!r}"
            )
            passed &= bool(error <= BOUND)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
