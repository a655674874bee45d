"""ack_redelivery: 확인을 기다리다 다시 배달하는 큐의 모형."""

from __future__ import annotations

import sys
from bisect import insort
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import Events, Gaps
from lab import cli, params
from lab.checksum import checksum
from lab.rng import SplitMix64, mix64

RESTART = 1_000_000
WAITS = (25, 50, 100, 200, 400, 800, 1_600)


# ANCHOR: kernel
class Queue:
    """확인을 기다리는 큐. 효과는 일의 번호를 더하는 것임. 시간은 µs."""

    def __init__(self, p, services, wait, crash, loss):
        self.services, self.wait = services, wait
        self.crash, self.loss = crash, loss
        self.max_deliver = p["max_deliver"]
        self.in_progress, self.seed = p["in_progress"], p["seed"]
        self.events, self.idle = Events(), list(range(p["workers"]))
        self.fresh, self.again = deque(range(len(services))), deque()
        self.turns = [0] * len(services)
        # 확인을 받았거나 격리해서, 더는 배달하지 않을 일
        self.settled, self.done, self.parked = set(), set(), []
        self.deliveries = self.completions = self.makespan = 0
        self.once = self.every = 0

    def next(self):
        """다시 배달할 것이 새 일보다 먼저임. 늦은 확인이 온 것은 지나침."""
        while self.again:
            job = self.again.popleft()
            if job not in self.settled:
                return job
        return self.fresh.popleft() if self.fresh else None

    def fate(self, job, turn):
        """배달 하나가 맞을 일: 죽는 곳(‰)과 확인이 사라지는지."""
        rng = SplitMix64(mix64(self.seed << 32 | job << 8 | turn))
        dies = rng.below(1_000) < self.crash
        point = rng.below(1_000)
        lost = rng.below(1_000) < self.loss
        return point if dies else None, lost

    def assign(self, now):
        """한가한 일꾼에게 배달하고 시계를 켬."""
        while self.idle and (job := self.next()) is not None:
            worker = self.idle.pop(0)
            self.turns[job] += 1
            self.deliveries += 1
            point, lost = self.fate(job, self.turns[job])
            spent = self.services[job]
            if point is None:
                event = ("done", worker, job, lost)
                self.events.push(now + spent, event)
            else:
                spent = spent * point // 1_000
                event = ("free", worker)
                self.events.push(now + spent + RESTART, event)
            # 하는 중이라고 알릴 때마다 시계가 처음부터 다시 감
            half = self.wait // 2
            told = spent // half * half if self.in_progress else 0
            self.events.push(now + told + self.wait, ("expire", job))

    def happen(self, now, event):
        match event:
            case ("free", worker):
                insort(self.idle, worker)
            case ("done", worker, job, lost):
                insort(self.idle, worker)
                # 효과가 먼저, 확인이 나중임
                self.completions += 1
                self.every += job + 1
                if job not in self.done:
                    self.done.add(job)
                    self.once += job + 1
                if not lost and job not in self.settled:
                    self.settle(now, job)
            case ("expire", job) if job not in self.settled:
                if self.turns[job] < self.max_deliver:
                    self.again.append(job)
                else:
                    self.parked.append(job)
                    self.settle(now, job)
        self.assign(now)

    def settle(self, now, job):
        self.settled.add(job)
        self.makespan = now
# ANCHOR_END: kernel


def simulate(*args) -> Queue:
    """모든 일이 확인되거나 격리되고, 일꾼이 모두 손을 놓을 때까지."""
    queue = Queue(*args)
    queue.assign(0)
    while queue.events:
        queue.happen(*queue.events.pop())
    return queue


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("ack_redelivery", given)
    gaps, mean = Gaps(p["seed"]), p["service_ms"] * 1_000
    services = [gaps.draw(mean) for _ in range(p["jobs"])]
    risks = p["crash_permille"], p["loss_permille"]
    queue = simulate(p, services, p["ack_wait_ms"] * 1_000, *risks)
    unique = len(queue.done)
    duplicates, dead = queue.completions - unique, len(queue.parked)
    answers = {
        "deliveries": queue.deliveries,
        "unique": unique,
        "duplicates": duplicates,
        "dead": dead,
        "dead_done": sum(job in queue.done for job in queue.parked),
        "makespan": queue.makespan,
        "expected": p["jobs"] * (p["jobs"] + 1) // 2,
        "sum_once": queue.once,
        "sum_every": queue.every,
    }
    for percent in WAITS:
        wait = max(p["service_ms"] * percent * 10, 2)
        calm = simulate(p | {"in_progress": False}, services, wait, 0, 0)
        answers[f"calm_at_{percent}"] = calm.deliveries
        answers[f"calm_dead_at_{percent}"] = len(calm.parked)
    total = queue.once if p["idempotent"] else queue.every
    words = [queue.deliveries, duplicates, dead, queue.makespan, total]
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(words),
    }


def main() -> None:
    cli.main("ack_redelivery", run)


if __name__ == "__main__":
    main()
