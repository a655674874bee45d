"""diffusion: NumPy로 쓰는 세 가지와 numba. 어느 것이나 비트가 같음."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params

import diffusion

try:
    import numpy as np
except ImportError:
    print("NumPy가 없음: python3 -m pip install numpy", file=sys.stderr)
    sys.exit(3)

try:
    import numba
except ImportError:
    numba = None

Advance = Callable[[int], np.ndarray]

# 펴서 토막으로 나눌 때의 토막: 임시 배열 둘과 함께 L2에 듦
CHUNK = 16_384
# 표본 하나에서 나아가는 스텝
STEPS = 20


def start(n: int) -> np.ndarray:
    grid = np.zeros((n, n))
    hot = slice(n * 4 // 10, n // 2)
    grid[hot, hot] = diffusion.HOT
    return grid


# ANCHOR: kernel
# 길마다 배열을 미리 마련하고, 몇 스텝 나아가 지금의 격자를 돌려주는 함수를 냄


def roll(grid: np.ndarray) -> Advance:
    """이웃을 민 사본 넷으로. 연산마다 새 배열이 생김."""

    def advance(steps: int) -> np.ndarray:
        nonlocal grid
        for _ in range(steps):
            rows = np.roll(grid, 1, 0) + np.roll(grid, -1, 0)
            columns = np.roll(grid, 1, 1) + np.roll(grid, -1, 1)
            grid = grid + 0.1 * ((rows + columns) - 4.0 * grid)
        return grid

    return advance


def wrap(wide: np.ndarray) -> None:
    """한 칸씩 두른 테두리에 맞은편의 행과 열을 옮김."""
    wide[0], wide[-1] = wide[-2], wide[1]
    wide[:, 0], wide[:, -1] = wide[:, -2], wide[:, 1]


def sliced(grid: np.ndarray) -> Advance:
    """이웃은 뷰로, 결과는 미리 둔 배열에. 사본이 없음."""
    wide = np.pad(grid, 1)
    here = wide[1:-1, 1:-1]
    lap, other = np.empty_like(grid), np.empty_like(grid)

    def advance(steps: int) -> np.ndarray:
        for _ in range(steps):
            wrap(wide)
            np.add(wide[:-2, 1:-1], wide[2:, 1:-1], lap)
            np.add(wide[1:-1, :-2], wide[1:-1, 2:], other)
            np.add(lap, other, lap)
            np.multiply(here, 4.0, other)
            np.subtract(lap, other, lap)
            np.multiply(lap, 0.1, lap)
            np.add(here, lap, here)
        return here

    return advance


def flat(grid: np.ndarray) -> Advance:
    """행을 이어 한 줄로 펴고, 캐시에 드는 토막마다 끝까지 계산함.

    테두리의 칸에는 엉뚱한 값이 나오지만 다음 스텝의 wrap이 덮음.
    """
    now = np.pad(grid, 1)
    after = np.zeros_like(now)
    width, end = now.shape[1], now.size - now.shape[1]
    lap, other = np.empty(CHUNK), np.empty(CHUNK)

    def plan(source: np.ndarray, target: np.ndarray) -> list:
        s, t = source.ravel(), target.ravel()
        pieces = []
        for a in range(width, end, CHUNK):
            b = min(a + CHUNK, end)
            up, down = s[a - width : b - width], s[a + width : b + width]
            left, right = s[a - 1 : b - 1], s[a + 1 : b + 1]
            room = lap[: b - a], other[: b - a]
            pieces.append((up, down, left, right, s[a:b], t[a:b], *room))
        return pieces

    here, there = plan(now, after), plan(after, now)
    add, multiply, subtract = np.add, np.multiply, np.subtract

    def advance(steps: int) -> np.ndarray:
        nonlocal now, after, here, there
        for _ in range(steps):
            wrap(now)
            for up, down, left, right, mid, out, x, y in here:
                add(up, down, x)
                add(left, right, y)
                add(x, y, x)
                multiply(mid, 4.0, y)
                subtract(x, y, x)
                multiply(x, 0.1, x)
                add(mid, x, out)
            now, after, here, there = after, now, there, here
        return now[1:-1, 1:-1]

    return advance


def loops(now: np.ndarray, after: np.ndarray) -> None:
    """numba가 컴파일하는 반복문. 두 끝의 칸만 따로."""
    n = len(now)
    for i in range(n):
        up, row = now[i - 1], now[i]
        down, out = now[i + 1 if i + 1 < n else 0], after[i]
        for j in (0, n - 1):
            left, right = row[j - 1], row[j + 1 if j + 1 < n else 0]
            lap = ((up[j] + down[j]) + (left + right)) - 4.0 * row[j]
            out[j] = row[j] + 0.1 * lap
        for j in range(1, n - 1):
            beside = row[j - 1] + row[j + 1]
            lap = ((up[j] + down[j]) + beside) - 4.0 * row[j]
            out[j] = row[j] + 0.1 * lap


def compiled(grid: np.ndarray) -> Advance:
    """반복문을 기계어로."""
    step, after = numba.njit(loops), np.empty_like(grid)

    def advance(steps: int) -> np.ndarray:
        nonlocal grid, after
        for _ in range(steps):
            step(grid, after)
            grid, after = after, grid
        return grid

    return advance
# ANCHOR_END: kernel


WAYS = {
    "NumPy, roll": roll,
    "NumPy, 조각을 제자리에서": sliced,
    "NumPy, 펴서 토막으로": flat,
}
if numba:
    WAYS["numba"] = compiled


def run(given: dict) -> dict:
    """답과 체크섬, 그리고 한 칸 한 스텝의 시간."""
    p = params.fill("diffusion", given)
    n, steps = p["n"], p["iters"]
    answers = []
    for way in WAYS.values():
        cells = np.ascontiguousarray(way(start(n))(steps)).ravel()
        answers.append(diffusion.result(n, steps, cells.tolist()))
    if any(answer != answers[0] for answer in answers):
        raise SystemExit("NumPy로 쓴 것들의 답이 서로 다름")
    few = min(steps, STEPS)
    works = {
        name: (partial(way(start(n)), few), n * n * few)
        for name, way in WAYS.items()
    }
    notes = [f"NumPy {np.__version__}"]
    notes[0] += f", numba {numba.__version__}" if numba else ", numba 없음"
    return {
        **answers[0],
        "timings": measure.interleaved(works),
        "notes": notes,
    }


def main() -> None:
    cli.main("diffusion", run)


if __name__ == "__main__":
    main()
