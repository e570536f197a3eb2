#!/usr/bin/env python3
"""Confirms `wgpu-activations apply` with mpmath: random samples of every activation, at 300 digits.

    cargo build --release --workspace --bin wgpu-activations
    python3 tools/confirm_samples.py [--samples N] [--seed N] [--binary PATH] [--adapter NAME ...]
        [--record] [ACTIVATION ...]

Needs NumPy and mpmath. For f32, f16 and bf16, forward and backward, default and unusual
hyper-parameters: writes a safetensors file, applies the activation on each adapter (the best one where
none is named), and holds every element to the activation's bound in ULP of f32, which the list says, or
to 1 ULP of the 16-bit types. Exits with 1 where an error exceeds its bound. With --record it writes what
it found to docs/accuracy/samples.json, from which docs/accuracy.md is rendered.

Independent of the project are the arithmetic (mpmath), the derivative (a central difference of the
formula), the choice of inputs and the count of ULP. Taken from it are the names, formulas,
hyper-parameters and kinks that `wgpu-activations list --json` prints, the program that is judged, and
from reference_tables.py what reads a formula, with the meaning of its functions (`normal_cdf` and the
like, by mpmath's own). So a formula that is wrong in the catalogue, or read wrongly, would not be
seen here; the f64 references, their tables and the code of `verify` have no part in it.

Inputs below 2^-126 are left out, since adapters may take them for zero. A derivative that crosses zero
within a factor of two of x is let pass at the ULP of its largest value there, because its terms cancel;
such samples are counted.
"""

import argparse
import datetime
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np
from mpmath import mp, mpf

from reference_tables import compile_formula

ROOT = pathlib.Path(__file__).resolve().parent.parent
STEP = mpf(10) ** -100


class Dtype:
    """A type of elements: its bits in NumPy, and what they can represent."""

    def __init__(self, name, bits, fraction, least, beyond, bound):
        self.name, self.bits = name, np.dtype(bits)
        self.fraction, self.least, self.beyond = fraction, least, mpf(2) ** beyond
        self.bound = bound

    def decode(self, bits):
        """The values in f64 of an array of bits."""
        if self.name == "bf16":
            return (bits.astype("<u4") << 16).view("<f4").astype(np.float64)
        return bits.view(f"<f{self.bits.itemsize}").astype(np.float64)

    def encode(self, values):
        """The bits of values; bf16 keeps the upper half of an f32, which will do for inputs."""
        if self.name == "bf16":
            return (values.astype("<f4").view("<u4") >> 16).astype("<u2")
        return values.astype(f"<f{self.bits.itemsize}").view(self.bits)

    def unit(self, value):
        """The size of one ULP at a magnitude."""
        exponent = self.least
        if value != 0:
            exponent = max(int(mp.floor(mp.log(abs(value), 2))), self.least)
        return mpf(2) ** (exponent - self.fraction)


DTYPES = [
    # Bits of the fraction, exponents of the least normal number and beyond the largest, bound in ULP: that
    # of f32 is the activation's own.
    Dtype("f32", "<u4", 23, -126, 128, None),
    Dtype("f16", "<u2", 10, -14, 16, 1),
    Dtype("bf16", "<u2", 7, -126, 128, 1),
]


