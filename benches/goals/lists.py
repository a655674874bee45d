"""리스트의 목표: CPython 쪽. 함수마다 준비하고, 잴 것을 돌려줌."""

from bisect import bisect_left
from functools import partial

from lab.rng import SplitMix64


def random(n, seed):
    rng = SplitMix64(seed)
    return [rng.next() for _ in range(n)]


def fill(numbers):
    items = []
    for number in numbers:
        items.append(number)
    return len(items) + items[-1]


def find_all(items, numbers):
    find, total = bisect_left, 0
    for number in numbers:
        total += find(items, number)
    return total


def push(n):
    return partial(fill, random(n, 42))


def search(n):
    return partial(find_all, sorted(random(n, 42)), random(n, 7))
