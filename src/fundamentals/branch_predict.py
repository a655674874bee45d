"""branch_predict: 정렬된 데이터의 조건문은 짐작하기 쉬움."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
def predict(values: Iterable[int], threshold: int) -> tuple[int, int]:
    """(참인 횟수, 틀린 짐작). 카운터가 2 이상이면 참이라고 봄."""
    counter, hits, missed = 1, 0, 0
    for value in values:
        taken = value >= threshold
        hits += taken
        missed += taken != (counter >= 2)
        # 끝에서는 머무름: 한 번 어긋나도 짐작을 바로 뒤집지 않음
        counter = min(counter + 1, 3) if taken else max(counter - 1, 0)
    return hits, missed
# ANCHOR_END: kernel


def make_bytes(p: dict) -> bytes:
    below = rng.SplitMix64(p["seed"]).below
    return bytes(below(256) for _ in range(p["n"]))


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("branch_predict", given)
    n, threshold, data = p["n"], p["threshold"], make_bytes(p)
    taken, missed = predict(data, threshold)
    _, missed_sorted = predict(sorted(data), threshold)
    exact = {
        "taken": taken,
        "missed_random": missed,
        "missed_sorted": missed_sorted,
        "sum": sum(value for value in data if value >= threshold),
    }
    words = [n, threshold, taken, missed, missed_sorted]
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(words),
    }


def timings(p: dict) -> dict:
    """같은 조건문을 무작위와 정렬된 데이터에."""
    threshold, data = p["threshold"], make_bytes(p)

    def add(values):
        total = 0
        for value in values:
            if value >= threshold:
                total += value
        return total

    ordered = bytes(sorted(data))
    works = {
        "for와 if, 무작위": (lambda: add(data), len(data)),
        "for와 if, 정렬": (lambda: add(ordered), len(data)),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("branch_predict", run, timings)


if __name__ == "__main__":
    main()
