"""Correlations of columns with gaps: each pair from the rows that have both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.kernel.lazily import lazily

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]
    import numpy as np
else:
    np = lazily("numpy")

FLOOR = 1e-6
"""The least eigenvalue that a correlation matrix is left with."""
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over blocks of rows, of which any can be drawn again: *sums* is (blocks, 4, p, p).

    For columns i and j, over the rows that have both: how many, the sum of i, the sum of its
    squares, and the sum of the products. Values are told from the mean of their column.
    """

    sums: Floats

    def drawn(self, counts: NDArray[np.int64]) -> Floats:
        """Add up blocks by how often each is drawn: (draws, blocks) gives (draws, 4, p, p)."""
        blocks, *shape = self.sums.shape
        flat = counts.astype(np.float64) @ self.sums.reshape(blocks, -1)
        return flat.reshape(len(counts), *shape)

    @property
    def whole(self) -> Floats:
        """Give the sums over all rows, as one draw: (1, 4, p, p)."""
        return self.sums.sum(axis=0)[None]


def moments(columns: Floats, blocks: NDArray[np.int64]) -> Moments:
    """Sum up *columns* (n, p), NaN where a row has no value, by the block of each row.

    *blocks* numbers them from 0; each must hold a row.
    """
    told = ~np.isnan(columns)
    has = told.astype(np.float64)
    means = np.nansum(columns, axis=0) / np.maximum(has.sum(axis=0), 1.0)
    values = np.where(told, columns - means, 0.0)
    order = np.argsort(blocks, kind="stable")
    cuts = np.flatnonzero(np.diff(blocks[order])) + 1
    return Moments(np.stack([_sums(values[rows], has[rows]) for rows in np.split(order, cuts)]))


def correlations(sums: Floats) -> Floats:
    """Give the matrices (draws, p, p) of pairwise correlations from sums (draws, 4, p, p).

    A pair that no two rows have, or one side of which does not vary there, correlates with 0.
    """
    n, first, squares, products = (sums[:, place] for place in range(4))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - first**2 / n
        # What is left where all gave the same is the rounding of sums.
        spread = np.where(spread > _ROUNDING * squares, spread, 0.0)
        together = products - first * first.swapaxes(1, 2) / n
        found = together / np.sqrt(spread * spread.swapaxes(1, 2))
    found = np.clip(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
    found[:, *np.diag_indices(found.shape[1])] = 1.0
    return found


def mended(matrices: Floats) -> Floats:
    """Give the matrices (draws, p, p) with eigenvalues of at least FLOOR and ones on the diagonal.

    Correlations of which each is from other rows need not fit together; those that do are given
    back as they are. Source: the shrinking of eigenvalues of Rousseeuw, Molenberghs,
    Transformation of non positive semidefinite correlation matrices, Communications in
    Statistics 22, 1993.
    """
    values, vectors = np.linalg.eigh(matrices)
    if values.min() >= FLOOR:
        return matrices
    clipped = np.maximum(values, FLOOR)
    rebuilt = (vectors * clipped[:, None, :]) @ vectors.swapaxes(1, 2)
    scale = np.sqrt(np.einsum("bii->bi", rebuilt))
    rebuilt = rebuilt / (scale[:, :, None] * scale[:, None, :])
    is_whole = (values.min(axis=1) >= FLOOR)[:, None, None]
    return np.where(is_whole, matrices, rebuilt)


def _sums(values: Floats, has: Floats) -> Floats:
    return np.stack(
        [has.T @ has, values.T @ has, (values**2).T @ has, values.T @ values],
    )
