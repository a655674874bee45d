"""gil_switch: 락 하나를 주고받는 스레드의 모형, 그리고 진짜 스레드."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import sysconfig
import threading
import time
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from concurrency.events import Events, percentile
from lab import cli, params
from lab.checksum import checksum

MODES = ("gil", "free_threaded", "processes")
MOST_WAITS = 300_000


# ANCHOR: kernel
class Gil:
    """자리(slots)를 나눠 쓰는 스레드들. 자리가 하나면 GIL임."""

    def __init__(self, p, mode):
        self.slots = 1 if mode == "gil" else p["cores"]
        slow = p["penalty_pct"] if mode == "free_threaded" else 0
        self.interval, self.io_wait = p["interval_us"], p["io_wait_us"]
        self.io_cpu = p["io_cpu_us"] * (100 + slow) // 100
        self.slow, self.cpus = slow, p["cpu_threads"]
        threads = self.cpus + p["io_threads"]
        # 바뀔 때마다 하나 커지므로 지난 상태의 사건을 가려낼 수 있음
        self.turn = [0] * threads
        self.since = [0] * threads
        self.left = [self.io_cpu] * threads
        self.seen = [0] * threads
        self.holders, self.waiters = deque(), deque()
        self.events, self.switches, self.last = Events(), 0, None
        self.work = self.ops = 0
        self.waits = []

    def ask(self, thread, now):
        self.turn[thread] += 1
        self.since[thread] = now
        if len(self.holders) < self.slots:
            self.hold(thread, now)
        else:
            self.waiters.append(thread)
            self.be_patient(thread, now)

    def be_patient(self, thread, now):
        self.seen[thread] = self.switches
        event = ("patience", thread, self.turn[thread])
        self.events.push(now + self.interval, event)

    def hold(self, thread, now):
        if thread >= self.cpus:
            self.waits.append(now - self.since[thread])
        self.turn[thread] += 1
        self.since[thread] = now
        self.holders.append(thread)
        if self.last != thread:
            self.last, self.switches = thread, self.switches + 1
        if thread >= self.cpus:
            event = ("finish", thread, self.turn[thread])
            self.events.push(now + self.left[thread], event)

    def let_go(self, thread, now):
        self.holders.remove(thread)
        spent = now - self.since[thread]
        if thread < self.cpus:
            self.work += spent
        else:
            self.left[thread] -= spent
        if self.waiters:
            self.hold(self.waiters.popleft(), now)

    def run(self, duration):
        for thread in range(len(self.turn)):
            if thread < self.cpus:
                self.ask(thread, 0)
            else:
                self.events.push(self.io_wait, ("wake", thread, 0))
        while self.events and self.events.next_at() < duration:
            now, (kind, thread, turn) = self.events.pop()
            if kind == "wake":
                self.ask(thread, now)
            elif turn != self.turn[thread]:
                continue
            elif kind == "finish":
                self.let_go(thread, now)
                self.ops += 1
                self.left[thread] = self.io_cpu
                self.events.push(now + self.io_wait, ("wake", thread, 0))
            else:
                unchanged = self.seen[thread] == self.switches
                self.be_patient(thread, now)
                if unchanged:
                    # 가장 오래 쥔 스레드가 내놓고 줄 끝에 섬
                    holder = self.holders[0]
                    self.let_go(holder, now)
                    self.ask(holder, now)
        for thread in self.holders:
            if thread < self.cpus:
                self.work += duration - self.since[thread]
        done = self.work * 100 // (100 + self.slow)
        mean = sum(self.waits) // max(len(self.waits), 1)
        p99 = percentile(sorted(self.waits), 99)
        return done, self.ops, mean, p99, self.switches
# ANCHOR_END: kernel


def check(p: dict) -> None:
    if p["cpu_threads"] + p["io_threads"] == 0:
        raise params.ParamError(
            "계산 스레드(cpu_threads)의 값 '0': 입출력 스레드도 0이면 할 일이"
            " 없음. 둘의 합이 1–32개 범위여야 함"
        )
    waits = p["duration_ms"] * 1_000 // p["interval_us"]
    waits *= p["cpu_threads"] + p["io_threads"]
    if waits > MOST_WAITS:
        raise params.ParamError(
            f"바꾸는 간격(interval_us)의 값 '{p['interval_us']}': 스레드마다"
            f" 간격의 수를 더하면 {waits:,}번임. 0–{MOST_WAITS:,}번 범위여야"
            " 함"
        )


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("gil_switch", given)
    check(p)
    answers, words = {}, []
    keys = ("work", "ops", "wait", "p99", "switches")
    for mode in MODES:
        result = Gil(p, mode).run(p["duration_ms"] * 1_000)
        answers |= {f"{mode}_{k}": str(v) for k, v in zip(keys, result)}
        words += result
    return {"answers": answers, "checksum": checksum(words)}


def spin(stop: threading.Event, counts: list, i: int) -> None:
    n = 0
    while not stop.is_set():
        n += 1
    counts[i] = n


def io_worker(stop: threading.Event, wait: float, lags: list) -> None:
    """자고 일어나, 예정보다 얼마나 늦게 바이트코드를 얻었는지 적음."""
    while not stop.is_set():
        due = time.perf_counter() + wait
        time.sleep(wait)
        lags.append(time.perf_counter() - due)


def real_threads(cpus: int, ios: int, wait: float, seconds: float):
    """스레드를 실제로 돌려 (계산 횟수의 합, 늦은 시간들)."""
    stop, counts = threading.Event(), [0] * cpus
    lags: list[float] = []
    jobs = [(spin, (stop, counts, i)) for i in range(cpus)]
    jobs += [(io_worker, (stop, wait, lags))] * ios
    started = []
    try:
        for work, args in jobs:
            thread = threading.Thread(target=work, args=args)
            thread.start()
            started.append(thread)
        time.sleep(seconds)
    finally:
        stop.set()
        for thread in started:
            thread.join()
    return sum(counts), lags


def measure(p: dict) -> dict:
    """이 인터프리터의 진짜 스레드."""
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    build = "자유 스레드 빌드" if free else "GIL 빌드"
    seconds = min(p["duration_ms"], 1_000) / 1_000
    wait = p["io_wait_us"] / 1e6
    before = sys.getswitchinterval()
    sys.setswitchinterval(p["interval_us"] / 1e6)
    try:
        one, _ = real_threads(1, 0, wait, seconds)
        many, lags = real_threads(
            p["cpu_threads"], p["io_threads"], wait, seconds
        )
    except RuntimeError as problem:
        return {
            "notes": [
                "여기서는 스레드를 시작할 수 없음:"
                f" {type(problem).__name__}: {problem}"
            ]
        }
    finally:
        sys.setswitchinterval(before)
    notes = [
        f"{build}, {seconds:g}초씩: 계산 스레드 하나의 횟수를 1이라 하면"
        f" {p['cpu_threads']}개의 합은 {many / max(one, 1):.2f}"
    ]
    if lags:
        ordered = sorted(lag * 1e3 for lag in lags)
        p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        notes.append(
            f"입출력 스레드: {len(lags) / seconds:.0f}번/초, 늦은 시간의"
            f" 평균 {statistics.fmean(ordered):.2f} ms, p99 {p99:.2f} ms"
        )
    if not free:
        notes += free_threaded(p)
    return {"notes": notes}


def free_threaded(p: dict) -> list[str]:
    """자유 스레드 빌드가 있으면 같은 스크립트를 그것으로도 돌림."""
    python = shutil.which("python3.14t") or shutil.which("python3.13t")
    if python is None:
        return ["자유 스레드 빌드(python3.14t)가 없어 GIL 빌드만 잼"]
    flags = [f"--{key}={value}" for key, value in p.items()]
    command = [python, __file__, "--measure", "--json", *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["notes"]


def main() -> None:
    cli.main("gil_switch", run, measure)


if __name__ == "__main__":
    main()
