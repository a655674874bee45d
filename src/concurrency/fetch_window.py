"""fetch_window: 동시 요청 수를 늘려 가며 본 처리량과 지연."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import (
    PAGE,
    Events,
    Gaps,
    only_in_terminal,
    percentile,
)
from lab import cli, params
from lab.checksum import checksum

WINDOWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 500)
REAL_MS = 2_000


def jittered(gaps, base, pct):
    """평균은 그대로 두고 pct%만큼을 지수 분포로 흔듦."""
    return base * (100 - pct) // 100 + gaps.draw(base * pct // 100)


class Load:
    """요청마다의 지연과 처리 시간. 창의 크기와 상관없이 같음."""

    def __init__(self, p: dict) -> None:
        gaps = Gaps(p["seed"])
        pct = p["jitter_pct"]
        self.jobs = [
            (
                jittered(gaps, p["latency_ms"] * 1_000, pct),
                jittered(gaps, p["service_ms"] * 1_000, pct),
            )
            for _ in range(p["requests"])
        ]
        self.servers, self.limit = p["servers"], p["queue_limit"]
        self.penalty = p["overload_penalty_pct"]


# ANCHOR: kernel
def simulate(load, window):
    """창(window)만큼만 한꺼번에 보냄. 하나가 돌아오면 다음 것을 보냄."""
    events, queue, idle = Events(), deque(), load.servers
    jobs, penalty = load.jobs, load.penalty
    sent, times, refused, now = [0] * len(jobs), [], 0, 0
    following = iter(range(len(jobs)))

    def send(now):
        request = next(following, None)
        if request is not None:
            sent[request] = now
            there = jobs[request][0] // 2
            events.push(now + there, ("arrive", request))

    def serve(now, request):
        slow = 100 + penalty * len(queue)
        took = jobs[request][1] * slow // 100
        events.push(now + took, ("served", request))

    def reply(now, request, kind):
        latency = jobs[request][0]
        events.push(now + latency - latency // 2, (kind, request))

    for _ in range(window):
        send(0)
    while events:
        now, (kind, request) = events.pop()
        if kind == "arrive":
            if idle:
                idle -= 1
                serve(now, request)
            elif len(queue) < load.limit:
                queue.append(request)
            else:
                reply(now, request, "refused")
        elif kind == "served":
            reply(now, request, "done")
            if queue:
                serve(now, queue.popleft())
            else:
                idle += 1
        else:
            if kind == "done":
                times.append(now - sent[request])
            else:
                refused += 1
            send(now)
    times.sort()
    return [now, *(percentile(times, q) for q in (50, 95, 99)), refused]
# ANCHOR_END: kernel


def knee(p: dict) -> int:
    """서버가 막 바빠지는 창: 서버 수 x (지연 + 처리) / 처리, 올림."""
    whole = p["servers"] * (p["latency_ms"] + p["service_ms"])
    return -(-whole // p["service_ms"])


def windows(p: dict) -> list[int]:
    some = {*WINDOWS, p["window"], knee(p)}
    return sorted(w for w in some if w <= 500)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("fetch_window", given)
    load, words = Load(p), []
    points = {window: simulate(load, window) for window in windows(p)}
    for window, point in points.items():
        words += [window, *point]
    makespan, p50, p95, p99, refused = points[p["window"]]
    _, wide50, _, _, _ = points[500]
    answers = {
        "knee": knee(p),
        "makespan": makespan,
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "refused": refused,
        "makespans": " ".join(str(point[0]) for point in points.values()),
        "p50_at_500": wide50,
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(words),
    }


async def handle(reader, writer, gate, service):
    """처리할 자리가 servers개뿐인 서버의 한 연결."""
    try:
        while await reader.readexactly(1):
            async with gate:
                await asyncio.sleep(service)
            writer.write(b"\0")
    except asyncio.IncompleteReadError:
        writer.close()


async def client(port, latency, left, times):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in left:
        start = perf_counter()
        # 망의 지연은 우리 컴퓨터 안에 없으므로 손님 쪽에서 기다림
        await asyncio.sleep(latency)
        writer.write(b"\0")
        await reader.readexactly(1)
        times.append(perf_counter() - start)
    writer.close()


async def loopback(p: dict, window: int, requests: int):
    """127.0.0.1에 서버를 열고 요청을 보냄. (전체 초, 요청마다의 초)."""
    gate = asyncio.Semaphore(p["servers"])
    service = p["service_ms"] / 1e3
    server = await asyncio.start_server(
        lambda r, w: handle(r, w, gate, service),
        "127.0.0.1",
        0,
        # 기본값 100이면 한꺼번에 여는 연결이 밀려 다시 시도하느라 늦어짐
        backlog=1_024,
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        # 이터레이터 하나를 모두가 나눠 당김
        left, times = iter(range(requests)), []
        start = perf_counter()
        clients = [
            client(port, p["latency_ms"] / 1e3, left, times)
            for _ in range(min(window, requests))
        ]
        await asyncio.gather(*clients)
        return perf_counter() - start, sorted(times)


def measure(p: dict) -> dict:
    """진짜 소켓으로. 모형이 2초를 넘는 창은 재지 않음."""
    if PAGE:
        return only_in_terminal("진짜 소켓으로 재는 일은", "fetch_window")
    load, notes = Load({**p, "jitter_pct": 0}), []
    for window in sorted({8, 32, p["window"], knee(p), 256}):
        if window > 500:
            continue
        model = simulate(load, window)
        if model[0] > REAL_MS * 1_000:
            notes.append(f"창 {window}: 모형이 2초를 넘어 재지 않음")
            continue
        try:
            work = loopback(p, window, p["requests"])
            spent, times = asyncio.run(work)
        except OSError as problem:
            return {"notes": [f"여기서는 서버를 열 수 없음: {problem}"]}
        rate = p["requests"] / spent
        notes.append(
            f"창 {window}: {rate:.0f}개/초, 중앙값"
            f" {times[len(times) // 2] * 1e3:.1f} ms (모형"
            f" {p['requests'] * 1e6 / model[0]:.0f}개/초,"
            f" {model[1] / 1e3:.1f} ms)"
        )
    return {"notes": ["asyncio 손님과 서버, 127.0.0.1", *notes]}


def main() -> None:
    cli.main("fetch_window", run, measure)


if __name__ == "__main__":
    main()
