"""bench_museum: 고장 난 벤치마크가 견주는 두 방법은 같은 답을 냄."""

from __future__ import annotations

import struct
import sys
from bisect import bisect_left
from operator import indexOf
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

CELLS = 131_072
DIGITS = 31_415_926
LIST = [3 * i for i in range(32)]
VALUES = 1_000_000
HAY = 4_096
SIDE = 16


# ANCHOR: kernel
def warm_up(seed: int) -> tuple[int, int]:
    """한 번에 훑기와 두 번에 나눠 훑기."""
    stream = rng.SplitMix64(seed)
    cells = [stream.next() for _ in range(CELLS)]
    once = [x * 3 + 1 & rng.MASK for x in cells]
    tripled = [x * 3 & rng.MASK for x in cells]
    twice = [x + 1 & rng.MASK for x in tripled]
    return sum(once) & rng.MASK, sum(twice) & rng.MASK


def by_division(x: int) -> int:
    total = 0
    for _ in range(8):
        total += x % 10
        x //= 10
    return total


def folding(seed: int) -> tuple[int, int]:
    """자릿수의 합을 나눗셈으로, 네 자리씩 표로."""
    table = [by_division(x) for x in range(10_000)]
    stream = rng.SplitMix64(seed)
    numbers = [DIGITS, *(stream.below(100_000_000) for _ in range(1_000))]
    left = sum(map(by_division, numbers))
    return left, sum(table[x // 10_000] + table[x % 10_000] for x in numbers)


def short(_: int) -> tuple[int, int]:
    """이진 탐색과 처음부터 보기."""
    left = sum(bisect_left(LIST, key) for key in LIST)
    return left, sum(map(LIST.index, LIST))


def debug(_: int) -> tuple[int, int]:
    """반복문의 합과 내장 sum."""
    total = 0
    for value in range(VALUES):
        total += value
    return total, sum(range(VALUES))


def unlucky(seed: int) -> tuple[int, int]:
    """섞은 배열에서 0이 놓인 자리를 앞에서, 뒤에서."""
    hay = list(range(HAY))
    rng.SplitMix64(seed).shuffle(hay)
    return hay.index(0), HAY - 1 - indexOf(reversed(hay), 0)


def rows(grid: list[list[float]]) -> list[list[float]]:
    out = []
    for y in range(SIDE):
        up, row = grid[(y - 1) % SIDE], grid[y]
        down = grid[(y + 1) % SIDE]
        line = []
        for x in range(SIDE):
            near = up[x] + down[x] + row[x - 1] + row[(x + 1) % SIDE]
            line.append(row[x] + 0.1 * (near - 4.0 * row[x]))
        out.append(line)
    return out


def rolled(grid: list[list[float]]) -> list[list[float]]:
    up, down = grid[-1:] + grid[:-1], grid[1:] + grid[:1]
    left = [row[-1:] + row[:-1] for row in grid]
    right = [row[1:] + row[:1] for row in grid]
    return [
        [c + 0.1 * (u + d + le + r - 4.0 * c)
         for c, u, d, le, r in zip(*lines)]
        for lines in zip(grid, up, down, left, right)
    ]


def numpy(seed: int) -> tuple[int, int]:
    """이웃을 바로 읽기와 격자를 통째로 밀기."""
    stream = rng.SplitMix64(seed)
    start = [[stream.unit() for _ in range(SIDE)] for _ in range(SIDE)]

    def bits(step) -> int:
        grid = start
        for _ in range(10):
            grid = step(grid)
        total = 0.0
        for row in grid:
            for cell in row:
                total += cell
        return struct.unpack("<Q", struct.pack("<d", total))[0]

    return bits(rows), bits(rolled)
# ANCHOR_END: kernel


EXHIBITS = {
    "warm_up": warm_up,
    "folding": folding,
    "short": short,
    "debug": debug,
    "seed": unlucky,
    "numpy": numpy,
}


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("bench_museum", given)
    left, right = EXHIBITS[p["exhibit"]](p["seed"])
    return {
        "answers": {
            "exhibit": p["exhibit"],
            "left": str(left),
            "right": str(right),
        },
        "checksum": checksum([left, right]),
    }


def timings(p: dict) -> dict:
    """디버그 빌드의 전시물과 견줄 진짜 파이썬의 합."""
    values = list(range(VALUES))
    works = {"파이썬 sum(list)": (lambda: sum(values), VALUES)}
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("bench_museum", run, timings)


if __name__ == "__main__":
    main()
