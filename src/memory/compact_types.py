"""compact_types: 같은 수들을 여러 가지로 담고 바이트를 셈."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum
from memory.int_forms import (
    bitset,
    chunks,
    decode,
    encode,
    permute,
    serialized,
)

RUN_BITS = 6
QUERIES = 100
MOST_BITS = 30
WIDTHS = {"i32": 31, "u16": 16}
CODES = {"i64": "q", "i32": "i", "u16": "H"}


def make_values(p: dict) -> list[int]:
    """담을 값, 담는 차례대로."""
    bits, span = p["range_bits"], range(1, p["n"] + 1)
    if p["order"] == "runs":
        block = permute(bits - RUN_BITS, p["seed"])
        low = (1 << RUN_BITS) - 1
        values = [block(i >> RUN_BITS) << RUN_BITS | i & low for i in span]
    else:
        apply = permute(bits, p["seed"])
        values = [apply(i) for i in span]
    return values if p["order"] == "random" else sorted(values)


def make_queries(p: dict, values: list[int]) -> list[int]:
    """반은 있는 값, 반은 범위에서 아무렇게나 고른 값."""
    stream = rng.SplitMix64(p["seed"] ^ 0x9E37)
    return [
        stream.below(1 << p["range_bits"])
        if i % 2
        else values[stream.below(p["n"])]
        for i in range(QUERIES)
    ]


# ANCHOR: kernel
class Sequence:
    """리스트와 배열: 오름차순이면 반씩 좁히고, 아니면 처음부터 훑음."""

    def __init__(self, items, ascending):
        self.items, self.ascending = items, ascending

    def sum(self):
        return sum(self.items)

    def contains(self, x):
        if not self.ascending:
            return x in self.items
        at = bisect_left(self.items, x)
        return at < len(self.items) and self.items[at] == x


class Deltas:
    """앞 값과의 차이: 앞에서부터 풀어야 함."""

    def __init__(self, values, ascending):
        self.ascending = ascending
        self.bytes = encode(values, ascending)

    def sum(self):
        return sum(decode(self.bytes, self.ascending))

    def contains(self, x):
        for met in decode(self.bytes, self.ascending):
            if met == x:
                return True
            if self.ascending and met > x:
                return False
        return False


class BitSet:
    """값 하나가 비트 하나."""

    def __init__(self, values, bits):
        self.bits = bitset(values, bits)

    def sum(self):
        total = 0
        for at, byte in enumerate(self.bits):
            while byte:
                total += at * 8 + (byte & -byte).bit_length() - 1
                byte &= byte - 1
        return total

    def contains(self, x):
        return self.bits[x >> 3] >> (x & 7) & 1 == 1


class Chunks:
    """65,536개의 범위마다 아래 16비트만."""

    def __init__(self, values):
        self.parts = chunks(sorted(values))

    def sum(self):
        return sum(
            (key << 16) * len(low) + sum(low)
            for key, low in self.parts.items()
        )

    def contains(self, x):
        low = self.parts.get(x >> 16, [])
        return Sequence(low, True).contains(x & 0xFFFF)
# ANCHOR_END: kernel


def make_store(p: dict, values: list[int]):
    """고른 방법으로 담음."""
    ascending, kind = p["order"] != "random", p["repr"]
    if kind == "delta_varint":
        return Deltas(values, ascending)
    if kind == "bitset":
        return BitSet(values, p["range_bits"])
    if kind == "roaring":
        return Chunks(values)
    items = values if kind == "list" else array(CODES[kind], values)
    return Sequence(items, ascending)


def list_bytes(values: list[int], width: str) -> int:
    """3.12부터의 sys.getsizeof: 리스트 객체, 포인터, 정수."""
    head, pointer, integer = (56, 8, 24) if width == "64" else (28, 4, 12)
    digits = sum((x.bit_length() + 29) // 30 for x in values)
    return head + (pointer + integer) * len(values) + 4 * digits


def sizes(p: dict, values: list[int]) -> dict[str, int | None]:
    """담는 방법마다의 바이트. 담지 못하면 None."""
    bits, n = p["range_bits"], p["n"]
    ordered = values if p["order"] != "random" else sorted(values)
    deltas = encode(values, p["order"] != "random")
    return {
        "list": list_bytes(values, p["width"]),
        "i64": 8 * n,
        "i32": 4 * n if bits <= WIDTHS["i32"] else None,
        "u16": 2 * n if bits <= WIDTHS["u16"] else None,
        "delta_varint": len(deltas),
        "bitset": 8 << max(0, bits - 6),
        "roaring": serialized(chunks(ordered), bits),
    }


def check(p: dict) -> None:
    bits, kind = p["range_bits"], p["repr"]
    if p["n"] > (1 << bits) - 1:
        raise params.ParamError(
            f"수의 개수(n)의 값 '{p['n']}': {bits}비트에는 0이 아닌 서로 다른"
            f" 수가 {(1 << bits) - 1:,}개뿐임."
            " range_bits를 늘리거나 n을 줄여야 함"
        )
    if bits > WIDTHS.get(kind, 63):
        raise params.ParamError(
            f"담는 방법(repr)의 값 '{kind}': 2^{WIDTHS[kind]} 미만만 들어감."
            f" 값의 범위(range_bits) {bits}비트를 담으면 위쪽이 잘려 나감"
        )
    if kind == "bitset" and bits > MOST_BITS:
        raise params.ParamError(
            "담는 방법(repr)의 값 'bitset': 비트셋은"
            f" range_bits {MOST_BITS} 이하에서만 만듦"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("compact_types", given)
    check(p)
    values = make_values(p)
    wanted = make_queries(p, values)
    store = make_store(p, values)
    total, hits = store.sum(), sum(store.contains(x) for x in wanted)
    bytes_of = sizes(p, values)
    answers = {"sum": str(total), "hits": str(hits)}
    for kind, size in bytes_of.items():
        answers[f"bytes_{kind}"] = "담지 못함" if size is None else str(size)
    return {
        "answers": answers,
        "checksum": checksum([total, hits, bytes_of[p["repr"]]]),
    }


def timings(p: dict) -> dict:
    """진짜 파이썬의 시간과 크기."""
    values = make_values(p)
    wanted = make_queries(p, values)
    ascending, n = p["order"] != "random", p["n"]
    items = Sequence(values, ascending)
    packed = Sequence(array("q", values), ascending)
    whole = sum(map(sys.getsizeof, values)) + sys.getsizeof(values)
    real = {
        "list와 int 객체": whole,
        "array('q')": sys.getsizeof(packed.items),
        "set (객체는 빼고)": sys.getsizeof(set(values)),
    }
    works = {
        "sum(list)": (items.sum, n),
        "sum(array('q'))": (packed.sum, n),
    }
    if p["range_bits"] <= 24:
        flags = bitset(values, p["range_bits"])
        number = int.from_bytes(flags, "little")
        real["비트셋 int 하나"] = sys.getsizeof(number)
        real["비트셋 bytearray"] = sys.getsizeof(flags)

        def count():
            return number.bit_count()

        def ask():
            return sum(flags[x >> 3] >> (x & 7) & 1 for x in wanted)

        works["비트셋 int.bit_count"] = (count, n)
        works["비트셋에 묻기"] = (ask, QUERIES)

    def search():
        return sum(map(items.contains, wanted))

    works["리스트에 묻기"] = (search, QUERIES)
    return {"timings": measure.interleaved(works), "sizes": real}


def main() -> None:
    cli.main("compact_types", run, timings)


if __name__ == "__main__":
    main()
