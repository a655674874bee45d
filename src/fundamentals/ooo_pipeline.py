"""ooo_pipeline: 먼저 준비된 명령부터 실행하면 몇 사이클이 걸리는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum


# ANCHOR: kernel
NOT_ISSUED = float("inf")


def schedule(program, width, window=None):
    """명령마다 결과가 나오는 사이클. program은 (기다릴 명령, 지연)의 열임.

    window가 None이면 순차 실행: 준비되지 않은 명령에서 멈춤. 아니면 비순차
    실행: 끝나지 않은 명령을 앞에서부터 window개 살펴봄.
    """
    ends = [NOT_ISSUED] * len(program)
    now, left = 0, len(program)
    while left:
        slots, seen = width, 0
        for i, (before, latency) in enumerate(program):
            if ends[i] <= now:
                continue
            if slots == 0 or seen == window:
                break
            seen += 1
            if ends[i] != NOT_ISSUED:
                continue
            if before is None or ends[before] <= now:
                ends[i] = now + latency
                slots -= 1
                left -= 1
            elif window is None:
                break
        now += 1
        if slots == width:
            # 아무것도 발행하지 못했으면 다음 결과가 나올 때로 건너뜀
            now = min((end for end in ends if now <= end < NOT_ISSUED))
    return ends


def accumulate(values, k):
    """누산기 k개로 더함: i번째 값은 i % k번째 누산기로 감."""
    return sum_in_order(sum_in_order(values[j::k]) for j in range(k))


def sum_in_order(values):
    """내장 sum은 3.12부터 오차를 보정하므로 쓰지 않음."""
    total = 0.0
    for value in values:
        total += value
    return total
# ANCHOR_END: kernel


VALUES = 1 << 20


def make_values():
    """0부터 2^20 - 1까지를 뒤섞은 것: 어떤 차례로 더해도 반올림이 없음."""
    return [float(i * 0x9E37_79B1 & VALUES - 1) for i in range(VALUES)]


def make_program(p: dict) -> list[tuple[int | None, int]]:
    back = p["k"] if p["kind"] == "accumulators" else 1
    program = []
    for i in range(p["n"]):
        every = p["miss_every"] if p["kind"] == "loads" else 0
        if every and i % every == 0:
            program.append((None, p["miss_latency"]))
        else:
            program.append((i - back if i >= back else None, p["latency"]))
    return program


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("ooo_pipeline", given)
    program = make_program(p)

    def cycles(window=None):
        return max(schedule(program, p["width"], window))

    total = accumulate(make_values(), p["k"])
    exact = {
        "cycles_inorder": cycles(),
        "cycles_ooo": cycles(p["window"]),
        "sum": total,
    }
    more = {
        "ooo_window16": cycles(16),
        "ooo_window64": cycles(64),
        "sum": int(total),
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def main() -> None:
    # 덧셈의 시간은 재지 않음: 바퀴마다의 해석 비용이 지연을 덮어 버림
    cli.main("ooo_pipeline", run)


if __name__ == "__main__":
    main()
