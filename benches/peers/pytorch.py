#!/usr/bin/env python3
"""Evaluates PyTorch's activations on the CPU in f32, for a parent that reads and writes pipes.

It first writes a line of JSON: the version of PyTorch, the number of threads and the vector
instructions in use. Then, for each request:

1. A line of JSON comes in: {"activation": NAME, "direction": "forward" or "backward",
   "parameters": [numbers in the order of the catalogue]}.
2. A line of JSON goes out: {"call": the PyTorch call, or null where there is none}. With null the
   request is over.
3. Chunks come in: a little-endian u32, the number of elements, and so many f32. For each, as many
   f32 go out: f(x), or the gradient that autograd gives x for a grad_output of 1. A number of
   0 ends the request.

All pairs in CALLS are (the call as a person would write it, a function of x and the parameters).
"""

import json
import struct
import sys

import numpy
import torch
import torch.nn.functional as F

THREADS = 2

CALLS = {
    "identity": ("torch.nn.Identity()(x)", lambda x: torch.nn.Identity()(x)),
    "signum": ("torch.sign(x)", torch.sign),
    "absolute": ("torch.abs(x)", torch.abs),
    "relu": ("F.relu(x)", F.relu),
    "relu6": ("F.relu6(x)", F.relu6),
    "leaky_relu": ("F.leaky_relu(x, negative_slope)", F.leaky_relu),
    "prelu": ("F.prelu(x, weight)", lambda x, slope: F.prelu(x, torch.tensor([slope]))),
    "rrelu": ("F.rrelu(x, lower, upper, training=False)", F.rrelu),
    "threshold": ("F.threshold(x, threshold, value)", F.threshold),
    "thresholded_relu": ("F.threshold(x, alpha, 0.0)", lambda x, alpha: F.threshold(x, alpha, 0.0)),
    "elu": ("F.elu(x, alpha)", F.elu),
    "celu": ("F.celu(x, alpha)", F.celu),
    "selu": ("F.selu(x)", F.selu),
    "exponential": ("torch.exp(x)", torch.exp),
    "sigmoid": ("torch.sigmoid(x)", torch.sigmoid),
    # Fixed at (x + 3) / 6, to which its parent holds it.
    "hard_sigmoid": ("F.hardsigmoid(x)", lambda x, alpha, beta: F.hardsigmoid(x)),
    "log_sigmoid": ("F.logsigmoid(x)", F.logsigmoid),
    "tanh": ("torch.tanh(x)", torch.tanh),
    "hard_tanh": ("F.hardtanh(x, min, max)", F.hardtanh),
    "tanh_shrink": ("F.tanhshrink(x)", F.tanhshrink),
    "hard_shrink": ("F.hardshrink(x, lambda)", F.hardshrink),
    "soft_shrink": ("F.softshrink(x, lambda)", F.softshrink),
    "silu": ("F.silu(x)", F.silu),
    "hard_swish": ("F.hardswish(x)", F.hardswish),
    "gelu": ("F.gelu(x)", F.gelu),
    "gelu_tanh": ('F.gelu(x, approximate="tanh")', lambda x: F.gelu(x, approximate="tanh")),
    "mish": ("F.mish(x)", F.mish),
    "softplus": ("F.softplus(x, beta)", F.softplus),
    "softsign": ("F.softsign(x)", F.softsign),
    "arctan": ("torch.atan(x)", torch.atan),
    "sinusoid": ("torch.sin(x)", torch.sin),
    "cosine": ("torch.cos(x)", torch.cos),
}


def evaluate(function, direction, inputs, parameters):
    x = torch.from_numpy(inputs)
    if direction == "forward":
        with torch.no_grad():
            return function(x, *parameters)
    x.requires_grad_(True)
    y = function(x, *parameters)
    y.backward(torch.ones_like(y))
    return x.grad


def answer(value):
    sys.stdout.buffer.write(json.dumps(value).encode() + b"\n")
    sys.stdout.buffer.flush()


def serve(request):
    call, function = CALLS.get(request["activation"], (None, None))
    answer({"call": call})
    if call is None:
        return
    while len(header := sys.stdin.buffer.read(4)) == 4:
        (elements,) = struct.unpack("<I", header)
        if elements == 0:
            return
        inputs = numpy.empty(elements, dtype="<f4")
        if sys.stdin.buffer.readinto(inputs) != inputs.nbytes:
            return
        outputs = evaluate(function, request["direction"], inputs, request["parameters"])
        sys.stdout.buffer.write(outputs.detach().contiguous().numpy().astype("<f4", copy=False))
        sys.stdout.buffer.flush()


def main():
    torch.set_num_threads(THREADS)
    answer(
        {
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
            "instructions": torch.backends.cpu.get_cpu_capability(),
        }
    )
    while line := sys.stdin.buffer.readline():
        serve(json.loads(line))


if __name__ == "__main__":
    main()
