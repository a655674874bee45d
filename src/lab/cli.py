"""모든 대응물의 main: 읽고, 돌리고, 보여 줌."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable

from lab.params import ParamError, parse
from lab.report import duration, table


def main(
    name: str,
    run: Callable[[dict], dict],
    measure: Callable[[dict], dict] | None = None,
) -> None:
    """run은 정확한 답을, measure는 진짜 파이썬의 시간과 크기를 냄."""
    params, as_json, timed = parse(name)
    try:
        result = {"name": name, "params": params, **run(params)}
    except ParamError as problem:
        sys.exit(refuse(name, problem))
    if measure and timed:
        result |= measure(params)
    result["env"] = {
        "runtime": platform.python_implementation(),
        "version": platform.python_version(),
    }
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        show(result)


def refuse(name: str, problem: ParamError) -> int:
    print(f"{name}.py: {problem}\n도움말: --help", file=sys.stderr)
    return 2


def show(result: dict) -> None:
    answers = result["answers"]
    print(table(["지표", "값"], [[k, str(v)] for k, v in answers.items()]))
    print(f"\n체크섬 {result['checksum']}")
    if sizes := result.get("sizes"):
        rows = [[name, f"{size:,}"] for name, size in sizes.items()]
        print("\n" + table(["sys.getsizeof", "바이트"], rows))
    if timings := result.get("timings"):
        rows = [timing_row(timing) for timing in timings]
        head = ["항목", "항목 수", "항목당", "p10–p90"]
        print("\n" + table(head, rows))


def timing_row(timing: dict) -> list[str]:
    items = max(timing["items"], 1)
    median, low, high = (
        duration(timing["ns"][key] / items) for key in ("median", "p10", "p90")
    )
    return [timing["name"], f"{timing['items']:,}", median, f"{low} – {high}"]
