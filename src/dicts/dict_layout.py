"""dict_layout: 사전 한 칸은 몇 바이트인가."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum

# 폭(비트) → 바이트. 사전 객체와 표의 머리, 셋 객체(여덟 칸 포함)의 크기임
POINTER = {64: 8, 32: 4}
DICT_OBJECT = {64: 64, 32: 40}
TABLE_HEAD = {64: 32, 32: 20}
SET_OBJECT = {64: 216, 32: 108}


# ANCHOR: kernel
def usable_of(slots):
    """칸의 3분의 2까지만 채움."""
    return slots * 2 // 3


def dict_slots(n):
    """하나씩 n개를 넣었을 때 인덱스 표의 칸 수."""
    slots = 8 if n else 0
    while n > usable_of(slots):
        target = usable_of(slots) * 3
        while slots < target:
            slots *= 2
    return slots


def dict_parts(n, keys, width):
    """압축 배치의 (머리, 인덱스, 항목) 바이트."""
    if n == 0:
        return DICT_OBJECT[width], 0, 0
    slots = dict_slots(n)
    index = 1 if slots <= 1 << 7 else 2 if slots <= 1 << 15 else 4
    fields = 2 if keys == "str" else 3
    head = DICT_OBJECT[width] + TABLE_HEAD[width]
    return head, slots * index, usable_of(slots) * fields * POINTER[width]
# ANCHOR_END: kernel


def set_slots(n: int) -> int:
    """하나씩 n개를 넣었을 때 셋의 칸 수. 60%를 채우면 옮김."""
    slots = 8
    while (fill := -(-(slots - 1) * 3 // 5)) <= n:
        most = fill * (2 if fill > 50_000 else 4)
        while slots <= most:
            slots *= 2
    return slots


def swiss_slots(n: int) -> int:
    """SwissTable의 칸 수. 8칸까지는 한 칸을, 그 위로는 8분의 1을 비움."""
    slots = 4 if n else 0
    while n > slots - max(slots // 8, 1) and n:
        slots *= 2
    return slots


def compared_bytes(compare: str, n: int, keys: str, width: int) -> int:
    """견주는 배치의 바이트."""
    pointer = POINTER[width]
    if compare == "pre36":
        head = DICT_OBJECT[width] + TABLE_HEAD[width]
        return head + dict_slots(max(n, 1)) * 3 * pointer
    if compare == "set":
        slots = set_slots(n)
        outside = slots * 2 * pointer if slots > 8 else 0
        return SET_OBJECT[width] + outside
    if compare == "swiss":
        return swiss_slots(n) * (2 * pointer + 1)
    return sum(dict_parts(n, keys, width))


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("dict_layout", given)
    n, keys, width = p["n"], p["keys"], int(p["width"])
    header, index, entries = dict_parts(n, keys, width)
    exact = {
        "header": header,
        "index": index,
        "entries": entries,
        "bytes": header + index + entries,
        "compare_bytes": compared_bytes(p["compare"], n, keys, width),
    }
    slots = dict_slots(n)
    more = {
        "slots": slots,
        "usable": usable_of(slots),
        "at_5": sum(dict_parts(5, keys, width)),
        "at_6": sum(dict_parts(6, keys, width)),
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def sizes(p: dict) -> dict:
    """이 인터프리터의 진짜 크기."""
    as_dict, as_set = {}, set()
    for i in range(p["n"]):
        key = str(i) if p["keys"] == "str" else i
        as_dict[key] = None
        as_set.add(key)
    return {
        "sizes": {
            "dict": sys.getsizeof(as_dict),
            "set": sys.getsizeof(as_set),
        }
    }


def main() -> None:
    cli.main("dict_layout", run, sizes)


if __name__ == "__main__":
    main()
