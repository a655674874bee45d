"""shuffle_skew: 레코드를 해시, 범위, 소금으로 나눠 누가 몇 개를 받나 셈."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clusters.zipf import Zipf
from lab import cli, params
from lab.checksum import checksum
from lab.rng import SplitMix64, mix64

WAYS = ["hash", "range", "salted"]


# ANCHOR: kernel
def target(way: str, key: int, grain: int, p: dict) -> int:
    """레코드가 갈 워커."""
    if way == "range":
        return key * p["peers"] // p["keys"]
    # 첫 조각은 주인이 그대로 가짐
    if way == "salted" and grain > 0:
        return mix64(mix64(key) + grain) % p["peers"]
    return mix64(key) % p["peers"]


def shuffle(keys: list[int], way: str, combine: bool, p: dict) -> dict:
    """받은 수, 남에게 간 수, 조각을 다시 모은 수."""
    peers = p["peers"]
    grains = p["salt"] if way == "salted" else 1
    loads, moved, pieces = [0] * peers, 0, set()
    where = {}
    for worker in range(peers):
        mine = [
            (key, turn % grains)
            for turn, key in enumerate(keys[worker::peers])
        ]
        kinds = set(mine)
        pieces |= kinds
        for piece in kinds if combine else mine:
            to = where.get(piece)
            if to is None:
                to = where[piece] = target(way, *piece, p)
            loads[to] += 1
            moved += to != worker
    # 가른 조각은 하나씩 주인에게 다시 보내야 답이 됨
    split = [piece for piece in pieces if piece[1] > 0]
    for piece in split:
        to = target(way, piece[0], 0, p)
        loads[to] += 1
        moved += to != where[piece]
    return {"loads": loads, "moved": moved, "again": len(split)}
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("shuffle_skew", given)
    zipf, rng = Zipf(p["keys"], p["zipf"]), SplitMix64(42)
    keys = [zipf.draw(rng) for _ in range(p["records"])]
    per_key = [0] * p["keys"]
    for key in keys:
        per_key[key] += 1
    ways = {
        (way, combine): shuffle(keys, way, combine, p)
        for way in WAYS
        for combine in (False, True)
    }
    chosen = ways[p["partition"], p["combine"]]
    loads = chosen["loads"]
    answers = {
        "top_key": max(per_key),
        "max": max(loads),
        "min": min(loads),
        "total": sum(loads),
        "moved": chosen["moved"],
        "again": chosen["again"],
    }
    for (way, combine), each in ways.items():
        how = "_combined" if combine else ""
        answers[f"max_{way}{how}"] = max(each["loads"])
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([*loads, chosen["moved"]]),
    }


def main() -> None:
    cli.main("shuffle_skew", run)


if __name__ == "__main__":
    main()
