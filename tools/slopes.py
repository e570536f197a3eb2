#!/usr/bin/env python3
"""Writes tests/data/slopes.tsv: the slopes that randomised operations draw, to the bit.

    python3 tools/slopes.py

Needs NumPy, for f32. The random bits are those of Philox 4x32-10, in Python's integers; before anything
is written, it is held to the known answers that Random123 (its authors' own library) publishes in
tests/kat_vectors. Nothing of the project is used.
"""

import pathlib

import numpy as np

TABLE = pathlib.Path(__file__).parent.parent / "tests" / "data" / "slopes.tsv"
WORD = 2**32
# Counter, key and result, each as one number with its words in the order of the publication.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
BOUNDS = [(1 / 8, 1 / 3), (0.1, 0.9), (-0.5, 0.25), (1e-15, 1e12), (0.3, 0.3)]
# Key, offset, first element: words and counters that carry, and elements in the middle of four.
PLACES = [
    (0, 0, 0),
    (1, 0, 0),
    (0x299F31D0A4093822, 0x85A308D3243F6A88, 3),
    (2**64 - 1, 2**32 - 2, 5),
    (42, 2**64 - 2, 2),
    (42, 7, 2**40 + 1),
    (7, 2**62, 2**64 - 9),
]
ELEMENTS = 13


def philox(counter, key):
    """Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3."""
    a, b, c, d = counter
    left, right = key
    for _ in range(10):
        high, low = divmod(0xD2511F53 * a, WORD)
        other_high, other_low = divmod(0xCD9E8D57 * c, WORD)
        a, b, c, d = other_high ^ b ^ left, other_low, high ^ d ^ right, low
        left, right = (left + 0x9E3779B9) % WORD, (right + 0xBB67AE85) % WORD
    return [a, b, c, d]


def check():
    """Holds philox to its known answers."""

    def words(text):
        return [int(word, 16) for word in text.split()]

    for counter, key, expected in KNOWN_ANSWERS:
        assert philox(words(counter), words(key)) == words(expected), counter


def bits(key, offset, element):
    """The random bits of an element."""
    counter = (offset + element // 4) % 2**64
    block = philox([counter % WORD, counter // WORD, 0, 0], [key % WORD, key // WORD])
    return block[element % 4]


def slope(lower, upper, word):
    """The slope that 24 of the bits make, each operation rounded to f32."""
    width = upper - lower
    share = np.float32((word >> 8) / 2**24) * width
    return min(max(lower + share, lower), upper)


def main():
    """Writes the table."""
    check()
    lines = ["# lower\tupper\tkey\toffset\telement\tslope (bits of f32, in hexadecimal)"]
    for bounds in BOUNDS:
        lower, upper = map(np.float32, bounds)
        for key, offset, first in PLACES:
            for element in range(first, min(first + ELEMENTS, 2**64)):
                drawn = slope(lower, upper, bits(key, offset, element))
                fields = [lower, upper, key, offset, element, f"{drawn.view(np.uint32):08x}"]
                lines.append("\t".join(map(str, fields)))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
