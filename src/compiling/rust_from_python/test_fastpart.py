"""두 길로 부른 Rust가 순수 파이썬과 비트까지 같은 답을 내는가.

    python3 test_fastpart.py [라이브러리의 경로]

경로를 주면 그 파일의 C 함수를, 아니면 설치된 fastpart를 씀.
"""

import ctypes
import sys
import unittest
from array import array

MASK = 0xFFFF_FFFF_FFFF_FFFF
SIZES = [0, 1, 2, 3, 4, 7, 1_000]
RATE = 0.25


# ANCHOR: pure
def diffuse(row, rate):
    """확산 한 걸음. 양 끝은 그대로 둠."""
    inner = [
        here + rate * ((left - here) + (right - here))
        for left, here, right in zip(row, row[1:], row[2:])
    ]
    return row[:1] + inner + row[1:][-1:]
# ANCHOR_END: pure


def mix_sum(count):
    total = 0
    for i in range(count):
        z = (i + 0x9E37_79B9_7F4A_7C15) & MASK
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9 & MASK
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB & MASK
        total += z ^ (z >> 31)
    return total & MASK


def row(size):
    """2^-20의 배수라 어디서나 같은 값."""
    return [(i * 0x9E37_79B1 & 0xF_FFFF) / 2**20 for i in range(size)]


# ANCHOR: ctypes
class Library:
    """ctypes로 부르는 C 함수. 타입을 적어야 인자가 제대로 넘어감."""

    def __init__(self, path):
        library = ctypes.CDLL(str(path))
        self.raw = library.fastpart_diffuse
        address, size = ctypes.c_void_p, ctypes.c_size_t
        self.raw.argtypes = [address, address, size, ctypes.c_double]
        self.raw.restype = ctypes.c_int32
        self.mix_sum = library.fastpart_mix_sum
        self.mix_sum.argtypes = [ctypes.c_uint64]
        self.mix_sum.restype = ctypes.c_uint64

    def diffuse(self, src, dst, rate):
        """array('d') 둘. 길이는 여기서 견줌: C 쪽은 알 수 없음."""
        (start, size), (end, room) = src.buffer_info(), dst.buffer_info()
        if size != room:
            raise ValueError("src와 dst의 길이가 다름")
        if self.raw(start, end, size, rate):
            raise ValueError("버퍼의 주소가 없음")
# ANCHOR_END: ctypes


class Same(unittest.TestCase):
    """부를 수 있는 모든 길."""

    def both(self, call):
        for size in SIZES[1:]:
            with self.subTest(size=size):
                src, dst = array("d", row(size)), array("d", bytes(8 * size))
                call(src, dst, RATE)
                self.assertEqual(dst.tolist(), diffuse(row(size), RATE))

    def test_pure_by_hand(self):
        self.assertEqual(diffuse([0.0, 4.0, 0.0, 2.0], 0.25), [0, 2, 1.5, 2])
        self.assertEqual(mix_sum(1), 0xE220_A839_7B1D_CDAF)

    def test_ctypes_buffers(self):
        self.both(LIBRARY.diffuse)

    def test_ctypes_refuses(self):
        with self.assertRaises(ValueError):
            LIBRARY.diffuse(array("d", [1.0]), array("d", [1.0, 2.0]), RATE)
        self.assertEqual(LIBRARY.raw(None, None, 1, RATE), -1)

    def test_ctypes_number(self):
        self.assertEqual(LIBRARY.mix_sum(1_000), mix_sum(1_000))


class Module(Same):
    """PyO3 모듈."""

    def test_list(self):
        for size in SIZES:
            with self.subTest(size=size):
                got = MODULE.diffuse_list(row(size), RATE)
                self.assertEqual(got, diffuse(row(size), RATE))

    def test_buffers(self):
        self.both(MODULE.diffuse)

    def test_part_of_a_buffer(self):
        src, dst = array("d", row(10)), array("d", bytes(80))
        MODULE.diffuse(memoryview(src)[2:7], memoryview(dst)[3:8], RATE)
        self.assertEqual(dst.tolist()[3:8], diffuse(row(10)[2:7], RATE))

    def test_refuses(self):
        a, b = array("d", row(4)), array("d", row(5))
        for src, dst, error in [
            (a, b, ValueError),
            (a, a, ValueError),
            (memoryview(b)[:4], memoryview(b)[1:], ValueError),
            (memoryview(b)[::2], array("d", row(3)), ValueError),
            (a, memoryview(array("d", row(4))).toreadonly(), ValueError),
            (array("f", row(4)), a, BufferError),
            ([1.0], a, (TypeError, BufferError)),
        ]:
            with self.assertRaises(error):
                MODULE.diffuse(src, dst, RATE)

    def test_number(self):
        self.assertEqual(MODULE.mix_sum(1_000), mix_sum(1_000))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        LIBRARY, MODULE = Library(sys.argv.pop()), None
        names = ["Same"]
    else:
        import fastpart as MODULE

        # maturin이 만든 파일 하나에 C 함수와 모듈이 함께 들어 있음
        file = sys.modules["fastpart.fastpart"].__file__
        LIBRARY, names = Library(file), ["Module"]
    unittest.main(argv=[sys.argv[0], *names])
