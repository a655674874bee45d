"""캐시의 모형과 진짜 functools.lru_cache, 센 바이트코드와 진짜 CPython."""

from __future__ import annotations

import gc
import io
import sys
import unittest
import weakref
from functools import lru_cache

from facts import VERSION, WIDTH

from pure_python import idiom_race, memo_lru

PATTERNS = "loop", "zipf0", "zipf1", "zipf2", "scan_mix"
# (판, 포인터 폭) → ASCII, Latin-1, 한글, 그림 문자 열 자의 바이트
STRINGS = {
    ((3, 11), 64): (59, 83, 94, 116),
    ((3, 13), 64): (51, 67, 78, 100),
    ((3, 14), 32): (31, 39, 50, 72),
}


def requests(pattern, count, universe, cycle):
    shape = {
        "pattern": pattern,
        "requests": count,
        "universe": universe,
        "cycle": cycle,
    }
    return memo_lru.make_requests({"seed": 42} | shape)


class LruCache(unittest.TestCase):
    def check(self, keys, room):
        info = memo_lru.real_hits(keys, room)
        hits = memo_lru.lru(keys, room, 0)
        self.assertEqual((info.hits, info.misses), (hits, len(keys) - hits))
        # 쫓아낸 것은 실패 가운데 지금 들어 있지 않은 것
        self.assertEqual(
            info.misses - info.currsize, max(info.misses - room, 0)
        )

    def test_every_pattern_and_capacity(self):
        for pattern in PATTERNS:
            for room in (1, 2, 7, 50, 99, 100, 101, 500, 5_000):
                with self.subTest(pattern=pattern, room=room):
                    keys = requests(pattern, 5_000, 1_000, 101)
                    self.check(keys, room)

    def test_the_default_run(self):
        keys = requests("loop", 20_000, 1_000, 101)
        self.assertEqual(memo_lru.real_hits(keys, 100).hits, 0)
        self.assertEqual(memo_lru.real_hits(keys, 101).hits, 19_899)

    def test_a_method_cache_keeps_its_objects(self):
        class Reader:
            @lru_cache
            def read(self):
                return 1

        reader = Reader()
        reader.read()
        alive = weakref.ref(reader)
        del reader
        gc.collect()
        self.assertIsNotNone(alive())
        Reader.read.cache_clear()
        gc.collect()
        self.assertIsNone(alive())

    def test_arguments_spelled_differently_are_different_keys(self):
        look_up = lru_cache(lambda a, b=0: a + b)
        look_up(1)
        look_up(1, 0)
        look_up(a=1)
        self.assertEqual(look_up.cache_info().misses, 3)

    def test_int_and_float_share_an_entry_unless_typed(self):
        for typed, misses in ((False, 1), (True, 2)):
            # 인자가 둘이어야 키가 튜플이 됨
            look_up = lru_cache(typed=typed)(lambda a, b: a)
            look_up(1, 2)
            look_up(1.0, 2)
            self.assertEqual(look_up.cache_info().misses, misses)


@unittest.skipUnless(
    VERSION in {(3, 11), (3, 14)}, "이 판의 바이트코드는 표에 없음"
)
class Opcodes(unittest.TestCase):
    def test_every_idiom(self):
        tasks = idiom_race.OPCODES["".join(map(str, VERSION))]
        for task, want in tasks.items():
            got = tuple(idiom_race.opcodes_each(task))
            self.assertEqual(got, want, task)


class Strings(unittest.TestCase):
    @unittest.skipUnless((VERSION, WIDTH) in STRINGS, "크기 표에 없는 판")
    def test_the_widest_character_sets_the_width(self):
        texts = "a" * 10, "é" * 10, "가" * 10, "😀" * 10
        sizes = tuple(map(sys.getsizeof, texts))
        self.assertEqual(sizes, STRINGS[VERSION, WIDTH])

    def test_three_ways_to_build_one_string(self):
        pieces = [str(i) for i in range(1_000)]
        added = ""
        for piece in pieces:
            added += piece
        buffer = io.StringIO()
        buffer.writelines(pieces)
        self.assertEqual(added, "".join(pieces))
        self.assertEqual(added, buffer.getvalue())


class Sums(unittest.TestCase):
    def test_float_sum_is_compensated_since_3_12(self):
        exact = sum([0.1] * 10) == 1.0
        self.assertEqual(exact, VERSION >= (3, 12))


if __name__ == "__main__":
    unittest.main()
