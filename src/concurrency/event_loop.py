"""event_loop: 준비 줄과 타이머로 된 고리, 그리고 진짜 asyncio."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import Events, can_wait, only_in_terminal
from lab import cli, params
from lab.checksum import checksum

INTERVAL = 5_000
MODELS = ("sequential", "threads", "event_loop")
REAL_MS = 3_000


class Plan:
    """모형 하나의 설정. 시간은 모두 µs."""

    def __init__(self, p: dict, model: str) -> None:
        self.tasks, self.rounds = p["tasks"], p["rounds"]
        self.cpu_us, self.io_us = p["cpu_ms"] * 1_000, p["io_ms"] * 1_000
        self.switch = p["switch_us"]
        rogue = p["rogue_ms"] * 1_000
        self.rogue_cpu = 0 if p["offload"] else rogue
        self.rogue_io = rogue if p["offload"] else 0
        self.slots = {"sequential": 1, "threads": p["threads"]}.get(
            model, self.tasks
        )
        # 스레드만 뺏김
        self.quantum = INTERVAL if model == "threads" else None

    def is_rogue(self, task, turn):
        return task == 0 and turn == min(1, self.rounds - 1)

    def cpu(self, task, turn):
        rogue = self.is_rogue(task, turn)
        return self.cpu_us + (self.rogue_cpu if rogue else 0)

    def io(self, task, turn):
        rogue = self.is_rogue(task, turn)
        return self.io_us + (self.rogue_io if rogue else 0)


# ANCHOR: kernel
def simulate(plan):
    """때가 된 것을 깨우고, 맨 앞의 것을 돌리고, 없으면 잠."""
    turn, since = [0] * plan.tasks, [0] * plan.tasks
    left = [plan.cpu(task, 0) for task in range(plan.tasks)]
    ready = deque(range(min(plan.slots, plan.tasks)))
    unstarted = deque(range(len(ready), plan.tasks))
    timers, now = Events(), 0
    makespan = max_lag = waited = busy = 0
    while True:
        while timers and timers.next_at() <= now:
            at, task = timers.pop()
            turn[task], since[task] = turn[task] + 1, at
            if turn[task] < plan.rounds:
                left[task] = plan.cpu(task, turn[task])
                ready.append(task)
            else:
                makespan = max(makespan, at)
                if unstarted:
                    ready.append(unstarted.popleft())
        if not ready:
            if not timers:
                return makespan, max_lag, waited, busy
            now = timers.next_at()
            continue
        task = ready.popleft()
        start = now + plan.switch
        lag = start - since[task]
        max_lag, waited = max(max_lag, lag), waited + lag
        piece = min(left[task], plan.quantum or left[task])
        now, left[task], busy = start + piece, left[task] - piece, busy + piece
        if left[task]:
            since[task] = now
            ready.append(task)
        else:
            timers.push(now + plan.io(task, turn[task]), task)
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("event_loop", given)
    results = {model: simulate(Plan(p, model)) for model in MODELS}
    makespan, max_lag, waited, busy = results[p["model"]]
    answers = {
        "makespan": makespan,
        "max_lag": max_lag,
        "waited": waited,
        "busy": busy,
    }
    for model, result in results.items():
        answers[f"{model}_makespan"] = result[0]
        answers[f"{model}_max_lag"] = result[1]
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([makespan, max_lag, waited]),
    }


async def job(plan: Plan, task: int, start: float) -> float:
    """진짜 코루틴 하나. 깨어날 때보다 늦은 시간 가운데 가장 긴 것(초)."""
    lag = perf_counter() - start
    for turn in range(plan.rounds):
        until = perf_counter() + plan.cpu(task, turn) / 1e6
        while perf_counter() < until:
            pass
        wake = perf_counter() + plan.io(task, turn) / 1e6
        await asyncio.sleep(plan.io(task, turn) / 1e6)
        if turn + 1 < plan.rounds:
            lag = max(lag, perf_counter() - wake)
    return lag


async def everyone(plan: Plan) -> tuple[float, float]:
    start = perf_counter()
    jobs = [job(plan, task, start) for task in range(plan.tasks)]
    lags = await asyncio.gather(*jobs)
    return perf_counter() - start, max(lags)


def real(p: dict) -> dict:
    """같은 일을 진짜 이벤트 루프로."""
    plan = Plan(p, "event_loop")
    makespan, max_lag, _, _ = simulate(plan)
    if makespan > REAL_MS * 1_000:
        why = f"모형이 {REAL_MS:,} ms를 넘어 진짜 asyncio는 돌리지 않음"
        return {"notes": [why]}
    if not can_wait():
        what = "진짜 이벤트 루프와 견주는 일은"
        return only_in_terminal(what, "event_loop")
    spent, lag = asyncio.run(everyone(plan))
    told = (
        f"진짜 asyncio: 모두 {spent * 1e3:.1f} ms, 가장 긴 밀림"
        f" {lag * 1e3:.1f} ms. 모형은 {makespan / 1e3:.1f} ms와"
        f" {max_lag / 1e3:.1f} ms"
    )
    return {"notes": [told]}


def main() -> None:
    cli.main("event_loop", run, real)


if __name__ == "__main__":
    main()
