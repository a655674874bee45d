"""temp_arrays: NumPy로 쓰는 세 가지와 numba. 어느 것이나 비트가 같음."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params

from matrices import temp_arrays

try:
    import numpy as np
except ImportError:
    print("NumPy가 없음: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)

try:
    import numba
except ImportError:
    numba = None

Spelling = Callable[[], np.ndarray]


def inputs(n: int) -> list[np.ndarray]:
    """대응물의 입력과 같은 값."""
    i = np.arange(1, n + 1, dtype=np.uint64)
    odds = map(np.uint64, temp_arrays.ODD.values())
    return [(i * odd & np.uint64(0xFFFF_FFFF)) / 2**32 for odd in odds]


# ANCHOR: kernel
# 식마다: 그대로 쓴 것, out=으로 쓴 것
NAIVE = {
    "products": lambda a, b, c, d: a * b + c * d,
    "square": lambda a, b, c, d: (a - b) * (a - b),
    "blend": lambda a, b, c, d: a * 0.5 + b * 0.25 + c * 0.25,
}


def products(a, b, c, d, out, tmp):
    np.multiply(a, b, out=out)
    np.multiply(c, d, out=tmp)
    np.add(out, tmp, out=out)


def square(a, b, c, d, out, tmp):
    np.subtract(a, b, out=out)
    np.subtract(a, b, out=tmp)
    np.multiply(out, tmp, out=out)


def blend(a, b, c, d, out, tmp):
    np.multiply(a, 0.5, out=out)
    np.multiply(b, 0.25, out=tmp)
    np.add(out, tmp, out=out)
    np.multiply(c, 0.25, out=tmp)
    np.add(out, tmp, out=out)


IN_PLACE = {"products": products, "square": square, "blend": blend}


def in_place(expr: str, arrays: list, chunk: int) -> Spelling:
    """미리 둔 배열에 씀. chunk가 n보다 작으면 토막마다 나눠 계산함."""
    n, f = len(arrays[0]), IN_PLACE[expr]
    out, tmp = np.empty(n), np.empty(min(n, chunk))

    def spelling():
        for start in range(0, n, chunk):
            part = slice(start, start + chunk)
            short = out[part]
            f(*(a[part] for a in arrays), short, tmp[: len(short)])
        return out

    return spelling


def compiled(expr: str, arrays: list) -> Spelling:
    """numba가 하나로 합친 반복문."""
    f, out = numba.njit(NAIVE[expr]), np.empty(len(arrays[0]))

    @numba.njit
    def fill(a, b, c, d, out):
        for i in range(len(out)):
            out[i] = f(a[i], b[i], c[i], d[i])

    def spelling():
        fill(*arrays, out)
        return out

    return spelling
# ANCHOR_END: kernel


def spellings(p: dict) -> dict[str, Spelling]:
    arrays, expr, n = inputs(p["n"]), p["expr"], p["n"]
    ways = {
        "NumPy 식 그대로": lambda: NAIVE[expr](*arrays),
        "NumPy out=": in_place(expr, arrays, n),
        "NumPy 토막과 out=": in_place(expr, arrays, p["chunk"]),
    }
    if numba:
        ways["numba"] = compiled(expr, arrays)
    return ways


def run(given: dict) -> dict:
    """순수 파이썬의 답. NumPy의 모든 길이 그것과 비트까지 같아야 함."""
    theirs = temp_arrays.run(given)
    for name, spelling in spellings(params.fill("temp_arrays", given)).items():
        bits = f"{temp_arrays.fnv1a(spelling().tobytes()):016x}"
        if bits != theirs["answers"]["bits"]:
            sys.exit(f"{name}의 비트 {bits}: 순수 파이썬과 다름")
    return theirs


def timings(p: dict) -> dict:
    works = {name: (way, p["n"]) for name, way in spellings(p).items()}
    one = np.ones(1)

    def calls():
        # 한 번만 부르면 앞의 큰 배열이 비워 놓은 캐시를 재게 됨
        for _ in range(1_000):
            np.add(one, one, out=one)

    works["np.add 한 번(원소 1개)"] = (calls, 1_000)
    notes = [f"NumPy {np.__version__}"]
    if numba:
        notes = [f"NumPy {np.__version__}, numba {numba.__version__}"]
    return {"timings": measure.interleaved(works), "notes": notes}


def main() -> None:
    cli.main("temp_arrays", run, timings)


if __name__ == "__main__":
    main()
