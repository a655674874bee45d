"""warmup_curve: 첫 묶음부터 하나하나 잰 파이썬의 시간."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter_ns

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

BATCHES = 200
CHECKED = 3
PAGE = 512


# ANCHOR: kernel
def compute(count: int, seed: int) -> int:
    """섞은 수를 모두 xor함."""
    total = 0
    for i in range(count):
        total ^= rng.mix64(seed << 32 ^ i)
    return total


def small(n: int) -> int:
    """잴 때만 부름: 첫 부름은 특수화되지 않은 바이트코드로 돎."""
    total = 0
    for i in range(n):
        total += i * i
    return total


def curve(work) -> list[int]:
    """첫 묶음부터의 시간, ns."""
    times = []
    for _ in range(BATCHES):
        start = perf_counter_ns()
        work()
        times.append(perf_counter_ns() - start)
    return times
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("warmup_curve", given)
    sums = [compute(p["mixes"], batch) for batch in range(CHECKED)]
    cells = p["pages"] * PAGE * (BATCHES // 2)
    return {
        "answers": {
            "first": str(sums[0]),
            "second": str(sums[1]),
            "cells": str(cells),
        },
        "checksum": checksum([*sums, cells]),
    }


def timings(p: dict) -> dict:
    """첫 묶음, 다음 아홉, 마지막 50개."""
    times = curve(lambda: small(2_000))
    parts = {
        "파이썬, 첫 묶음": times[:1],
        "파이썬, 2–10번째 묶음": times[1:10],
        "파이썬, 마지막 50묶음": times[-50:],
    }
    return {
        "timings": [
            {"name": name, "ns": measure.spread(part), "items": 1}
            for name, part in parts.items()
        ]
    }


def main() -> None:
    cli.main("warmup_curve", run, timings)


if __name__ == "__main__":
    main()
