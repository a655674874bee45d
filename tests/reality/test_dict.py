"""사전 모형과 지금 돌고 있는 CPython의 dict."""

from __future__ import annotations

import sys
import unittest

from facts import HERE, UNKNOWN, WIDTH, Key, narrow

from dicts.dict_layout import POINTER, dict_parts, dict_slots, usable_of
from dicts.dict_probe import DictModel, make_keys
from dicts.tombstone_churn import ChurnDict, churn

MOST = 5_000
GROWTH = [1, 6, 11, 22, 43, 86, 171, 342, 683, 1366, 2731]
FAMILIES = [
    {"keys": "seq"},
    {"keys": "random", "seed": 42},
    {"keys": "few_low_bits"},
    *({"keys": "shift", "shift": shift} for shift in (4, 8, 12, 16, 32, 46)),
]


def table_bytes(slots: int, fields: int) -> int:
    """인덱스 표와 항목의 바이트."""
    index = 1 if slots <= 1 << 7 else 2 if slots <= 1 << 15 else 4
    return slots * index + usable_of(slots) * fields * POINTER[WIDTH]


@unittest.skipIf(HERE is None, UNKNOWN)
class DictSize(unittest.TestCase):
    def check_sizes(self, kind, key_of):
        grown, (object_bytes, head, _) = {}, HERE
        for n in range(MOST + 1):
            parts = dict_parts(n, kind, WIDTH)
            self.assertEqual(sys.getsizeof(grown), sum(parts), n)
            self.assertEqual(parts[0], object_bytes + (head if n else 0))
            grown[key_of(n)] = None

    def test_int_keys(self):
        self.check_sizes("int", int)

    def test_str_keys(self):
        self.check_sizes("str", str)

    def test_resize_points(self):
        grown, model, real_points, model_points = {}, DictModel(), [], [1]
        for n in range(1, MOST + 1):
            before, resizes = sys.getsizeof(grown), model.resizes
            grown[n] = None
            model.insert(n)
            if sys.getsizeof(grown) != before:
                real_points.append(n)
            if model.resizes != resizes:
                model_points.append(n)
            self.assertEqual(len(model.index), dict_slots(n))
        self.assertEqual(real_points, GROWTH)
        self.assertEqual(model_points, GROWTH)

    def test_every_key_family(self):
        object_bytes, head, _ = HERE
        for family in FAMILIES:
            with self.subTest(**family):
                grown, model = {}, DictModel()
                for value in map(narrow, make_keys({"n": 1_000} | family)):
                    model.insert(value)
                    grown[Key(value)] = None
                    table = table_bytes(len(model.index), 3)
                    size = object_bytes + head + table
                    self.assertEqual(sys.getsizeof(grown), size)
                self.assertEqual([k.value for k in grown], model.entries)


@unittest.skipIf(HERE is None, UNKNOWN)
class DictTombstones(unittest.TestCase):
    def assert_same(self, real, model):
        object_bytes, head, _ = HERE
        size = object_bytes + head + table_bytes(len(model.index), 3)
        self.assertEqual(sys.getsizeof(real), size)
        alive = zip(model.entries, model.alive)
        self.assertEqual(list(real), [key for key, here in alive if here])

    def filled(self, size):
        real, model = {}, ChurnDict()
        for key in range(size):
            real[key] = None
            model.insert(key)
        return real, model

    def test_size_stays_after_deleting(self):
        real, model = self.filled(1_000)
        full = sys.getsizeof(real)
        for key in range(999):
            del real[key]
            model.delete(key)
            self.assertEqual(sys.getsizeof(real), full)
        for key in range(1_000, 1_401):
            real[key] = None
            model.insert(key)
            self.assertEqual(sys.getsizeof(real), full)
        self.assertEqual(len(real), 402)
        self.assert_same(real, model)

    def test_churn(self):
        """한 회씩 진짜 dict와 나란히 돌림."""
        for pattern, api in (
            ("fifo", "next_iter"),
            ("lifo", "next_iter"),
            ("lifo", "popitem"),
            ("same_key", "deque"),
            ("random", "deque"),
        ):
            with self.subTest(pattern=pattern, api=api):
                real, model = self.filled(100)
                mirror = Mirror(model, real, self.assert_same)
                plan = {"size": 100, "rounds": 3_000, "seed": 42}
                churn(mirror, plan | {"pattern": pattern, "api": api})


class Mirror:
    """모형이 하는 일을 진짜 dict에도 하고, 넣을 때마다 견줌."""

    def __init__(self, model, real, compare):
        self.model, self.real, self.compare = model, real, compare

    def insert(self, key):
        self.model.insert(key)
        self.real[key] = None
        self.compare(self.real, self.model)

    def delete(self, key):
        self.model.delete(key)
        del self.real[key]

    def first(self):
        assert self.model.first() == next(iter(self.real))
        return next(iter(self.real))

    def last(self):
        assert self.model.last() == next(reversed(self.real))
        return next(reversed(self.real))

    def popitem(self):
        self.model.popitem()
        self.real.popitem()


if __name__ == "__main__":
    unittest.main()
