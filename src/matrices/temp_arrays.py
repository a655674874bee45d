"""temp_arrays: 식 하나를 계산하며 배열을 몇 번 훑나."""

from __future__ import annotations

import struct
import sys
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum, fnv1a

ITEM = 8
ODD = {"a": 0x9E3779B1, "b": 0x85EBCA6B, "c": 0xC2B2AE35, "d": 0x27D4EB2F}

# 뒤에 붙는 연산자의 차례로 적은 식
EXPRS = {
    "products": [("*", "a", "b"), ("*", "c", "d"), ("+",)],
    "square": [("-", "a", "b"), ("-", "a", "b"), ("*",)],
    "blend": [
        ("*", "a", 0.5),
        ("*", "b", 0.25),
        ("+",),
        ("*", "c", 0.25),
        ("+",),
    ],
}
FUSED = {
    "products": lambda a, b, c, d: a * b + c * d,
    "square": lambda a, b, c, d: (a - b) * (a - b),
    "blend": lambda a, b, c, d: a * 0.5 + b * 0.25 + c * 0.25,
}
OPERATORS = {
    "+": lambda l, r: l + r,
    "-": lambda l, r: l - r,
    "*": lambda l, r: l * r,
}


def inputs(n: int) -> dict[str, list[float]]:
    return {
        name: [(i * odd & 0xFFFF_FFFF) / 2**32 for i in range(1, n + 1)]
        for name, odd in ODD.items()
    }


class Traffic:
    """배열이 오간 바이트. 토막의 버퍼는 캐시에 머무르므로 세지 않음."""

    def __init__(self):
        self.allocs = self.live = self.peak = 0
        self.read = self.written = 0

    def alloc(self, n):
        self.allocs += 1
        self.live += n * ITEM
        self.peak = max(self.peak, self.live)

    def free(self, n):
        self.live -= n * ITEM


# ANCHOR: kernel
class Machine:
    """배열 단위로 한 연산씩: 연산마다 배열 전체를 훑음."""

    def __init__(self, traffic, reuse, small=False):
        self.traffic, self.reuse, self.small = traffic, reuse, small
        self.pool = 0  # 다 쓰고 다음 연산을 기다리는 버퍼

    def take(self, n):
        if self.pool:
            self.pool -= 1
        else:
            self.traffic.alloc(n)

    def release(self, n):
        if self.reuse:
            self.pool += 1
        else:
            self.traffic.free(n)

    def by_arrays(self, ops, arrays):
        n, stack = len(arrays["a"]), []
        for sign, *operands in ops:
            if not operands:
                right, left = stack.pop(), stack.pop()
                out = list(map(OPERATORS[sign], left, right))
                if not self.reuse:
                    self.take(n)
                    self.release(n)
                self.release(n)
                self.passed(n, temps_read=2)
            else:
                self.take(n)
                left = arrays[operands[0]]
                right = arrays.get(operands[1]) or repeat(operands[1])
                out = list(map(OPERATORS[sign], left, right))
                inputs = len(arrays.keys() & set(operands))
                self.passed(n, inputs_read=inputs)
            stack.append(out)
        return stack

    def by_chunks(self, ops, arrays, chunk):
        n, out = len(arrays["a"]), []
        self.traffic.alloc(n)
        [last] = ops[-1]
        for start in range(0, n, chunk):
            part = {k: v[start : start + chunk] for k, v in arrays.items()}
            left, right = self.by_arrays(ops[:-1], part)
            # 마지막 연산은 결과에 바로 씀
            out += map(OPERATORS[last], left, right)
            self.passed(len(left), temps_read=2, to_result=True)
            self.release(len(left))
            self.release(len(left))
        return out

    def passed(self, n, inputs_read=0, temps_read=0, to_result=False):
        """토막의 버퍼를 읽고 쓰는 것은 세지 않음."""
        if not self.small:
            inputs_read += temps_read
            to_result = True
        self.traffic.read += inputs_read * n * ITEM
        self.traffic.written += to_result * n * ITEM


def evaluate(expr, mode, arrays, chunk, traffic):
    ops, n = EXPRS[expr], len(arrays["a"])
    if mode == "fused":
        operands = {name for _, *names in ops for name in names}
        traffic.alloc(n)
        traffic.read += len(operands & arrays.keys()) * n * ITEM
        traffic.written += n * ITEM
        return list(map(FUSED[expr], *arrays.values()))
    if mode == "chunked":
        machine = Machine(traffic, reuse=True, small=chunk < n)
        return machine.by_chunks(ops, arrays, chunk)
    [out] = Machine(traffic, mode == "inplace").by_arrays(ops, arrays)
    return out
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("temp_arrays", given)
    traffic = Traffic()
    arrays = inputs(p["n"])
    out = evaluate(p["expr"], p["mode"], arrays, p["chunk"], traffic)
    return answer(p["n"], traffic, struct.pack(f"<{len(out)}d", *out))


def answer(n: int, traffic: Traffic, data: bytes) -> dict:
    bits = fnv1a(data)
    counts = {
        "allocs": traffic.allocs,
        "bytes_read": traffic.read,
        "bytes_written": traffic.written,
        "peak_bytes": traffic.peak,
    }
    return {
        "answers": {k: str(v) for k, v in counts.items()}
        | {"bits": f"{bits:016x}"},
        "checksum": checksum([n, *counts.values(), bits]),
    }


def add(left: list, right: list) -> list:
    return [x + y for x, y in zip(left, right)]


def sub(left: list, right: list) -> list:
    return [x - y for x, y in zip(left, right)]


def mul(left: list, right: list) -> list:
    return [x * y for x, y in zip(left, right)]


def scale(left: list, k: float) -> list:
    return [x * k for x in left]


# 식마다: 연산마다 새 리스트, 내포 하나
SPELLINGS = {
    "products": (
        lambda a, b, c, d: add(mul(a, b), mul(c, d)),
        lambda a, b, c, d: [w * x + y * z for w, x, y, z in zip(a, b, c, d)],
    ),
    "square": (
        lambda a, b, c, d: mul(sub(a, b), sub(a, b)),
        lambda a, b, c, d: [(x - y) * (x - y) for x, y in zip(a, b)],
    ),
    "blend": (
        lambda a, b, c, d: add(
            add(scale(a, 0.5), scale(b, 0.25)), scale(c, 0.25)
        ),
        lambda a, b, c, d: [
            x * 0.5 + y * 0.25 + z * 0.25 for x, y, z in zip(a, b, c)
        ],
    ),
}


def timings(p: dict) -> dict:
    """리스트를 연산마다 새로 만드는 것과 내포 하나로 합친 것."""
    arrays, n = inputs(p["n"]).values(), p["n"]
    steps, fused = SPELLINGS[p["expr"]]
    works = {
        "연산마다 새 리스트": (lambda: steps(*arrays), n),
        "내포 하나": (lambda: fused(*arrays), n),
    }
    return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("temp_arrays", run, timings)


if __name__ == "__main__":
    main()
