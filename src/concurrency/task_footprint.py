"""task_footprint: 코루틴을 수만 개 만들어 차례로 한 걸음씩 보냄."""

from __future__ import annotations

import asyncio
import sys
import threading
import tracemalloc
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum
from lab.rng import MASK

STACK_MIB = 8
MOST_THREADS = 200
STATUS = Path("/proc/self/status")


# ANCHOR: kernel
class Pause:
    """한 번 멈췄다 가는 await의 대상."""

    def __await__(self):
        yield


async def job(at, waits):
    total = at
    for turn in range(waits):
        await Pause()
        total = total * 31 + turn & MASK
    return total


def round_robin(jobs):
    """멈춘 코루틴을 차례로 한 걸음씩. (걸음의 수, 값의 합)."""
    ready, polls, total = deque(jobs), 0, 0
    while ready:
        coroutine = ready.popleft()
        polls += 1
        try:
            coroutine.send(None)
        except StopIteration as done:
            total = total + done.value & MASK
        else:
            ready.append(coroutine)
    return polls, total
# ANCHOR_END: kernel


def holder(count: int):
    """지역 변수 count개를 기억하고 멈추는 코루틴 함수."""
    names = [f"v{i}" for i in range(count)]
    lines = ["async def hold(gate):", *(f"    {name} = 0" for name in names)]
    lines += ["    await gate", f"    return {' + '.join(['0', *names])}"]
    space: dict = {}
    exec("\n".join(lines), space)
    return space["hold"]


def coroutine_bytes(count: int) -> int:
    """64비트 CPython 3.12–3.13에서 그런 코루틴 하나의 바이트.

    포인터의 자리는 인자와 지역 변수, 식을 셈하는 스택 3칸임. 3.11은 160이
    168이고 스택이 두 칸이라 합이 같음.
    """
    return 160 + 8 * (1 + count + 3)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("task_footprint", given)
    jobs = (job(at, p["waits"]) for at in range(p["count"]))
    polls, total = round_robin(jobs)
    size = coroutine_bytes(p["locals"])
    words = [polls, total, size, p["count"] * STACK_MIB]
    keys = ("polls", "sum", "coroutine_bytes", "stack_mib")
    return {
        "answers": {key: str(word) for key, word in zip(keys, words)},
        "checksum": checksum(words),
    }


def resident() -> int | None:
    """지금 물리 메모리에 있는 KiB. 리눅스가 아니면 None."""
    if not STATUS.exists():
        return None
    # statm은 페이지의 수라, 페이지가 4 KiB가 아닌 기계에서 달라짐
    lines = STATUS.read_text().splitlines()
    return next(int(l.split()[1]) for l in lines if l.startswith("VmRSS:"))


async def tasks(count: int) -> float:
    """멈춰 있는 asyncio 작업 하나의 바이트."""
    gate = asyncio.Event()
    before, _ = tracemalloc.get_traced_memory()
    waiting = [asyncio.ensure_future(gate.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    after, _ = tracemalloc.get_traced_memory()
    gate.set()
    await asyncio.gather(*waiting)
    return (after - before) / count


def threads() -> str:
    """멈춰 있는 스레드가 쓰는 물리 메모리."""
    gate, started, before = threading.Event(), [], resident()
    try:
        for _ in range(MOST_THREADS):
            thread = threading.Thread(target=gate.wait)
            thread.start()
            started.append(thread)
        after = resident()
    except RuntimeError as problem:
        return (
            "여기서는 스레드를 시작할 수 없음:"
            f" {type(problem).__name__}: {problem}"
        )
    finally:
        gate.set()
        for thread in started:
            thread.join()
    if before is None:
        return "리눅스가 아니라 스레드의 메모리는 재지 않음"
    each = (after - before) / MOST_THREADS
    return f"스레드 하나: 물리 메모리 {each:.1f} KiB ({MOST_THREADS}개의 평균)"


def real(p: dict) -> dict:
    """이 인터프리터에서 만들고 보내는 시간과 메모리."""
    count = min(p["count"], 10_000)
    hold = holder(p["locals"])(None)
    sizes = {f"코루틴, 지역 변수 {p['locals']}개": sys.getsizeof(hold)}
    hold.close()

    def spawn_threads():
        some = [threading.Thread(target=int) for _ in range(50)]
        for thread in some:
            thread.start()
        for thread in some:
            thread.join()

    def spawn_tasks():
        async def all_of_them():
            await asyncio.gather(*(asyncio.sleep(0) for _ in range(count)))

        asyncio.run(all_of_them())

    def spawn_coroutines():
        round_robin(job(at, 1) for at in range(count))

    works = {"코루틴": (spawn_coroutines, count)}
    notes = [threads()]
    if not notes[0].startswith("여기서는"):
        works["asyncio 작업"] = (spawn_tasks, count)
        works["스레드"] = (spawn_threads, 50)
        tracemalloc.start()
        each = asyncio.run(tasks(count))
        tracemalloc.stop()
        notes.append(f"asyncio 작업 하나: {each:.0f} B (tracemalloc)")
    timings = measure.interleaved(works)
    return {"sizes": sizes, "timings": timings, "notes": notes}


def main() -> None:
    cli.main("task_footprint", run, real)


if __name__ == "__main__":
    main()
