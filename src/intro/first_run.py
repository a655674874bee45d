"""first_run: 같은 값, 다른 시간."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum


# ANCHOR: kernel
MASK = 0xFFFF_FFFF_FFFF_FFFF


def fold(n, seed):
    """난수 n개의 위쪽 32비트에서 합, 최댓값, 배타적 논리합을 구함."""
    total = largest = parity = 0
    state = seed
    for _ in range(n):
        state = (state + 0x9E37_79B9_7F4A_7C15) & MASK
        z = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB & MASK
        x = (z ^ (z >> 31)) >> 32
        total = (total + x) & MASK
        largest = max(largest, x)
        parity ^= x
    return total, largest, parity
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("first_run", given)
    total, largest, parity = fold(p["n"], p["seed"])
    return {
        "answers": {
            "sum": str(total),
            "max": str(largest),
            "xor": str(parity),
        },
        "checksum": checksum([p["n"], total, largest, parity]),
    }


def timings(p: dict) -> dict:
    """순수 파이썬 반복문의 시간."""
    work = lambda: fold(p["n"], p["seed"])  # noqa: E731
    return {"timings": measure.interleaved({"순수 파이썬": (work, p["n"])})}


def main() -> None:
    cli.main("first_run", run, timings)


if __name__ == "__main__":
    main()
