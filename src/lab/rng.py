"""실험이 함께 쓰는 난수: SplitMix64. Rust의 `lab::rng`와 같은 값을 냄."""

from __future__ import annotations

MASK = 0xFFFF_FFFF_FFFF_FFFF
GAMMA = 0x9E37_79B9_7F4A_7C15


def mix64(x: int) -> int:
    """씨앗이 x인 난수기의 첫 값: 64비트를 고르게 섞음."""
    z = (x + GAMMA) & MASK
    z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB & MASK
    return z ^ (z >> 31)


class SplitMix64:
    """상태가 정수 하나뿐이라 어느 언어로 옮겨도 같은 수열이 나옴."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def next(self) -> int:
        """다음 u64."""
        out = mix64(self.state)
        self.state = (self.state + GAMMA) & MASK
        return out

    def below(self, bound: int) -> int:
        """0 이상 bound 미만. 128비트 곱의 위쪽 절반만 씀(버리는 값 없음)."""
        return self.next() * bound >> 64

    def unit(self) -> float:
        """0 이상 1 미만의 f64. 위쪽 53비트만 씀."""
        return (self.next() >> 11) * 2.0**-53

    def shuffle(self, items: list) -> None:
        """피셔–예이츠 섞기. 제자리에서 뒤 원소부터."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
