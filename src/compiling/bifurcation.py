"""bifurcation: 로지스틱 사상이 머무는 값과 그 주기."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a

LOW, HIGH, START = 2.5, 4.0, 0.5
SAME, LONGEST = 1e-9, 8


# ANCHOR: kernel
def orbit(r, warm, keep):
    """warm번 버리고 이어지는 keep개의 값."""
    x = START
    for _ in range(warm):
        x = (r * x) * (1.0 - x)
    kept = []
    for _ in range(keep):
        x = (r * x) * (1.0 - x)
        kept.append(x)
    return kept


def period(kept):
    """되풀이되는 주기. 8까지에서 못 찾으면 0."""
    for length in range(1, LONGEST + 1):
        pairs = zip(kept, kept[length:])
        if all(abs(a - b) < SAME for a, b in pairs):
            return length
    return 0


def table(p):
    """r마다 남긴 값."""
    rs = [LOW + ((HIGH - LOW) * i) / p["rs"] for i in range(p["rs"])]
    return [orbit(r, p["warm"], p["keep"]) for r in rs]
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("bifurcation", given)
    rows = table(p)
    periods = Counter(map(period, rows))
    bits = array("d", [x for row in rows for x in row])
    if sys.byteorder == "big":
        bits.byteswap()
    answers = {f"period_{k}": str(periods[k]) for k in (1, 2, 4, 8)}
    words = [p["rs"], p["warm"], p["keep"], fnv1a(bits.tobytes())]
    return {
        "answers": answers | {"no_period": str(periods[0])},
        "checksum": checksum(words),
    }


def timings(p: dict) -> dict:
    """반복 한 번의 시간."""
    p = p | {"rs": min(p["rs"], 200)}
    items = p["rs"] * (p["warm"] + p["keep"])
    return {
        "timings": measure.interleaved(
            {"순수 파이썬": (lambda: table(p), items)}
        )
    }


def main() -> None:
    cli.main("bifurcation", run, timings)


if __name__ == "__main__":
    main()