def inputs(dtype, count, generator):
    """Half of them of the magnitudes that networks see, half of all finite bit patterns but subnormal ones
    of f32's range."""
    usual = generator.standard_normal(count // 2) * generator.choice([1, 4, 30], count // 2)
    width = dtype.bits.itemsize * 8
    patterns = generator.integers(0, 1 << width, count - count // 2, dtype=np.uint64)
    x = np.concatenate([dtype.encode(usual), patterns.astype(dtype.bits)])
    values = dtype.decode(x)
    return x[np.isfinite(values) & ((values == 0) | (abs(values) >= 2.0**-126))]


def derivative(f, x):
    step = STEP * max(abs(x), 1)
    return (f(x + step) - f(x - step)) / (2 * step)


class Tally:
    """The worst error so far."""

    def __init__(self, dtype, bound):
        self.dtype, self.bound = dtype, bound
        self.worst, self.where, self.cancelled = mpf(0), None, 0

    def add(self, x, exact, actual, around):
        dtype = self.dtype
        if dtype.least == -126 and abs(exact) < mpf(2) ** -126 and actual == 0:
            return
        if math.isnan(actual):
            error = mp.inf
        elif math.isinf(actual):
            # Infinity stands for the number that would follow the largest one.
            error = (dtype.beyond - abs(exact)) / dtype.unit(dtype.beyond / 2)
            error = mp.inf if actual * exact < 0 else max(error, 0)
        else:
            error = abs(mpf(float(actual)) - exact) / dtype.unit(exact)
        if error > self.bound and around is not None:
            low, high = around()
            if low * exact < 0 or high * exact < 0:
                self.cancelled += 1
                error *= dtype.unit(exact) / dtype.unit(max(abs(low), abs(high)))
        if error > self.worst:
            self.worst, self.where = error, (float(x), mp.nstr(exact, 12), float(actual))

    def passed(self):
        return self.worst <= self.bound


def save(path, dtype, bits):
    """A safetensors file with one tensor, by its specification."""
    tensor = {"dtype": dtype.name.upper(), "shape": [bits.size], "data_offsets": [0, bits.nbytes]}
    header = json.dumps({"x": tensor}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bits.tobytes())


def load(path, dtype, count):
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    (tensor,) = (t for name, t in json.loads(data[8:start]).items() if name != "__metadata__")
    assert tensor["dtype"] == dtype.name.upper() and tensor["shape"] == [count], tensor
    return np.frombuffer(data[start:], dtype.bits)


def run(arguments, adapter, folder, name, parameters, dtype, x, backward):
    paths = [pathlib.Path(folder) / f"{file}.safetensors" for file in ("x", "grad", "y")]
    save(paths[0], dtype, x)
    save(paths[1], dtype, dtype.encode(np.ones(x.size)))
    command = [arguments.binary, "apply", name, paths[0], paths[2], "--quiet"]
    if adapter is not None:
        command += ["--adapter", adapter]
    for parameter, value in parameters.items():
        command += ["--set", f"{parameter}={value!r}"]
    if backward:
        command += ["--backward", paths[1]]
    subprocess.run(command, check=True)
    return dtype.decode(load(paths[2], dtype, x.size))


def cases(arguments):
    """Every activation with each set of hyper-parameters, its formula and its kinks."""
    for row in json.loads(subprocess.check_output([arguments.binary, "list", "--json"])):
        if row["family"] != "elementwise":
            continue
        if arguments.activations and row["name"] not in arguments.activations:
            continue
        for variant in row["variants"]:
            values = {name: float(value) for name, value in variant["parameters"].items()}
            f = compile_formula(row["formula"], {name: mpf(v) for name, v in values.items()})
            yield row, values, f, {float(kink["x"]) for kink in variant["kinks"]}


class Summary:
    """What one adapter gave in one direction and type, over all activations."""

    def __init__(self):
        self.samples, self.cancelled, self.failed = 0, 0, 0
        self.worst, self.activation, self.at = mpf(-1), None, None
        self.shaders = {}

    def add(self, name, shader, samples, tally):
        self.shaders[name] = shader
        self.samples += samples
        self.cancelled += tally.cancelled
        self.failed += not tally.passed()
        if tally.worst > self.worst:
            self.worst, self.activation = tally.worst, name
            self.at = tally.where[0] if tally.where else None

    def fingerprint(self):
        """Of the shaders of all activations, each a number of 16 hexadecimal digits: they are added up."""
        return f"{sum(int(shader, 16) for shader in self.shaders.values()) % 2**64:016x}"


def record(arguments, summaries):
    adapters = json.loads(subprocess.check_output([arguments.binary, "adapters", "--json"]))

    def full_name(adapter):
        for known in adapters:
            name = f"{known['name']} ({known['backend']})"
            if adapter.lower() in name.lower() or adapter.lower() == (
                f"{known['name'].split()[0]} ({known['backend']})".lower()
            ):
                return name, known["driver_info"]
        sys.exit(f"no adapter is called {adapter}")

    rows = []
    for (adapter, direction, dtype), summary in summaries.items():
        name, driver = full_name(adapter)
        rows.append(
            {
                "adapter": name,
                "driver": driver,
                "direction": direction,
                "dtype": dtype,
                "samples": summary.samples,
                "near_a_zero": summary.cancelled,
                "max_ulp": round(float(summary.worst), 4),
                "activation": summary.activation,
                "input": summary.at,
                "wgsl": summary.fingerprint(),
                "seed": arguments.seed,
                "date": datetime.date.today().isoformat(),
            }
        )
    lines = ",\n".join(json.dumps(row) for row in rows)
    (ROOT / "docs/accuracy/samples.json").write_text(f"[\n{lines}\n]\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("activations", nargs="*", metavar="ACTIVATION")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--binary", default="target/release/wgpu-activations")
    parser.add_argument("--adapter", action="append", metavar="NAME")
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    if arguments.record and not arguments.adapter:
        parser.error("--record needs to know what it ran on: name it with --adapter")
    if arguments.record and arguments.activations:
        parser.error("what is recorded holds for all activations: name none of them")
    mp.dps = 300
    adapters = arguments.adapter or [None]
    generator = np.random.default_rng(arguments.seed)
    summaries = {}
    with tempfile.TemporaryDirectory() as folder:
        for row, values, f, kinks in cases(arguments):
            name = row["name"]
            for dtype in DTYPES:
                x = inputs(dtype, arguments.samples, generator)
                x = x[[v not in kinks for v in dtype.decode(x)]]
                exact_x = [mpf(float(v)) for v in dtype.decode(x)]
                slope = lambda v: derivative(f, v)
                for direction, exact in (("forward", f), ("backward", slope)):
                    backward = direction == "backward"
                    expected = [exact(at) for at in exact_x]
                    for adapter in adapters:
                        y = run(arguments, adapter, folder, name, values, dtype, x, backward)
                        tally = Tally(dtype, dtype.bound or row["bound"])
                        for at, value, actual in zip(exact_x, expected, y):
                            around = lambda at=at: (slope(at / 2), slope(at * 2))
                            tally.add(at, value, actual, around if backward else None)
                        key = (adapter, direction, dtype.name)
                        shader = row["wgsl"][direction][dtype.name]
                        summaries.setdefault(key, Summary()).add(name, shader, x.size, tally)
                        if not tally.passed():
                            print(
                                f"{name} {values or ''} {direction} {dtype.name} on {adapter}: "
                                f"{mp.nstr(tally.worst, 3)} ULP at {tally.where}  FAILED"
                            )
    for (adapter, direction, dtype), summary in summaries.items():
        print(
            f"{adapter or 'best adapter'}, {direction} {dtype}: {summary.samples} samples, worst "
            f"{mp.nstr(summary.worst, 3)} ULP ({summary.activation} at {summary.at}), "
            f"{summary.cancelled} near a zero"
        )
    failed = sum(summary.failed for summary in summaries.values())
    print(f"{failed} of the runs beyond their bounds")
    if arguments.record and not failed:
        record(arguments, summaries)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
