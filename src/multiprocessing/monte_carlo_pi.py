"""monte_carlo_pi: 몇 명이 세어도 같은 수."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import GAMMA, MASK, mix64


# ANCHOR: kernel
CHUNK = 65_536
RADIUS2 = 1 << 62


def count(seed: int, n: int) -> int:
    """점 n개 가운데 사분원 안에 든 것. 난수기의 상태는 카운터임."""
    hits = 0
    for _ in range(n):
        x = mix64(seed) >> 33
        y = mix64(seed + GAMMA & MASK) >> 33
        seed = seed + 2 * GAMMA & MASK
        if x * x + y * y < RADIUS2:
            hits += 1
    return hits


class Dot:
    """점 하나를 객체로."""

    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y

    def is_inside(self) -> bool:
        return self.x * self.x + self.y * self.y < RADIUS2


def count_objects(seed: int, n: int) -> int:
    dots = []
    for _ in range(n):
        x = mix64(seed) >> 33
        y = mix64(seed + GAMMA & MASK) >> 33
        seed = seed + 2 * GAMMA & MASK
        dots.append(Dot(x, y))
    return sum(dot.is_inside() for dot in dots)


def chunks(points: int, seed: int) -> list[tuple[int, int]]:
    """(씨앗, 점의 수). 일꾼의 수와 상관없이 늘 같게 나눔."""
    starts = range(0, points, CHUNK)
    return [
        (mix64(seed + at & MASK), min(CHUNK, points - start))
        for at, start in enumerate(starts)
    ]
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("monte_carlo_pi", given)
    how = count_objects if p["mode"] == "objects" else count
    pieces = chunks(p["points"], p["seed"])
    hits = sum(how(seed, n) for seed, n in pieces)
    return {
        "answers": {"points": str(p["points"]), "hits": str(hits)},
        "checksum": checksum([p["points"], hits]),
    }


# 잴 때의 점: 여러 번 되풀이하므로 적게 잡음
MEASURED = 4 * CHUNK


def timings(p: dict) -> dict:
    """혼자 세기와, 네이티브에서는 프로세스로 나눠 세기."""
    points = min(p["points"], MEASURED)
    pieces = chunks(points, p["seed"])

    def alone(how):
        return lambda: sum(how(seed, n) for seed, n in pieces), points

    works = {"for 문": alone(count), "점마다 객체": alone(count_objects)}
    if params.HERE == "browser":
        why = "페이지의 파이썬에는 프로세스가 없어 혼자 세는 것만 잼"
        return {"timings": measure.interleaved(works), "notes": [why]}

    # 페이지의 파이썬은 이 모듈을 쓸 수 없으므로 여기서 불러옴
    import multiprocessing

    # spawn은 자식이 이 파일을 다시 읽음: 맨 아래의 가드가 꼭 있어야 함
    context = multiprocessing.get_context("spawn")
    workers = p["workers"]

    def spread(pool):
        return sum(pool.starmap(count, pieces, chunksize=1))

    def from_nothing():
        with context.Pool(workers) as pool:
            return spread(pool)

    with context.Pool(workers) as pool:
        ready = f"프로세스 {workers}개: 미리 띄움"
        works[ready] = (lambda: spread(pool), points)
        works[f"프로세스 {workers}개: 그때 띄움"] = (from_nothing, points)
        assert spread(pool) == sum(count(seed, n) for seed, n in pieces)
        return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("monte_carlo_pi", run, timings)


if __name__ == "__main__":
    main()
