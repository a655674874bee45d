"""idiom_race: 같은 일을 하는 여러 표현."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import filterfalse, groupby, repeat
from operator import mod, mul
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

# 값의 범위와, 전치할 행렬의 열
RANGE, WIDTH = 1_000, 10
# 세어 볼 값의 가짓수
KINDS = 100


# ANCHOR: kernel
def square_while(xs):
    squares, i = [], 0
    while i < len(xs):
        squares.append(xs[i] * xs[i])
        i += 1
    return sum(squares)


def square_for(xs):
    squares = []
    for x in xs:
        squares.append(x * x)
    return sum(squares)


def square_alias(xs):
    squares = []
    append = squares.append
    for x in xs:
        append(x * x)
    return sum(squares)


def square_comp(xs):
    return sum([x * x for x in xs])


def square_map(xs):
    return sum(map(lambda x: x * x, xs))


def square_builtin(xs):
    return sum(map(mul, xs, xs))


def even_while(xs):
    out, i = [], 0
    while i < len(xs):
        if xs[i] % 2 == 0:
            out.append(xs[i] * 3)
        i += 1
    return out


def even_for(xs):
    out = []
    for x in xs:
        if x % 2 == 0:
            out.append(x * 3)
    return out


def even_alias(xs):
    out = []
    append = out.append
    for x in xs:
        if x % 2 == 0:
            append(x * 3)
    return out


def even_comp(xs):
    return [x * 3 for x in xs if x % 2 == 0]


def even_map(xs):
    return list(map(lambda x: x * 3, filter(lambda x: x % 2 == 0, xs)))


def even_builtin(xs):
    return list(map((3).__mul__, filterfalse((1).__and__, xs)))


def count_while(xs):
    counts, i = {}, 0
    while i < len(xs):
        kind = xs[i] % KINDS
        counts[kind] = counts.get(kind, 0) + 1
        i += 1
    return counts


def count_for(xs):
    counts = {}
    for x in xs:
        kind = x % KINDS
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def count_alias(xs):
    counts = {}
    get = counts.get
    for x in xs:
        kind = x % KINDS
        counts[kind] = get(kind, 0) + 1
    return counts


def count_comp(xs):
    kinds = sorted([x % KINDS for x in xs])
    return {kind: len(list(same)) for kind, same in groupby(kinds)}


def count_map(xs):
    return Counter(map(lambda x: x % KINDS, xs))


def count_builtin(xs):
    return Counter(map(mod, xs, repeat(KINDS)))


def turn_while(rows):
    out, c = [], 0
    while c < len(rows[0]):
        column, r = [], 0
        while r < len(rows):
            column.append(rows[r][c])
            r += 1
        out.append(column)
        c += 1
    return out


def turn_for(rows):
    out = []
    for c in range(len(rows[0])):
        column = []
        for row in rows:
            column.append(row[c])
        out.append(column)
    return out


def turn_alias(rows):
    out = []
    for c in range(len(rows[0])):
        column = []
        append = column.append
        for row in rows:
            append(row[c])
        out.append(column)
    return out


def turn_comp(rows):
    return [[row[c] for row in rows] for c in range(len(rows[0]))]


def turn_map(rows):
    width = range(len(rows[0]))
    return [list(map(lambda row: row[c], rows)) for c in width]


def turn_builtin(rows):
    return list(map(list, zip(*rows)))
# ANCHOR_END: kernel


NAMES = (
    "while과 번호",
    "for와 append",
    "메서드의 지역 별칭",
    "내포",
    "map과 lambda",
    "내장 함수만",
)
TASKS = {
    "square_sum": (
        square_while,
        square_for,
        square_alias,
        square_comp,
        square_map,
        square_builtin,
    ),
    "filter_map": (
        even_while,
        even_for,
        even_alias,
        even_comp,
        even_map,
        even_builtin,
    ),
    "group_count": (
        count_while,
        count_for,
        count_alias,
        count_comp,
        count_map,
        count_builtin,
    ),
    "transpose": (
        turn_while,
        turn_for,
        turn_alias,
        turn_comp,
        turn_map,
        turn_builtin,
    ),
}


# CPython이 항목 하나에 실행하는 바이트코드. 거르기는 짝수가 절반일 때임
OPCODES = {
    "311": {
        "square_sum": (23, 11, 11, 7, 4, 0),
        "filter_map": (24, 13, 13, 10.5, 8, 0),
        "group_count": (28, 18, 18, 7, 4, 0),
        "transpose": (21, 11, 11, 7, 4, 0),
    },
    "314": {
        "square_sum": (21, 9, 9, 6, 3, 0),
        "filter_map": (23.5, 13, 13, 10.5, 8, 0),
        "group_count": (26, 16, 16, 6, 4, 0),
        "transpose": (20, 9, 9, 6, 4, 0),
    },
}


def make_input(task: str, xs: list[int]) -> list:
    """값의 열을 그 일의 입력으로. 전치는 나머지를 버리고 행으로 묶음."""
    if task == "transpose":
        rows = len(xs) // WIDTH
        return [xs[r * WIDTH : (r + 1) * WIDTH] for r in range(rows)]
    return xs


def flatten(out) -> list[int]:
    """어느 표현의 결과든 같은 모양의 열로."""
    if isinstance(out, int):
        return [out]
    if isinstance(out, dict):
        return [out.get(kind, 0) for kind in range(KINDS)]
    if out and isinstance(out[0], list):
        return [x for row in out for x in row]
    return out


def fold(out: list[int]) -> int:
    """차례까지 담아 한 수로 접음."""
    folded = 0
    for x in out:
        folded = (folded * 31 + x) & rng.MASK
    return folded


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("idiom_race", given)
    task = p["task"]
    stream = rng.SplitMix64(p["seed"])
    data = make_input(task, [stream.below(RANGE) for _ in range(p["n"])])
    first, *rest = (flatten(idiom(data)) for idiom in TASKS[task])
    if any(out != first for out in rest):
        raise AssertionError(f"{task}: 표현마다 결과가 다름")
    exact = {"items": len(first), "sum": sum(first), "fold": fold(first)}
    more = {
        f"opcodes_{version}": " ".join(f"{each:g}" for each in tasks[task])
        for version, tasks in OPCODES.items()
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def opcodes(function, data) -> int:
    """한 번 부르는 동안 실행한 바이트코드의 수. 부른 함수의 것도 셈."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    function(data)  # 처음 한 번만 하는 일을 빼고 셈
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(data)
    finally:
        sys.settrace(before)
    return count


def opcodes_each(task: str) -> list[float]:
    """표현마다 항목 하나에 드는 바이트코드. 항목을 늘린 만큼으로 셈."""
    few, many = 1_000, 2_000
    data = [
        make_input(task, [i % RANGE for i in range(n)]) for n in (few, many)
    ]
    return [
        (opcodes(idiom, data[1]) - opcodes(idiom, data[0])) / (many - few)
        for idiom in TASKS[task]
    ]


def timings(p: dict) -> dict:
    """여섯 표현의 시간과, 이 파이썬이 실행한 바이트코드."""
    task = p["task"]
    stream = rng.SplitMix64(p["seed"])
    data = make_input(task, [stream.below(RANGE) for _ in range(p["n"])])
    works = {
        name: (lambda idiom=idiom: idiom(data), p["n"])
        for name, idiom in zip(NAMES, TASKS[task])
    }
    counts = [
        f"{name} {each:g}" for name, each in zip(NAMES, opcodes_each(task))
    ]
    return {
        "timings": measure.interleaved(works),
        "notes": ["항목 하나에 실행한 바이트코드: " + ", ".join(counts)],
    }


def main() -> None:
    cli.main("idiom_race", run, timings)


if __name__ == "__main__":
    main()
