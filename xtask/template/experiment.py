"""NAME: 한 줄로 이 실험이 무엇을 보이는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
def total(n, seed):
    """난수 n개의 위쪽 32비트를 더함."""
    stream = rng.SplitMix64(seed)
    result = 0
    for _ in range(n):
        result += stream.next() >> 32
    return result
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("NAME", given)
    answer = total(p["n"], p["seed"])
    return {
        "answers": {"n": str(p["n"]), "sum": str(answer)},
        "checksum": checksum([p["n"], answer]),
    }


def timings(p: dict) -> dict:
    """순수 파이썬 반복문의 시간."""
    work = lambda: total(p["n"], p["seed"])  # noqa: E731
    return {"timings": measure.interleaved({"순수 파이썬": (work, p["n"])})}


def main() -> None:
    cli.main("NAME", run, timings)


if __name__ == "__main__":
    main()
