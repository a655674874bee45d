"""call_boundary: 경계를 넘는 횟수와, 파이썬에서 넘는 값."""

from __future__ import annotations

import array
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum
from lab.rng import MASK

BATCHES = (1, 16, 256, 4096)


# ANCHOR: kernel
def cross(items, payload, batch):
    """(경계를 넘은 횟수, 그때마다의 합)을 차례로 냄."""
    if payload == "number":
        batch = 1
    total = 0
    for start in range(0, len(items), batch):
        part = items[start : start + batch]
        total += sum(part)
        yield total
# ANCHOR_END: kernel


def make_items(p: dict) -> list[int]:
    """0–999의 정수들."""
    stream = rng.SplitMix64(p["seed"])
    return [stream.below(1_000) for _ in range(p["n"])]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("call_boundary", given)
    n, batch = p["n"], p["batch"]
    if batch > n:
        raise params.ParamError(
            f"묶음의 크기(batch)의 값 '{batch:,}': 원소의 수보다 큼."
            f" 1–{n:,}개 범위여야 함"
        )
    calls = total = 0
    fold = 0xCBF2_9CE4_8422_2325
    for total in cross(make_items(p), p["payload"], batch):
        calls += 1
        fold = (fold ^ total) * 0x100_0000_01B3 & MASK
    copied = 8 * n if p["payload"] == "copy" else 0
    answers = {"calls": calls, "copied_bytes": copied, "sum": total}
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([n, calls, copied, total, fold]),
    }


def copier(n: int):
    """(묶음마다 넘어가 복사하는 함수, 한 줄의 설명)."""
    if sys.platform == "emscripten":
        return javascript(n)
    return libc(n)


def libc(n: int):
    """C의 memcpy를 ctypes로."""
    import ctypes
    from ctypes.util import find_library

    name = find_library("c") or find_library("msvcrt")
    if name is None:
        return None, "C 라이브러리를 찾지 못해 ctypes의 시간은 재지 않음"
    memcpy = ctypes.CDLL(name).memcpy
    memcpy.argtypes = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t
    memcpy.restype = ctypes.c_void_p
    buffers = [(ctypes.c_double * n)() for _ in range(2)]
    target, source = map(ctypes.addressof, buffers)

    def copy(batch):
        size = 8 * batch
        for offset in range(0, 8 * n, size):
            memcpy(target + offset, source + offset, size)

    # 주소만 들고 있으면 버퍼가 사라짐
    copy.buffers = buffers
    return copy, f"경계는 ctypes로 부르는 {name}의 memcpy"


def javascript(n: int):
    """JavaScript의 TypedArray.set을 Pyodide로."""
    import js

    # 책의 보안 정책이 eval을 막아 JavaScript 함수를 새로 만들 수 없음.
    # 있는 것 가운데 set은 돌려주는 것이 없어 감쌀 값도 없음
    source, target = js.Float64Array.new(n), js.Float64Array.new(n)
    put = target.set
    parts = {batch: source.subarray(0, batch) for batch in BATCHES}

    def copy(batch):
        part = parts[batch]
        for at in range(0, n, batch):
            put(part, at)

    return copy, "경계는 Pyodide에서 부르는 JavaScript의 TypedArray.set"


def timings(p: dict) -> dict:
    """원소 n개를 옮김: 파이썬 안에서, 그리고 경계 너머에서."""
    # 묶음의 배수라야 모든 방법이 같은 수를 옮김
    n = 16_384
    source = array.array("d", bytes(8 * n))
    target = array.array("d", bytes(8 * n))
    values = [float(i) for i in range(1_000)]

    def one_by_one():
        for i in range(n):
            target[i] = source[i]

    def whole():
        target[:] = source

    def each(function):
        for value in values:
            function(value)

    works = {
        "파이썬: 하나씩 대입": (one_by_one, n),
        "파이썬: 조각 대입": (whole, n),
        "확장 모듈: math.fabs 한 번": (lambda: each(math.fabs), len(values)),
    }
    copy, said = copier(n)
    if copy:
        for batch in BATCHES:
            work = lambda batch=batch: copy(batch)
            works[f"경계: {batch}개씩"] = work, n
    return {"timings": measure.interleaved(works), "notes": [said]}


def main() -> None:
    cli.main("call_boundary", run, timings)


if __name__ == "__main__":
    main()
