#!/usr/bin/env python3
"""Compares the derivatives used at kinks with those of JAX.

    wgpu-activations list --json | python3 tools/compare_kinks.py

Needs `pip install jax`. The two conventions differ on purpose where PyTorch and JAX do.
"""

import json
import sys

import jax
import jax.numpy as jnp

FUNCTIONS = {
    "absolute": jnp.abs,
    "relu": jax.nn.relu,
    "relu6": jax.nn.relu6,
    "leaky_relu": lambda x: jax.nn.leaky_relu(x, 0.01),
    "selu": jax.nn.selu,
    "hard_sigmoid": jax.nn.hard_sigmoid,
    "hard_tanh": jax.nn.hard_tanh,
    "hard_swish": jax.nn.hard_swish,
    "sparse_sigmoid": jax.nn.sparse_sigmoid,
    "signum": jnp.sign,
}


def main():
    print(f"{'activation':16} {'kink':>8} {'here':>8} {'JAX':>8}   (JAX {jax.__version__})")
    for row in json.load(sys.stdin):
        function = FUNCTIONS.get(row["name"])
        for kink in row["properties"]["kinks"] if function else []:
            theirs = float(jax.grad(function)(jnp.float32(kink["x"])))
            note = "" if abs(theirs - kink["derivative"]) < 1e-6 else "differs"
            print(f"{row['name']:16} {kink['x']:8.4g} {kink['derivative']:8.4g} {theirs:8.4g} {note}")


if __name__ == "__main__":
    main()
