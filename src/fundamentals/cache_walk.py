"""cache_walk: 행렬을 도는 순서가 캐시의 미스를 정함."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

LINE = 64
ELEMENT = 8


# ANCHOR: kernel
def walk(order: str, n: int, block: int) -> Iterator[tuple[int, int]]:
    """n × n 행렬의 원소를 정한 순서로 한 번씩 들름."""
    if order == "row":
        yield from ((i, j) for i in range(n) for j in range(n))
    elif order == "col":
        yield from ((i, j) for j in range(n) for i in range(n))
    else:
        for top in range(0, n, block):
            rows = range(top, min(n, top + block))
            for left in range(0, n, block):
                for j in range(left, min(n, left + block)):
                    yield from ((i, j) for i in rows)


def misses(path, stride: int, sets: int, ways: int) -> int:
    """집합 연관 LRU 캐시. 집합마다 오래된 라인부터 늘어놓음."""
    cache = [[] for _ in range(sets)]
    count = 0
    for i, j in path:
        line = ELEMENT * (i * stride + j) // LINE
        held = cache[line % sets]
        if held and held[-1] == line:
            continue
        if line in held:
            held.remove(line)
        else:
            count += 1
            if len(held) == ways:
                del held[0]
        held.append(line)
    return count
# ANCHOR_END: kernel


def check(p: dict) -> int:
    """집합의 수. 라인 번호의 비트로 고르므로 2의 거듭제곱이어야 함."""
    ways = int(p["ways"])

    def sets(kib: int) -> int:
        count, left = divmod(kib * 1024 // LINE, ways)
        return 0 if left or count & (count - 1) else count

    if found := sets(int(p["l1_kib"])):
        return found
    fits = ", ".join(str(kib) for kib in (16, 32, 48, 64) if sets(kib))
    raise params.ParamError(
        f"한 집합의 라인 수(ways)의 값 '{ways}': {p['l1_kib']} KiB를"
        " 2의 거듭제곱 개의 집합으로 나누지 못함."
        f" 이 값에는 L1 크기(l1_kib)가 {fits} KiB여야 함"
    )


def matrix(n: int) -> list[list[float]]:
    """1,000 미만의 정수를 담은 행들."""
    return [[float((i * n + j) % 1000) for j in range(n)] for i in range(n)]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("cache_walk", given)
    sets, ways = check(p), int(p["ways"])
    n, pad, block = p["n"], p["pad"], p["block"]

    def count(order: str, pad: int) -> int:
        return misses(walk(order, n, block), n + pad, sets, ways)

    counts = {order: count(order, pad) for order in ("row", "col", "block")}
    rows, total = matrix(n), 0.0
    for i, j in walk(p["order"], n, block):
        total += rows[i][j]
    exact = {
        "accesses": n * n,
        "misses": counts[p["order"]],
        "misses_row": counts["row"],
        "misses_col": counts["col"],
        "misses_block": counts["block"],
        "misses_col_pad8": count("col", pad + 8),
        "sum": int(total),
    }
    words = [n, pad, n * n, exact["misses"], total]
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(words),
    }


def timings(p: dict) -> dict:
    """리스트의 리스트를 두 방향으로 더하기."""
    n = p["n"]
    rows = matrix(n)
    columns = range(n)

    def by_row():
        total = 0.0
        for row in rows:
            for x in row:
                total += x
        return total

    def by_index():
        total = 0.0
        for row in rows:
            for j in columns:
                total += row[j]
        return total

    def by_column():
        total = 0.0
        for j in columns:
            for row in rows:
                total += row[j]
        return total

    works = {
        "행 방향, for x in row": (by_row, n * n),
        "행 방향, row[j]": (by_index, n * n),
        "열 방향, row[j]": (by_column, n * n),
    }
    return {
        "timings": measure.interleaved(works),
        "sizes": {"행 하나": sys.getsizeof(rows[0])},
    }


def main() -> None:
    cli.main("cache_walk", run, timings)


if __name__ == "__main__":
    main()
