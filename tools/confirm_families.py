#!/usr/bin/env python3
"""Confirms gated units, random slopes and statistics, as the command computes them, by NumPy and SciPy in f64.

    cargo build --release --workspace --bin wgpu-activations
    python3 tools/confirm_families.py [--seed N] [--binary PATH] [--adapter NAME] [FAMILY ...]

Needs NumPy and SciPy. FAMILY is `gated`, `randomised` or `statistics`; all of them where none is named.
Writes npy and safetensors files of f32, f16 and bf16 to a temporary folder, runs the command on them, and
compares every result:

- gated: both passes of the six units that have a name and of one that has none, over the halves along
  several axes, in either order in memory, gated by either half. Bounds are those that `list` states, twice
  that of the gate's activation and 1.5 ULP of f32, or 1 ULP of the 16-bit types; counted at the largest term
  where a derivative crosses zero.
- randomised: `apply rrelu --train`, with the slopes that Philox 4x32-10 draws in Python's integers (see
  slopes.py). Slopes and results in f32 are the same bit for bit, others within 1 ULP.
- statistics: `stats --json` of every channel and of all together. Counts agree; of the input extrema agree
  too, mean and standard deviation to 2^-12 of the activation's bound. Those of output and |f'| are within that
  bound, in ULP of f32 at the largest magnitude among the numbers.

Exits with 1 where an error exceeds its bound. Nothing of the project is used but the program that is judged
and the bounds that it states.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from scipy.special import expit, ndtr

import slopes
from tensors import DTYPES, F32, errors, load, save

ROOT_2_OVER_PI = np.sqrt(2 / np.pi)


def density(x):
    """That of the normal distribution."""
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def tanh_gate(x):
    """What gelu_tanh multiplies x by, and its derivative."""
    inner = 2 * ROOT_2_OVER_PI * (x + 0.044715 * x**3)
    slope = 2 * ROOT_2_OVER_PI * (1 + 3 * 0.044715 * x * x)
    return expit(inner), expit(inner) * expit(-inner) * slope


def product(x, gate, slope):
    """x * gate, and its derivative as the two terms whose sum it is."""
    return x * gate, (gate, x * slope)


# f, and f' as terms that are added, at finite x.
ACTIVATIONS = {
    "identity": lambda x: (x, (np.ones_like(x),)),
    "relu": lambda x: (np.maximum(x, 0), (np.where(x > 0, 1.0, 0.0),)),
    "leaky_relu": lambda x: (np.where(x > 0, x, x / 4), (np.where(x > 0, 1.0, 0.25),)),
    "sigmoid": lambda x: (expit(x), (expit(x) * expit(-x),)),
    "tanh": lambda x: (np.tanh(x), (1 / np.cosh(x) ** 2,)),
    "silu": lambda x: product(x, expit(x), expit(x) * expit(-x)),
    "gelu": lambda x: product(x, ndtr(x), density(x)),
    "gelu_tanh": lambda x: product(x, *tanh_gate(x)),
}
SETTINGS = {"leaky_relu": ("--set", "negative_slope=0.25")}
# f and f' at minus infinity, and at infinity.
LIMITS = {
    "identity": ((-np.inf, 1.0), (np.inf, 1.0)),
    "relu": ((0.0, 0.0), (np.inf, 1.0)),
    "leaky_relu": ((-np.inf, 0.25), (np.inf, 1.0)),
    "sigmoid": ((0.0, 0.0), (1.0, 0.0)),
    "tanh": ((-1.0, 0.0), (1.0, 0.0)),
    "silu": ((0.0, 0.0), (np.inf, 1.0)),
    "gelu": ((0.0, 0.0), (np.inf, 1.0)),
    "gelu_tanh": ((0.0, 0.0), (np.inf, 1.0)),
}
UNITS = {
    "glu": "sigmoid",
    "bilinear": "identity",
    "reglu": "relu",
    "geglu": "gelu",
    "geglu_tanh": "gelu_tanh",
    "swiglu": "silu",
    "gated_tanh": "tanh",
}


def evaluate(name, x):
    """f and f' of all numbers, and the largest term of each f'."""
    finite = np.where(np.isfinite(x), x, 0.0)
    y, terms = ACTIVATIONS[name](finite)
    slope, term = sum(terms), np.max(np.abs(terms), axis=0)
    for sign, limit in zip((-1, 1), LIMITS[name]):
        y, slope = (np.where(x == sign * np.inf, at, of) for at, of in zip(limit, (y, slope)))
    # Of one term nothing cancels.
    term = term if len(terms) > 1 else np.zeros_like(term)
    return np.where(np.isnan(x), x, y), np.where(np.isnan(x), x, slope), term


class Runner:
    """Runs the command on files in a folder, and counts what it finds."""

    def __init__(self, arguments, folder):
        self.binary = pathlib.Path(arguments.binary).resolve()
        self.adapter = ["--adapter", arguments.adapter] if arguments.adapter else []
        self.folder = pathlib.Path(folder)
        self.samples = self.failures = 0
        self.worst = {}
        self.bounds = {row["name"]: row["bound"] for row in json.loads(self.run("list", "--json"))}

    def run(self, *words):
        return subprocess.run(
            [self.binary, *words], check=True, cwd=self.folder, stdout=subprocess.PIPE
        ).stdout

    def apply(self, function, dtype, suffix, x, *options, backward=None):
        """What the command makes of a tensor, in f64."""
        save(self.folder / f"x{suffix}", dtype, x)
        words = ["apply", function, f"x{suffix}", f"y{suffix}", "--quiet", *self.adapter, *options]
        if backward is not None:
            save(self.folder / f"grad{suffix}", dtype, backward)
            words += ["--backward", f"grad{suffix}"]
        self.run(*words)
        return load(self.folder / f"y{suffix}", dtype).astype(np.float64)

    def note(self, group, what, found, bound):
        """Counts errors, of which none may exceed the bound."""
        found = np.atleast_1d(found)
        worst = float(found.max(initial=0.0))
        self.samples += found.size
        self.worst[group] = max(self.worst.get(group, 0.0), worst)
        # NaN is beyond any bound.
        if not worst <= bound:
            self.failures += 1
            print(f"{what}: {worst:.3g}, but {bound} at most  FAILED")


def files(dtype):
    """The files that can hold a type, each with an order in memory."""
    yield ".safetensors", "C"
    if dtype.name != "bf16":
        yield ".npy", "C"
        yield ".npy", "F"


def check_gated(runner, generator):
    """Both passes, over halves along several axes."""
    shapes = [((6,), 0), ((5, 8), -1), ((3, 10, 7), 1), ((2, 300, 41), 1), ((4, 3, 5, 2), 0), ((2, 9000), 1)]
    for unit, activation in UNITS.items():
        f32_bound = runner.bounds.get(unit, 2 * runner.bounds[activation] + 1.5)
        for dtype in DTYPES:
            bound = f32_bound if dtype is F32 else 1.0
            for shape, axis in shapes:
                x = dtype.rounded(generator.normal(0, 3, shape))
                half = [n // 2 if at == axis % len(shape) else n for at, n in enumerate(shape)]
                g = dtype.rounded(generator.normal(0, 1, half))
                for suffix, order in files(dtype):
                    x, g = np.asarray(x, order=order), np.asarray(g, order=order)
                    # Where none is named, it is the second.
                    for gate in ("first", "second") if suffix == ".npy" else ("first", None):
                        options = ["--axis", str(axis)] + (["--gate", gate] if gate else [])
                        first, second = np.split(x.astype(np.float64), 2, axis)
                        a, b = (second, first) if gate == "first" else (first, second)
                        y, slope, term = evaluate(activation, b)
                        what = f"{unit} {shape} along {axis}, gate {gate}, {order}{suffix} {dtype.name}"
                        actual = runner.apply(unit, dtype, suffix, x, *options)
                        found = errors(dtype, actual, a * y)
                        runner.note(f"{unit} forward {dtype.name}", what, found, bound)

                        grad = g.astype(np.float64)
                        gradients = [grad * y, grad * a * slope]
                        terms = [np.zeros_like(a), np.abs(grad * a) * term]
                        if gate == "first":
                            gradients.reverse()
                            terms.reverse()
                        actual = runner.apply(unit, dtype, suffix, x, *options, backward=g)
                        exact, terms = (np.concatenate(both, axis) for both in (gradients, terms))
                        found = errors(dtype, actual, exact, terms)
                        runner.note(f"{unit} backward {dtype.name}", f"{what} backward", found, bound)


def check_randomised(runner, generator):
    """Slopes of several bounds and seeds, and both passes with them."""
    slopes.check()
    for bounds in [(1 / 8, 1 / 3), (0.1, 0.9), (-0.5, 0.25), (0.3, 0.3)]:
        lower, upper = map(np.float32, bounds)
        options = ["--train", "--set", f"lower={lower!s}", "--set", f"upper={upper!s}"]
        for seed in (0, 42, 2**64 - 1):
            for count in (1, 6, 4099):
                drawn = [slopes.slope(lower, upper, slopes.bits(seed, 0, at)) for at in range(count)]
                drawn = np.array(drawn, np.float32)
                for dtype in DTYPES:
                    for suffix, _ in files(dtype):
                        check_slopes(runner, generator, dtype, suffix, drawn, [*options, "--seed", str(seed)])


def check_slopes(runner, generator, dtype, suffix, drawn, options):
    """Holds both passes to these slopes."""
    what = f"rrelu {' '.join(options)}, {drawn.size} elements {suffix} {dtype.name}"
    if dtype is F32:
        # The sign of a zero is nothing that adapters agree on.
        found = -runner.apply("rrelu", dtype, suffix, -np.ones_like(drawn), *options).astype("<f4")
        different = (found + 0).view("<u4") != (drawn + 0).view("<u4")
        runner.note("rrelu slopes that differ", what, different.astype(float), 0.0)
    x = generator.normal(0, 3, drawn.size)
    x[-5:] = [0.0, -0.0, np.inf, -np.inf, np.nan][: x.size]
    x = dtype.rounded(x)
    g = dtype.rounded(generator.normal(0, 1, drawn.size))
    exact_x, exact_g, exact_drawn = (array.astype(np.float64) for array in (x, g, drawn))
    slope = np.where(exact_x > 0, 1.0, np.where(np.isnan(exact_x), np.nan, exact_drawn))
    for direction, factor, given in (("forward", exact_x, {}), ("backward", exact_g, {"backward": g})):
        actual = runner.apply("rrelu", dtype, suffix, x, *options, **given)
        # f64 holds the product of two f32 exactly.
        exact = slope * factor
        if dtype is F32:
            exact = exact.astype(np.float32)
        bound = 0.0 if dtype is F32 else 1.0
        group = f"rrelu {direction} {dtype.name}"
        runner.note(group, f"{what} {direction}", errors(dtype, actual, exact), bound)


def check_statistics(runner, generator):
    """Tensors with and without channels, dead units, NaN and infinities."""
    for name in ("relu", "leaky_relu", "identity", "sigmoid", "tanh", "silu", "gelu", "gelu_tanh"):
        for dtype in DTYPES:
            for shape, axis in [((40,), 0), ((6, 5, 33), 1), ((3000, 7), -1), ((2, 3, 4, 5), 2), ((20000,), None)]:
                for case in ("plain", "strange", "far"):
                    x = generator.normal(0, 3, shape)
                    if case == "strange":
                        # Dead under ReLU, and all NaN: the first two channels, where there are any.
                        channels = np.moveaxis(x, axis or 0, 0)
                        channels[0] = -np.abs(channels[0])
                        channels[1] = np.nan
                        places = generator.integers(0, x.size, 9)
                        x.flat[places] = [np.nan, np.inf, -np.inf] * 3
                    if case == "far":
                        x = 100 + x / 300
                    x = dtype.rounded(x)
                    threshold = 1e-3 if case == "plain" else 0.0625
                    for suffix, order in files(dtype):
                        check_stats(runner, name, dtype, suffix, np.asarray(x, order=order), axis, threshold)


def check_stats(runner, name, dtype, suffix, x, axis, threshold):
    """Holds what `stats` prints to what NumPy gives."""
    save(runner.folder / f"x{suffix}", dtype, x)
    options = [] if axis is None else ["--axis", str(axis)]
    options += ["--threshold", str(threshold), *SETTINGS.get(name, ())]
    words = ["stats", name, f"x{suffix}", "--json", "--quiet", *runner.adapter, *options]
    report = json.loads(runner.run(*words))
    what = f"stats {name} {x.shape} {suffix} {dtype.name} {' '.join(options)}"
    x = x.astype(np.float64)
    dead = 0
    if axis is not None:
        channels = np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)
        agrees = [channel["index"] for channel in report["channels"]] == list(range(len(channels)))
        runner.note("stats counts that differ", what, float(not agrees), 0.0)
        for values, found in zip(channels, report["channels"]):
            place = f"{what}, channel {found['index']}"
            dead += check_health(runner, name, values, found, threshold, place)
    else:
        agrees = report["channels"] == []
        runner.note("stats counts that differ", what, float(not agrees), 0.0)
    agrees = report["dead_channels"] == (None if axis is None else dead)
    runner.note("stats counts that differ", f"{what}, dead channels", float(not agrees), 0.0)
    check_health(runner, name, x.reshape(-1), report["total"], threshold, what)


def check_health(runner, name, values, found, threshold, what):
    """One channel, or all; tells whether it is dead."""
    least = 2.0**-126
    y, slope, term = evaluate(name, values)
    slope = np.abs(slope)
    bound = runner.bounds[name]
    # An element that lies at a threshold to within the bound may be on either side of it.
    with np.errstate(invalid="ignore"):
        doubt = bound * F32.units(np.maximum(slope, term))
        saturated = [int((slope < threshold + side).sum()) for side in (-doubt, doubt)]
    zeros = [int((np.abs(y) < least * (1 + side)).sum()) for side in (-1e-6, 1e-6)]
    counts = {
        "count": (values.size, values.size),
        "zeros": zeros,
        "saturated": saturated,
        "dead": (found["zeros"] == values.size,) * 2,
    }
    for key, (fewest, most) in counts.items():
        agrees = fewest <= found[key] <= most
        runner.note("stats counts that differ", f"{what} {key} {found[key]}", float(not agrees), 0.0)
    for key, of in (("sparsity", "zeros"), ("saturation", "saturated")):
        agrees = abs(float(found[key]) - found[of] / values.size) < 1e-15
        runner.note("stats counts that differ", f"{what} {key}", float(not agrees), 0.0)
    check_series(runner, "input", values, 0.0, found["input"], bound / 4096, what)
    check_series(runner, "output", y, 0.0, found["output"], bound, what)
    check_series(runner, "slope", slope, term.max(initial=0.0), found["slope"], bound, what)
    return found["dead"]


def check_series(runner, series, values, term, found, bound, what):
    """Moments and extrema of the numbers that are finite, at the magnitude of the largest."""
    finite = values[np.isfinite(values)]
    counts = (finite.size, int(np.isnan(values).sum()), int(np.isinf(values).sum()))
    agrees = (found["finite"], found["nan"], found["infinite"]) == counts
    runner.note("stats counts that differ", f"{what}, {series}: {found}", float(not agrees), 0.0)
    keys = ("mean", "minimum", "maximum")
    if finite.size == 0:
        agrees = all(np.isnan(float(found[key])) for key in (*keys, "variance"))
        runner.note("stats counts that differ", f"{what}, {series}", float(not agrees), 0.0)
        return
    exact = [finite.mean(), finite.min(), finite.max(), np.sqrt(finite.var())]
    actual = [float(found[key]) for key in keys] + [np.sqrt(float(found["variance"]))]
    unit = F32.units(max(np.abs(finite).max(), term))
    # Numbers below the least normal f32 may be flushed to zero.
    off = np.maximum(np.abs(np.subtract(actual, exact)) - 2.0**-126, 0) / unit
    if series == "input":
        runner.note("stats extrema of the input that differ", f"{what}, input", off[1:3], 0.0)
    runner.note(f"stats {series}", f"{what}, {series} {found}", off, bound)


FAMILIES = {"gated": check_gated, "randomised": check_randomised, "statistics": check_statistics}


def main():
    """Checks what is named, and tells how much that was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("families", nargs="*", metavar="FAMILY")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--binary", default="target/release/wgpu-activations")
    parser.add_argument("--adapter", metavar="NAME")
    arguments = parser.parse_args()
    unknown = set(arguments.families) - set(FAMILIES)
    if unknown:
        parser.error(f"there is no family {', '.join(sorted(unknown))}; choose among {', '.join(FAMILIES)}")
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(arguments, folder)
        for name in arguments.families or FAMILIES:
            FAMILIES[name](runner, np.random.default_rng(arguments.seed))
    for group, worst in runner.worst.items():
        print(f"{group}: {worst:.3g}" + ("" if group.endswith("differ") else " ULP at most"))
    print(f"{runner.samples} results compared, {runner.failures} runs beyond their bounds")
    sys.exit(1 if runner.failures or not runner.samples else 0)


if __name__ == "__main__":
    main()
