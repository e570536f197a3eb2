#!/usr/bin/env python3
"""Confirms softmax, softmin, log_softmax and cross_entropy by independent tools, in f64.

    cargo build --release --workspace --bin wgpu-activations
    python3 tools/rows_samples.py [--seed N] [--binary PATH]

Needs NumPy, SciPy and PyTorch. Writes random tensors to files in a temporary folder, npy ones of f32 and f16
and safetensors ones of bf16, applies the functions with scales, axes and masks, forward and backward, and
compares every element: softmax and softmin with SciPy's, log_softmax with NumPy's log1p, their gradients with
those that PyTorch gives for the saved output, cross_entropy and its gradients with PyTorch's. Exits with 1
where an error exceeds its bound: 8 ULP of f32, or 1 of the 16-bit types, gradients at the larger of the two
terms whose difference they are. Nothing of the project is used but the program that is judged.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import scipy.special
import torch
from torch.nn import functional

from tensors import DTYPES, errors, load, save

# In ULP.
BOUNDS = {"f32": 8.0, "f16": 1.0, "bf16": 1.0}
FUNCTIONS = ("softmax", "softmin", "log_softmax")
# The last one with masks too.
SCALES = (1.0, -2.5, 0.25)
# Shapes, the axis of their rows, and the shapes of masks that broadcast to them.
SHAPES = [
    ((7,), 0, [(7,), ()]),
    ((3, 5), -1, [(3, 5), (5,), (3, 1)]),
    ((2, 3, 17, 40), -1, [(2, 1, 1, 40), (17, 40)]),
    ((3, 40, 6), 1, [(40, 1), (3, 1, 6)]),
    ((2, 40000), -1, [(40000,)]),
]
LOGITS = [((1, 1), 1), ((6, 5), 1), ((4, 9, 3), 1), ((9, 1000), -1), ((1, 200000), -1), ((50, 4), 0)]
IGNORED = -100


class Runner:
    """Runs the command on files in a folder, and counts what it finds."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.samples = self.failures = 0

    def apply(self, function, dtype, x, *options, **files):
        """What the command makes of a tensor; each of `files` is saved and given by its name."""
        suffix = ".safetensors" if dtype.name == "bf16" else ".npy"
        save(self.folder / f"x{suffix}", dtype, x)
        command = [self.binary, "apply", function, f"x{suffix}", f"y{suffix}", "--quiet", *options]
        for name, array in files.items():
            # Classes and boolean masks are of types of their own.
            is_tensor = array.dtype.kind == "f"
            path = self.folder / (f"{name}{suffix}" if is_tensor else f"{name}.npy")
            if is_tensor:
                save(path, dtype, array)
            else:
                np.save(path, array)
            command += [f"--{name}", path]
        subprocess.run(command, check=True, cwd=self.folder)
        return load(self.folder / f"y{suffix}", dtype)

    def check(self, what, dtype, actual, exact, term=0.0):
        """Counts the errors of results, each at the larger of its magnitude and its term's."""
        # A single number as an array of one.
        actual, exact = np.atleast_1d(actual), np.atleast_1d(exact)
        error = errors(dtype, actual, exact, term)
        self.samples += actual.size
        worst = float(error.max(initial=0.0))
        passed = worst <= BOUNDS[dtype.name]
        self.failures += not passed
        where = int(error.argmax()) if actual.size else 0
        detail = f" at {where}: {actual.flat[where]!r} for {exact.flat[where]!r}"
        print(f"{what} {dtype.name}: {worst:.2f} ULP" + ("" if passed else detail + "  FAILED"))


def masked(arguments, mask):
    """What enters the exponential, under a mask."""
    if mask is None:
        return arguments
    if mask.dtype == bool:
        return np.where(mask, arguments, -np.inf)
    return arguments + mask.astype(np.float64)


def log_softmax(arguments, axis):
    """With all digits near 0, which SciPy's does not have."""
    below = arguments - arguments.max(axis=axis, keepdims=True)
    others = np.exp(below)
    largest = np.expand_dims(below.argmax(axis=axis), axis)
    np.put_along_axis(others, largest, 0.0, axis)
    return below - np.log1p(others.sum(axis=axis, keepdims=True))


def forward(function, arguments, axis):
    """The function; rows of which nothing is left are 0, or -inf."""
    is_log = function == "log_softmax"
    with np.errstate(invalid="ignore"):
        y = (log_softmax if is_log else scipy.special.softmax)(arguments, axis=axis)
    empty = np.all(np.isneginf(arguments), axis=axis, keepdims=True)
    return np.where(empty, -np.inf if is_log else 0.0, y)


def backward(function, factor, y, g, axis):
    """The gradients that PyTorch's own backward functions give for a saved output, and the larger of the
    two terms of each."""
    y, g = (torch.from_numpy(array.astype(np.float64)) for array in (y, g))
    if function == "log_softmax":
        weight = torch.exp(y)
        # What has no part has no gradient, and adds nothing to the others'.
        g = torch.where(torch.isneginf(y), 0.0, g)
        grad = torch.ops.aten._log_softmax_backward_data(g, y, axis, torch.float64)
        term = torch.maximum(g.abs(), (weight * g.sum(axis, keepdim=True)).abs())
    else:
        grad = torch.ops.aten._softmax_backward_data(g, y, axis, torch.float64)
        total = (y * g).sum(axis, keepdim=True)
        term = y.abs() * torch.maximum(g.abs(), total.abs())
    return factor * grad.numpy(), abs(factor) * term.numpy()


