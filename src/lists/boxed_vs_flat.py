"""boxed_vs_flat: 같은 실수가 왜 어떤 리스트에서는 느리게 더해지는가."""

from __future__ import annotations

import sys
from array import array
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum


LINE = 64
POINTER = {"64": 8, "32": 4}


# ANCHOR: kernel
def stream(n, each):
    """줄지은 n개를 끝까지 읽을 때 지나는 캐시 라인."""
    return -(-n * each // LINE)


def line_changes(slots, slot_bytes):
    """바로 앞과 다른 라인에 있는 상자를 읽은 횟수."""
    per_line, last, changes = LINE // slot_bytes, None, 0
    for slot in slots:
        line = slot // per_line
        if line != last:
            changes += 1
        last = line
    return changes


def cost(layout, n, width, slots):
    """차지하는 바이트와, 합 한 번에 들이는 라인."""
    pointer = POINTER[width]
    slot = pointer * 4  # 할당기가 상자 하나에 내주는 바이트
    if layout == "flat":
        return n * 8, stream(n, 8)
    if layout == "struct_of_arrays":
        return n * 9, stream(n, 8) + stream(n, 1)
    if layout == "boxed_in_order":
        lines = stream(n, slot)
    else:
        lines = line_changes(slots, slot)
    return n * (pointer + slot), stream(n, pointer) + lines
# ANCHOR_END: kernel


def boxes(n: int) -> list[float]:
    """실수 객체 n개. 만든 순서대로 늘어놓음."""
    return [float(i % 1_000) for i in range(n)]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("boxed_vs_flat", given)
    n, width = p["n"], p["width"]
    slots = list(range(n))
    rng.SplitMix64(p["seed"]).shuffle(slots)
    # 3.12부터 sum은 실수를 보정해 더하지만, 정수 값이라 답은 같음
    total = int(sum(boxes(n)))
    taken, lines = cost(p["layout"], n, width, slots)
    exact = {"sum": total, "bytes": taken, "lines": lines}
    _, shuffled_lines = cost("boxed_shuffled", n, width, slots)
    more = {"shuffled_lines": shuffled_lines}
    return {
        "answers": {key: str(v) for key, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """진짜 리스트와 array의 합."""
    n = p["n"]
    in_order, shuffled, flat = boxes(n), boxes(n), array("d", boxes(n))
    rng.SplitMix64(p["seed"]).shuffle(shuffled)
    works = {
        "list: 만든 순서대로": (lambda: sum(in_order), n),
        "list: 섞음": (lambda: sum(shuffled), n),
        "array('d')": (lambda: sum(flat), n),
    }
    floats = n * sys.getsizeof(0.0)
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            "list(포인터만)": sys.getsizeof(in_order),
            "그 안의 실수": floats,
            "array('d')": sys.getsizeof(flat),
        },
    }


def main() -> None:
    cli.main("boxed_vs_flat", run, timings)


if __name__ == "__main__":
    main()
