"""Intervals of shares that are small, skewed, and rest on few events."""

import math
from statistics import NormalDist
from typing import Final

Interval = tuple[float, float]

_LEAST_FREEDOM: Final = 3.0
"""Degrees of freedom; the expansion below is of no use under it."""


def t_quantile(level: float, freedom: float) -> float:
    """The two-sided quantile of Student's t: 95 % of it lies within plus and minus this.

    Args:
        level: such as .95.
        freedom: degrees of freedom; fewer than 3 count as 3.

    Source: the Cornish-Fisher expansion, Abramowitz and Stegun 1964, 26.7.5; within .2 % of the
    exact value at level .95 from 3 degrees of freedom on, within .8 % at .99.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    v = max(freedom, _LEAST_FREEDOM)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / v**power for power, term in enumerate(terms))


def share_interval(share: float, variance: float, quantile: float) -> Interval:
    """The interval of a share, symmetric on the logit scale: it stays within 0 and 1.

    Args:
        share: the estimate.
        variance: of the estimate.
        quantile: from `t_quantile`.

    Returns:
        Its ends. On the logit scale a share next to 0 or 1 would have an interval from 0 to 1
        whatever its variance; it ends at twice the reach of the normal one.

    Source: the delta method; Korn and Graubard 1998 hold it against others for samples with
    weights.
    """
    reach = quantile * math.sqrt(variance)
    low, high = max(share - 2 * reach, 0.0), min(share + 2 * reach, 1.0)
    if not 0 < share < 1:
        return low, high
    logit = math.log(share / (1 - share))
    half = reach / (share * (1 - share))
    # min and max: the logit of a share next to 0 or 1 is not exact.
    low, high = max(low, _expit(logit - half)), min(high, _expit(logit + half))
    return min(low, share), max(high, share)


def difference_interval(
    shares: tuple[float, float], ends: tuple[Interval, Interval], correlation: float = 0.0
) -> Interval:
    """The interval of a difference between two shares, from the interval of each.

    Args:
        shares: the two; the difference is the second less the first.
        ends: their intervals.
        correlation: between the two estimates.

    Source: Zou and Donner 2008 (MOVER, with their term for dependent estimates).
    """
    (one, two), ((low_1, high_1), (low_2, high_2)) = shares, ends

    def reach(first: float, second: float) -> float:
        return math.sqrt(max(first**2 + second**2 - 2 * correlation * first * second, 0.0))

    return (
        two - one - reach(high_1 - one, two - low_2),
        two - one + reach(one - low_1, high_2 - two),
    )


def _expit(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-min(x, 700)))
    return math.exp(max(x, -700)) / (1 + math.exp(max(x, -700)))


def wilson(k: int, n: int, level: float = 0.95) -> Interval:
    """The interval of the share of k among n things drawn at random.

    Args:
        k: how many have it, 0 to n.
        n: 1 or more.
        level: such as .95.

    Source: Wilson 1927.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (k + z**2 / 2) / (n + z**2)
    half = z * math.sqrt(k * (n - k) / n + z**2 / 4) / (n + z**2)
    return max(middle - half, 0.0), min(middle + half, 1.0)
