"""morris_counter: 수 대신 지수를 적는 계수기."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import SplitMix64

COMPARED = 10


# ANCHOR: kernel
def limits(a):
    """지수 c의 문턱: 2^64 (a / (a + 1))^c를 정수로. 0번은 쓰지 않음."""
    out, limit = [2**64 - 1], 2**64
    while limit > 1:
        limit = limit * a // (a + 1)
        out.append(limit)
    return [*out, 0]


def count(n, seed, limits):
    """n번 센 지수. 확률 (1 + 1/a)^−c로만 올림."""
    if n == 0:
        return 0
    draw, c = SplitMix64(seed).next, 1
    for _ in range(n - 1):
        if draw() < limits[c]:
            c += 1
    return c


def estimate(c, a):
    """지수에서 되짚은 수: a ((1 + 1/a)^c − 1)."""
    base, power = 1.0 + 1.0 / a, 1.0
    for _ in range(c):
        power *= base
    return a * (power - 1.0)
# ANCHOR_END: kernel


def check(p: dict) -> None:
    most = 200_000_000 if params.HERE == "browser" else 20_000_000_000
    draws = p["n"] * p["counters"] * p["runs"]
    if draws > most:
        raise params.ParamError(
            f"되풀이(runs)의 값 '{p['runs']}': 난수를 {draws:,}번 뽑게 됨."
            f" n × counters × runs가 {most:,} 이하여야 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("morris_counter", given)
    check(p)
    table, m = limits(p["a"]), p["counters"]
    compared = [
        count(p["n"], p["seed"] + i, table)
        for i in range(min(p["runs"], COMPARED) * m)
    ]
    total = 0.0
    for c in compared[:m]:
        total += estimate(c, p["a"])
    return {
        "answers": {
            "exponents": " ".join(map(str, compared)),
            "first": {"value": total / m, "tolerance": 1e-6},
        },
        "checksum": checksum(compared),
    }


def timings(p: dict) -> dict:
    """지수로 세기와 그냥 더하기."""
    n, table = min(p["n"], 100_000), limits(p["a"])

    def plain():
        total = 0
        for _ in range(n):
            total += 1
        return total

    works = {
        "지수로 세기": (lambda: count(n, p["seed"], table), n),
        "그냥 더하기": (plain, n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("morris_counter", run, timings)


if __name__ == "__main__":
    main()
