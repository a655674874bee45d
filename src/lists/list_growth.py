"""list_growth: 리스트는 언제 더 큰 배열로 이사하는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum


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
    }


def main() -> None:
    cli.main("list_growth", run, timings)


if __name__ == "__main__":
    main()
