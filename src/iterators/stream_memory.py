"""stream_memory: 합 하나를 구하는 데 메모리가 얼마나 드는가."""

from __future__ import annotations

import sys
from itertools import islice, tee
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import MASK


# ANCHOR: kernel
def total(items):
    """제곱의 합. 다음 항목을 받기 전에 이번 것을 다 씀."""
    result = 0
    for x in items:
        result = result + x * x & MASK
    return result


def by_list(n, chunk, gap):
    return total([*range(n)])


def by_generator(n, chunk, gap):
    return total(x for x in range(n))


def by_chunks(n, chunk, gap):
    result = 0
    for start in range(0, n, chunk):
        result += total([*range(start, min(start + chunk, n))])
    return result & MASK


def by_tee(n, chunk, gap):
    """앞선 쪽이 본 것을 뒤진 쪽이 볼 때까지 tee가 쥐고 있음."""
    ahead, behind = tee(range(n))
    for _ in islice(ahead, gap):
        pass
    result = 0
    for x in behind:
        next(ahead, None)
        result = result + x * x & MASK
    return result
# ANCHOR_END: kernel


WAYS = {
    "list": by_list,
    "generator": by_generator,
    "chunks": by_chunks,
    "tee": by_tee,
}

# 포인터 폭 → 빈 리스트, 포인터, 정수, tee의 블록이 요청하는 바이트.
# 작은 정수는 getsizeof의 28이 아니라 구조체의 크기 32를 요청함
SIZES = {64: (56, 8, 32, 512), 32: (28, 4, 16, 260)}
CACHED = 257  # 0–256은 미리 만들어 둔 것을 같이 씀
CELLS = 57  # tee의 블록 하나가 담는 값


def fresh_ints(start: int, end: int) -> int:
    """새로 만들어야 하는 정수의 수."""
    return max(0, end - max(start, CACHED))


def list_bytes(start: int, end: int, width: int) -> int:
    head, pointer, integer, _ = SIZES[width]
    slots = (end - start + 1) // 2 * 2
    return head + pointer * slots + integer * fresh_ints(start, end)


def tee_bytes(at: int, n: int, gap: int, width: int) -> int:
    """뒤진 쪽이 at을 보는 순간: 두 쪽 사이의 블록이 모두 살아 있음."""
    _, _, integer, block = SIZES[width]
    first, end = at // CELLS, min(n, at + gap + 1)
    blocks = (end - 1) // CELLS + 1 - first
    return block * blocks + integer * fresh_ints(first * CELLS, end)


def peak_bytes(way: str, n: int, chunk: int, gap: int, width: int) -> int:
    """쌓인 항목 때문에 드는 가장 많은 바이트."""
    if way == "generator":
        return 0
    if way == "list":
        return list_bytes(0, n, width)
    if way == "chunks":
        starts = range(0, n, chunk)[: CACHED // chunk + 2]
        return max(list_bytes(s, min(s + chunk, n), width) for s in starts)
    last = n - min(n, gap)
    spots = range(max(0, last - 2 * CELLS), last + 1)
    return max(tee_bytes(at, n, gap, width) for at in spots)


def held(way: str, n: int, chunk: int, gap: int) -> int:
    """쌓아 두는 항목의 최댓값."""
    most = {"list": n, "generator": 0, "chunks": chunk, "tee": gap + 1}
    return min(n, most[way])


def check(p: dict) -> None:
    count = held(p["variant"], p["n"], p["chunk"], p["gap"])
    if count > 20_000_000 and not p["force"]:
        raise params.ParamError(
            f"항목의 수(n)의 값 '{p['n']:,}': 방법이 '{p['variant']}'이면"
            f" {count:,}개를 쌓음. 20,000,000개를 넘으면 --force true가"
            " 있어야 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("stream_memory", given)
    check(p)
    way, sizes = p["variant"], (p["n"], p["chunk"], p["gap"])
    result = WAYS[way](*sizes)
    count = held(way, *sizes)
    answers = {
        "sum": result,
        "rust_bytes": 8 * count,
        "allocations": int(count > 0),
        "python_64": peak_bytes(way, *sizes, 64),
        "python_32": peak_bytes(way, *sizes, 32),
        "list_64": peak_bytes("list", *sizes, 64),
        "tee_64": peak_bytes("tee", *sizes, 64),
    }
    exact = result, 8 * count, int(count > 0)
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(exact),
    }


def timings(p: dict) -> dict:
    """네 방법의 시간과, tracemalloc이 본 최대 메모리."""
    sizes = p["n"], p["chunk"], p["gap"]

    def work(way):
        return lambda: WAYS[way](*sizes)

    names = params.labels("stream_memory", "variant")
    works = {names[way]: (work(way), p["n"]) for way in WAYS}
    return {
        "timings": measure.interleaved(works),
        "notes": [
            f"tracemalloc 최대, {names[way]}:"
            f" {measure.traced_peak(WAYS[way], *sizes):,}바이트"
            for way in WAYS
        ],
    }


def main() -> None:
    cli.main("stream_memory", run, timings)


if __name__ == "__main__":
    main()
