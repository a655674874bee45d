"""1장의 메모리 이야기: 상자의 크기, 평평한 배열, 복사와 뷰."""

from __future__ import annotations

import struct
import sys
import unittest
from array import array

POINTER = struct.calcsize("P")


class Memory(unittest.TestCase):
    def test_boxes_cost_more_than_values(self):
        wide = POINTER == 8
        self.assertEqual(sys.getsizeof(1.5), 24 if wide else 16)
        self.assertEqual(sys.getsizeof(1_000), 28 if wide else 16)

    def test_a_list_holds_pointers_and_an_array_values(self):
        n = 1_000
        floats = [0.5] * n
        self.assertEqual(sys.getsizeof(floats) - sys.getsizeof([]), n * POINTER)
        flat = array("d", floats)
        self.assertEqual(flat.itemsize * len(flat), n * 8)

    def test_a_slice_copies_and_a_view_does_not(self):
        data = bytearray(10)
        half, view = data[5:], memoryview(data)[5:]
        data[5] = 7
        self.assertEqual((half[0], view[0]), (0, 7))


if __name__ == "__main__":
    unittest.main()
