"""chunk_balance: 일을 나누는 다섯 방법의 총 완료 시간을 힙 하나로 셈함."""

from __future__ import annotations

import heapq
import os
import sys
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params
from lab.checksum import checksum

EVEN = 100
POLICIES = ["block", "cyclic", "dynamic", "guided", "steal"]


def steps(i):
    """콜라츠 수열이 i에서 1에 닿을 때까지의 걸음 수."""
    count = 0
    while i > 1:
        i = 3 * i + 1 if i & 1 else i >> 1
        count += 1
    return count


def costs(work, n):
    """항목마다의 비용."""
    if work == "uniform":
        return [EVEN] * n
    if work == "one_huge":
        return [EVEN] * (n - 1) + [EVEN * (n - 1)]
    walks = [steps(i) for i in range(1, n + 1)]
    return sorted(walks) if work == "sorted_collatz" else walks


# ANCHOR: kernel
def from_one_queue(costs, workers, overhead, size):
    """시계가 가장 이른 일꾼이 앞에서부터 size(남은 수)개를 가져감."""
    clocks = [(0, worker) for worker in range(workers)]
    at, rest = 0, iter(costs)
    while at < len(costs):
        start, worker = clocks[0]
        items = size(len(costs) - at)
        end = start + overhead + sum(islice(rest, items))
        heapq.heapreplace(clocks, (end, worker))
        at += items
    return max(end for end, _ in clocks)


def by_stealing(costs, workers, chunk, overhead):
    """구간을 갖고 시작해, 다 하면 가장 많이 남은 쪽의 뒤쪽 절반을 훔침."""
    n = len(costs)
    mine = [[w * n // workers, (w + 1) * n // workers] for w in range(workers)]
    clocks = [(0, worker) for worker in range(workers)]
    last = 0
    while clocks:
        start, worker = heapq.heappop(clocks)
        at, end = mine[worker]
        toll = 0
        if at == end:
            victim = max(mine, key=lambda each: each[1] - each[0])
            length = victim[1] - victim[0]
            if length == 0:
                continue
            at, end = victim[0] + length // 2, victim[1]
            victim[1] = at
            toll = overhead
        cut = min(at + chunk, end)
        mine[worker] = [cut, end]
        finish = start + toll + sum(costs[at:cut])
        last = max(last, finish)
        heapq.heappush(clocks, (finish, worker))
    return last


def makespan(policy, costs, workers, chunk, overhead):
    """마지막 일꾼이 끝난 시각."""
    n = len(costs)
    if policy == "block":
        cuts = [w * n // workers for w in range(workers + 1)]
        return max(sum(costs[a:b]) for a, b in zip(cuts, cuts[1:]))
    if policy == "cyclic":
        return max(sum(costs[w::workers]) for w in range(workers))
    if policy == "dynamic":
        return from_one_queue(costs, workers, overhead, lambda rest: chunk)
    if policy == "guided":
        return from_one_queue(
            costs,
            workers,
            overhead,
            lambda rest: max(-(-rest // workers), chunk),
        )
    return by_stealing(costs, workers, chunk, overhead)
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("chunk_balance", given)
    n, chunk, workers = p["n"], p["chunk"], p["workers"]
    if chunk > n:
        raise params.ParamError(
            f"덩어리(chunk)의 값 '{chunk}': 항목의 수(n)인 {n:,}보다 클 수"
            f" 없음. 1–{n:,} 범위여야 함"
        )
    each, overhead = costs(p["work"], n), p["overhead"]
    spans = {
        policy: makespan(policy, each, workers, chunk, overhead)
        for policy in POLICIES
    }
    sizes = [1 << power for power in range(n.bit_length())]
    best, size = min(
        (makespan("dynamic", each, workers, size, overhead), size)
        for size in sizes
    )
    answers = {"total": sum(each), "largest": max(each)}
    answers |= {f"makespan_{name}": span for name, span in spans.items()}
    answers |= {"best_chunk": size, "best_makespan": best}
    return {
        "answers": {k: str(v) for k, v in answers.items()},
        "checksum": checksum([answers["total"], *spans.values(), size, best]),
    }


def timings(p: dict) -> dict:
    """프로세스 풀에 같은 일을 덩어리의 크기만 바꾸어 맡김."""
    n = p["n"]

    def alone():
        return sum(map(steps, range(1, n + 1)))

    works = {"한 프로세스": (alone, n)}
    try:
        from concurrent.futures import ProcessPoolExecutor

        workers = os.cpu_count() or 1
        pool = ProcessPoolExecutor(workers)
        total = sum(pool.map(steps, range(1, n + 1), chunksize=64))
    except (ImportError, OSError, RuntimeError) as problem:
        note = f"프로세스를 만들 수 없어 한 프로세스만 잼: {problem}"
        return {"timings": measure.interleaved(works), "notes": [note]}
    assert total == alone()
    with pool:
        for size in sorted({1, p["chunk"], -(-n // (4 * workers))}):
            works[f"프로세스 {workers}개, chunksize={size}"] = (
                lambda size=size: sum(
                    pool.map(steps, range(1, n + 1), chunksize=size)
                ),
                n,
            )
        return {"timings": measure.interleaved(works)}


def main() -> None:
    cli.main("chunk_balance", run, timings)


if __name__ == "__main__":
    main()
