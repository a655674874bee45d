"""timer_probe: 시계를 거푸 읽어 값이 몇 ns씩 뛰는지 봄."""

from __future__ import annotations

import sys
from pathlib import Path
from time import get_clock_info, perf_counter_ns

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum


# ANCHOR: kernel
def readings(count):
    """시계를 거푸 읽음. 목록은 미리 만들어 두고 채우기만 함."""
    seen = [0] * count
    for i in range(count):
        seen[i] = perf_counter_ns()
    return seen


def steps(seen):
    """앞으로 간 폭(작은 것부터), 그대로인 횟수, 뒤로 간 횟수."""
    deltas = [later - now for now, later in zip(seen, seen[1:])]
    forward = sorted(delta for delta in deltas if delta > 0)
    back = sum(delta < 0 for delta in deltas)
    return forward, len(deltas) - len(forward) - back, back
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("timer_probe", given)
    return {
        "answers": {"samples": str(p["samples"])},
        "checksum": checksum([p["samples"]]),
    }


def timings(p: dict) -> dict:
    """perf_counter_ns의 눈금."""
    seen = readings(p["samples"])
    forward, still, back = steps(seen)
    each = [(seen[-1] - seen[0]) / (len(seen) - 1)]
    rows = {"가장 작은 눈금": forward[:1], "움직인 폭": forward,
            "한 번 읽기": each}
    info = get_clock_info("perf_counter")
    return {
        "timings": [
            {
                "name": f"perf_counter_ns: {name}",
                "ns": measure.spread(values),
                "items": len(values),
            }
            for name, values in rows.items()
            if values
        ],
        "notes": [
            f"파이썬의 시계: {info.implementation}, 값이 그대로인 읽기"
            f" {still:,}번, 뒤로 간 읽기 {back:,}번"
        ],
    }


def main() -> None:
    cli.main("timer_probe", run, timings)


if __name__ == "__main__":
    main()
