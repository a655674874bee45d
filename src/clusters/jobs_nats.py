"""jobs_nats: 큐에 넣을 일과, 그것이 몇 번 배달될지의 계획.

큐 자체는 파이썬의 공식 클라이언트로 씀: https://github.com/nats-io/nats.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import cli, params
from lab.checksum import checksum


# ANCHOR: kernel
def steps(n: int) -> list[int]:
    """0부터 n까지, 콜라츠 수열이 1에 닿을 때까지의 걸음 수.

    i보다 작아지면 이미 아는 수이므로 거기서 멈춤.
    """
    known = [0] * (n + 1)
    for start in range(2, n + 1):
        i, count = start, 0
        while i >= start:
            i = i // 2 if i % 2 == 0 else 3 * i + 1
            count += 1
        known[start] = count + known[i]
    return known


def plan(p: dict, sums: list[int]) -> dict[str, int]:
    """배달의 차례나 빠르기와 상관없이 정해지는 수."""
    jobs, again = len(sums), p["max_deliver"] > 1
    # 당겨 온 것은 하나도 확인하지 못했으므로 모두 큐로 돌아감
    hand = 0 if p["crash"] == "never" else p["batch"]
    answered = int(p["crash"] == "before_ack")
    # 한 번만 배달하는 큐에서는 돌아온 것이 곧 격리됨
    lost = [] if again else sums[answered:hand]
    taken_back = hand if again else 0
    redelivered = taken_back + p["poison"] * (p["max_deliver"] - 1)
    twice = answered if again else 0
    unique, total = jobs - len(lost), sum(sums) - sum(lost)
    return {
        "jobs": jobs,
        "duplicates": p["resend"],
        "deliveries": jobs + p["poison"] + redelivered,
        "redelivered": redelivered,
        "taken_back": taken_back,
        "received": unique + twice,
        "unique": unique,
        "parked": p["poison"] + hand - taken_back,
        "sum": total,
        "added": total + sum(sums[:twice]),
    }
# ANCHOR_END: kernel


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("jobs_nats", given)
    known, chunk = steps(p["n"]), p["chunk"]
    starts = range(1, p["n"] + 1, chunk)
    sums = [sum(known[start : start + chunk]) for start in starts]
    planned = plan(p, sums)
    answers = {"total": sum(sums), **planned}
    return {
        "answers": {key: str(value) for key, value in answers.items()},
        "checksum": checksum([*sums, *planned.values()]),
    }


def main() -> None:
    cli.main("jobs_nats", run)


if __name__ == "__main__":
    main()
