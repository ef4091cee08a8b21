"""Hashes of any stretch of a character array in constant time: one running sum, no loop over characters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]
_STEP, _MIX = 0x01000193, np.uint32(0x9E3779B1)
_BACK = pow(_STEP, -1, 1 << 32)


@dataclass(frozen=True)
class Hasher:
    """Running sum of the characters, each times a falling power of an odd number; all arithmetic modulo 2 to the 32."""

    total: Hashes
    power: Hashes

    def of(self, begin: Ints, stop: Ints) -> Hashes:
        """Hash of the characters from begin to stop, wherever they stand; 0 for an empty stretch."""
        hashed: Hashes = (self.total[stop] - self.total[begin]) * self.power[begin]
        return hashed


def hasher(chars: npt.NDArray[np.uint32]) -> Hasher:
    """The hasher of one array of characters (code points above 0)."""
    falling = _powers(_BACK, len(chars))
    total = np.zeros(len(chars) + 1, dtype=np.uint32)
    np.cumsum(chars * falling, dtype=np.uint32, out=total[1:])
    return Hasher(total, _powers(_STEP, len(chars) + 1))


def _powers(base: int, size: int) -> Hashes:
    """base to the 0, 1, 2 …, by doubling."""
    found = np.ones(max(size, 1), dtype=np.uint32)
    done, factor = 1, base
    while done < size:
        more = min(done, size - done)
        found[done:done + more] = found[:more] * np.uint32(factor)
        done += more
        factor = factor * factor % (1 << 32)
    return found


def bucket(hashed: Hashes, salt: int, bits: int) -> npt.NDArray[np.int32]:
    """Hashes spread over 2 to the `bits` buckets; another salt, another place."""
    mixed = (hashed ^ np.uint32((salt * 0x85EBCA6B) & 0xFFFFFFFF)) * _MIX
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    return (mixed >> np.uint32(32 - bits)).astype(np.int32)
