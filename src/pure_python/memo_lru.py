"""memo_lru: 캐시의 크기와 쫓아내는 정책."""

from __future__ import annotations

import bisect
import functools
import heapq
import itertools
import sys
from collections import OrderedDict, deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, measure, params, rng
from lab.checksum import checksum

NEVER = sys.maxsize
# 훑기 하나 뒤에 오는 보통 요청은 훑기의 이만큼임
CALM = 3


def make_requests(p: dict) -> list[int]:
    """찾는 키의 열. 가중치가 정수라 어디서나 같은 키가 뽑힘."""
    count, cycle, universe = p["requests"], p["cycle"], p["universe"]
    pattern = p["pattern"]
    if pattern == "loop":
        return [i % cycle for i in range(count)]
    power = {"zipf0": 0, "zipf2": 2}.get(pattern, 1)
    weights = (2**32 // k**power for k in range(1, universe + 1))
    table = list(itertools.accumulate(weights))
    stream = rng.SplitMix64(p["seed"])
    fresh = itertools.count(universe)
    out = []
    for i in range(count):
        scanning = i % ((CALM + 1) * cycle) >= CALM * cycle
        if pattern == "scan_mix" and scanning:
            out.append(next(fresh))
        else:
            out.append(bisect.bisect_right(table, stream.below(table[-1])))
    return out


# ANCHOR: kernel
def lru(requests, room, _):
    """가장 오래 찾지 않은 것을 쫓아냄."""
    hits, cache = 0, OrderedDict()
    for key in requests:
        if key in cache:
            hits += 1
            cache.move_to_end(key)
            continue
        if len(cache) == room:
            cache.popitem(last=False)
        cache[key] = None
    return hits


def fifo(requests, room, _):
    """먼저 들어온 것을 쫓아냄. 적중해도 차례는 그대로임."""
    hits, cache = 0, OrderedDict()
    for key in requests:
        if key in cache:
            hits += 1
            continue
        if len(cache) == room:
            cache.popitem(last=False)
        cache[key] = None
    return hits


def lfu(requests, room, _):
    """가장 적게 찾은 것을, 같으면 가장 오래 찾지 않은 것을 쫓아냄."""
    hits, used, heap = 0, {}, []
    for now, key in enumerate(requests):
        count = 0
        if key in used:
            hits += 1
            count = used[key][0]
        elif len(used) == room:
            pop_fresh(heap, used)
        used[key] = count + 1, now, key
        heapq.heappush(heap, used[key])
    return hits


def pop_fresh(heap, current):
    """낡은 것은 버리고, 지금의 값과 같은 첫 항목을 쫓아냄."""
    while True:
        entry = heapq.heappop(heap)
        if current.get(entry[-1]) == entry:
            del current[entry[-1]]
            return


def pick_any(requests, room, seed):
    """아무 자리나 골라 그 자리의 것을 쫓아냄."""
    hits, slots, inside = 0, [], set()
    stream = rng.SplitMix64(rng.mix64(seed))
    for key in requests:
        if key in inside:
            hits += 1
            continue
        inside.add(key)
        if len(slots) < room:
            slots.append(key)
            continue
        slot = stream.below(room)
        inside.remove(slots[slot])
        slots[slot] = key
    return hits


class S3Fifo:
    """작은 대기열(S), 큰 대기열(M), 쫓겨난 키의 명부(G)."""

    def __init__(self, room):
        self.room, self.small = room, max(room // 10, 1)
        self.s, self.m = deque(), deque()
        self.ghosts = OrderedDict()
        # 안에 든 키 → 들어온 뒤로 다시 찾은 횟수, 3까지
        self.again = {}

    def request(self, key):
        if key in self.again:
            self.again[key] = min(self.again[key] + 1, 3)
            return True
        if len(self.again) == self.room:
            self.evict()
        if key in self.ghosts:
            del self.ghosts[key]
            self.m.append(key)
        else:
            self.s.append(key)
        self.again[key] = 0
        return False

    def evict(self):
        """하나가 나갈 때까지 되풀이함."""
        while True:
            from_small = len(self.s) >= self.small
            key = (self.s if from_small else self.m).popleft()
            if self.again[key] <= from_small:
                break
            self.again[key] = 0 if from_small else self.again[key] - 1
            self.m.append(key)
        del self.again[key]
        if from_small:
            self.ghosts[key] = None
            if len(self.ghosts) > self.room - self.small:
                self.ghosts.popitem(last=False)


def s3fifo(requests, room, _):
    return sum(map(S3Fifo(room).request, requests))


def belady(requests, room, _):
    """가장 나중에 다시 찾을 것을 쫓아냄. 미래를 알아야 함."""
    upcoming, nexts = {}, []
    for i in range(len(requests) - 1, -1, -1):
        nexts.append(upcoming.get(requests[i], NEVER))
        upcoming[requests[i]] = i
    hits, inside, heap = 0, {}, []
    for key, later in zip(requests, reversed(nexts)):
        if key in inside:
            hits += 1
        elif len(inside) == room:
            pop_fresh(heap, inside)
        inside[key] = -later, key
        heapq.heappush(heap, inside[key])
    return hits
# ANCHOR_END: kernel


POLICIES = {
    "lru": lru,
    "fifo": fifo,
    "lfu": lfu,
    "random": pick_any,
    "s3fifo": s3fifo,
    "belady": belady,
}


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("memo_lru", given)
    requests, room = make_requests(p), p["capacity"]
    exact, costs = {}, {}
    for name, policy in POLICIES.items():
        hits = policy(requests, room, p["seed"])
        misses = len(requests) - hits
        exact[f"{name}_hits"] = hits
        # 어느 정책이나 찰 때까지는 쫓아내지 않음
        exact[f"{name}_evictions"] = max(misses - room, 0)
        costs[name] = hits * p["hit_cost"] + misses * p["miss_cost"]
    again = max(len(requests) - p["cycle"], 0)
    more = {
        "cost": costs[p["policy"]],
        "loop_hits": again if p["cycle"] <= room else 0,
    }
    return {
        "answers": {k: str(v) for k, v in (exact | more).items()},
        "checksum": checksum(exact.values()),
    }


def real_hits(requests: list[int], room: int) -> tuple:
    """진짜 functools.lru_cache가 스스로 센 것."""
    look_up = functools.lru_cache(maxsize=room)(int)
    for key in requests:
        look_up(key)
    return look_up.cache_info()


def timings(p: dict) -> dict:
    """진짜 캐시의 요청 하나: 같은 요청을 처음부터 다시 보냄."""
    requests, room = make_requests(p), p["capacity"]
    works = {
        "functools.lru_cache": lambda: real_hits(requests, room),
        "OrderedDict로 만든 LRU": lambda: lru(requests, room, 0),
        "기억하지 않음(int를 부름)": lambda: [int(key) for key in requests],
    }
    info = real_hits(requests, room)
    return {
        "timings": measure.interleaved(
            {name: (work, len(requests)) for name, work in works.items()}
        ),
        "notes": [
            f"cache_info(): 적중 {info.hits:,}번, 실패 {info.misses:,}번,"
            f" 든 것 {info.currsize:,}개"
        ],
    }


def main() -> None:
    cli.main("memo_lru", run, timings)


if __name__ == "__main__":
    main()
