"""distinct_count: 서로 다른 값의 수를 적은 메모리로 어림함."""

from __future__ import annotations

import math
import sys
from bisect import bisect_left
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import MASK, mix64

TWO_64 = 2.0**64
COMPARED = 3


# ANCHOR: kernel
class Hll:
    """하이퍼로그로그: 레지스터마다 본 순위 가운데 가장 큰 것."""

    def __init__(self, p):
        self.p, self.m = p, 1 << p
        self.registers = bytearray(self.m)

    def add(self, h):
        """위쪽 p비트가 레지스터를, 나머지의 첫 1이 순위를 정함."""
        index = h >> 64 - self.p
        rest = h << self.p & MASK | 1 << self.p - 1
        rank = 65 - rest.bit_length()
        if rank > self.registers[index]:
            self.registers[index] = rank

    def estimate(self):
        alpha = {4: 0.673, 5: 0.697, 6: 0.709}.get(self.p)
        if alpha is None:
            alpha = 0.7213 / (1.0 + 1.079 / self.m)
        # 2^64을 곱한 정수로 더하면 차례와 무관하게 정확함
        total = sum(1 << 64 - rank for rank in self.registers)
        raw = alpha * self.m * self.m * TWO_64 / total
        zeros = self.registers.count(0)
        if raw <= 2.5 * self.m and zeros:
            return self.m * math.log(self.m / zeros)
        return raw


class Kmv:
    """서로 다른 해시 가운데 가장 작은 k개."""

    def __init__(self, k):
        self.k, self.smallest = k, []

    def add(self, h):
        smallest = self.smallest
        full = len(smallest) == self.k
        if full and h > smallest[-1]:
            return
        at = bisect_left(smallest, h)
        if at < len(smallest) and smallest[at] == h:
            return
        smallest.insert(at, h)
        if full:
            smallest.pop()

    def kth(self):
        return self.smallest[-1] if len(self.smallest) == self.k else 0

    def estimate(self):
        if len(self.smallest) < self.k:
            return float(len(self.smallest))
        return (self.k - 1.0) / ((self.smallest[-1] + 1.0) / TWO_64)
# ANCHOR_END: kernel


def salted(salt: int):
    """씨앗마다 다른 해시. 씨앗 0은 mix64 그대로임."""
    if salt == 0:
        return mix64
    mask = mix64(salt)
    return lambda x: mix64(x ^ mask)


def check(p: dict) -> None:
    most = 30_000_000 if params.HERE == "browser" else 4_000_000_000
    adds = p["n"] * (p["dup"] + p["trials"] - 1)
    if adds > most:
        raise params.ParamError(
            f"되풀이(trials)의 값 '{p['trials']}': 모두 {adds:,}번 넣게 됨."
            f" n × (dup + trials − 1)이 {most:,} 이하여야 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("distinct_count", given)
    check(p)
    hll, kmv, prints = Hll(p["p"]), Kmv(p["k"]), []
    for _ in range(p["dup"]):
        for x in range(p["n"]):
            h = mix64(x)
            hll.add(h)
            kmv.add(h)
    for salt in range(min(p["trials"], COMPARED)):
        again, hashed = Hll(p["p"]), salted(salt)
        for x in range(p["n"]):
            again.add(hashed(x))
        prints.append(fnv1a(again.registers))
    registers = fnv1a(hll.registers)
    near = {"hll": hll.estimate(), "kmv": kmv.estimate()}
    exact = {
        "registers": registers,
        "zeros": hll.registers.count(0),
        "max_rank": max(hll.registers),
        "kmv_kth": kmv.kth(),
        "salted": int(checksum(prints), 16),
    }
    answers = {key: str(value) for key, value in exact.items()}
    for key, value in near.items():
        answers[key] = {"value": value, "tolerance": 1e-3}
    return {
        "answers": answers,
        "checksum": checksum([registers, kmv.kth()]),
    }


def timings(p: dict) -> dict:
    """파이썬으로 쓴 스케치와 진짜 set."""
    n = min(p["n"], 100_000)

    def feed(sketch):
        for x in range(n):
            sketch.add(mix64(x))
        return sketch

    real = feed(set())
    works = {
        "파이썬 하이퍼로그로그": (lambda: feed(Hll(p["p"])), n),
        "파이썬 KMV": (lambda: feed(Kmv(p["k"])), n),
        "set": (lambda: feed(set()), n),
    }
    return {
        "timings": measure.interleaved(works),
        "sizes": {
            "레지스터의 bytearray": sys.getsizeof(Hll(p["p"]).registers),
            "set": sys.getsizeof(real),
            "set에 담긴 int 객체": sum(map(sys.getsizeof, real)),
        },
    }


def main() -> None:
    cli.main("distinct_count", run, timings)


if __name__ == "__main__":
    main()
