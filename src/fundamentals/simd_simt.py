"""simd_simt: 갈라지는 묶음의 활용률, 레인마다 더하는 합, 비트로 더하기."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params, rng
from lab.checksum import checksum


# ANCHOR: kernel
def warp(conditions, cost_then, cost_else):
    """묶음 하나의 사이클: 두 갈래를 차례로 실행하고 남은 레인은 놂."""
    then = cost_then if any(conditions) else 0
    other = 0 if all(conditions) else cost_else
    return then + other


def add_bits(a, b):
    """올림을 한 비트씩 넘기며 더함: 합과, 맨 위에서 넘친 올림."""
    total = carry = 0
    for at in range(8):
        x, y = a >> at & 1, b >> at & 1
        total |= (x ^ y ^ carry) << at
        carry = x & y | carry & (x ^ y)
    return total, carry


def sum_lanes(values, lanes):
    """레인에 나눠 더함. 32비트를 넘친 윗자리는 버림."""
    return wrap(sum(wrap(sum(values[i::lanes])) for i in range(lanes)))


def wrap(n):
    """부호 있는 32비트로 접음."""
    return (n + 2**31) % 2**32 - 2**31
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("simd_simt", given)
    stream = rng.SplitMix64(p["seed"])
    lanes = range(p["lanes"])
    cycles = useful = split = 0
    for _ in range(p["warps"]):
        taken = [stream.next() % 100 < p["taken_pct"] for _ in lanes]
        ones = sum(taken)
        cycles += warp(taken, p["cost_then"], p["cost_else"])
        useful += ones * p["cost_then"]
        useful += (p["lanes"] - ones) * p["cost_else"]
        split += 0 < ones < p["lanes"]
    values = [wrap(i * 0x9E37_79B1) for i in range(p["n"])]
    bits, carry = add_bits(p["left"], p["right"])
    exact = {
        "sum": sum_lanes(values, 4),
        "cycles": cycles,
        "useful": useful,
        "bits": bits,
    }
    more = {"split_warps": split, "carry": carry}
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def main() -> None:
    # 합의 시간은 재지 않음: 파이썬의 정수에는 레인이 없음
    cli.main("simd_simt", run)


if __name__ == "__main__":
    main()
