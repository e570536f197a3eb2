#!/usr/bin/env python3
"""Writes tests/data/losses.tsv: softmax with cross-entropy in f64, by PyTorch.

    python3 tools/losses.py

Needs PyTorch. Random logits and targets, some of them ignored, for every reduction and several shares of
label smoothing: the losses, and the gradients where those of the losses are 1. Nothing of the project
is used.
"""

import pathlib

import torch
from torch.nn import functional

TABLE = pathlib.Path(__file__).parent.parent / "tests" / "data" / "losses.tsv"
IGNORED = -100


def numbers(tensor):
    """All elements, to the last digit."""
    return " ".join(repr(x) for x in tensor.flatten().tolist())


def main():
    """Writes the table."""
    torch.manual_seed(1)
    lines = ["# reduction\tlabel smoothing\ttargets\tlogits\tlosses\tgradients"]
    for rows, classes, width in [(1, 1, 1.0), (3, 2, 1.0), (4, 5, 3.0), (5, 7, 12.0)]:
        logits = torch.empty(rows, classes, dtype=torch.float64).uniform_(-width, width)
        targets = torch.randint(classes, (rows,))
        targets[rows // 2 :: 3] = IGNORED
        for ignores_all in (False, True):
            if ignores_all:
                targets[:] = IGNORED
            # Shares that f32 holds.
            for smoothing in (0.0, 0.125, 1.0):
                for reduction in ("none", "mean", "sum"):
                    x = logits.clone().requires_grad_()
                    losses = functional.cross_entropy(
                        x,
                        targets,
                        ignore_index=IGNORED,
                        reduction=reduction,
                        label_smoothing=smoothing,
                    )
                    losses.sum().backward()
                    fields = [numbers(targets), numbers(logits), numbers(losses), numbers(x.grad)]
                    lines.append("\t".join([reduction, str(smoothing), *fields]))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
