"""namespace_lookup: 이름 하나를 찾는 길."""

from __future__ import annotations

import dis
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dicts.dict_probe import DictModel
from lab import cli, measure, params
from lab.checksum import checksum, fnv1a

TARGET = "target"
BUILTINS = 150
# 캐시를 믿기 전에 볼 판 번호의 수: 내장은 전역과 내장, 속성은 타입과 인스턴스
GUARDS = {"local": 0, "global": 1, "builtin": 2, "attribute": 2}


# ANCHOR: kernel
class Lookup:
    """이름 하나를 거듭 찾으며, 사전을 몇 번 들여다보는지 셈."""

    def __init__(self, tables, guards):
        self.tables = tables
        self.guards = guards
        self.lookups = self.probes = self.checks = self.refills = 0

    def search(self, key):
        """길에 놓인 사전을 차례로 들여다봄."""
        for table in self.tables:
            self.lookups += 1
            self.probes += table.find(key)[1]

    def repeat(self, key, times, cached, change_every):
        """판 번호가 그대로면 지난번 자리를 쓰고, 바뀌었으면 다시 찾음."""
        cached = cached and self.guards > 0
        valid = False
        for turn in range(times):
            if change_every and turn % change_every == 0:
                valid = False
            if cached:
                self.checks += self.guards
            if not valid:
                self.search(key)
                self.refills += cached
                valid = cached
# ANCHOR_END: kernel


def key_of(name: str) -> int:
    return fnv1a(name.encode())


def table_of(prefix: str, count: int, *more: str) -> DictModel:
    """prefix0, prefix1, … 과 more를 담은 사전."""
    table = DictModel()
    for name in (*(f"{prefix}{i}" for i in range(count)), *more):
        table.insert(key_of(name))
    return table


def make_tables(p: dict) -> list[DictModel]:
    """찾는 길에 놓인 사전들. 지역 이름은 번호로 찾으므로 사전이 없음."""
    names, kind = p["names"], p["kind"]
    if kind == "global":
        return [table_of("g", names, TARGET)]
    if kind == "builtin":
        return [table_of("g", names), table_of("b", BUILTINS, TARGET)]
    if kind == "attribute":
        # 물려받은 순서의 끝에서 찾고, 인스턴스가 가리는지도 봄
        above = [table_of(f"c{d}_", names) for d in range(p["depth"] - 1)]
        return [*above, table_of("top_", names, TARGET), table_of("a", names)]
    return []


def run(given: dict) -> dict:
    """매개변수를 받아 답과 체크섬을 돌려줌."""
    p = params.fill("namespace_lookup", given)
    lookup = Lookup(make_tables(p), GUARDS[p["kind"]])
    times = p["accesses"]
    key = key_of(TARGET)
    lookup.repeat(key, times, p["cached"], p["change_every"])
    exact = {
        "lookups": lookup.lookups,
        "probes": lookup.probes,
        "checks": lookup.checks,
        "refills": lookup.refills,
        # 캐시가 없었다면 들여다봤을 자리
        "baseline_probes": times
        * sum(table.find(key)[1] for table in lookup.tables),
    }
    return {
        "answers": {k: str(v) for k, v in exact.items()},
        "checksum": checksum(exact.values()),
    }


target = 1


def read_local(turns):
    target = 1
    for _ in turns:
        seen = target
    return seen


def read_global(turns):
    for _ in turns:
        seen = target
    return seen


def read_builtin(turns):
    for _ in turns:
        seen = len
    return seen


def read_attribute(turns, thing):
    for _ in turns:
        seen = thing.target
    return seen


def opcode(function, name: str) -> str:
    """이 이름을 읽는 바이트코드. 특수화된 뒤의 이름임."""
    for step in dis.get_instructions(function, adaptive=True):
        names = step.argval if isinstance(step.argval, tuple) else [step.argval]
        if name in names and "LOAD" in step.opname:
            return step.opname
    return "없음"


def timings(p: dict) -> dict:
    """진짜 이름 읽기의 시간과, 배워서 바뀐 바이트코드.

    CPython에는 타입마다의 속성 캐시가 더 있어 특수화가 없어도 MRO를
    늘 뒤지지는 않음.
    """
    owner = type("Top", (), {"target": 1})
    for depth in range(p["depth"] - 1):
        owner = type(f"Below{depth}", (owner,), {})
    turns = range(p["accesses"])
    thing = owner()
    reads = {
        "지역": (lambda: read_local(turns), read_local, "target"),
        "전역": (lambda: read_global(turns), read_global, "target"),
        "내장": (lambda: read_builtin(turns), read_builtin, "len"),
        "속성": (
            lambda: read_attribute(turns, thing),
            read_attribute,
            "target",
        ),
    }
    works = {name: (work, len(turns)) for name, (work, *_) in reads.items()}
    measured = measure.interleaved(works)
    codes = [f"{n}: {opcode(*fn)}" for n, (_, *fn) in reads.items()]
    return {"timings": measured, "notes": ["바이트코드 " + ", ".join(codes)]}


def main() -> None:
    cli.main("namespace_lookup", run, timings)


if __name__ == "__main__":
    main()
