"""진짜 인터프리터에서 확인한 상수와, 64비트 해시를 가진 키."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

WIDTH = struct.calcsize("P") * 8
VERSION = sys.version_info[:2]

# (판, 포인터 폭) → 사전 객체, 사전 표의 머리, 셋 객체의 바이트
LAYOUT = {
    ((3, 11), 64): (64, 32, 216),
    ((3, 12), 64): (64, 32, 216),
    ((3, 13), 64): (64, 32, 216),
    ((3, 14), 64): (64, 32, 216),
    ((3, 14), 32): (40, 20, 108),
}
HERE = LAYOUT.get((VERSION, WIDTH))
UNKNOWN = f"파이썬 {VERSION}, {WIDTH}비트의 상수는 표에 없음"


def narrow(value: int) -> int:
    """이 인터프리터의 해시 폭으로 자른 값. 64비트에서는 그대로임."""
    return value & ((1 << WIDTH) - 1)


class Key:
    """해시를 우리가 정한 키. int의 해시는 2^61 - 1로 나눈 나머지라 다름."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value

    def __hash__(self) -> int:
        sign = 1 << (WIDTH - 1)
        return (self.value ^ sign) - sign

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self.value == other.value
