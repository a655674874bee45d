"""front_insert: 앞에 넣는 일은 왜 점점 느려지는가."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

MOST_TIMED = 20_000


# ANCHOR: kernel
def moved(kind, length, at):
    """length개의 at번에 하나 넣을 때 옮기는 원소."""

    def nearer(count):
        return min(at, count - at)

    if kind == "list":
        return length - at  # 뒤의 것을 모두 한 칸씩
    if kind == "ring":
        return nearer(length)  # 가까운 끝의 것만
    if at == length:
        return 0
    # deque: 돌려서 끝에 넣고 다시 돌림
    return nearer(length) + nearer(length + 1)
# ANCHOR_END: kernel


def place_of(place: str, length: int) -> int:
    """원소가 length개일 때 넣는 번호."""
    return {"front": 0, "middle": length // 2, "back": length}[place]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("front_insert", given)
    n, place = p["n"], p["place"]
    exact = {
        f"{kind}_moves": sum(
            moved(kind, length, place_of(place, length)) for length in range(n)
        )
        for kind in ("list", "ring", "deque")
    }
    return {
        "answers": {key: str(v) for key, v in exact.items()},
        "checksum": checksum([n, *exact.values()]),
    }


def timings(p: dict) -> dict:
    """진짜 list와 deque에 넣고, 앞에서 빼는 시간."""
    n, place = min(p["n"], MOST_TIMED), p["place"]
    spots = [place_of(place, length) for length in range(n)]

    def inserts(kind):
        items = kind()
        for at in spots:
            items.insert(at, None)

    def list_pops():
        items = [None] * n
        while items:
            items.pop(0)

    def deque_pops():
        items = deque([None] * n)
        while items:
            items.popleft()

    works = {
        "list.insert": lambda: inserts(list),
        "deque.insert": lambda: inserts(deque),
        "list.pop(0)": list_pops,
        "deque.popleft()": deque_pops,
    }
    return {
        "timings": measure.interleaved(
            {name: (work, n) for name, work in works.items()}
        ),
        "sizes": {
            "list": sys.getsizeof([None] * n),
            "deque": sys.getsizeof(deque([None] * n)),
        },
    }


def main() -> None:
    cli.main("front_insert", run, timings)


if __name__ == "__main__":
    main()