def masks(shape, axis, mask_shapes, dtype, generator):
    """Boolean and additive masks of several shapes, and a causal one, each with its options."""
    for mask_shape in mask_shapes:
        kept = np.asarray(generator.random(mask_shape) > 0.3)
        yield f"boolean {mask_shape}", kept, (), {"mask": kept}
        added = dtype.rounded(np.where(kept, generator.normal(0, 4, mask_shape), -np.inf))
        yield f"additive {mask_shape}", added, (), {"mask": added}
    axis %= len(shape)
    if axis > 0:
        queries, keys = shape[axis - 1], shape[axis]
        sees = np.tri(queries, keys, keys - queries, dtype=bool)
        sees = sees.reshape(sees.shape + (1,) * (len(shape) - axis - 1))
        yield "causal", sees, ("--causal",), {}


def check_rows(runner, generator):
    """softmax and its kin."""
    for dtype in DTYPES:
        for shape, axis, mask_shapes in SHAPES:
            x = dtype.rounded(generator.normal(0, 3, shape))
            g = dtype.rounded(generator.normal(0, 1, shape))
            for function in FUNCTIONS:
                for scale in SCALES:
                    factor = -scale if function == "softmin" else scale
                    options = ("--axis", str(axis), "--scale", str(scale))
                    tried = [("no mask", None, (), {})]
                    if scale == SCALES[-1]:
                        tried += masks(shape, axis, mask_shapes, dtype, generator)
                    for name, mask, extra, files in tried:
                        arguments = masked(factor * x.astype(np.float64), mask)
                        exact = forward(function, np.broadcast_to(arguments, shape), axis)
                        y = runner.apply(function, dtype, x, *options, *extra, **files)
                        what = f"{function} {scale} {shape} {name}"
                        runner.check(what, dtype, y, exact)
                        dx = runner.apply(function, dtype, y, *options, backward=g)
                        exact, term = backward(function, factor, y, g, axis)
                        runner.check(f"{what} backward", dtype, dx, exact, term)


def gradient_terms(x, axis, targets, smoothing, weight):
    """The larger of the two terms of each logit's gradient: probability and share of the target."""
    classes = x.shape[axis]
    is_class = torch.from_numpy(np.where(targets == IGNORED, 0, targets))
    own = functional.one_hot(is_class, classes).movedim(-1, axis)
    share = (1 - smoothing) * own + smoothing / classes
    probability = torch.softmax(x, axis)
    # The element of the target: probability - 1 beside what smoothing takes.
    first = torch.where(own == 1, 1 - probability, probability)
    second = torch.where(own == 1, torch.full_like(share, abs(smoothing / classes - smoothing)), share)
    counts = torch.from_numpy(targets != IGNORED).unsqueeze(axis)
    return (torch.maximum(first, second) * weight * counts).numpy()


def check_losses(runner, generator):
    """Softmax with cross-entropy."""
    for dtype in DTYPES:
        for shape, axis in LOGITS:
            logits = dtype.rounded(generator.normal(0, 3, shape))
            rows = shape[:axis] + shape[axis:][1:] if axis >= 0 else shape[:axis]
            targets = generator.integers(0, shape[axis], rows)
            targets.flat[3::7] = IGNORED
            for smoothing in (0.0, 0.125):
                for reduction in ("mean", "sum", "none"):
                    x = torch.from_numpy(logits.astype(np.float64)).requires_grad_()
                    losses = functional.cross_entropy(
                        # PyTorch wants the classes along axis 1.
                        x.movedim(axis, -1).reshape(-1, shape[axis]),
                        torch.from_numpy(targets.reshape(-1)),
                        ignore_index=IGNORED,
                        reduction=reduction,
                        label_smoothing=smoothing,
                    )
                    losses = losses.reshape(rows) if reduction == "none" else losses
                    g = dtype.rounded(generator.integers(1, 5, losses.shape))
                    losses.backward(torch.from_numpy(g.astype(np.float64)))
                    options = ("--axis", str(axis), "--reduction", reduction)
                    options += ("--label-smoothing", str(smoothing))
                    y = runner.apply("cross_entropy", dtype, logits, *options, targets=targets)
                    what = f"cross_entropy {reduction} smoothing {smoothing} {shape}"
                    runner.check(what, dtype, y, losses.detach().numpy())
                    files = {"targets": targets, "backward": g}
                    dx = runner.apply("cross_entropy", dtype, logits, *options, **files)
                    weight = torch.from_numpy(g.astype(np.float64))
                    if reduction == "mean":
                        weight = weight / (targets != IGNORED).sum()
                    if reduction == "none":
                        weight = weight.unsqueeze(axis)
                    term = gradient_terms(x.detach(), axis, targets, smoothing, weight)
                    runner.check(f"{what} backward", dtype, dx, x.grad.numpy(), term)


def main():
    """Checks everything, and tells how much that was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--binary", default="target/release/wgpu-activations")
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(pathlib.Path(arguments.binary).resolve(), folder)
        check_rows(runner, generator)
        check_losses(runner, generator)
    print(f"{runner.samples} samples, {runner.failures} of the runs beyond their bounds")
    sys.exit(1 if runner.failures else 0)


if __name__ == "__main__":
    main()
