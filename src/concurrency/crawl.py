"""crawl: 0.1초를 기다리는 요청 1,000번을 네 가지 손님으로."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import threading
from pathlib import Path
from time import perf_counter, sleep

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import PAGE, only_in_terminal
from concurrency.fetch_window import simulate
from lab import cli, measure, params
from lab.checksum import checksum, fnv1a
from lab.rng import SplitMix64

# 한 손님을 재는 데 쓰는 시간의 한도와 되풀이
REAL_MS = 1_200
RUNS = 3


def body(request: int, length: int) -> bytes:
    """요청 하나의 본문: 번호를 씨앗으로 하는 난수의 바이트."""
    stream = SplitMix64(request)
    words = (stream.next() for _ in range(-(-length // 8)))
    return b"".join(word.to_bytes(8, "little") for word in words)[:length]


# ANCHOR: kernel
class Load:
    """서버가 창만큼 함께 처리하고, 흔들림이 없는 요청들."""

    def __init__(self, requests, delay_us, window):
        self.jobs = [(0, delay_us)] * requests
        self.servers, self.limit, self.penalty = window, requests, 0


def ideal(requests, delay_us, window):
    """바퀴의 수 x 한 번의 기다림."""
    return -(-requests // window) * delay_us


async def fetch(port, left, size, prints):
    """연결 하나로 남은 요청을 당김. 이런 것을 창만큼 띄움."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in left:
        writer.write(struct.pack("<I", request))
        prints[request] = await reader.readexactly(size)
    writer.close()
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("crawl", given)
    requests, delay = p["requests"], p["delay_ms"] * 1_000
    window = 1 if p["client"] == "serial" else p["window"]
    best = ideal(requests, delay, window)
    makespan = simulate(Load(requests, delay, window), window)[0]
    prints = [fnv1a(body(i, p["body"])) for i in range(requests)]
    wide = ideal(requests, delay, 1_000)
    answers = {
        "ideal": best,
        "makespan": makespan,
        "ideal_100": ideal(requests, delay, 100),
        "ideal_1000": wide,
        "bytes": requests * p["body"],
        "bodies": checksum(prints),
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([best, makespan, wide, *prints]),
    }


async def answer(reader, writer, delay, size):
    try:
        while True:
            [request] = struct.unpack("<I", await reader.readexactly(4))
            await asyncio.sleep(delay)
            writer.write(body(request, size))
    except asyncio.IncompleteReadError:
        writer.close()


async def serve(pipe, delay, size):
    server = await asyncio.start_server(
        lambda r, w: answer(r, w, delay, size), "127.0.0.1", 0, backlog=1_024
    )
    pipe.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def serve_forever(pipe, delay, size):
    asyncio.run(serve(pipe, delay, size))


def by_asyncio(port, requests, window, size):
    async def everyone():
        left, got = iter(range(requests)), [b""] * requests
        jobs = [fetch(port, left, size, got) for _ in range(window)]
        await asyncio.gather(*jobs)
        return got

    return asyncio.run(everyone())


def by_threads(port, requests, window, size):
    """스레드마다 연결 하나. 창이 1이면 하나씩 차례로임."""
    left, got = iter(range(requests)), [b""] * requests

    def work():
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = link.makefile("rb")
            # GIL이 있으면 next()가 C 안에서 끝나 두 스레드가 같은 것을
            # 받지 않음
            for request in left:
                link.sendall(struct.pack("<I", request))
                got[request] = stream.read(size)

    threads = [threading.Thread(target=work) for _ in range(window)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def floor(requests, window, delay):
    """입출력 없이 기다리기만."""

    async def worker(left):
        for _ in left:
            await asyncio.sleep(delay)

    async def everyone():
        left = iter(range(requests))
        await asyncio.gather(*(worker(left) for _ in range(window)))

    asyncio.run(everyone())


def real(p: dict) -> dict:
    """서버는 다른 프로세스에, 손님 셋은 여기에."""
    if PAGE:
        return only_in_terminal("진짜로 보내고 받는 일은", "crawl")
    from multiprocessing import get_context

    delay, size = p["delay_ms"] / 1e3, p["body"]
    try:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        server = context.Process(
            target=serve_forever, args=(theirs, delay, size), daemon=True
        )
        server.start()
    except (ImportError, OSError) as problem:
        return {"notes": [f"여기서는 서버를 띄울 수 없음: {problem}"]}
    try:
        return race(p, ours.recv(), delay, size)
    finally:
        server.terminate()
        server.join()


def race(p: dict, port: int, delay: float, size: int) -> dict:
    window = min(p["window"], p["requests"])
    clients = {
        "파이썬, 하나씩": (1, lambda n, w: by_threads(port, n, w, size)),
        "파이썬 스레드": (window, lambda n, w: by_threads(port, n, w, size)),
        "asyncio": (window, lambda n, w: by_asyncio(port, n, w, size)),
        "asyncio, 입출력 없이": (window, lambda n, w: floor(n, w, delay)),
    }
    want = [body(i, size) for i in range(p["requests"])]
    timings, notes = [], ["서버는 다른 프로세스, 127.0.0.1"]
    for name, (wide, work) in clients.items():
        most = max(int(REAL_MS / p["delay_ms"]), 1) * wide
        requests = min(p["requests"], most)
        samples = []
        limit = ideal(requests, delay, wide)
        for _ in range(RUNS):
            start = perf_counter()
            got = work(requests, wide)
            samples.append((perf_counter() - start) * 1e9 / requests)
            if got is not None and got != want[:requests]:
                raise RuntimeError(f"{name}: 본문이 다름")
            sleep(0.05)
        spread = measure.spread(samples)
        timings.append({"name": name, "ns": spread, "items": requests})
        spent = spread["median"] * requests / 1e9
        notes.append(
            f"{name}: {requests:,}번을 동시에 {wide}개씩, {spent:.3f}초."
            f" 이상의 {limit / spent:.1%}"
        )
    return {"timings": timings, "notes": notes}


def main() -> None:
    cli.main("crawl", run, real)


if __name__ == "__main__":
    main()
