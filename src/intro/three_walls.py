"""three_walls: 메모리의 벽과 성능의 벽을 식으로 미리 봄."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum


# ANCHOR: kernel
def average_access(working_set, levels, memory_cycles):
    """평균 접근 시간(사이클의 천분율).

    작업 집합을 고르게 건드리면, 캐시마다 담은 만큼 적중함.
    levels는 작은 것부터 (KiB, 사이클). 넘친 몫은 메모리가 맡음.
    """
    covered = cycles = 0
    for capacity, latency in levels:
        reached = max(covered, min(capacity, working_set))
        cycles += (reached - covered) * latency
        covered = reached
    cycles += (working_set - covered) * memory_cycles
    return cycles * 1000 // working_set


def halvings(n):
    """n을 1까지 반씩 줄이는 횟수: log2를 올림한 것."""
    return max((n - 1).bit_length(), 1)
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌. 비율은 모두 천분율 정수."""
    p = params.fill("three_walls", given)
    levels = [(p[f"l{k}_kib"], p[f"l{k}_cycles"]) for k in (1, 2, 3)]
    amat = average_access(p["working_set"], levels, p["memory_cycles"])
    amat_l2 = average_access(p["l2_kib"], levels, p["memory_cycles"])
    n, steps = p["n"], halvings(p["n"])
    # 이 n부터는 늘 이김: 한 번 이기고도 2의 거듭제곱을 넘으며 다시 질 수 있음
    far = range(20 * p["interpreter"], 1, -1)
    loses = (k for k in far if k <= p["interpreter"] * halvings(k))
    crossover = next(loses, 1) + 1
    exact = {
        "amat": amat,
        "amat_l2": amat_l2,
        "memory_ratio": amat * 1000 // amat_l2,
        "language_gain": p["interpreter"] * 1000,
        "algorithm_gain": n * 1000 // steps,
        "both_gain": p["interpreter"] * n * 1000 // steps,
        "crossover": crossover,
    }
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


def main() -> None:
    cli.main("three_walls", run)


if __name__ == "__main__":
    main()
