"""julia: 줄리아 집합의 점마다 벗어날 때까지의 횟수."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a


# ANCHOR: kernel
def escape(re, im, cr, ci, max_iter):
    """한 점이 원 |z| = 2를 벗어나기 전까지 돈 횟수."""
    count = 0
    while count < max_iter:
        re2, im2 = re * re, im * im
        if re2 + im2 >= 4.0:
            break
        re, im = re2 - im2 + cr, 2.0 * re * im + ci
        count += 1
    return count


def axis(center, half, n):
    """왼쪽 끝은 들어가고 오른쪽 끝은 들어가지 않는 점 n개."""
    return [center - half + (2.0 * half * i) / n for i in range(n)]


def paint(p):
    """모든 점의 횟수, 위의 행부터."""
    n, half, max_iter = p["n"], p["half"], p["max_iter"]
    cr, ci = p["cr"], p["ci"]
    xs, ys = axis(p["cx"], half, n), axis(p["cy"], half, n)
    return [escape(x, y, cr, ci, max_iter) for y in ys for x in xs]
# ANCHOR_END: kernel


def answer(p: dict, counts: list[int]) -> dict:
    """횟수에서 답과 체크섬을 얻음. NumPy 쪽도 이것을 씀."""
    most, total = p["max_iter"], sum(counts)
    last = (most - 1).bit_length() + 1
    bins = Counter(last if k == most else k.bit_length() for k in counts)
    words = b"".join(k.to_bytes(8, "little") for k in counts)
    return {
        "answers": {
            "sum": str(total),
            "inside": str(bins[last]),
            "histogram": " ".join(str(bins[at]) for at in range(last + 1)),
        },
        "checksum": checksum([p["n"], most, total, fnv1a(words)]),
    }


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("julia", given)
    return answer(p, paint(p))


def timings(p: dict) -> dict:
    """반복 한 번의 시간. 크면 오래 걸리므로 150 × 150까지만."""
    p = p | {"n": min(p["n"], 150)}
    works = {"순수 파이썬": (lambda: paint(p), sum(paint(p)))}
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("julia", run, timings)


if __name__ == "__main__":
    main()
