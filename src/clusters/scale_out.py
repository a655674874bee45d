"""scale_out: 기계를 늘릴 때 쏠림, 꼬리, 고장이 깎는 배수를 셈함."""

from __future__ import annotations

import math
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum

SIZES = [1, 10, 100, 1_000, 10_000, 100_000]
SWEEP = [step * 10**power for power in range(6) for step in (1, 2, 5)]
SWEEP.append(1_000_000)


# ANCHOR: kernel
def power(base: float, n: int) -> float:
    """곱셈만으로 구한 거듭제곱: 어느 실행 환경에서나 같은 비트."""
    product = 1.0
    while n:
        if n & 1:
            product *= base
        base *= base
        n >>= 1
    return product


def plan(p: dict, n: int) -> tuple[float, float]:
    """기계 n대의 (한 대와 견준 배수, 체크포인트의 간격)."""
    hot = p["hot"] / 1e6
    skewed = 1.0 / (hot + (1.0 - hot) / n)
    touched = 1.0 - power(1.0 - p["slow"] / 1e3, n)
    tailed = skewed / (1.0 + (p["factor"] - 1.0) * touched)
    save, failure = float(p["checkpoint"]), p["mtbf"] * 86_400.0 / n
    interval = math.sqrt(2.0 * save * failure)
    lost = save / interval + interval / (2.0 * failure)
    kept = 1.0 - lost if lost < 1.0 else 0.0
    return tailed * kept, interval
# ANCHOR_END: kernel


def bits(value: float) -> int:
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("scale_out", given)
    best, fastest = 1, plan(p, 1)[0]
    for n in SWEEP:
        speedup = plan(p, n)[0]
        if speedup > fastest:
            best, fastest = n, speedup
    answers, vector = {}, []
    for n in SIZES:
        speedup, interval = plan(p, n)
        answers[f"speedup_{n}"] = math.floor(speedup * 1e3)
        vector += [bits(speedup), bits(interval)]
    hours = p["records"] / p["rate"] / 3_600.0
    answers["best_machines"] = best
    answers["best_speedup"] = math.floor(fastest * 1e3)
    answers["single_hours"] = math.floor(hours)
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([*vector, best]),
    }


def main() -> None:
    cli.main("scale_out", run)


if __name__ == "__main__":
    main()
