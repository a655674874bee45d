"""서로 다른 정수를 담는 여러 표현. Rust의 numbers.rs와 같음."""

from __future__ import annotations

from lab.rng import mix64

BITS_BYTES = 8_192


def permute(bits: int, seed: int):
    """bits비트 수의 일대일 뒤섞기. 0은 0으로 감."""
    mask = (1 << bits) - 1
    half = (bits + 1) // 2
    a, b, c = (mix64(seed ^ round) | 1 for round in range(3))

    def apply(x: int) -> int:
        x = x * a & mask
        x ^= x >> half
        x = x * b & mask
        x ^= x >> half
        x = x * c & mask
        return x ^ x >> half

    return apply


def encode(values, ascending: bool) -> bytes:
    """앞 값과의 차이를 7비트씩."""
    out, last = bytearray(), 0
    for value in values:
        gap = value - last
        if not ascending:
            gap = gap << 1 if gap >= 0 else (-gap << 1) - 1
        while gap > 0x7F:
            out.append(gap & 0x7F | 0x80)
            gap >>= 7
        out.append(gap)
        last = value
    return bytes(out)


def decode(data: bytes, ascending: bool):
    """앞에서부터 풀어 냄."""
    last = gap = shift = 0
    for byte in data:
        gap |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if not ascending:
                gap = -(gap + 1 >> 1) if gap & 1 else gap >> 1
            last += gap
            yield last
            gap = shift = 0


def bitset(values, bits: int) -> bytearray:
    """값 하나가 비트 하나. 8바이트 단위로 올림."""
    out = bytearray(8 << max(0, bits - 6))
    for value in values:
        out[value >> 3] |= 1 << (value & 7)
    return out


def chunks(values) -> dict[int, list[int]]:
    """위쪽 비트 → 아래 16비트의 오름차순."""
    out: dict[int, list[int]] = {}
    for value in values:
        out.setdefault(value >> 16, []).append(value & 0xFFFF)
    return out


def container(low: list[int]) -> tuple[int, bool]:
    """가장 작은 그릇의 바이트와, 그것이 토막인가."""
    runs = 1 + sum(b - a > 1 for a, b in zip(low, low[1:]))
    plain = min(2 * len(low), BITS_BYTES)
    as_runs = 2 + 4 * runs
    return (as_runs, True) if as_runs < plain else (plain, False)


def block(parts: list[list[int]]) -> int:
    """32비트 로링 하나의 바이트: 머리와 그릇들."""
    sizes = [container(low) for low in parts]
    count = len(sizes)
    if any(runs for _, runs in sizes):
        each = 4 if count < 4 else 8
        head = 4 + (count + 7) // 8 + each * count
    else:
        head = 8 + 8 * count
    return head + sum(size for size, _ in sizes)


def serialized(parts: dict[int, list[int]], bits: int) -> int:
    """표준 형식으로 적었을 때의 바이트."""
    if bits <= 32:
        return block(list(parts.values()))
    groups: dict[int, list[list[int]]] = {}
    for key, low in parts.items():
        groups.setdefault(key >> 16, []).append(low)
    return 8 + sum(4 + block(group) for group in groups.values())
