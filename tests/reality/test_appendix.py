"""부록 A의 글이 말하는 도구의 성질."""

import gc
import sys
import time
import timeit
import unittest


class Timeit(unittest.TestCase):
    def test_five_repeats_of_at_least_a_fifth_of_a_second(self):
        self.assertEqual(timeit.default_repeat, 5)
        self.assertIs(timeit.default_timer, time.perf_counter)
        # 가짜 시계: 읽을 때마다 1초씩 감
        clock = iter(range(10**9))
        loops = []

        def now():
            return next(clock)

        timer = timeit.Timer("pass", timer=now)
        # autorange는 0.2초를 넘을 때까지 횟수를 늘림: 한 번에 1초이면 1
        count, spent = timer.autorange(lambda *x: loops.append(x))
        self.assertEqual((count, spent), (1, 1))
        self.assertEqual(loops, [(1, 1)])

    def test_collection_is_off_while_timing(self):
        seen = []
        timeit.Timer(lambda: seen.append(gc.isenabled())).timeit(3)
        self.assertEqual(seen, [False] * 3)
        self.assertTrue(gc.isenabled())


class Clocks(unittest.TestCase):
    def test_perf_counter_is_monotonic(self):
        info = time.get_clock_info("perf_counter")
        self.assertTrue(info.monotonic)
        self.assertFalse(info.adjustable)
        seen = [time.perf_counter_ns() for _ in range(10_000)]
        self.assertEqual(seen, sorted(seen))


class Sums(unittest.TestCase):
    def test_float_sums_are_compensated_since_3_12(self):
        expected = 1.0 if sys.version_info >= (3, 12) else 0.9999999999999999
        self.assertEqual(sum([0.1] * 10), expected)


if __name__ == "__main__":
    unittest.main()
