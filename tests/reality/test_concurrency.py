"""동시성 장의 모형과 지금 돌고 있는 인터프리터."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import socket
import sys
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from facts import UNKNOWN, VERSION, WIDTH

from concurrency import backpressure, crawl, events, fetch_window
from concurrency.task_footprint import coroutine_bytes, holder
from lab import params

DATA = Path(__file__).resolve().parents[2] / "data"
PAGE = sys.platform == "emscripten"
NO_LOOP = "페이지의 asyncio.run은 브라우저의 스택 전환이 있어야 함"

# (판, 포인터 폭) → 지역 변수가 없는 코루틴의 바이트
COROUTINE = {
    ((3, 11), 64): 192,
    ((3, 12), 64): 192,
    ((3, 13), 64): 192,
    ((3, 14), 32): 100,
}


class Sizes(unittest.TestCase):
    @unittest.skipUnless((VERSION, WIDTH) in COROUTINE, UNKNOWN)
    def test_a_coroutine_grows_by_a_pointer_a_local(self):
        for count in (0, 1, 4, 16, 64):
            coroutine = holder(count)(None)
            size = COROUTINE[VERSION, WIDTH] + WIDTH // 8 * count
            self.assertEqual(sys.getsizeof(coroutine), size)
            if WIDTH == 64:
                self.assertEqual(coroutine_bytes(count), size)
            coroutine.close()

    @unittest.skipUnless(
        VERSION in {(3, 12), (3, 13)} and WIDTH == 64, UNKNOWN
    )
    def test_a_slot_for_each_local_and_each_stack_cell(self):
        async def no_argument():
            a = b = c = d = 0
            await asyncio.sleep(0)
            return a + b + c + d

        for function, args in ((no_argument, ()), (holder(4), (None,))):
            code, coroutine = function.__code__, function(*args)
            slots = code.co_nlocals + code.co_stacksize
            self.assertEqual(sys.getsizeof(coroutine), 160 + 8 * slots)
            coroutine.close()


class Gil(unittest.TestCase):
    def test_switch_interval(self):
        self.assertEqual(sys.getswitchinterval(), 0.005)

    @unittest.skipUnless(PAGE, "페이지의 파이썬이 아님")
    def test_the_page_starts_no_thread(self):
        with self.assertRaisesRegex(RuntimeError, "can't start new thread"):
            threading.Thread(target=int).start()

    @unittest.skipIf(PAGE, "페이지에는 스레드가 없음")
    def test_default_pool(self):
        count = getattr(os, "process_cpu_count", os.cpu_count)() or 1
        with ThreadPoolExecutor() as pool:
            self.assertEqual(pool._max_workers, min(32, count + 4))


async def nap(seconds, done, name):
    await asyncio.sleep(seconds)
    done.append(name)


async def fail():
    raise ValueError


@unittest.skipIf(PAGE, NO_LOOP)
class Loop(unittest.TestCase):
    def test_ready_queue_is_first_in_first_out(self):
        order = []

        async def step(i):
            order.append(i)
            await asyncio.sleep(0)
            order.append(i + 10)

        async def all_of_them():
            await asyncio.gather(*(step(i) for i in range(3)))

        asyncio.run(all_of_them())
        self.assertEqual(order, [0, 1, 2, 10, 11, 12])

    def test_a_done_future_does_not_yield(self):
        order = []

        async def passes(future):
            order.append("앞")
            await future
            order.append("뒤")

        async def both():
            future = asyncio.get_running_loop().create_future()
            future.set_result(None)
            await asyncio.gather(passes(future), passes(future))

        asyncio.run(both())
        self.assertEqual(order, ["앞", "뒤", "앞", "뒤"])

    def test_gather_lets_the_others_run(self):
        async def main():
            done = []
            nap_task = asyncio.ensure_future(nap(0.01, done, "낮잠"))
            with self.assertRaises(ValueError):
                await asyncio.gather(fail(), nap_task)
            self.assertFalse(nap_task.done())
            await nap_task
            self.assertEqual(done, ["낮잠"])

        asyncio.run(main())

    def test_a_task_group_cancels_the_others(self):
        async def main():
            done = []
            with self.assertRaises(ExceptionGroup):
                async with asyncio.TaskGroup() as group:
                    group.create_task(nap(60, done, "낮잠"))
                    group.create_task(fail())
            self.assertEqual(done, [])

        asyncio.run(main())

    def test_cancelled_error_is_not_an_exception(self):
        self.assertFalse(issubclass(asyncio.CancelledError, Exception))
        self.assertTrue(issubclass(asyncio.CancelledError, BaseException))

    def test_slow_callback_duration(self):
        loop = asyncio.new_event_loop()
        self.assertEqual(loop.slow_callback_duration, 0.1)
        loop.close()

    def test_no_delay_is_on(self):
        async def main():
            server = await asyncio.start_server(
                lambda r, w: w.close(), "127.0.0.1", 0
            )
            async with server:
                port = server.sockets[0].getsockname()[1]
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                link = writer.get_extra_info("socket")
                on = link.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                writer.close()
            return on

        self.assertTrue(asyncio.run(main()))

    def test_loopback_bodies(self):
        """진짜 소켓으로 받은 본문은 차례대로 놓임."""

        async def main():
            server = await asyncio.start_server(
                lambda r, w: crawl.answer(r, w, 0.001, 20), "127.0.0.1", 0
            )
            async with server:
                port = server.sockets[0].getsockname()[1]
                left, got = iter(range(20)), [b""] * 20
                jobs = [crawl.fetch(port, left, 20, got) for _ in range(6)]
                await asyncio.gather(*jobs)
            return got

        want = [crawl.body(i, 20) for i in range(20)]
        self.assertEqual(asyncio.run(main()), want)


class Models(unittest.TestCase):
    @unittest.skipIf(PAGE, "페이지에는 data 폴더가 없음")
    def test_the_exponential_table(self):
        path = DATA / "exp_q20.py"
        spec = importlib.util.spec_from_file_location("exp_q20", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        committed = json.loads((DATA / "exp_q20.json").read_text())
        self.assertEqual(script.table(), committed)
        self.assertEqual(events.exp_q20(), committed)

    def test_the_short_formula_equals_the_queue(self):
        p = params.fill("backpressure", {"items": 5_000})
        units = backpressure.draws(p)
        work = backpressure.jobs(units, 95, 1)
        endless = 1 << 40
        queue = backpressure.simulate(work, "drop_new", endless, 1)
        self.assertEqual(queue[3], backpressure.mean_wait(work))

    def test_window_one_is_serial(self):
        p = params.fill("fetch_window", {"jitter_pct": 0, "requests": 10})
        load = fetch_window.Load(p)
        [makespan, *_] = fetch_window.simulate(load, 1)
        self.assertEqual(makespan, 10 * 55_000)


if __name__ == "__main__":
    unittest.main()
