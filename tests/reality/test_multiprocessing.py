"""다중 처리 장이 말하는 것과 지금 돌고 있는 인터프리터."""

from __future__ import annotations

import array
import gc
import inspect
import json
import multiprocessing
import os
import pickle
import runpy
import sys
import unittest
from pathlib import Path

from facts import VERSION

CHAPTER = Path(__file__).resolve().parents[2] / "src" / "multiprocessing"
# 페이지의 파이썬에는 프로세스와 스레드가 없음
NO_PROCESSES = sys.platform == "emscripten"


def private_bytes() -> int:
    """이 프로세스만 가진 메모리."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    kib = [int(l.split()[1]) for l in lines if l.startswith("Private_Dirty:")]
    return 1024 * sum(kib)


def copied(values) -> int:
    """자식이 값을 읽기만 할 때 늘어난 자식 몫의 메모리."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        gc.disable()
        before = private_bytes()
        for _ in values:
            pass
        os.write(theirs, str(private_bytes() - before).encode())
        os._exit(0)
    os.waitpid(child, 0)
    grown = int(os.read(ours, 32))
    os.close(ours)
    os.close(theirs)
    return grown


class Names(unittest.TestCase):
    def test_the_chapter_does_not_hide_the_library(self):
        """__init__.py가 없는 폴더는 뒤에 있는 진짜 패키지에 짐."""
        self.assertFalse((CHAPTER / "__init__.py").exists())
        self.assertNotEqual(Path(multiprocessing.__file__).parent, CHAPTER)


class Pickle(unittest.TestCase):
    def test_default_protocol(self):
        default = 5 if VERSION >= (3, 14) else 4
        self.assertEqual(pickle.DEFAULT_PROTOCOL, default)

    def test_a_large_buffer_stays_out_of_band(self):
        buffers = []
        body = pickle.dumps(
            pickle.PickleBuffer(bytes(1 << 20)),
            protocol=5,
            buffer_callback=buffers.append,
        )
        self.assertEqual(len(body), 5)
        self.assertEqual(len(buffers), 1)

    def test_headers_grow_and_vanish(self):
        sizes = {255: 15, 256: 18, 65_535: 18, 65_536: 9, 1 << 20: 9}
        for size, extra in sizes.items():
            pickled = pickle.dumps(bytes(size), protocol=5)
            self.assertEqual(len(pickled), size + extra)

    def test_a_function_without_a_name_does_not_cross(self):
        """모듈의 람다와, 함수 안의 함수."""

        def inner():
            return 0

        outer = eval("lambda: 0", {"__name__": __name__})
        with self.assertRaises(pickle.PicklingError):
            pickle.dumps(outer)
        local = pickle.PicklingError if VERSION >= (3, 14) else AttributeError
        with self.assertRaises(local):
            pickle.dumps(inner)

    def test_json_size_without_writing_it(self):
        toll = runpy.run_path(str(CHAPTER / "ipc_toll.py"))
        for size in (64, 1_000, 65_537):
            sent = toll["message"]("flat", size)
            text = json.dumps(list(sent), separators=(",", ":"))
            self.assertEqual(toll["json_size"]("flat", sent), len(text))


@unittest.skipIf(NO_PROCESSES, "프로세스가 없는 환경임")
class Processes(unittest.TestCase):
    def test_executor_sends_one_by_one(self):
        from concurrent.futures import ProcessPoolExecutor

        signature = inspect.signature(ProcessPoolExecutor.map)
        self.assertEqual(signature.parameters["chunksize"].default, 1)

    def test_pool_cuts_four_chunks_a_worker(self):
        # 스레드로 된 풀도 같은 _map_async를 씀
        from multiprocessing.pool import ThreadPool

        with ThreadPool(4) as pool:
            result = pool.map_async(abs, range(10_000))
            self.assertEqual(result._chunksize, 625)
            self.assertEqual(result.get()[-1], 9_999)

    @unittest.skipUnless(sys.platform == "linux", "리눅스의 기본값임")
    def test_default_start_method(self):
        default = "forkserver" if VERSION >= (3, 14) else "fork"
        context = multiprocessing.get_context()
        self.assertEqual(context.get_start_method(), default)

    @unittest.skipUnless(sys.platform == "linux", "smaps_rollup은 리눅스의 것")
    def test_reading_copies_pages_after_fork(self):
        """참조 횟수가 객체 안에 있어, 읽기만 해도 페이지가 복사됨."""
        floats = [i * 0.5 for i in range(1_000_000)]
        packed = array.array("d", floats)
        self.assertGreater(copied(floats), 24_000_000)
        self.assertLess(copied(packed), 1_000_000)

    def test_shared_memory_is_one_memory(self):
        from multiprocessing import shared_memory

        ours = shared_memory.SharedMemory(create=True, size=16)
        try:
            theirs = shared_memory.SharedMemory(ours.name)
            theirs.buf[3] = 7
            self.assertEqual(ours.buf[3], 7)
            theirs.close()
        finally:
            ours.close()
            ours.unlink()


if __name__ == "__main__":
    unittest.main()
