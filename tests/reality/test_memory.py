"""메모리 장의 바이트와 지금 돌고 있는 CPython."""

from __future__ import annotations

import sys
import unittest
from array import array

from facts import VERSION, WIDTH

from memory.bloom_fpr import filled
from memory.compact_types import list_bytes, make_values
from memory.int_forms import bitset

DEFAULT = {
    "n": 20_000,
    "range_bits": 20,
    "order": "sorted",
    "repr": "list",
    "width": str(WIDTH),
    "seed": 42,
}


class Objects(unittest.TestCase):
    def test_a_list_of_integers(self):
        """모형의 바이트는 sys.getsizeof의 합과 같음. 자릿수가 둘이어도."""
        for bits in (20, 36):
            values = make_values(DEFAULT | {"range_bits": bits})
            exact = list(tuple(values))
            real = sys.getsizeof(exact) + sum(map(sys.getsizeof, exact))
            self.assertEqual(list_bytes(values, str(WIDTH)), real)

    def test_arrays(self):
        for code, width in (("q", 8), ("i", 4), ("H", 2)):
            more = sys.getsizeof(array(code, [0] * 1_000))
            self.assertEqual(more - sys.getsizeof(array(code)), width * 1_000)

    def test_narrowing_is_refused(self):
        with self.assertRaises(OverflowError):
            array("H", [70_000])
        self.assertEqual(70_000 & 0xFFFF, 4_464)

    def test_the_widest_letter_decides(self):
        """글자 하나의 바이트: 영문 1, 한글 2, 이모지 4."""
        for letter, width in (("a", 1), ("가", 2), ("😀", 4)):
            more = sys.getsizeof(letter * 1_001)
            self.assertEqual(more - sys.getsizeof(letter * 1_000), width)
        wide = "a" * 1_000 + "😀"
        self.assertGreater(sys.getsizeof(wide), 4_000)
        self.assertEqual(len(wide.encode()), 1_004)

    @unittest.skipIf(WIDTH == 32, "32비트에서는 머리가 더 작음")
    def test_the_head_of_a_hangul_string(self):
        """본문의 74바이트와, 3.12부터의 58바이트."""
        head = 74 if VERSION < (3, 12) else 58
        self.assertEqual(sys.getsizeof("가나다"), head + 3 * 2)

    def test_small_integers_are_shared(self):
        most = 256 if VERSION < (3, 15) else 1_024
        for value, shared in ((most, True), (most + 1, False)):
            one, two = int(str(value)), int(str(value))
            self.assertEqual(one is two, shared)

    def test_interned_strings_are_one(self):
        first, second = "".join(["서", "울"]), "".join(["서", "울"])
        self.assertIsNot(first, second)
        self.assertIs(sys.intern(first), sys.intern(second))


class Sets(unittest.TestCase):
    def test_bits_are_what_int_says(self):
        values = make_values(DEFAULT)
        number = int.from_bytes(bitset(values, 20), "little")
        self.assertEqual(number.bit_count(), len(values))
        self.assertTrue(all(number >> x & 1 for x in values[:100]))

    @unittest.skipIf(WIDTH == 32, "32비트에서는 슬롯이 8바이트임")
    def test_a_set_of_a_million(self):
        """본문과 더 해 보기 1의 수."""
        self.assertEqual(sys.getsizeof(set(range(10**6))), 33_554_648)

    def test_a_filter_never_forgets(self):
        p = {"n": 500, "fpr": "1%", "overfill": 3}
        bloom = filled(p, 1_500)
        self.assertTrue(all(map(bloom.contains, range(1_500))))


if __name__ == "__main__":
    unittest.main()
