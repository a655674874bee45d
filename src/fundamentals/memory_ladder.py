"""memory_ladder: 작업 집합이 커지면 한 번 읽는 시간이 계단처럼 늘어남."""

from __future__ import annotations

import sys
from array import array
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

SMALLEST = 4


# ANCHOR: kernel
def make_ring(nodes: int, seed: int) -> list[int]:
    """사톨로의 섞기: 노드를 빠짐없이 한 번씩 지나는 고리 하나가 됨."""
    below = rng.SplitMix64(seed).below
    following = list(range(nodes))
    for a in range(nodes - 1, 0, -1):
        b = below(a)
        following[a], following[b] = following[b], following[a]
    return following


def chase(following, at: int, hops: int) -> tuple[int, int]:
    """고리를 따라감: (끝난 노드, 지나온 노드 번호의 xor)."""
    mix = 0
    for _ in range(hops):
        at = following[at]
        mix ^= at
    return at, mix
# ANCHOR_END: kernel


def sizes(p: dict) -> list[int]:
    """작업 집합의 크기들(KiB): 4에서 두 배씩."""
    found = [SMALLEST]
    while found[-1] * 2 <= p["max_kib"]:
        found.append(found[-1] * 2)
    return found


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("memory_ladder", given)
    words = []
    for kib in sizes(p):
        ring = make_ring(kib * 1024 // int(p["stride"]), p["seed"])
        words += [kib, *chase(ring, 0, p["accesses"])]
    exact = {
        "sizes": len(words) // 3,
        "largest_kib": words[-3],
        "last_node": words[-2],
        "xor": words[-1],
    }
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(words),
    }


HOPS = 1 << 15


def timings(p: dict) -> dict:
    """같은 고리를 리스트와 배열에 담아 따라가기.

    노드의 수를 Rust와 같게 둠. 리스트는 노드마다 포인터와 정수 객체를,
    배열은 4바이트만 차지하므로 작업 집합의 바이트는 서로 다름.
    """

    def chasing(ring):
        at, _ = chase(ring, 0, len(ring))

        def work():
            nonlocal at
            at, _ = chase(ring, at, HOPS)

        return work

    works, bytes_of = {}, {}
    # 네 배씩: 해석 비용에 묻혀 촘촘히 재도 더 보이는 것이 없음
    for kib in sizes(p)[::2]:
        nodes = kib * 1024 // int(p["stride"])
        ring = make_ring(nodes, p["seed"])
        flat = array("I", ring)
        works[f"리스트, 노드 {nodes:,}개"] = chasing(ring), HOPS
        works[f"배열, 노드 {nodes:,}개"] = chasing(flat), HOPS
        bytes_of[f"리스트, 노드 {nodes:,}개"] = sys.getsizeof(ring)
        bytes_of[f"배열, 노드 {nodes:,}개"] = sys.getsizeof(flat)
    return {"timings": measure.interleaved(works), "sizes": bytes_of}


def main() -> None:
    cli.main("memory_ladder", run, timings)


if __name__ == "__main__":
    main()
