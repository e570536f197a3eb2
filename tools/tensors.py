"""Tensors of f32, f16 and bf16 in npy and safetensors files, and the errors of their elements.

What scripts that confirm the command share. bf16 has no dtype in NumPy: its values are kept as f32.
"""

import json
import struct

import numpy as np


class Dtype:
    """A type of elements: what it can represent, and how far results in it may be off."""

    def __init__(self, name, kind, fraction, least):
        self.name, self.kind = name, np.dtype(kind)
        self.fraction, self.least = fraction, least

    def rounded(self, values):
        """Values that the type has, near those that are given."""
        if self.name != "bf16":
            return np.asarray(values).astype(self.kind)
        return self.decoded(self.encoded(values))

    def encoded(self, values):
        """What files hold of values that the type has."""
        if self.name != "bf16":
            return np.asarray(values).astype(self.kind)
        return np.asarray(np.asarray(values).astype("<f4").view("<u4") >> 16).astype("<u2")

    def decoded(self, stored):
        """The values of what files hold."""
        if self.name != "bf16":
            return stored
        return np.asarray(stored.astype("<u4") << 16).view("<f4")

    def units(self, magnitudes):
        """The size of one ULP at each of these magnitudes."""
        finite = np.where(np.isfinite(magnitudes), magnitudes, 1.0)
        _, exponents = np.frexp(finite)
        exponents = np.where(finite == 0, self.least, np.maximum(exponents - 1, self.least))
        return np.ldexp(1.0, exponents - self.fraction)


F32 = Dtype("f32", "<f4", 23, -126)
DTYPES = (F32, Dtype("f16", "<f2", 10, -14), Dtype("bf16", "<u2", 7, -126))


def save(path, dtype, values):
    """Writes values that a type has, in the order that they have in memory, if the file knows orders."""
    stored = dtype.encoded(values)
    if path.suffix == ".npy":
        np.save(path, stored)
        return
    tensor = {"dtype": dtype.name.upper(), "shape": stored.shape, "data_offsets": [0, stored.nbytes]}
    header = json.dumps({"x": tensor}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + stored.tobytes())


def load(path, dtype):
    """The values of a file, which has to be of this type."""
    if path.suffix == ".npy":
        stored = np.load(path)
        assert stored.dtype == dtype.kind, stored.dtype
        return stored
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    (tensor,) = (t for name, t in json.loads(data[8:start]).items() if name != "__metadata__")
    assert tensor["dtype"] == dtype.name.upper(), tensor
    stored = np.frombuffer(data[start:], dtype.kind).reshape(tensor["shape"])
    return dtype.decoded(stored)


def errors(dtype, actual, exact, term=0.0):
    """How many ULP results are off, each at the larger of its own magnitude and its term's."""
    actual, exact = np.asarray(actual, np.float64), np.asarray(exact, np.float64)
    assert actual.shape == exact.shape, (actual.shape, exact.shape)
    # Results below the least normal f32 may be flushed to zero.
    flushed = (actual == 0) & (np.abs(exact) < 2.0**-126)
    agree = (actual == exact) | (np.isnan(actual) & np.isnan(exact)) | flushed
    with np.errstate(invalid="ignore"):
        off = np.abs(actual - exact) / dtype.units(np.maximum(np.abs(exact), term))
    off = np.where(np.isfinite(actual) & np.isfinite(exact), off, np.inf)
    return np.where(agree, 0.0, off)
