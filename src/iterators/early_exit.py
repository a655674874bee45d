"""early_exit: 당기는 쪽이 멈추면 만드는 쪽도 멈춤."""

from __future__ import annotations

import sys
from itertools import islice, takewhile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
class Source:
    """참과 거짓을 하나씩 만들며, 몇 개를 만들었는지 셈."""

    def __init__(self, stream, n, permille):
        self.stream, self.n, self.permille = stream, n, permille
        self.made = 0

    def __iter__(self):
        for self.made in range(1, self.n + 1):
            yield self.stream.below(1_000) < self.permille


def stops(way, source, k):
    """진짜 내장 함수와 itertools로 훑음. 도중에 멈추었으면 참."""
    if way == "any":
        return any(source)
    if way == "all":
        return not all(source)
    if way == "next":
        return next((True for hit in source if hit), False)
    if way == "takewhile":
        kept = sum(1 for _ in takewhile(lambda hit: not hit, source))
        return kept < source.made
    return len(list(islice((hit for hit in source if hit), k))) == k
# ANCHOR_END: kernel


def check(p: dict) -> None:
    limit = 5_000_000 if params.HERE == "browser" else 200_000_000
    inverted = p["way"] == "all"
    chance = 1_000 - p["permille"] if inverted else p["permille"]
    needed = p["k"] if p["way"] == "islice" else 1
    expected = min(p["n"], needed * 1_000 // chance) if chance else p["n"]
    most = limit // max(expected, 1)
    if p["trials"] > most:
        raise params.ParamError(
            f"되풀이하는 횟수(trials)의 값 '{p['trials']:,}': 한 번에"
            f" {expected:,}개쯤 보므로 1–{most:,}번 범위여야 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("early_exit", given)
    check(p)
    stream = rng.SplitMix64(p["seed"])
    looks, found = [], 0
    for _ in range(p["trials"]):
        source = Source(stream, p["n"], p["permille"])
        found += stops(p["way"], source, p["k"])
        looks.append(source.made)
    looks.sort()
    last = len(looks) - 1
    answers = {
        "looked": sum(looks),
        "median": looks[last * 50 // 100],
        "p99": looks[last * 99 // 100],
        "max": looks[last],
        "found": found,
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(answers.values()),
    }


def main() -> None:
    cli.main("early_exit", run)


if __name__ == "__main__":
    main()
