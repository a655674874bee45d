"""사전의 목표: CPython 쪽. 함수마다 준비하고, 잴 것을 돌려줌."""

from functools import partial

from lab.rng import SplitMix64


def random(n):
    rng = SplitMix64(42)
    return [rng.next() for _ in range(n)]


def find_all(table, order):
    total = 0
    for key in order:
        total += table[key]
    return total


def fill(keys):
    table = {}
    for key in keys:
        table[key] = key
    return len(table) + table[key]


def look_up(n):
    keys = random(n)
    table = {key: i for i, key in enumerate(keys)}
    SplitMix64(42).shuffle(keys)
    return partial(find_all, table, keys)


def insert(n):
    return partial(fill, random(n))
