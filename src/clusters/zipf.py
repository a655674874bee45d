"""무거운 것이 몇 개뿐인 분포: k번째의 무게는 2^32 / k^s의 정수 부분."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from lab.rng import SplitMix64


class Zipf:
    """가짓수 n, 기울기 s."""

    def __init__(self, n: int, s: int) -> None:
        weights = ((1 << 32) // k**s for k in range(1, n + 1))
        self.sums = list(accumulate(weights))
        self.total = self.sums[-1]

    def draw(self, rng: SplitMix64) -> int:
        """하나를 뽑음: 0 이상 n 미만."""
        return bisect_right(self.sums, rng.below(self.total))
