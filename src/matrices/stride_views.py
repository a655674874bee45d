"""stride_views: 모양과 걸음만으로 뷰와 복사를 가림."""

from __future__ import annotations

import sys
from itertools import product
from math import prod
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum

ITEM = 8
LINE = 64
MOST = 4_096


# ANCHOR: kernel
def dense(shape: tuple) -> tuple:
    """마지막 축이 이어진 걸음."""
    return tuple(ITEM * prod(shape[i + 1 :]) for i in range(len(shape)))


class Layout:
    """버퍼 하나를 보는 방법. 값은 없고 모양과 걸음과 시작뿐임."""

    def __init__(self, shape, strides=None, offset=0):
        self.shape = tuple(shape)
        self.strides = tuple(strides or dense(self.shape))
        self.offset = offset

    def axes(self):
        """길이가 1인 축은 걸음이 쓰이지 않으므로 뺌."""
        pairs = zip(self.shape, self.strides)
        return [(n, stride) for n, stride in pairs if n > 1]

    def is_contiguous(self):
        return self.axes() == Layout(self.shape).axes()

    def apply(self, op):
        """연산 하나. 값을 새 버퍼에 옮겨야 했으면 참을 함께 돌려줌."""
        shape, strides, offset = self.shape, self.strides, self.offset
        if op == "transpose":
            shape, strides = shape[::-1], strides[::-1]
        elif op == "step":
            shape = *shape[:-1], -(-shape[-1] // 2)
            strides = *strides[:-1], strides[-1] * 2
        elif op == "reverse":
            offset += strides[0] * (shape[0] - 1)
            strides = -strides[0], *strides[1:]
        elif op == "broadcast":
            strides = 0, *strides[1:]
        elif op == "reshape":
            return self.reshape(shape[::-1])
        elif op == "ravel":
            flat = (prod(shape),)
            if self.is_contiguous():
                return self.reshape(flat)
            return Layout(flat), True
        elif op == "fancy" or not self.is_contiguous():
            return Layout(shape), True
        return Layout(shape, strides, offset), False

    def reshape(self, shape):
        strides = self.regroup(shape)
        if strides is None:
            return Layout(shape), True
        return Layout(shape, strides, self.offset), False

    def regroup(self, shape):
        """이어진 축을 합친 토막을 새 축들이 나누어떨어지게 자르는가."""
        runs = []
        for n, stride in self.axes():
            if runs and runs[-1][1] == stride * n:
                runs[-1] = runs[-1][0] * n, stride
            else:
                runs.append((n, stride))
        strides, left, stride = [], 1, ITEM
        for n in reversed(shape):
            if left == 1 and n > 1:
                left, stride = runs.pop()
            if left % n:
                return None
            strides.append(stride)
            left //= n
            stride *= n
        return strides[::-1]

    def walk(self):
        """마지막 축이 가장 빨리 도는 차례로 밟는 주소."""
        for index in product(*map(range, self.shape)):
            steps = zip(index, self.strides)
            yield self.offset + sum(i * stride for i, stride in steps)
# ANCHOR_END: kernel


def tread(layout: Layout) -> tuple[int, int, int]:
    """주소의 합, 서로 다른 라인, 라인을 옮긴 횟수."""
    addresses = list(layout.walk())
    lines = [at // LINE for at in addresses]
    moves = sum(a != b for a, b in zip([None, *lines], lines))
    return sum(addresses), len(set(lines)), moves


def start(p: dict) -> Layout:
    shape = [p[axis] for axis in ("first", "second", "third") if p[axis]]
    if prod(shape) > MOST:
        raise params.ParamError(
            f"모양(first, second, third)의 값 '{tuple(shape)}':"
            f" 원소가 {prod(shape):,}개임."
            f" 1–{MOST:,}개 범위여야 함"
        )
    return Layout(shape)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("stride_views", given)
    layout, kinds = start(p), []
    for op in (p["op1"], p["op2"], p["op3"], p["op4"]):
        if op != "none":
            layout, copied = layout.apply(op)
            kinds.append("복사" if copied else "뷰")
    copies = kinds.count("복사")
    total, lines, moves = tread(layout)
    shape, strides = layout.shape, layout.strides
    return {
        "answers": {
            "shape": str(shape),
            "strides": str(strides),
            "offset": str(layout.offset),
            "copies": str(copies),
            "kinds": " ".join(kinds),
            "address_sum": str(total),
            "lines": str(lines),
            "line_moves": str(moves),
        },
        "checksum": checksum([*shape, *strides, layout.offset, copies, total]),
    }


def main() -> None:
    cli.main("stride_views", run)


if __name__ == "__main__":
    main()
