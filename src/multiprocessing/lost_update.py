"""lost_update: 읽고, 더하고, 적는 걸음이 섞이는 모든 차례를 셈."""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum
from lab.rng import SplitMix64


# ANCHOR: kernel
PROGRAMS = {
    "plain": ("load", "add", "store"),
    "lock": ("acquire", "load", "add", "store", "release"),
    "atomic": ("fetch_add",),
    "cas": ("load", "add", "cas"),
}


class Thread(NamedTuple):
    """남은 더하기, 다음 걸음, 읽어 둔 값."""

    left: int
    pc: int = 0
    register: int = 0


class World(NamedTuple):
    """변수 하나와 스레드들. 락을 쥔 스레드의 번호도 상태임."""

    memory: int
    owner: int | None
    threads: tuple[Thread, ...]


def start(threads, adds):
    return World(0, None, (Thread(adds),) * threads)


def runnable(program, world):
    """지금 걸음을 내디딜 수 있는 스레드들."""
    return [
        at
        for at, thread in enumerate(world.threads)
        if thread.left
        and (program[thread.pc] != "acquire" or world.owner is None)
    ]


def step(program, world, at):
    """스레드 하나가 한 걸음을 내디딤. CAS가 실패하면 처음부터 다시임."""
    memory, owner, threads = world
    left, pc, register = threads[at]
    op = program[pc]
    pc += 1
    if op == "acquire":
        owner = at
    elif op == "load":
        register = memory
    elif op == "add":
        register += 1
    elif op == "store":
        memory = register
    elif op == "release":
        owner = None
    elif op == "fetch_add":
        memory += 1
    elif memory + 1 == register:
        memory = register
    else:
        pc = 0
    if pc == len(program):
        left, pc, register = left - 1, 0, 0
    moved = Thread(left, pc, register)
    return World(memory, owner, threads[:at] + (moved,) + threads[at + 1 :])


def count_orders(program, world):
    """마지막 값마다의 차례의 수. 같은 상태에서 남은 차례는 한 번만 셈."""

    @cache
    def count(world):
        finals = Counter()
        for at in runnable(program, world):
            finals += count(step(program, world, at))
        return finals or Counter({world.memory: 1})

    return count(world)
# ANCHOR_END: kernel


def random_final(program, world, stream):
    """걸음마다 내디딜 스레드를 무작위로 뽑은 차례의 마지막 값."""
    while ready := runnable(program, world):
        world = step(program, world, ready[stream.below(len(ready))])
    return world.memory


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("lost_update", given)
    program, threads = PROGRAMS[p["variant"]], p["threads"]
    finals = count_orders(program, start(threads, p["adds"]))
    stream = SplitMix64(p["seed"])
    long = start(threads, p["long_adds"])
    drawn = [random_final(program, long, stream) for _ in range(p["rounds"])]
    exact = {
        "orders": finals.total(),
        "kept": finals[threads * p["adds"]],
        "lowest": min(finals),
        "random_sum": sum(drawn),
    }
    return {
        "answers": {
            k: str(v)
            for k, v in (exact | {"random_min": min(drawn)}).items()
        },
        "checksum": checksum(exact.values()),
    }


def main() -> None:
    cli.main("lost_update", run)


if __name__ == "__main__":
    main()
