"""이터레이터의 목표: 파이썬 쪽. 함수마다 준비하고, 잴 것을 돌려줌."""

from lab.rng import SplitMix64


def odd_only(numbers):
    for x in numbers:
        if x & 1:
            yield x * 3 + 1


def values(n):
    return [float(i * 0x9E37_79B1 & 0xF_FFFF) for i in range(n)]


def generator(n):
    rng = SplitMix64(42)
    numbers = [rng.below(1_000) for _ in range(n)]
    return lambda: sum(odd_only(numbers))


def sum_list(n):
    numbers = values(n)
    return lambda: int(sum(numbers))


def sum_numpy(n):
    import numpy

    numbers = numpy.array(values(n))
    return lambda: int(numpy.sum(numbers))
