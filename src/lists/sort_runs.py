"""sort_runs: 거의 정렬된 목록은 왜 금방 정렬되는가."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

LONGEST = 64
MOST_COUNTED = 200_000


# ANCHOR: kernel
class Sorter:
    """런을 찾아 더미에 쌓고, 힘의 차례로 합침. 한 일을 셈."""

    def __init__(self, items):
        self.items = items
        self.runs = self.merges = self.compares = self.moves = 0

    def sort(self):
        n, least = len(self.items), minrun(len(self.items))
        stack, start = [], 0  # (시작, 길이, 다음 런과의 힘)
        while start < n:
            natural = self.count_run(start)
            length = max(natural, min(least, n - start))
            self.insert_rest(start, start + natural, start + length)
            self.runs += 1
            if stack:
                power = node_power(stack[-1][0], stack[-1][1], length, n)
                while len(stack) > 1 and stack[-2][2] > power:
                    self.merge_top(stack)
                stack[-1][2] = power
            stack.append([start, length, 0])
            start += length
        while len(stack) > 1:
            self.merge_top(stack)

    def falls(self, at):
        self.compares += 1
        return self.items[at] < self.items[at - 1]

    def count_run(self, start):
        """이어진 오르막의 길이. 내리막이면 뒤집어 오르막으로 만듦."""
        items, end = self.items, len(self.items)
        if start + 1 == end:
            return 1
        down, at = self.falls(start + 1), start + 2
        while at < end and self.falls(at) == down:
            at += 1
        if down:
            items[start:at] = items[start:at][::-1]
            self.moves += (at - start) // 2 * 2
        return at - start

    def insert_rest(self, start, done, end):
        """앞의 정렬된 것 사이에 나머지를 하나씩 끼워 넣음."""
        items = self.items
        for at in range(done, end):
            pivot, lo, hi = items[at], start, at
            while lo < hi:
                middle = start + (lo - start + hi - start) // 2
                self.compares += 1
                if pivot < items[middle]:
                    hi = middle
                else:
                    lo = middle + 1
            items[lo + 1 : at + 1] = items[lo:at]
            items[lo] = pivot
            self.moves += at - lo

    def merge_top(self, stack):
        start, length, _ = stack[-2]
        middle = start + length
        end = middle + stack.pop()[1]
        self.merge(start, middle, end)
        stack[-1][1] = end - start
        self.merges += 1

    def merge(self, start, middle, end):
        """왼쪽을 잠시 옮겨 두고 앞에서부터 작은 것을 적음."""
        items, spare = self.items, self.items[start:middle]
        left, right, at = 0, middle, start
        while left < len(spare) and right < end:
            self.compares += 1
            if items[right] < spare[left]:
                items[at] = items[right]
                right += 1
            else:
                items[at] = spare[left]
                left += 1
            at += 1
        items[at:right] = spare[left:]
        self.moves += len(spare) + right - start


def minrun(n):
    """런의 최소 길이: n을 2의 거듭제곱보다 조금 적은 수의 런으로 나눔."""
    rest = 0
    while n >= LONGEST:
        rest |= n & 1
        n >>= 1
    return n + rest


def node_power(start, left, right, n):
    """두 런의 가운데를 n으로 나눈 이진 소수가 처음 갈라지는 자리."""
    a = 2 * start + left
    b = a + left + right
    power = 1
    while (a >= n) == (b >= n):
        if a >= n:
            a, b = a - n, b - n
        a, b, power = 2 * a, 2 * b, power + 1
    return power
# ANCHOR_END: kernel


def draw(p: dict) -> list[int]:
    """정렬할 수."""
    n, k, pattern = p["n"], p["k"], p["pattern"]
    stream = rng.SplitMix64(p["seed"])
    if pattern == "random":
        return [stream.next() for _ in range(n)]
    if pattern == "few_distinct":
        return [stream.below(k) for _ in range(n)]
    if pattern == "sawtooth":
        length = -(-n // k)
        return [i % length for i in range(n)]
    items = list(range(n))
    if pattern == "reversed":
        items.reverse()
    if pattern == "k_swaps":
        for _ in range(k):
            a, b = stream.below(n), stream.below(n)
            items[a], items[b] = items[b], items[a]
    return items


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("sort_runs", given)
    sorter = Sorter(draw(p))
    sorter.sort()
    exact = {
        "runs": sorter.runs,
        "compares": sorter.compares,
        "moves": sorter.moves,
    }
    more = {"merges": sorter.merges}
    return {
        "answers": {key: str(v) for key, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


class Counted:
    """견줄 때마다 세는 수."""

    __slots__ = ("value",)
    compares = 0

    def __init__(self, value: int) -> None:
        self.value = value

    def __lt__(self, other: Counted) -> bool:
        Counted.compares += 1
        return self.value < other.value


def real_compares(items: list[int]) -> int:
    """진짜 list.sort가 <를 부른 횟수."""
    Counted.compares = 0
    [Counted(item) for item in items].sort()
    return Counted.compares


def timings(p: dict) -> dict:
    """진짜 list.sort의 시간과 비교 횟수."""
    items = draw(p)
    notes = []
    if len(items) <= MOST_COUNTED:
        version = f"CPython {platform.python_version()}"
        count = real_compares(items)
        notes.append(f"{version}의 list.sort가 견준 횟수: {count:,}번")
    works = {
        "sorted(items)": (lambda: sorted(items), len(items)),
        "sorted(items, key=…)": (
            lambda: sorted(items, key=lambda item: item),
            len(items),
        ),
    }
    return {"timings": measure.interleaved(works), "notes": notes}


def main() -> None:
    cli.main("sort_runs", run, timings)


if __name__ == "__main__":
    main()
