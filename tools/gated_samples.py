#!/usr/bin/env python3
"""Writes tests/data/gated.tsv: gated units and both gradients by PyTorch's autograd in f64.

    python3 tools/gated_samples.py

Needs `pip install torch`. Values and gates are the halves of one tensor along its last axis, split as
torch.nn.functional.glu does: the second half gates. A test holds the f64 reference to what is written
here.
"""

import pathlib

import torch
import torch.nn.functional as F

UNITS = {
    "glu": lambda x: F.glu(x, -1),
    "bilinear": lambda x: gated(x, lambda b: b),
    "reglu": lambda x: gated(x, F.relu),
    "geglu": lambda x: gated(x, F.gelu),
    "geglu_tanh": lambda x: gated(x, lambda b: F.gelu(b, approximate="tanh")),
    "swiglu": lambda x: gated(x, F.silu),
}
# Below -RANGE PyTorch's own gelu loses more than two digits.
RANGE = 2.5


def gated(x, f):
    a, b = x.chunk(2, -1)
    return a * f(b)


def main():
    torch.manual_seed(1)
    lines = [f"# PyTorch {torch.__version__}, f64", "# unit\ta\tb\tgrad_output\toutput\tgrad_a\tgrad_b"]
    for name, unit in UNITS.items():
        x = ((torch.rand(2, 24, dtype=torch.float64) * 2 - 1) * RANGE).requires_grad_()
        grad_output = torch.randn(2, 12, dtype=torch.float64)
        output = unit(x)
        (grad,) = torch.autograd.grad(output, x, grad_output)
        columns = [*x.detach().chunk(2, -1), grad_output, output.detach(), *grad.chunk(2, -1)]
        for row in zip(*(column.flatten().tolist() for column in columns)):
            lines.append("\t".join([name, *map(repr, row)]))
    path = pathlib.Path(__file__).parent.parent / "tests/data/gated.tsv"
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
