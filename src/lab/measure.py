"""시간 재기. 퍼짐이 없는 수는 보이지 않음: 중앙값과 p10–p90을 함께 냄."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from time import perf_counter_ns

STEPS_PER_SAMPLE = 200
LONG_NS = 20_000_000


def clock_step() -> int:
    """시계가 한 번에 움직이는 가장 작은 폭(ns)."""
    steps = []
    for _ in range(100):
        start = perf_counter_ns()
        while (now := perf_counter_ns()) == start:
            pass
        steps.append(now - start)
    return min(steps)


def elapsed(work: Callable[[], object], times: int) -> int:
    start = perf_counter_ns()
    for _ in range(times):
        work()
    return perf_counter_ns() - start


def interleaved(works: dict[str, tuple[Callable[[], object], int]]) -> list:
    """A B A B 순서로 재어 한쪽만 방해받는 일을 줄임.

    works는 이름 → (할 일, 한 번에 다루는 항목 수). ns는 항목 하나의 시간임.
    """
    need = STEPS_PER_SAMPLE * clock_step()
    was_on = gc.isenabled()
    gc.disable()
    try:
        batches, longest = {}, 0
        for name, (work, _) in works.items():
            times, spent = 1, elapsed(work, 1)
            if spent < LONG_NS:
                # 첫 번은 찬 캐시와 특수화 앞의 코드라 묶음이 작게 잡힘
                spent = elapsed(work, 1)
            while spent < need:
                times *= 2
                spent = elapsed(work, times)
            batches[name] = times
            longest = max(longest, spent)
        count = 7 if longest >= LONG_NS else 21
        samples = {name: [] for name in works}
        for _ in range(count):
            for name, (work, items) in works.items():
                times = batches[name]
                ns = elapsed(work, times) / (times * items)
                samples[name].append(ns)
    finally:
        if was_on:
            gc.enable()
    return [
        {"name": name, "ns": spread(samples[name]), "items": items}
        for name, (_, items) in works.items()
    ]


def traced_peak(work: Callable[..., object], *args: object) -> int:
    """일하는 동안 tracemalloc이 본 가장 많은 바이트."""
    import tracemalloc  # 쓰는 실험이 둘뿐이라 여기서만 들여옴

    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work(*args)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def spread(samples: list[float]) -> dict[str, float]:
    """표본이 적으면 p10–p90 대신 최소–최대."""
    ordered = sorted(samples)
    edge = len(ordered) // 10 if len(ordered) > 7 else 0
    return {
        "median": statistics.median(ordered),
        "p10": ordered[edge],
        "p90": ordered[-1 - edge],
    }
