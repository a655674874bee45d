"""backpressure: 밀려오는 일을 넘칠 때마다 다르게 다루는 대기열."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import Gaps, percentile
from lab import cli, params
from lab.checksum import checksum

SERVICE = 1_000
POLICIES = ("block", "drop_new", "drop_old", "shed_by_age")
LOADS = (10, 30, 50, 70, 80, 90, 95, 99)
END = 1 << 60


def draws(p):
    """일마다 지수 분포의 값 둘. 도착률과 상관없이 같음."""
    gaps = Gaps(p["seed"])
    return [(gaps.next(), gaps.next()) for _ in range(p["items"])]


def jobs(units, load, burst):
    """일마다 (앞의 것과의 간격, 처리 시간), µs. burst개씩 몰려옴."""
    mean = SERVICE * 100 * burst // load
    return [
        (0 if i % burst else mean * gap >> 20, SERVICE * service >> 20)
        for i, (gap, service) in enumerate(units)
    ]


# ANCHOR: kernel
class Queue:
    """일꾼 하나와, 길이가 정해진 줄."""

    def __init__(self, policy, bound, age):
        self.policy, self.bound, self.age = policy, bound, age
        self.queue, self.free = deque(), 0
        self.waits, self.ages = [], []
        self.dropped = self.shed = self.longest = 0

    def start(self, now, made, service):
        self.free = now + service
        self.waits.append(now - made)
        self.ages.append(self.free - made)

    def advance(self, now):
        """now까지 일꾼이 줄에서 꺼내 하는 일."""
        while self.queue and self.free <= now:
            made, service = self.queue.popleft()
            stale = self.free - made > self.age
            if self.policy == "shed_by_age" and stale:
                self.shed += 1
            else:
                self.start(self.free, made, service)

    def offer(self, made, service):
        """일 하나가 옴. 만든 쪽이 다음 일을 시작하는 시각을 돌려줌."""
        now = made
        self.advance(now)
        if len(self.queue) >= self.bound and self.free > now:
            if self.policy == "block":
                # 자리가 날 때까지 만든 쪽을 세워 둠
                now = self.free
                self.advance(now)
            elif self.policy == "drop_old" and self.queue:
                self.queue.popleft()
                self.dropped += 1
            else:
                self.dropped += 1
                return now
        if self.free <= now:
            self.start(now, made, service)
        else:
            self.queue.append((made, service))
            self.longest = max(self.longest, len(self.queue))
        return now
# ANCHOR_END: kernel


def simulate(work, policy, bound, age):
    line, now = Queue(policy, bound, age), 0
    for gap, service in work:
        now = line.offer(now + gap, service)
    line.advance(END)
    served = len(line.waits)
    return [
        served,
        line.dropped,
        line.shed,
        sum(line.waits) // max(served, 1),
        percentile(sorted(line.ages), 99),
        line.longest,
        line.free,
    ]


def mean_wait(work):
    """끝없는 줄이라면: 앞의 일이 남긴 기다림에서 간격을 뺀 것."""
    wait = total = before = 0
    for gap, service in work:
        wait = max(wait + before - gap, 0)
        total, before = total + wait, service
    return total // len(work)


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("backpressure", given)
    age, answers, words = p["age_ms"] * 1_000, {}, []
    units = draws(p)
    work = jobs(units, p["load_pct"], p["burst"])
    keys = ("served", "dropped", "shed", "wait", "p99", "longest")
    for policy in POLICIES:
        result = simulate(work, policy, p["bound"], age)
        words += result
        answers |= {f"{policy}_{k}": str(v) for k, v in zip(keys, result)}
    for load in LOADS:
        wait = mean_wait(jobs(units, load, p["burst"]))
        words.append(wait)
        answers[f"wait_at_{load}"] = str(wait)
    return {"answers": answers, "checksum": checksum(words)}


def main() -> None:
    cli.main("backpressure", run)


if __name__ == "__main__":
    main()
