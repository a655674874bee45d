"""모든 대응물의 main: 읽고, 돌리고, 보여 줌."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable

# 아래에서 읽는 것부터 옛 Python은 읽지 못함
if sys.version_info < (3, 11):
    found = platform.python_version()
    sys.exit(f"오류: Python 3.11 이상이어야 함: 지금은 {found}임")

from lab.params import ParamError, Parser, fill, parse
from lab.report import duration, table


def main(
    name: str,
    run: Callable[[dict], dict],
    measure: Callable[[dict], dict] | None = None,
) -> None:
    """run은 정확한 답을, measure는 진짜 파이썬의 시간과 크기를 냄."""
    parser = Parser(name)
    given = parse(parser)
    try:
        params = fill(name, vars(given))
        result = {"name": name, "params": params, **run(params)}
    except ParamError as problem:
        parser.error(str(problem))
    if measure and given.measure:
        result |= measure(params)
    result["env"] = {
        "runtime": platform.python_implementation(),
        "version": platform.python_version(),
    }
    if given.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    show(result)
    if measure and not given.measure:
        print("\n진짜 파이썬의 시간과 크기까지 보려면 --measure를 붙이면 됨")


def show(result: dict) -> None:
    rows = [[key, str(value)] for key, value in result["answers"].items()]
    print(table(["지표", "값"], rows))
    print(f"\n체크섬 {result['checksum']}")
    if sizes := result.get("sizes"):
        rows = [[name, f"{size:,}"] for name, size in sizes.items()]
        print("\n" + table(["파이썬에서 잰 크기", "바이트"], rows))
    if timings := result.get("timings"):
        head = ["항목", "항목 수", "항목당", "p10–p90"]
        print("\n" + table(head, [timing_row(timing) for timing in timings]))
    for note in result.get("notes", []):
        print(f"\n{note}")


def timing_row(timing: dict) -> list[str]:
    ns = timing["ns"]
    band = f"{duration(ns['p10'])} – {duration(ns['p90'])}"
    items = f"{timing['items']:,}"
    return [timing["name"], items, duration(ns["median"]), band]
