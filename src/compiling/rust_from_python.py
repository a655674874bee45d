"""rust_from_python: 파이썬에서 Rust를 부르는 길마다의 값."""

from __future__ import annotations

import importlib.util
import os
import sys
from array import array
from functools import partial
from math import ceil
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import MASK, mix64

RATE = 0.25
POINTER, F64, FLOAT_OBJECT = 8, 8, 24


# ANCHOR: kernel
def diffuse(row, rate):
    """확산 한 걸음. 양 끝은 그대로 둠."""
    inner = [
        here + rate * ((left - here) + (right - here))
        for left, here, right in zip(row, row[1:], row[2:])
    ]
    return row[:1] + inner + row[1:][-1:]


def mix_sum(count):
    """0부터 count개의 수를 섞어 모두 더함."""
    total = 0
    for i in range(count):
        total += mix64(i)
    return total & MASK
# ANCHOR_END: kernel


def values(n: int) -> list[float]:
    """2^-20의 배수라 어디서나 같은 값."""
    return [(i * 0x9E37_79B1 & 0xF_FFFF) / 2**20 for i in range(n)]


def toll(way: str, n: int, copies: bool) -> tuple[int, int, int]:
    """(꺼내 읽은 float, 새로 만든 float, 새로 잡은 바이트)."""
    if way == "pure":
        made = max(n - 2, 0)
        return 0, made, n * POINTER + made * FLOAT_OBJECT
    if way != "pyo3" and not copies:
        return 0, 0, 0
    return n, n, n * (2 * F64 + POINTER + FLOAT_OBJECT)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("rust_from_python", given)
    n = p["n"]
    cost = toll(p["way"], n, p["copies"])
    out = array("d", diffuse(values(n), RATE))
    if sys.byteorder == "big":
        out.byteswap()
    mixed = mix_sum(n)
    names = "objects_read", "objects_made", "bytes", "mix_sum"
    answers = dict(zip(names, map(str, [*cost, mixed])))
    words = [n, *cost, fnv1a(out.tobytes()), mixed]
    return {"answers": answers, "checksum": checksum(words)}


BUILT = HERE.parents[1] / "target" / "rust_from_python"
HOW = (
    "Rust로 만든 fastpart를 찾지 못해 순수 파이썬만 잼. 만들기: python3"
    " src/compiling/rust_from_python/check.py. 다른 곳에 있으면 환경 변수"
    " FASTPART에 그 파일의 경로를 적음"
)


def library() -> Path | None:
    """만들어 둔 모듈. 파일 하나에 C 함수와 PyO3 모듈이 함께 들어 있음."""
    if given := os.environ.get("FASTPART"):
        return Path(given)
    found = BUILT.glob("venv/**/fastpart/fastpart*")
    return next((p for p in found if p.suffix in {".so", ".pyd"}), None)


def load(path: Path) -> tuple:
    """ctypes를 감싼 것과 PyO3 모듈."""
    sys.path.insert(0, str(HERE / "rust_from_python"))
    from test_fastpart import Library

    spec = importlib.util.spec_from_file_location("fastpart", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Library(path), module


def ways(n: int) -> dict:
    """길의 이름 → 확산 한 걸음. 만든 것이 없으면 순수 파이썬뿐임."""
    row = values(n)
    calls = {"순수 파이썬": lambda: diffuse(row, RATE)}
    path = library()
    if path is None:
        return calls
    ctypes, pyo3 = load(path)
    src, dst = array("d", row), array("d", bytes(8 * n))

    def through(call):
        """자료가 리스트에 있을 때: 버퍼로 옮기고, 부르고, 되돌림."""
        src, dst = array("d", row), array("d", bytes(8 * n))
        call(src, dst, RATE)
        return dst.tolist()

    want = diffuse(row, RATE)
    calls |= {
        "PyO3, 리스트": lambda: pyo3.diffuse_list(row, RATE),
        "PyO3, 버퍼로 옮겨 담음": partial(through, pyo3.diffuse),
        "ctypes, 버퍼로 옮겨 담음": partial(through, ctypes.diffuse),
    }
    if any(call() != want for call in calls.values()):
        raise SystemExit("길마다의 답이 서로 다름")
    calls["PyO3, 버퍼를 빌림"] = lambda: pyo3.diffuse(src, dst, RATE)
    calls["ctypes, 버퍼를 빌림"] = lambda: ctypes.diffuse(src, dst, RATE)
    return calls


FEW = 1


def timings(p: dict) -> dict:
    """원소 하나일 때와 n개일 때. 둘을 이어 본전이 되는 n을 구함."""
    n = max(p["n"], 2)
    few, many = ways(FEW), ways(n)
    works = {f"{name}: 원소 {FEW}개": (few[name], FEW) for name in few}
    works |= {f"{name}: 원소 {n:,}개": (many[name], n) for name in many}
    rows = measure.interleaved(works)
    spent = [row["ns"]["median"] * row["items"] for row in rows]
    lines = {}
    for name, first, last in zip(few, spent, spent[len(few):]):
        each = (last - first) / (n - FEW)
        lines[name] = first - each * FEW, each
    base, slope = lines.pop("순수 파이썬")
    notes = [
        f"{name}: 한 번 부르는 값 {fixed:,.0f} ns, 원소마다 {each:.2f} ns, "
        + (
            f"순수 파이썬보다 나은 것은 {max(1, ceil(even)):,}개부터"
            if (even := (fixed - base) / (slope - each)) < 1e9
            and slope > each
            else "순수 파이썬보다 나은 크기가 없음"
        )
        for name, (fixed, each) in lines.items()
    ]
    return {"timings": rows, "notes": notes or [HOW]}


def main() -> None:
    cli.main("rust_from_python", run, timings)


if __name__ == "__main__":
    main()
