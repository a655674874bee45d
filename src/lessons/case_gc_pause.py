"""case_gc_pause: 방침마다의 멈춤과 최대 힙."""

from __future__ import annotations

import gc
import sys
from collections import deque
from pathlib import Path
from time import perf_counter_ns

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

FOREVER = 2**64 - 1


# ANCHOR: kernel
def simulate(p, policy):
    """할당을 되풀이하며 방침에 따라 치움."""
    frozen = p["live"] if policy == "frozen" else 0
    young, middle = [], []
    old = deque([FOREVER] * (p["live"] - frozen))
    rounds = middles = pending = peak = 0
    settled = len(old)
    pauses = []
    for now in range(p["ops"]):
        share = now * 7 % 1_000
        if share < p["cycle_permille"]:
            young.append(now + p["life"])
        elif share < p["cycle_permille"] + p["keep_permille"]:
            young.append(FOREVER)
        heap = frozen + len(young) + len(middle) + len(old)
        peak = max(peak, heap)
        if len(young) <= p["threshold"] or policy == "disabled":
            continue
        seen = len(young)
        if policy == "incremental":
            old.extend(dies for dies in young if dies > now)
            young = []
            part = min(len(old), p["slice"])
            seen += part
            for _ in range(part):
                dies = old.popleft()
                if dies > now:
                    old.append(dies)
            pauses.append(seen)
            continue
        rounds += 1
        if rounds > 10 and middles > 10 and pending > settled // 4:
            seen += len(middle) + len(old)
            every = [*old, *young, *middle]
            old = deque(dies for dies in every if dies > now)
            young, middle = [], []
            settled = len(old)
            rounds = middles = pending = 0
        elif rounds > 10:
            seen += len(middle)
            alive = [dies for dies in middle + young if dies > now]
            pending += len(alive)
            old.extend(alive)
            young, middle = [], []
            rounds = 0
            middles += 1
        else:
            middle.extend(dies for dies in young if dies > now)
            young = []
        pauses.append(seen)
    left = sum(dies <= p["ops"] for dies in [*young, *middle, *old])
    return pauses, peak, left
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    p = params.fill("case_gc_pause", given)
    limit = 50_000_000 if params.HERE == "browser" else 5_000_000_000
    most = limit // max(p["ops"] // p["threshold"], 1)
    if p["slice"] > most:
        raise params.ParamError(
            f"한 번에 살피는 오래된 객체(slice)의 값 '{p['slice']}': 이 할당과"
            f" 문턱에서는 100–{most:,}개 범위여야 함"
        )
    both = p["cycle_permille"] + p["keep_permille"]
    if both > 1_000:
        raise params.ParamError(
            f"계속 사는 몫(keep_permille)의 값 '{p['keep_permille']}': 순환이"
            f" 되는 몫과 더해 {both}‰임."
            f" 0–{1_000 - p['cycle_permille']}‰ 범위여야 함"
        )
    pauses, peak, left = simulate(p, p["policy"])
    fine = p | {"slice": p["slice"] // 10}
    peaks = {
        "incremental_peak": simulate(p, "incremental")[1],
        "fine_peak": simulate(fine, "incremental")[1],
        "disabled_peak": simulate(p, "disabled")[1],
    }
    words = [len(pauses), max(pauses, default=0), sum(pauses), peak, left]
    names = ["collections", "longest", "examined", "peak", "left"]
    answers = dict(zip(names, words))
    answers |= peaks
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(words),
    }


class Node:
    """자기 자신을 가리키는 객체."""

    def __init__(self):
        self.me = self


def pauses_of_real_gc(ops: int, live: int) -> list[int]:
    """진짜 수집기가 멈춘 시간, ns."""
    pauses, started = [], [0]

    def watch(phase, info):
        if phase == "start":
            started[0] = perf_counter_ns()
        else:
            pauses.append(perf_counter_ns() - started[0])

    kept = [Node() for _ in range(live)]
    was_on = gc.isenabled()
    gc.callbacks.append(watch)
    gc.enable()
    try:
        for _ in range(ops):
            Node()
    finally:
        gc.callbacks.remove(watch)
        if not was_on:
            gc.disable()
    del kept
    return pauses or [0]


def timings(p: dict) -> dict:
    """진짜 gc가 멈춘 시간. 이 판의 수집기임."""
    pauses = pauses_of_real_gc(min(p["ops"], 200_000), min(p["live"], 100_000))
    version = ".".join(map(str, sys.version_info[:3]))
    return {
        "timings": [
            {
                "name": f"gc의 멈춤 하나(파이썬 {version})",
                "ns": measure.spread(pauses),
                "items": len(pauses),
            }
        ]
    }


def main() -> None:
    cli.main("case_gc_pause", run, timings)


if __name__ == "__main__":
    main()
