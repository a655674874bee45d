"""list_growth: 리스트는 언제 더 큰 배열로 이사하는가."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from time import perf_counter_ns

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

# 하나씩 잴 때: 모두 1초 안쪽으로, 큰 배열은 앞부분만
MOST_ROUNDS, MOST_READS, MOST_PLACES = 1_000, 1_000_000, 10_000
# 시계의 눈금이 이보다 거칠면 append 하나를 잴 수 없음, ns
FINE_NS = 200


# ANCHOR: kernel
def roomy(size, old_size):
    """CPython이 size개를 담으려고 잡는 용량: 8분의 1쯤의 여유를 둠."""
    if size == 0:
        return 0
    capacity = size + (size >> 3) + 6 & ~3
    # 한꺼번에 많이 늘리면 여유를 두지 않음
    if size - old_size > capacity - size:
        return size + 3 & ~3
    return capacity


class Growing:
    """자라고 줄어드는 배열. 원소는 담지 않고 수만 셈."""

    def __init__(self, policy="cpython", k=1_000):
        self.policy, self.k = policy, k
        self.size = self.capacity = self.moves = self.copies = 0

    def resize(self, size):
        least = self.capacity >> 1 if self.policy == "cpython" else 0
        if not least <= size <= self.capacity:
            capacity = self.rule(size)
            if capacity != self.capacity:
                self.moves += 1
                self.copies += min(size, self.size)
            self.capacity = capacity
        self.size = size

    def rule(self, size):
        if self.policy == "double":
            return max(self.capacity * 2, 4)
        if self.policy == "x1_5":
            return max(self.capacity * 3 // 2, 4)
        if self.policy == "add_k":
            return self.capacity + self.k
        return roomy(size, self.size)
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("list_growth", given)
    n, model = p["n"], Growing(p["policy"], p["k"])
    for size in range(1, n + 1):
        model.resize(size)
    exact = {
        "moves": model.moves,
        "copies": model.copies,
        "final_capacity": model.capacity,
    }
    model.moves = model.copies = 0
    for size in range(n - 1, -1, -1):
        model.resize(size)
    more = {"shrinks": model.moves, "shrink_copies": model.copies}
    return {
        "answers": {key: str(v) for key, v in (exact | more).items()},
        "checksum": checksum([n, *exact.values()]),
    }


def moving_places(n: int) -> set[int]:
    """모형이 이사한다고 말하는 append의 차례."""
    model, places = Growing(), set()
    for size in range(1, n + 1):
        capacity = model.capacity
        model.resize(size)
        if model.capacity != capacity:
            places.add(size)
    return places


def each_append(n: int, rounds: int) -> dict[int, int]:
    """append의 차례마다, 여러 번 잰 것 가운데 가장 짧은 시간(ns)."""
    fastest = [sys.maxsize] * n
    for _ in range(rounds):
        items = []
        for i in range(n):
            start = perf_counter_ns()
            items.append(None)
            spent = perf_counter_ns() - start
            if spent < fastest[i]:
                fastest[i] = spent
    return dict(enumerate(fastest, 1))


def spikes(n: int) -> str:
    """가장 느린 append가 이사하는 append인가."""
    step = measure.clock_step()
    if step > FINE_NS:
        return f"시계의 눈금이 {step:,} ns라 append를 하나씩 잴 수 없음"
    n = min(n, MOST_PLACES)
    rounds = min(MOST_READS // n, MOST_ROUNDS)
    times, moving = each_append(n, rounds), moving_places(n)
    slowest = sorted(times, key=lambda place: -times[place])[: len(moving)]
    found = len(moving.intersection(slowest))
    told = (
        f"append {n:,}번을 하나씩 {rounds:,}판 재어 가장 짧은 것끼리 견줌: "
        f"가장 느린 {len(moving)}자리 가운데 {found}자리가 모형이 말한 이사임."
    )
    others = [ns for place, ns in times.items() if place not in moving]
    if others:
        mid = statistics.median
        moves = mid(times[place] for place in moving)
        told += (
            f" 중앙값은 이사가 {moves:,.0f} ns, 나머지가 {mid(others):,.0f} ns"
            " (시계를 읽는 시간까지)"
        )
    return told


def timings(p: dict) -> dict:
    """같은 길이의 리스트를 만드는 네 가지 길."""
    n = p["n"]

    def append():
        items = []
        for i in range(n):
            items.append(i)
        return items

    def assign():
        items = [None] * n
        for i in range(n):
            items[i] = i
        return items

    works = {
        "append": append,
        "리스트 내포": lambda: [i for i in range(n)],
        "[None] * n에 대입": assign,
        "list(range(n))": lambda: list(range(n)),
    }
    return {
        "timings": measure.interleaved(
            {name: (work, n) for name, work in works.items()}
        ),
        "sizes": {name: sys.getsizeof(work()) for name, work in works.items()},
        "notes": [spikes(n)],
    }


def main() -> None:
    cli.main("list_growth", run, timings)


if __name__ == "__main__":
    main()
