"""type_specialize: 명령 하나가 타입을 배우는 과정(PEP 659)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FunctionType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

# 명령의 모양. 특수화가 없는 타입은 어느 것과도 맞지 않음
GENERIC, INT, FLOAT = 0, 1, 2
OTHER = None
MAX_BACKOFF = 12


# ANCHOR: kernel
class Site:
    """명령 하나와 그 곁의 카운터."""

    def __init__(self, warmup=2, cooldown=53):
        self.form = GENERIC
        self.value, self.backoff = warmup - 1, 1
        self.cooldown = cooldown - 1

    def execute(self, kind):
        """지나간 순간들의 이름."""
        if self.form == kind:
            return ["hit"]
        steps = ["miss"] if self.form != GENERIC else []
        if self.value > 0:
            self.value -= 1
            return [*steps, "wait"]
        if kind is not OTHER:
            self.form = kind
            self.value, self.backoff = self.cooldown, 0
            return [*steps, "learn", "hit"]
        self.form = GENERIC
        self.backoff = min(MAX_BACKOFF, self.backoff + 1)
        # 2^b − 1에서 시작하고, 이번 실행을 마저 하며 하나를 씀
        self.value = 2**self.backoff - 2
        return [*steps, "back_off"]

    def counter(self):
        """CPython이 명령 곁에 적어 두는 16비트."""
        return self.value << 4 | self.backoff
# ANCHOR_END: kernel


def kinds(p: dict) -> list:
    """오는 타입의 열."""
    stream, k = p["stream"], p["k"]
    draw = rng.SplitMix64(p["seed"])

    def kind(i):
        if stream == "alternate":
            return FLOAT if i % 2 else INT
        if stream == "phase":
            return FLOAT if i // k % 2 else INT
        if stream == "random":
            return FLOAT if draw.below(100) < p["p"] else INT
        if stream == "unsupported" or stream == "spoil" and i >= k:
            return OTHER
        return INT

    return [kind(i) for i in range(p["length"])]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("type_specialize", given)
    site = Site(p["warmup"], p["cooldown"])
    hits = misses = generic = 0
    attempts, changes = [], []
    for at, kind in enumerate(kinds(p), 1):
        before = site.form
        steps = site.execute(kind)
        hits += "hit" in steps
        misses += "miss" in steps
        generic += "miss" not in steps and "hit" not in steps
        if "learn" in steps or "back_off" in steps:
            attempts.append(at)
        if site.form != before:
            changes.append((at, site.form))
    # 배운 실행은 특수화한 명령이 끝냄
    cost = (
        hits * p["cost_hit"]
        + misses * p["cost_miss"]
        + generic * p["cost_generic"]
        + len(attempts) * p["cost_attempt"]
    )
    answers = {
        "hits": hits,
        "misses": misses,
        "generic": generic,
        "attempts": len(attempts),
        "changes": len(changes),
        "change_at": ", ".join(str(at) for at, _ in changes[:10]),
        "attempt_at": ", ".join(map(str, attempts[:10])),
        "cost": cost,
    }
    vector = [hits, misses, len(attempts)]
    vector += [word for change in changes for word in change]
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(vector),
    }


def add_all(values):
    for value in values:
        value + value


def fresh(function):
    """같은 코드의 새 함수: 앞의 실행이 가르친 것이 남지 않음."""
    code = function.__code__.replace()
    return FunctionType(code, function.__globals__)


def timings(_: dict) -> dict:
    """진짜 인터프리터의 덧셈 하나."""
    n = 10_000
    streams = {
        "정수만": [7] * n,
        "실수만": [7.5] * n,
        "번갈아": [7, 7.5] * (n // 2),
        "500번씩": ([7] * 500 + [7.5] * 500) * (n // 1_000),
        "53번씩": (([7] * 53 + [7.5] * 53) * 95)[:n],
        "복소수만": [7 + 1j] * n,
    }
    works = {
        name: (lambda add=fresh(add_all), values=values: add(values), n)
        for name, values in streams.items()
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("type_specialize", run, timings)


if __name__ == "__main__":
    main()
