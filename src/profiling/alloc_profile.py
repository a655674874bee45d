"""alloc_profile: 같은 일을 세 가지로 할 때의 할당과 최대 메모리."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

SHORTEST = 16
LETTERS = bytes(range(ord("a"), ord("z") + 1))
TEXT = LETTERS * 21  # 읽어 둔 글인 셈 침: 줄마다 이 위의 한 구간임


def spans(p: dict):
    """줄마다 글 위의 시작과 끝."""
    stream = rng.SplitMix64(p["seed"])
    for _ in range(p["lines"]):
        start = stream.below(len(LETTERS))
        yield start, start + SHORTEST + stream.below(p["longest"] - SHORTEST + 1)


# ANCHOR: kernel
def collect(cuts):
    """모두 모음: 줄마다 객체 하나."""
    lines = [TEXT[start:end] for start, end in cuts]
    return sum(map(sum, lines))


def stream(cuts):
    """한 줄씩 버림: 다음 줄을 읽으면 앞의 객체는 사라짐."""
    return sum(sum(TEXT[start:end]) for start, end in cuts)


def reuse(cuts):
    """버퍼 하나를 다시 씀. 글은 새로 담지 않아도, 그 글을 들여다볼
    memoryview는 줄마다 둘씩 생김."""
    text = memoryview(TEXT)
    buffer = memoryview(bytearray(max(end - start for start, end in cuts)))
    total = 0
    for start, end in cuts:
        line = buffer[: end - start]
        line[:] = text[start:end]
        total += sum(line)
    return total
# ANCHOR_END: kernel


WAYS = {"collect": collect, "stream": stream, "reuse": reuse}
HEAD = 3  # Vec 하나의 머리: 포인터, 길이, 용량


def grown(capacity: int, needed: int, least: int) -> int:
    """Rust의 Vec이 자란 용량: 두 배, 모자라면 꼭 맞게."""
    return max(2 * capacity, needed, least)


def collect_heap(lengths: list[int], pointer: int) -> tuple[int, int, int]:
    """횟수, 누적 바이트, 최대 바이트. 목록은 4칸부터 자람."""
    calls, total, slots = len(lengths), sum(lengths), 0
    while slots < len(lengths):
        slots = grown(slots, slots + 1, 4)
        calls += 1
        total += pointer * HEAD * slots
    return calls, total, sum(lengths) + pointer * HEAD * slots


def stream_heap(lengths: list[int], pointer: int) -> tuple[int, int, int]:
    return len(lengths), sum(lengths), max(lengths)


def reuse_heap(lengths: list[int], pointer: int) -> tuple[int, int, int]:
    calls = total = capacity = 0
    for length in lengths:
        if capacity < length:
            capacity = grown(capacity, length, 8)
            calls += 1
            total += capacity
    return calls, total, capacity


HEAPS = {"collect": collect_heap, "stream": stream_heap, "reuse": reuse_heap}


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("alloc_profile", given)
    cuts = list(spans(p))
    lengths = [end - start for start, end in cuts]
    answers, exact = {}, [stream(cuts)]
    for name, heap in HEAPS.items():
        calls, total, peak = heap(lengths, 8)
        narrow = heap(lengths, 4)[2]
        row = {
            "calls": calls,
            "total_64": total,
            "peak_64": peak,
            "peak_32": narrow,
        }
        answers |= {f"{name}_{key}": str(value) for key, value in row.items()}
        exact += row.values()
    return {
        "answers": answers | {"sum": str(exact[0])},
        "checksum": checksum(exact),
    }


def timings(p: dict) -> dict:
    """세 방법의 시간과, tracemalloc이 본 최대 메모리."""
    cuts = list(spans(p))
    names = params.labels("alloc_profile", "variant")

    def work(way):
        return lambda: WAYS[way](cuts)

    return {
        "sizes": {
            f"{names[name]}: tracemalloc의 최대": measure.traced_peak(
                way, cuts
            )
            for name, way in WAYS.items()
        },
        "timings": measure.interleaved(
            {names[name]: (work(name), len(cuts)) for name in WAYS}
        ),
    }


def main() -> None:
    cli.main("alloc_profile", run, timings)


if __name__ == "__main__":
    main()
