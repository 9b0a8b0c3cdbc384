"""Sparse parity: many bits are shown, only the product of a few counts (Barak et al. 2022, arXiv:2207.08799)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parity:
    """`bits` signs, each −1 or 1 with even chances; the label is the product of the first `relevant` of them.

    That they are the first is no help to a learner that treats all bits alike. ValueError unless
    1 ≤ relevant ≤ bits.
    """

    bits: int = 20
    relevant: int = 3

    def __post_init__(self):
        if not (isinstance(self.bits, int) and isinstance(self.relevant, int) and 1 <= self.relevant <= self.bits):
            raise ValueError(f"relevant must be from 1 to bits = {self.bits}, got {self.relevant}")

    def draw(self, rng, count):
        """(signs (count, bits), labels (count,)), floats."""
        signs = rng.integers(2, size=(count, self.bits)) * 2.0 - 1
        return signs, signs[:, : self.relevant].prod(axis=1)
