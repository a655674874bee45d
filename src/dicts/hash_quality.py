"""hash_quality: 해시가 나쁘면 사전이 왜 리스트처럼 느려지는가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import MASK, SplitMix64, mix64

MULTIPLIER = 0x9E37_79B9_7F4A_7C15
INVERSE = pow(MULTIPLIER, -1, 1 << 64)
SYLLABLES = 11_172


# ANCHOR: siphash
def rotate(x, bits):
    return (x << bits | x >> (64 - bits)) & MASK


def sip_round(a, b, c, d):
    """더하고 돌리고 섞는 한 바퀴."""
    a, c = (a + b) & MASK, (c + d) & MASK
    b, d = rotate(b, 13) ^ a, rotate(d, 16) ^ c
    a, c = (rotate(a, 32) + d) & MASK, (c + b) & MASK
    b, d = rotate(b, 17) ^ c, rotate(d, 21) ^ a
    return a, b, rotate(c, 32), d


def siphash13(data, k0, k1):
    """SipHash-1-3: 열쇠를 모르면 부딪히는 입력을 만들 수 없음."""
    state = (
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    )
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        a, b, c, d = state
        a, b, c, d = sip_round(a, b, c, d ^ word)
        state = a ^ word, b, c, d
    a, b, c, d = state
    state = a, b, c ^ 0xFF, d
    for _ in range(3):
        state = sip_round(*state)
    a, b, c, d = state
    return a ^ b ^ c ^ d
# ANCHOR_END: siphash


def make_hashers(seed: int) -> dict:
    """이름 → 바이트열의 해시. 앞의 것들은 8바이트를 수 하나로 읽음."""
    stream = SplitMix64(seed)
    k0, k1 = stream.next(), stream.next()
    return {
        "identity": number,
        "low8": lambda key: number(key) & 0xFF,
        "multiply": lambda key: number(key) * MULTIPLIER & MASK,
        "mix64": lambda key: mix64(number(key)),
        "fnv1a": fnv1a,
        "siphash13": lambda key: siphash13(key, k0, k1),
    }


def number(key: bytes) -> int:
    return int.from_bytes(key, "little")


def make_keys(family: str, n: int) -> list[bytes]:
    """키 가족. 모두 8바이트 이하임."""
    if family == "words":
        return [word(i).encode() for i in range(n)]
    if family == "multiples":
        values = [i << 12 for i in range(n)]
    elif family == "attack":
        # 2^46의 배수: 홀수를 곱해도 아래 46비트는 0임.
        # 곱한 값이 차례대로가 되게 늘어놓음
        values = [(i << 46) * INVERSE & MASK for i in range(n)]
    else:
        values = range(n)
    return [value.to_bytes(8, "little") for value in values]


def word(i: int) -> str:
    """가, 각, 갂, …, 힣 다음은 두 글자."""
    last = chr(0xAC00 + i % SYLLABLES)
    return word(i // SYLLABLES - 1) + last if i >= SYLLABLES else last


# ANCHOR: kernel
class HashedDict:
    """키와 해시를 따로 담은 사전: 해시가 같아도 키가 다르면 계속 찾음."""

    def __init__(self, hash_of):
        self.hash_of = hash_of
        self.entries = []
        self.index = [None] * 8

    def path(self, hashed):
        mask = len(self.index) - 1
        i, perturb = hashed & mask, hashed
        while True:
            yield i
            perturb >>= 5
            i = (i * 5 + perturb + 1) & mask

    def find(self, key):
        """(탐사 수, 해시가 같아 키까지 견준 수)."""
        hashed = self.hash_of(key)
        compared = 0
        for probes, i in enumerate(self.path(hashed), 1):
            entry = self.index[i]
            if entry is None:
                return probes, compared
            if entry[0] == hashed:
                compared += 1
                if entry[1] == key:
                    return probes, compared

    def insert_new(self, key):
        """아직 없는 키를 넣음."""
        if len(self.entries) == len(self.index) * 2 // 3:
            slots = 8
            while slots < len(self.entries) * 3:
                slots *= 2
            self.index = [None] * slots
            for entry in self.entries:
                self.place(entry)
        self.entries.append((self.hash_of(key), key))
        self.place(self.entries[-1])

    def place(self, entry):
        free = (i for i in self.path(entry[0]) if self.index[i] is None)
        self.index[next(free)] = entry
# ANCHOR_END: kernel


def probe_counts(hash_of, keys: list[bytes]) -> tuple[HashedDict, list]:
    model = HashedDict(hash_of)
    for key in keys:
        model.insert_new(key)
    return model, [model.find(key) for key in keys]


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("hash_quality", given)
    n = p["n"]
    hashers, keys = make_hashers(p["seed"]), make_keys(p["keys"], n)
    model, found = probe_counts(hashers[p["hasher"]], keys)
    slots = len(model.index)
    buckets = [0] * slots
    for hashed, _ in model.entries:
        buckets[hashed & slots - 1] += 1
    squares = sum(count * count for count in buckets)
    _, baseline = probe_counts(hashers["mix64"], keys)
    exact = {
        "slots": slots,
        "used_buckets": slots - buckets.count(0),
        "max_bucket": max(buckets),
        "sum_squares": squares,
        "sum_hit": sum(probes for probes, _ in found),
        "max_hit": max(probes for probes, _ in found),
        "sum_compared": sum(compared for _, compared in found),
    }
    more = {
        # 카이제곱의 천분율: 고르면 칸 수와 비슷함
        "chi_square": squares * slots * 1000 // n - n * 1000,
        "baseline_hit": sum(probes for probes, _ in baseline),
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def timings(p: dict) -> dict:
    """순수 파이썬 해시들과 내장 hash의 시간."""
    keys = make_keys(p["keys"], p["n"])
    # bytes는 해시를 기억하므로 기억이 없는 memoryview로 잼
    hashers = make_hashers(p["seed"]) | {
        "내장 hash": lambda key: hash(memoryview(key)),
    }

    def hash_all(hash_of):
        for key in keys:
            hash_of(key)

    labels = params.labels("hash_quality", "hasher")
    return {
        "timings": measure.interleaved(
            {
                labels.get(name, name): (
                    lambda h=hash_of: hash_all(h), len(keys)
                )
                for name, hash_of in hashers.items()
            }
        )
    }


def main() -> None:
    cli.main("hash_quality", run, timings)


if __name__ == "__main__":
    main()
