"""bench_noise: 표본의 수에 따라 어느 쪽이 빠른지를 몇 번이나 틀리는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import exp_q20
from lab import cli, measure, params, rng
from lab.checksum import checksum

COUNTS = [1, 2, 3, 5, 7, 10, 15, 21, 30, 50, 75, 100, 150, 200]
MOST = 200
# 잡음이 없을 때 A의 시간의 1‰, 모형의 단위
UNIT = 10


# ANCHOR: kernel
class Noise:
    """잡음을 뽑음: 늘 조금 흔들리고, 가끔 크게 튐."""

    def __init__(self, p: dict) -> None:
        self.table = exp_q20()
        self.rng = rng.SplitMix64(p["seed"])
        self.jitter = UNIT * p["jitter"]
        self.spikes = p["spikes"]
        self.spike = UNIT * p["spike"]

    def draw(self) -> int:
        exp = self.table[self.rng.next() >> 52]
        spiked = self.rng.below(1_000) < self.spikes
        return (self.jitter * exp >> 20) + (self.spike if spiked else 0)


def statistics(ordered: list[int]) -> list[tuple[int, int]]:
    """최솟값, 중앙값, 평균, p95의 (값, 배수). 나누지 않아 정수로 남음."""
    n = len(ordered)
    return [
        (ordered[0], 1),
        (ordered[n // 2] + ordered[(n - 1) // 2], 2),
        (sum(ordered), n),
        (ordered[-(-n * 95 // 100) - 1], 1),
    ]


def misjudge(p: dict, counts: list[int]) -> list[list[list[int]]]:
    """[대푯값][표본의 수]마다 [몰라본 횟수, 없는 차이를 본 횟수]."""
    noise = Noise(p)
    errors = [[[0, 0] for _ in counts] for _ in range(4)]
    for _ in range(p["trials"]):
        draws = [noise.draw() for _ in range(2 * MOST)]
        for i, count in enumerate(counts):
            a = statistics(sorted(draws[: 2 * count : 2]))
            b = statistics(sorted(draws[1 : 2 * count : 2]))
            for which, ((low, times), (high, _)) in enumerate(zip(a, b)):
                apart = high - low
                gap = UNIT * p["gap"] * times
                errors[which][i][0] += apart + gap <= 0
                errors[which][i][1] += abs(apart) >= gap
    return errors
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("bench_noise", given)
    errors = misjudge(p, [*COUNTS, p["samples"]])
    chosen = [each.pop() for each in errors]

    def enough(which: int) -> int:
        fits = (
            count
            for count, (wrong, _) in zip(COUNTS, errors[which])
            if wrong * 20 <= p["trials"]
        )
        return next(fits, 0)

    answers = {
        "trials": p["trials"],
        "wrong_min": chosen[0][0],
        "wrong_median": chosen[1][0],
        "wrong_mean": chosen[2][0],
        "wrong_p95": chosen[3][0],
        "phantom_median": chosen[1][1],
        "enough_min": enough(0),
        "enough_median": enough(1),
        "enough_mean": enough(2),
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(
            count for each in errors for pair in each for count in pair
        ),
    }


def work(count: int) -> int:
    """재는 일: 섞은 수들의 합."""
    total = 1
    for i in range(count):
        total = total + rng.mix64(total ^ i) & rng.MASK
    return total


def timings(p: dict) -> dict:
    """똑같은 둘과 조금 다른 하나를 번갈아 잼."""
    base = 2_000
    slower = base + base * p["gap"] // 1_000
    works = {
        "파이썬 A": (lambda: work(base), 1),
        "파이썬 A를 한 번 더": (lambda: work(base), 1),
        f"파이썬 B (일이 {p['gap']}‰ 많음)": (lambda: work(slower), 1),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("bench_noise", run, timings)


if __name__ == "__main__":
    main()
