"""dead_code: 인터프리터는 결과를 버려도 반복을 지우지 않음."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

ODD = 0x9E37_79B9_7F4A_7C15


# ANCHOR: kernel
def discarded(n: int) -> int:
    """더한 것을 아무도 보지 않지만 그래도 모두 더함."""
    total = 0
    for i in range(n):
        total += i * i
    return n


def squares(n: int) -> int:
    total = 0
    for i in range(n):
        total += i * i
    return total & rng.MASK


def chained(n: int) -> int:
    total = 0
    for i in range(n):
        total = (total ^ i) * ODD & rng.MASK
    return total
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("dead_code", given)
    answers = {"squares": squares(p["n"]), "chain": chained(p["n"])}
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(answers.values()),
    }


def timings(p: dict) -> dict:
    """결과를 쓰나 버리나 같은 시간이 걸림."""
    n = min(p["n"], 1_000_000)
    works = {
        "파이썬, 결과를 버림": (lambda: discarded(n), n),
        "파이썬, 결과를 씀": (lambda: squares(n), n),
        "파이썬, 앞의 답을 써야 하는 반복": (lambda: chained(n), n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("dead_code", run, timings)


if __name__ == "__main__":
    main()
