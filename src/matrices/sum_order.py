"""sum_order: 더하는 순서가 답을 바꿈."""

from __future__ import annotations

import math
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import SplitMix64

SCALES = [
    1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4,
    1e5, 1e6, 1e7, 1e8,
]  # fmt: skip


def values(p: dict) -> list[float]:
    """더할 수."""
    rng, n = SplitMix64(p["seed"]), p["n"]
    if p["data"] == "uniform":
        return [rng.unit() for _ in range(n)]
    if p["data"] == "wide":
        return [(rng.unit() - 0.5) * SCALES[rng.next() % 17] for _ in range(n)]
    xs = []
    while len(xs) < n:  # 큰 수, 작은 수, 아까의 큰 수를 뺀 것
        big = (rng.unit() - 0.5) * 1e8
        xs += [big, rng.unit(), -big]
    return xs[:n]


# ANCHOR: kernel
def naive(xs):
    """차례로. 내장 sum은 3.12부터 보정하므로 쓰지 않음."""
    total = 0.0
    for x in xs:
        total += x
    return total


def pairwise(xs):
    """반으로 나눠 더함. 128개까지는 누산기 여덟으로 한 번에."""
    n = len(xs)
    if n <= 128:
        return block(xs)
    half = n // 2
    half -= half % 8
    return pairwise(xs[:half]) + pairwise(xs[half:])


def block(xs):
    full = len(xs) - len(xs) % 8
    if not full:
        return naive(xs)
    r = [naive(xs[lane:full:8]) for lane in range(8)]
    total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    for x in xs[full:]:
        total += x
    return total


def kahan(xs):
    """더할 때마다 잃은 아래쪽을 다음 수에 되돌려 줌."""
    total = lost = 0.0
    for x in xs:
        wanted = x - lost
        after = total + wanted
        lost = (after - total) - wanted
        total = after
    return total


def neumaier(xs):
    """둘 가운데 작은 쪽이 잃은 것을 따로 모아 마지막에 더함."""
    total = lost = 0.0
    for x in xs:
        after = total + x
        if abs(total) >= abs(x):
            lost += (total - after) + x
        else:
            lost += (x - after) + total
        total = after
    return total + lost


def single(xs):
    """값도 합도 f32로. f64로 더해 f32로 줄여도 f32 덧셈과 같은 비트임."""
    short = struct.Struct("f")
    total = 0.0
    for x in struct.unpack(f"{len(xs)}f", struct.pack(f"{len(xs)}f", *xs)):
        [total] = short.unpack(short.pack(total + x))
    return total
# ANCHOR_END: kernel


METHODS = {
    "naive": naive,
    "reverse": lambda xs: naive(reversed(xs)),
    "sorted": lambda xs: naive(sorted(xs, key=abs)),
    "pairwise128": pairwise,
    "kahan": kahan,
    "neumaier": neumaier,
    "f32": single,
}

# 더할 수와 합은 모두 2^-200의 배수라 정수로 옮겨도 어림이 없음
GRID = 200


def on_grid(x: float) -> int:
    return int(math.ldexp(x, GRID))


def off_grid(n: int) -> float:
    """정수의 나눗셈은 한 번만 반올림함."""
    return n / 2**GRID


def place(x: float) -> int:
    """실수를 크기 차례로 세운 번호."""
    [bits] = struct.unpack("<q", struct.pack("<d", abs(x)))
    return bits if math.copysign(1.0, x) > 0 else -bits


def exactly(value: float) -> dict:
    return {"value": value, "tolerance": 0.0}


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("sum_order", given)
    xs = values(p)
    total = sum(map(on_grid, xs))
    truth = off_grid(total)
    sums = {name: method(xs) for name, method in METHODS.items()}
    answers = {"exact": exactly(truth)}
    for name, value in sums.items():
        error = off_grid(abs(on_grid(value) - total))
        answers[f"sum_{name}"] = exactly(value)
        answers[f"error_{name}"] = exactly(error)
        answers[f"ulps_{name}"] = str(abs(place(value) - place(truth)))
    return {
        "answers": answers,
        "checksum": checksum([truth, *sums.values()]),
    }


def timings(p: dict) -> dict:
    """파이썬 반복문과, 내장 sum과 math.fsum."""
    xs, n = values(p), p["n"]
    works = {
        "for 문으로 차례로": (lambda: naive(xs), n),
        "내장 sum": (lambda: sum(xs), n),
        "math.fsum": (lambda: math.fsum(xs), n),
        "쌍합": (lambda: pairwise(xs), n),
        "Neumaier 보정합": (lambda: neumaier(xs), n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("sum_order", run, timings)


if __name__ == "__main__":
    main()
