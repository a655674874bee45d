"""셋 모형과 지금 돌고 있는 CPython의 set."""

from __future__ import annotations

import sys
import unittest

from facts import HERE, UNKNOWN, WIDTH, Key, narrow
from test_dict import FAMILIES

from dicts.dict_layout import POINTER, compared_bytes, set_slots
from dicts.dict_probe import make_keys
from dicts.set_probe import SetModel

GROWTH = {5: 32, 19: 128, 77: 512, 307: 2_048, 1_229: 8_192, 4_915: 32_768}
LATER = {19_661: 131_072, 78_643: 262_144}


@unittest.skipIf(HERE is None, UNKNOWN)
class SetSize(unittest.TestCase):
    def test_table_sizes(self):
        grown, model, points = set(), SetModel(), {}
        for n in range(1, 80_001):
            slots = len(model.table)
            grown.add(n)
            model.add(n)
            if len(model.table) != slots:
                points[n] = len(model.table)
            size = compared_bytes("set", n, "int", WIDTH)
            self.assertEqual(sys.getsizeof(grown), size, n)
            self.assertEqual(len(model.table), set_slots(n), n)
        self.assertEqual(points, GROWTH | LATER)

    def test_small_table_is_inside(self):
        self.assertEqual(sys.getsizeof(set()), HERE[2])
        self.assertEqual(sys.getsizeof({1, 2, 3, 4}), HERE[2])
        outside = 32 * 2 * POINTER[WIDTH]
        self.assertEqual(sys.getsizeof(set(range(5))), HERE[2] + outside)


class SetOrder(unittest.TestCase):
    def test_every_key_family(self):
        """도는 순서가 곧 자리 순서이므로 탐사 규칙을 그대로 드러냄."""
        for family in FAMILIES:
            for n in (4, 5, 100, 1_000, 5_000):
                with self.subTest(n=n, **family):
                    values = [narrow(k) for k in make_keys({"n": n} | family)]
                    if len(set(values)) < n:
                        self.skipTest(f"{WIDTH}비트로 자르면 키가 겹침")
                    self.check_order(values)

    def check_order(self, values):
        grown, model = set(), SetModel()
        for value in values:
            grown.add(Key(value))
            model.add(value)
        slots = [value for value in model.table if value is not None]
        self.assertEqual([key.value for key in grown], slots)


if __name__ == "__main__":
    unittest.main()
