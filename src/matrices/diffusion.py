"""diffusion: 다섯 점의 확산을 행의 리스트로."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a

Grid = list[list[float]]
HOT = 0.005


def start(n: int) -> Grid:
    """0인 격자에, 한 변이 10분의 1인 정사각형만 0.005."""
    hot = range(n * 4 // 10, n // 2)
    return [
        [HOT if i in hot and j in hot else 0.0 for j in range(n)]
        for i in range(n)
    ]


# ANCHOR: kernel
def literal(now: Grid, n: int) -> Grid:
    """식 그대로: 이웃의 자리를 칸마다 나머지 연산으로 구함."""
    after = []
    for i in range(n):
        row = []
        for j in range(n):
            here = now[i][j]
            lap = (
                (now[(i - 1) % n][j] + now[(i + 1) % n][j])
                + (now[i][(j - 1) % n] + now[i][(j + 1) % n])
            ) - 4.0 * here
            row.append(here + 0.1 * lap)
        after.append(row)
    return after


def rows(now: Grid, n: int) -> Grid:
    """행마다: 이웃한 행과, 한 칸씩 돌린 행을 나란히 세움."""
    around = zip(now[-1:] + now[:-1], now, now[1:] + now[:1])
    return [
        [
            here + 0.1 * (((up + down) + (left + right)) - 4.0 * here)
            for up, down, left, right, here in zip(
                above, below, row[-1:] + row[:-1], row[1:] + row[:1], row
            )
        ]
        for above, row, below in around
    ]
# ANCHOR_END: kernel


def bits(value: float) -> str:
    """실수의 64비트를 부호 없는 정수로."""
    return str(int.from_bytes(struct.pack("<d", value), "little"))


def result(n: int, steps: int, cells: list[float]) -> dict:
    """행을 이어 붙인 칸들에서 읽는 답과 체크섬."""
    total = 0.0
    for cell in cells:  # sum()은 3.12부터 보정하며 더해 비트가 다름
        total += cell
    grid = fnv1a(struct.pack(f"<{len(cells)}d", *cells))
    return {
        "answers": {
            "center_bits": bits(cells[n // 2 * n + n // 2]),
            "total_bits": bits(total),
            "minimum_bits": bits(min(cells)),
        },
        "checksum": checksum([n, steps, grid]),
    }


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("diffusion", given)
    n, grid = p["n"], start(p["n"])
    for _ in range(p["iters"]):
        grid = rows(grid, n)
    return result(n, p["iters"], [cell for row in grid for cell in row])


def timings(p: dict) -> dict:
    """한 스텝을 두 가지로 쓰기."""
    n = p["n"]
    grid = start(n)
    works = {
        "파이썬, 이웃은 %로": (lambda: literal(grid, n), n * n),
        "파이썬, 행마다": (lambda: rows(grid, n), n * n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("diffusion", run, timings)


if __name__ == "__main__":
    main()
