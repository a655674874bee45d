"""이 장의 모형이 함께 쓰는 것: 사건의 줄, 지수 분포의 간격, 분위수."""

from __future__ import annotations

import sys
from heapq import heappop, heappush
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab.rng import SplitMix64

PAGE = sys.platform == "emscripten"
TABLE = 4_096
ONE = 1 << 58


def can_wait() -> bool:
    """asyncio.run을 쓸 수 있는가. 페이지에서는 부른 쪽에 달렸음."""
    if not PAGE:
        return True
    from pyodide.ffi import can_run_sync

    return can_run_sync()


def only_in_terminal(what: str, name: str) -> dict:
    command = f"python3 src/concurrency/{name}.py --measure"
    return {"notes": [f"{what} 터미널에서만 됨: {command}"]}


class Events:
    """시각(µs)이 이른 것부터, 같으면 넣은 차례대로."""

    def __init__(self):
        self.heap = []
        self.seq = 0

    def __bool__(self):
        return bool(self.heap)

    def push(self, at, event):
        heappush(self.heap, (at, self.seq, event))
        self.seq += 1

    def pop(self):
        at, _, event = heappop(self.heap)
        return at, event

    def next_at(self):
        return self.heap[0][0]


def log_ratio(n: int) -> int:
    """2·atanh(1/n) = ln((n + 1) / (n - 1)), 2^58배."""
    power, odd, total = ONE // n, 1, 0
    while power:
        total += power // odd
        power //= n * n
        odd += 2
    return 2 * total


def exp_q20() -> list[int]:
    """-ln((i + 0.5) / 4096)의 2^20배를 반올림한 4,096개. 정수로만 셈함."""
    table = [0] * TABLE
    log = log_ratio(4 * TABLE - 1)
    for i in reversed(range(TABLE)):
        table[i] = log + (1 << 37) >> 38
        if i:
            log += log_ratio(2 * i)
    return table


class Gaps:
    """지수 분포를 따르는 정수를 뽑음."""

    def __init__(self, seed: int) -> None:
        self.table = exp_q20()
        self.rng = SplitMix64(seed)

    def next(self) -> int:
        """평균이 1인 값의 2^20배."""
        return self.table[self.rng.next() >> 52]

    def draw(self, mean: int) -> int:
        return mean * self.next() >> 20


def percentile(ordered: list[int], percent: int) -> int:
    """적어도 percent%가 이 값 아래인 가장 작은 것. 값이 없으면 0."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1] if rank else 0
