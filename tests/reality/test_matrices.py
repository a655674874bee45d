"""행렬 장의 모형과 지금 돌고 있는 CPython, 그리고 있으면 NumPy."""

from __future__ import annotations

import math
import random
import struct
import sys
import tracemalloc
import unittest

from facts import VERSION

from lab import params
from matrices import stride_views, sum_order, temp_arrays

try:
    import numpy as np
except ImportError:
    np = None

needs_numpy = unittest.skipIf(np is None, "NumPy가 없어 견주지 못함")

SHAPES = [(3, 4), (12,), (4, 4), (2, 3, 4), (6, 1, 2), (1, 5), (8, 3, 2)]
OPS = {
    "transpose": lambda a: a.T,
    "step": lambda a: a[..., ::2],
    "reverse": lambda a: a[::-1],
    "broadcast": lambda a: np.broadcast_to(a[:1], a.shape),
    "reshape": lambda a: a.reshape(a.shape[::-1]),
    "ravel": lambda a: a.ravel(),
    "fancy": lambda a: a.take(range(len(a)), axis=0),
    "contiguous": lambda a: np.ascontiguousarray(a),
}


class Strides(unittest.TestCase):
    def test_memoryview_knows_strides(self):
        """표준 라이브러리의 메모리 뷰도 같은 걸음을 씀."""
        for shape in SHAPES:
            flat = memoryview(bytes(8 * math.prod(shape)))
            view = flat.cast("d", shape)
            self.assertEqual(view.strides, stride_views.dense(shape))
        values = memoryview(struct.pack("6d", *range(6))).cast("d")
        self.assertEqual(values[::-1].strides, (-8,))
        self.assertEqual(values[::2].tolist(), [0.0, 2.0, 4.0])

    @needs_numpy
    def test_random_chains(self):
        """연산 사슬 2,000개: 모양, 걸음, 시작, 뷰인지 복사인지."""
        draw = random.Random(7)
        for _ in range(2_000):
            shape = draw.choice(SHAPES)
            ours = stride_views.Layout(shape)
            real = base = np.arange(float(math.prod(shape))).reshape(shape)
            chain = draw.choices(list(OPS), k=4)
            for op in chain:
                ours, copied = ours.apply(op)
                after = OPS[op](real)
                self.assertEqual(copied, not np.shares_memory(after, real))
                real, base = after, after if copied else base
                self.assertEqual(real.shape, ours.shape, chain)
                theirs = stride_views.Layout(real.shape, real.strides)
                self.assertEqual(theirs.axes(), ours.axes(), chain)
                offset = real.ctypes.data - base.ctypes.data
                self.assertEqual(offset, ours.offset, chain)

    @needs_numpy
    def test_owndata_does_not_tell_a_copy(self):
        a = np.arange(12.0).reshape(3, 4)
        copy = a.T.reshape(3, 4)
        self.assertFalse(copy.flags.owndata)
        self.assertFalse(np.shares_memory(copy, a))
        self.assertFalse(np.broadcast_to(a[:1], a.shape).flags.writeable)

    @needs_numpy
    def test_ravel_copies_what_reshape_does_not(self):
        a = np.arange(6.0)[::-1]
        self.assertTrue(np.shares_memory(a.reshape(-1), a))
        self.assertFalse(np.shares_memory(a.ravel(), a))

    @needs_numpy
    @unittest.skipIf(sys.maxsize < 2**32, "64비트의 바이트임")
    def test_sizes(self):
        self.assertEqual(sys.getsizeof(np.empty(0)), 112)
        self.assertEqual(sys.getsizeof(np.empty(1_000)), 112 + 8_000)
        self.assertEqual(sys.getsizeof(np.empty((1_000, 1)).T), 128)


class Sums(unittest.TestCase):
    def draw(self, **given):
        return sum_order.values(params.fill("sum_order", given))

    def test_the_grid_is_exact(self):
        """정수로 옮긴 참값은 math.fsum과 같음."""
        for data in ("uniform", "wide", "cancel"):
            xs = self.draw(data=data, n=5_000)
            total = sum(map(sum_order.on_grid, xs))
            self.assertEqual(sum_order.off_grid(total), math.fsum(xs))

    def test_the_builtin_compensates_since_3_12(self):
        xs = [0.1] * 10
        want = 1.0 if VERSION >= (3, 12) else sum_order.naive(xs)
        self.assertEqual(sum(xs), want)
        for data in ("uniform", "wide", "cancel"):
            xs = self.draw(data=data, n=5_000)
            new = VERSION >= (3, 12)
            way = sum_order.neumaier if new else sum_order.naive
            self.assertEqual(sum(xs), way(xs))

    @needs_numpy
    def test_np_sum_is_pairwise(self):
        for n in (8, 127, 128, 129, 1_000, 100_000):
            for data in ("uniform", "wide", "cancel"):
                xs = self.draw(data=data, n=n)
                self.assertEqual(np.sum(np.array(xs)), sum_order.pairwise(xs))

    @needs_numpy
    def test_the_order_depends_on_the_axis(self):
        """다른 축을 따라서는 차례로 더해 f32의 1이 2^24에서 멈춤."""
        ones = np.ones((2**24 + 10, 2), dtype=np.float32)
        self.assertEqual(ones.sum(axis=0).tolist(), [2.0**24] * 2)
        self.assertEqual(ones[:, 0].copy().sum(), 2.0**24 + 10)

    @needs_numpy
    def test_integers_wrap(self):
        self.assertEqual((np.array([200], np.uint8) * np.uint8(2))[0], 144)
        self.assertEqual(np.array([100, 100], np.int8).sum(), 200)


class Temporaries(unittest.TestCase):
    @needs_numpy
    @unittest.skipIf(VERSION >= (3, 14), "임시 재사용은 3.13까지 확인함")
    def test_elision_starts_at_256_kib(self):
        """한꺼번에 차지한 배열: 작으면 셋, 256 KiB부터 둘."""
        from matrices import temp_arrays_numpy

        for n, arrays in ((32_767, 3), (32_768, 2)):
            inputs = temp_arrays_numpy.inputs(n)
            for spelling in temp_arrays_numpy.NAIVE.values():
                tracemalloc.start()
                spelling(*inputs)
                _, peak = tracemalloc.get_traced_memory()
                tracemalloc.stop()
                self.assertEqual(peak // (n * 8), arrays)

    @needs_numpy
    @unittest.skipIf(VERSION >= (3, 14), "임시 재사용은 3.13까지 확인함")
    def test_a_named_temporary_is_kept(self):
        """하나만 이름을 붙이면 더하기는 남은 임시에 덮어씀."""

        def added(a, b, c, d):
            t = a * b
            return t + c * d

        def subtracted(a, b, c, d):
            t = a * b
            return t - c * d

        def both(a, b, c, d):
            t, u = a * b, c * d
            return t + u

        n = 32_768
        inputs = [np.ones(n)] * 4
        for way, arrays in ((added, 2), (subtracted, 3), (both, 3)):
            tracemalloc.start()
            way(*inputs)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            self.assertEqual(peak // (n * 8), arrays, way)

    @needs_numpy
    def test_every_spelling_gives_the_same_bits(self):
        from matrices import temp_arrays_numpy

        for expr in temp_arrays.EXPRS:
            given = {"n": 5_000, "expr": expr, "chunk": 512}
            temp_arrays_numpy.run(given)
