"""matmul_block: 행렬 곱의 차례와 캐시의 미스."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fundamentals.cache_walk import check
from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import SplitMix64

LINE = 64
ELEMENT = 8
MODEL = 128
A, B, C = range(3)

Rows = list[list[float]]


def matrices(n: int) -> tuple[Rows, Rows]:
    """1,024 미만의 정수를 담은 행렬 둘."""
    rng = SplitMix64(42)

    def draw() -> Rows:
        return [
            [float(rng.below(1024)) for _ in range(n)] for _ in range(n)
        ]

    return draw(), draw()


# ANCHOR: kernel
def multiply(a: Rows, b: Rows) -> Rows:
    """행의 곱을 쌓음: i, k, j 차례."""
    product = []
    for row in a:
        sums = [0.0] * len(row)
        for x, other in zip(row, b):
            sums = [s + x * y for s, y in zip(sums, other)]
        product.append(sums)
    return product


def touches(order: str, n: int, block: int) -> Iterator[tuple[int, int, int]]:
    """건드리는 원소의 차례: 행렬, 행, 열."""

    def along_k(i: int, j: int):
        for k in range(n):
            yield A, i, k
            yield B, k, j
        yield C, i, j

    def along_j(i: int, k: int, columns: range = range(n)):
        yield A, i, k
        for j in columns:
            yield B, k, j
            yield C, i, j

    def along_i(j: int, k: int):
        yield B, k, j
        for i in range(n):
            yield A, i, k
            yield C, i, j

    def blocks():
        def part(start: int) -> range:
            return range(start, min(n, start + block))

        starts = range(0, n, block)
        for top in starts:
            for deep in starts:
                for left in starts:
                    for i in part(top):
                        for k in part(deep):
                            yield from along_j(i, k, part(left))

    inner = {
        "ijk": along_k,
        "jik": lambda j, i: along_k(i, j),
        "ikj": along_j,
        "kij": lambda k, i: along_j(i, k),
        "jki": along_i,
        "kji": lambda k, j: along_i(j, k),
    }
    if order == "blocked":
        yield from blocks()
    elif order in inner:
        for x in range(n):
            for y in range(n):
                yield from inner[order](x, y)


def misses(path: Iterator, n: int, sets: int, ways: int) -> list[int]:
    """집합 연관 LRU 캐시에서 행렬마다의 미스. 오래된 라인부터 늘어놓음."""
    cache = [[] for _ in range(sets)]
    counts = [0, 0, 0]
    for matrix, row, col in path:
        line = ELEMENT * (matrix * n * n + row * n + col) // LINE
        held = cache[line % sets]
        if held and held[-1] == line:
            continue
        if line in held:
            held.remove(line)
        else:
            counts[matrix] += 1
            if len(held) == ways:
                del held[0]
        held.append(line)
    return counts
# ANCHOR_END: kernel


def result(p: dict, cells: list[float]) -> dict:
    """행을 이어 붙인 곱에서 읽는 답과 체크섬."""
    n = min(p["n"], MODEL)
    path = touches(p["order"], n, p["block"])
    a, b, c = misses(path, n, check(p), int(p["ways"]))
    bits = fnv1a(struct.pack(f"<{len(cells)}d", *cells))
    return {
        "answers": {
            "sum": str(sum(map(int, cells))),
            "misses_a": str(a),
            "misses_b": str(b),
            "misses_c": str(c),
        },
        "checksum": checksum([bits, a + b + c]),
    }


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("matmul_block", given)
    check(p)
    product = multiply(*matrices(p["n"]))
    return result(p, [cell for row in product for cell in row])


def timings(p: dict) -> dict:
    """리스트의 리스트를 두 차례로 곱하기."""
    n = p["n"]
    a, b = matrices(n)

    def by_element() -> Rows:
        product = [[0.0] * n for _ in range(n)]
        for i in range(n):
            for j in range(n):
                total = 0.0
                for k in range(n):
                    total += a[i][k] * b[k][j]
                product[i][j] = total
        return product

    works = {
        "파이썬, i\u00a0→\u00a0j\u00a0→\u00a0k": (by_element, n**3),
        "파이썬, 행의 곱을 쌓음": (lambda: multiply(a, b), n**3),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("matmul_block", run, timings)


if __name__ == "__main__":
    main()
