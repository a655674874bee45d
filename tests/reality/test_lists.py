"""리스트와 튜플의 모형과 지금 돌고 있는 CPython."""

from __future__ import annotations

import struct
import sys
import unittest
from collections import deque

from facts import VERSION, WIDTH

from lists.list_growth import Growing, roomy
from lists.search_cost import draw, linear

POINTER = struct.calcsize("P")
EMPTY = sys.getsizeof([])
MOST = 200_000


def capacity(items: list) -> int:
    """sys.getsizeof에서 되짚은 용량."""
    return (sys.getsizeof(items) - EMPTY) // POINTER


class Growth(unittest.TestCase):
    def test_append_and_pop(self):
        """20만 번 넣었다가 모두 빼는 동안 한 번도 어긋나지 않음."""
        items, model, seen = [], Growing(), []
        for n in range(1, MOST + 1):
            items.append(None)
            model.resize(n)
            if model.capacity != capacity(items):
                self.fail(f"{n}개: {model.capacity} != {capacity(items)}")
            if not seen or seen[-1] != model.capacity:
                seen.append(model.capacity)
        self.assertEqual(seen[:10], [4, 8, 16, 24, 32, 40, 52, 64, 76, 92])
        for n in range(MOST - 1, -1, -1):
            items.pop()
            model.resize(n)
            if model.capacity != capacity(items):
                self.fail(f"{n}개: {model.capacity} != {capacity(items)}")

    def test_ways_of_building(self):
        n = 1_000
        for want, items in (
            (1_100, [i for i in range(n)]),
            (1_100, list(i for i in range(n))),
            (1_100, list(map(int, range(n)))),
            (1_000, list(range(n))),
            (1_000, list(range(n - 1))),
            (1_000, [0] * n),
            (1_000, list(range(n))[:]),
            (1_000, sorted(range(n))),
            (8, list(i for i in range(2))),
            (6, [1, 2, 3, 4, 5]),
        ):
            self.assertEqual(capacity(items), want)

    def test_big_jumps(self):
        items = []
        items.extend(range(1_000))
        self.assertEqual(capacity(items), 1_000)
        items.append(None)
        self.assertEqual(capacity(items), roomy(1_001, 1_000))
        del items[500:]
        self.assertEqual(capacity(items), roomy(500, 1_001))


class Layout(unittest.TestCase):
    @unittest.skipIf(VERSION > (3, 14), "튜플의 머리가 또 바뀌었을 수 있음")
    def test_tuple_sizes(self):
        """3.14부터 튜플의 머리에 해시를 적는 칸이 있음."""
        words = 5 if VERSION < (3, 14) else 6
        for n in range(40):
            size = sys.getsizeof(tuple(range(n)))
            self.assertEqual(size, (words + n) * POINTER)

    def test_deque_blocks(self):
        """64개짜리 블록이 앞뒤 포인터와 함께 하나씩 늘어남."""
        items, block = deque(), (64 + 2) * POINTER
        sizes = set()
        for i in range(1_000):
            items.append(i)
            sizes.add(sys.getsizeof(items))
        ordered = sorted(sizes)
        steps = {b - a for a, b in zip(ordered, ordered[1:])}
        self.assertEqual(steps, {block})

    def test_floats(self):
        self.assertEqual(sys.getsizeof(1.0), 24 if WIDTH == 64 else 16)


class Search(unittest.TestCase):
    def test_in_compares_as_often_as_we_do(self):
        """in이 ==을 부른 횟수가 우리 선형 탐색이 살펴본 수와 같음."""
        plan = {"n": 300, "queries": 200, "hit_pct": 50, "seed": 42}
        items, queries = draw(plan)
        counted = [Counted(item) for item in items]
        for key, _ in queries:
            Counted.compares = 0
            found = Counted(key) in counted
            self.assertEqual((found, Counted.compares), linear(items, key))

    def test_identity_comes_first(self):
        nan = float("nan")
        self.assertIn(nan, [nan])
        self.assertNotIn(float("nan"), [nan])


class Counted:
    """견줄 때마다 세는 수."""

    __slots__ = ("value",)
    compares = 0

    def __init__(self, value: int) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        Counted.compares += 1
        return isinstance(other, Counted) and self.value == other.value


class Tuples(unittest.TestCase):
    def test_constants_and_copies(self):
        def constant():
            return (1, 2, 3)

        self.assertIs(constant(), constant())
        items = (1, 2, 3)
        self.assertIs(items[:], items)
        self.assertIs(tuple(items), items)
        self.assertIs(tuple([]), tuple(iter(())))

    def test_immutability_is_shallow(self):
        items = (1, [2])
        with self.assertRaises(TypeError):
            items[1] += [3]
        self.assertEqual(items, (1, [2, 3]))
        with self.assertRaises(TypeError):
            hash(items)


if __name__ == "__main__":
    unittest.main()
