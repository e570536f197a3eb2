"""Looks computed constants up in the shaders, for the `--check` of the scripts that compute them."""

import re
from pathlib import Path

import numpy as np

SHADERS = Path(__file__).resolve().parent.parent / "shaders"
# Shaders put a space after the minus of a subtraction.
LITERAL = re.compile(r"-?(?<![\w.])(?:\d+\.\d+(?:e[-+]?\d+)?|0x[0-9a-f]+u)\b")


def constants(shader):
    """Every f32 and every hexadecimal u32 that a shader's code contains, with its sign."""
    path = SHADERS / f"{shader}.wgsl"
    code = "\n".join(line.split("//")[0] for line in path.read_text().splitlines())
    return {
        int(literal[:-1], 16) if literal.endswith("u") else float(np.float32(literal))
        for literal in LITERAL.findall(code)
    }


def missing(shader, name, values):
    """A line for each value, float or integer, that the shader does not contain, rounded to f32."""
    present = constants(shader)
    return [
        f"{shader}.wgsl lacks {np.float32(value) if isinstance(value, float) else hex(value)} ({name})"
        for value in values
        if (float(np.float32(value)) if isinstance(value, float) else value) not in present
    ]
