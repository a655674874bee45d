"""case_memory_budget: 열마다 담는 방법을 골라 바이트를 셈함."""

from __future__ import annotations

import array
import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum

MIB = 1 << 20
TIMES = ["list", "array_q", "array_i", "file"]
USERS = ["list", "array_i", "file"]
KINDS = ["list", "codes", "file"]
SEEN = ["set", "sketch"]


# ANCHOR: kernel
def column_bytes(plan, events, users):
    """64비트 CPython의 바이트: 시각, 사용자, 종류, 본 사용자."""
    time, user, kind, seen = plan
    flat = {
        "list": 56 + 40 * events,
        "array_q": 80 + 8 * events,
        "array_i": 80 + 4 * events,
        "file": MIB,
    }
    names = 10 * 80
    kinds = {
        "list": 56 + 8 * events + names,
        "codes": 33 + events + names,
        "file": MIB + names,
    }
    # 리스트에 이미 있는 정수 객체는 셋이 같이 가리킴
    held = 0 if user == "list" else 32 * users
    seens = {
        "set": 216 + 16 * set_slots(users) + held,
        "sketch": 33 + users * 10 // 8 + (1 << 14),
    }
    return flat[time], flat[user], kinds[kind], seens[seen]


def set_slots(items):
    """원소를 하나씩 넣은 셋의 슬롯. 60%가 차면 이사함."""
    slots = 8
    while True:
        full = -(-(slots - 1) * 3 // 5)
        if full > items:
            return 0 if slots == 8 else slots
        wanted = full * 2 if full > 50_000 else full * 4
        slots = 1 << wanted.bit_length()
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    p = params.fill("case_memory_budget", given)
    events, users = p["events"], p["users"]
    if users > events:
        raise params.ParamError(
            f"서로 다른 사용자(users)의 값 '{users}': 사건의 수 {events:,}보다"
            f" 많을 수 없음. 1,000–{events:,}명 범위여야 함"
        )
    mine = p["time"], p["user"], p["kind"], p["seen"]
    parts = column_bytes(mine, events, users)
    budget = p["budget_mib"] * MIB
    plans = [
        (plan, sum(column_bytes(plan, events, users)))
        for plan in itertools.product(TIMES, USERS, KINDS, SEEN)
    ]
    fitting = [plan for plan, size in plans if size <= budget]
    exact = [plan for plan in fitting if plan[3] == "set"]
    smallest = min(size for _, size in plans)
    words = [*parts, len(fitting), len(exact), smallest]
    answers = {
        "time_bytes": parts[0],
        "user_bytes": parts[1],
        "kind_bytes": parts[2],
        "seen_bytes": parts[3],
        "total": sum(parts),
        "fitting": len(fitting),
        "fitting_exact": len(exact),
        "smallest": smallest,
    }
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum(words),
    }


def timings(p: dict) -> dict:
    """진짜 크기: 사건 10만 건을 담아 봄."""
    n = 100_000
    ids = list(range(n))
    seen = set()
    for each in ids:
        seen.add(each)
    return {
        "timings": [],
        "sizes": {
            "list, 10만 건": sys.getsizeof(ids),
            "array('q'), 10만 건": sys.getsizeof(array.array("q", ids)),
            "array('I'), 10만 건": sys.getsizeof(array.array("I", ids)),
            "bytes, 10만 건": sys.getsizeof(bytes(n)),
            "셋, 10만 명": sys.getsizeof(seen),
        },
    }


def main() -> None:
    cli.main("case_memory_budget", run, timings)


if __name__ == "__main__":
    main()
