"""bloom_fpr: 아마도 있음, 확실히 없음."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import mix64

# 원소 하나의 비트에 2^20을 곱한 정수와 자리의 수
PLANS = {
    "10%": (5_025_331, 3),
    "5%": (6_538_106, 4),
    "1%": (10_050_662, 7),
    "0.1%": (15_075_993, 10),
}


# ANCHOR: kernel
class Bloom:
    """비트 배열 하나와 자리의 수."""

    def __init__(self, m, k):
        self.m, self.k = m, k
        self.bits = bytearray((m + 7) // 8)

    def places(self, key):
        """해시 하나를 둘로 갈라 자리 k개를 만듦: a, a + b, a + 2b, …"""
        h = mix64(key)
        a, b = h >> 32, h & 0xFFFF_FFFF | 1
        for _ in range(self.k):
            yield a % self.m
            a += b

    def insert(self, key):
        for bit in self.places(key):
            self.bits[bit >> 3] |= 1 << (bit & 7)

    def contains(self, key):
        """꺼진 비트가 하나라도 있으면 넣은 적이 없음."""
        for bit in self.places(key):
            if not self.bits[bit >> 3] >> (bit & 7) & 1:
                return False
        return True
# ANCHOR_END: kernel


def filled(p: dict, count: int) -> Bloom:
    """0부터 count개를 넣은 필터."""
    c, k = PLANS[p["fpr"]]
    bloom = Bloom(-(-p["n"] * c // 2**20), k)
    for key in range(count):
        bloom.insert(key)
    return bloom


def false_hits(bloom: Bloom, first: int, count: int) -> int:
    """first부터 count개 가운데 있다고 답한 것. 넣지 않은 키여야 함."""
    return sum(map(bloom.contains, range(first, first + count)))


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("bloom_fpr", given)
    n, asked, hits = p["n"], 10 * p["n"], {}
    for times in {1, 2, p["overfill"]}:
        bloom = filled(p, n * times)
        hits[times] = false_hits(bloom, n * times, asked)
        if times == p["overfill"]:
            ones = int.from_bytes(bloom.bits, "little").bit_count()
    exact = {
        "m": bloom.m,
        "k": bloom.k,
        "ones": ones,
        "fp": hits[p["overfill"]],
    }
    more = {"fp_once": hits[1], "fp_twice": hits[2]}
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """파이썬으로 쓴 필터와 진짜 set."""
    n = p["n"]
    bloom, real = filled(p, n), set(range(n))

    def ask_set(first):
        return sum(key in real for key in range(first, first + n))

    works = {
        "파이썬 필터에 넣기": (lambda: filled(p, n), n),
        "set에 넣기": (lambda: set(range(n)), n),
        "파이썬 필터에 있는 것": (lambda: false_hits(bloom, 0, n), n),
        "파이썬 필터에 없는 것": (lambda: false_hits(bloom, n, n), n),
        "set에 있는 것": (lambda: ask_set(0), n),
        "set에 없는 것": (lambda: ask_set(n), n),
    }
    integers = sum(map(sys.getsizeof, range(n)))
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            "필터의 bytearray": sys.getsizeof(bloom.bits),
            "set": sys.getsizeof(real),
            "set에 담긴 int 객체": integers,
        },
    }


def main() -> None:
    cli.main("bloom_fpr", run, timings)


if __name__ == "__main__":
    main()
