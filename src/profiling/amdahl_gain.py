"""amdahl_gain: 예산 안에서 가장 나은 묶음을 유리수로 모두 따짐."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum

NAMES = "가나다라마바"
PROFILES = {
    "one_big": [400, 250, 150, 100, 60, 40],
    "even": [1] * 6,
    "long_tail": [32, 16, 8, 4, 2, 1],
}


# ANCHOR: kernel
def picked(functions, group):
    """group의 i번째 비트가 1이면 i번째 함수를 고침."""
    return [each for i, each in enumerate(functions) if group >> i & 1]


def after(functions, group):
    """고친 뒤의 시간. 함수는 (시간, 배수, 비용)."""
    return sum(
        Fraction(time, k if group >> i & 1 else 1)
        for i, (time, k, _) in enumerate(functions)
    )


def cost(functions, group):
    return sum(price for _, _, price in picked(functions, group))


def best(functions, budget):
    """예산 안에서 가장 빠른 묶음. 같으면 싼 것."""
    affordable = [
        group
        for group in range(1 << len(functions))
        if cost(functions, group) <= budget
    ]
    return min(
        affordable,
        key=lambda group: (after(functions, group), cost(functions, group)),
    )


def greedy(functions, budget, worth):
    """worth가 큰 함수부터 예산에 들어가는 대로 고름."""
    group = 0
    order = sorted(range(len(functions)), key=lambda i: -worth(*functions[i]))
    for i in order:
        if cost(functions, group | 1 << i) <= budget:
            group |= 1 << i
    return group
# ANCHOR_END: kernel


def speedup(functions, group):
    """전체가 빨라진 배수, 천분율의 내림."""
    return int(1_000 * after(functions, 0) / after(functions, group))


def limit(functions, i):
    """이 함수를 끝없이 빠르게 할 때, 천분율. 끝이 없으면 0."""
    total = sum(time for time, _, _ in functions)
    rest = total - functions[i][0]
    return total * 1_000 // rest if rest else 0


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("amdahl_gain", given)
    numbers = range(1, 7)
    times = PROFILES.get(p["profile"]) or [p[f"time{i}"] for i in numbers]
    if not any(times):
        raise params.ParamError(
            "가: 시간(time1)의 값 '0': 여섯이 모두 0임."
            " 하나는 1–1,000,000,000 범위여야 함"
        )
    functions = [
        (time, p[f"k{i}"], p[f"cost{i}"]) for i, time in zip(numbers, times)
    ]
    budget = p["budget"]
    top = best(functions, budget)
    names = [name for i, name in enumerate(NAMES) if top >> i & 1]
    alone = [speedup(functions, 1 << i) for i in range(6)]
    limits = [limit(functions, i) for i in range(6)]
    groups = {
        "share": greedy(functions, budget, lambda time, k, _: time),
        "speed": greedy(functions, budget, lambda time, k, _: k),
        "rate": greedy(
            functions,
            budget,
            lambda time, k, price: Fraction(time * (k - 1), k * price),
        ),
    }
    answers = {
        "best": "·".join(names) or "없음",
        "best_set": top,
        "best_cost": cost(functions, top),
        "best_speedup": speedup(functions, top),
        "all_speedup": speedup(functions, 63),
        "alone": " ".join(map(str, alone)),
        "limits": " ".join(map(str, limits)),
    }
    for name, group in groups.items():
        answers[f"{name}_set"] = group
        answers[f"{name}_speedup"] = speedup(functions, group)
    words = [*alone, *limits, top]
    words += [answers["best_speedup"], answers["all_speedup"]]
    words += [answers[f"{name}_speedup"] for name in groups]
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum(words),
    }


def main() -> None:
    cli.main("amdahl_gain", run)


if __name__ == "__main__":
    main()
