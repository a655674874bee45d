"""generator_resume: 제너레이터는 당길 때마다 프레임을 드나듦."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import MASK


# ANCHOR: kernel
def by_list(n):
    return sum([x * x for x in range(n)])


def by_genexpr(n):
    return sum(x * x for x in range(n))


def squares(n):
    for x in range(n):
        yield x * x


def layer(items):
    """받은 것을 그대로 내주는 제너레이터 한 겹."""
    for x in items:
        yield x


def nested(n, depth):
    items = squares(n)
    for _ in range(depth - 1):
        items = layer(items)
    return sum(items)
# ANCHOR_END: kernel


def counted(items, seen):
    """한 겹이 재개될 때마다 하나를 셈. 끝을 알리는 재개도 셈."""
    seen[0] += 1
    for x in items:
        yield x
        seen[0] += 1


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("generator_resume", given)
    items, seen = (x * x for x in range(p["n"])), [0]
    for _ in range(p["depth"]):
        items = counted(items, seen)
    total = sum(items) & MASK
    return {
        "answers": {"sum": str(total), "resumes": str(seen[0])},
        "checksum": checksum([total, seen[0]]),
    }


def timings(p: dict) -> dict:
    """네 가지 표현의 시간."""
    n, depth = p["n"], p["depth"]
    works = {
        "sum([...]) 리스트 내포": (lambda: by_list(n), n),
        "sum(...) 제너레이터 식": (lambda: by_genexpr(n), n),
        "제너레이터 함수": (lambda: sum(squares(n)), n),
        f"제너레이터 {depth}겹": (lambda: nested(n, depth), n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("generator_resume", run, timings)


if __name__ == "__main__":
    main()
