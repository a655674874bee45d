"""값의 지문: 리틀 엔디언 바이트를 이어 FNV-1a 64로 접음."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from lab.rng import MASK


def fnv1a(data: bytes) -> int:
    """바이트열의 FNV-1a 64."""
    h = 0xCBF2_9CE4_8422_2325
    for byte in data:
        h = (h ^ byte) * 0x100_0000_01B3 & MASK
    return h


def checksum(values: Iterable[int | float | str]) -> str:
    """정수는 u64(음수는 2의 보수), 실수는 비트, 문자열은 길이와 바이트로."""
    data = bytearray()
    for value in values:
        if isinstance(value, str):
            text = value.encode()
            data += len(text).to_bytes(8, "little") + text
        elif isinstance(value, float):
            data += struct.pack("<d", value)
        else:
            data += (value & MASK).to_bytes(8, "little")
    return f"{fnv1a(data):016x}"
