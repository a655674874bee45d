"""Python 대응물을 한 프로세스에서 차례로 부름.

표준 입력의 [{"chapter", "name", "params"}]을 받아 같은 순서의 답을 냄.
네이티브 python3와 Pyodide가 같은 파일을 씀.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import traceback
from functools import cache
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"


@cache
def counterpart(chapter: str, name: str):
    path = SRC / chapter / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(case: dict) -> dict:
    try:
        module = counterpart(case["chapter"], case["name"])
        result = module.run(case["params"])
        return {
            "answers": result["answers"],
            "checksum": result["checksum"],
        }
    except Exception:
        return {"error": traceback.format_exc(limit=3)}


def answers(text: str) -> str:
    return json.dumps([answer(case) for case in json.loads(text)])


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    print(answers(sys.stdin.read()))
