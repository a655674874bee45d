"""행렬의 목표: NumPy 쪽. 함수마다 준비하고, 잴 것을 돌려줌."""

import struct
import sys
from math import isqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src/matrices"))

STEPS = 8


def diffuse(way, items):
    import diffusion_numpy

    n = isqrt(items)
    corner = n * 4 // 10
    advance = way(diffusion_numpy.start(n))

    def work():
        after = advance(STEPS)
        bits = struct.pack("<d", after[corner, corner])
        return int.from_bytes(bits, "little")

    return work


def diffusion_roll(items):
    import diffusion_numpy

    return diffuse(diffusion_numpy.roll, items)


def diffusion_flat(items):
    import diffusion_numpy

    return diffuse(diffusion_numpy.flat, items)


diffusion_large = diffusion_flat


def matmul(items):
    import numpy
    from lab.rng import SplitMix64

    n, rng = isqrt(items), SplitMix64(42)

    def draw():
        numbers = [float(rng.below(1024)) for _ in range(n * n)]
        return numpy.array(numbers).reshape(n, n)

    a, b = draw(), draw()
    out = numpy.empty((n, n))

    def work():
        numpy.matmul(a, b, out=out)
        return int(out.sum())

    return work


matmul_1024 = matmul_1920 = matmul
