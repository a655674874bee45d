"""매개변수: Rust의 `params!` 표에서 나온 data/params/<이름>.json을 읽음.

기본값, 범위, 도움말이 모두 그 파일에서 오므로 두 언어가 어긋날 수 없음.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import NoReturn

from lab.report import table

HERE = "browser" if sys.platform == "emscripten" else "native"
FOLDER = Path(__file__).resolve().parents[2] / "data" / "params"


class ParamError(ValueError):
    """받아들일 수 없는 값. 메시지에 이름과 값과 범위가 들어 있음."""


def spec(name: str) -> dict:
    """실험의 질문과 매개변수 표."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def fill(name: str, given: dict) -> dict:
    """빠진 값은 기본값으로 채우고, 모두 검사해 제 타입으로 돌려줌."""
    return {
        field["name"]: value_of(
            field, given.get(field["name"], field["default"])
        )
        for field in spec(name)["fields"]
    }


def value_of(field: dict, raw: object) -> int | float | bool | str:
    """값 하나를 필드의 타입으로 바꾸고 범위를 검사함."""
    name, kind, text = field["name"], field["kind"], str(raw).strip()
    if kind in ("bool", "choice"):
        allowed = choices_of(field)
        if kind == "bool":
            text = text.lower()
        if text not in allowed:
            raise ParamError(
                f"{name}={text}: 고를 수 없는 값임"
                f" (고를 수 있는 값: {', '.join(allowed)})"
            )
        return text == "true" if kind == "bool" else text
    try:
        value = int(text) if kind == "int" else float(text)
    except ValueError:
        need = "정수" if kind == "int" else "수"
        raise ParamError(
            f"{name}={text}: {need}가 아님 (범위: {range_of(field)})"
        ) from None
    low, high = field[HERE]
    if not low <= value <= high or not math.isfinite(value):
        raise ParamError(
            f"{name}={text}: 범위를 벗어남 (범위: {range_of(field)})"
        )
    return value


def choices_of(field: dict) -> list[str]:
    if field["kind"] == "bool":
        return ["false", "true"]
    return [choice["value"] for choice in field["choices"]]


def range_of(field: dict) -> str:
    if field["kind"] in ("bool", "choice"):
        return " | ".join(choices_of(field))
    low, high = field[HERE]
    return f"{low:,}..{high:,}"


class Parser(argparse.ArgumentParser):
    """argparse의 영어 안내를 우리 표와 문장으로 바꿈."""

    def __init__(self, name: str) -> None:
        super().__init__(prog=f"{name}.py", add_help=False, allow_abbrev=False)
        self.spec = spec(name)
        for field in self.spec["fields"]:
            flag = "--" + field["name"]
            self.add_argument(
                *{flag.replace("_", "-"), flag},
                dest=field["name"],
                default=argparse.SUPPRESS,
                nargs="?",
                const="true" if field["kind"] == "bool" else "",
            )
        self.add_argument("--json", action="store_true")
        self.add_argument("--measure", action="store_true")
        self.add_argument("--help", action="help")

    def format_help(self) -> str:
        rows = [
            [
                "--" + field["name"].replace("_", "-"),
                field["label"],
                str(field["default"]),
                " ".join(filter(None, [range_of(field), field.get("unit")])),
            ]
            for field in self.spec["fields"]
        ]
        rows += [
            ["--json", "결과를 JSON으로 냄", "", ""],
            ["--measure", "--json일 때도 시간을 잼", "", ""],
            ["--help", "이 도움말을 보임", "", ""],
        ]
        head = ["매개변수", "뜻", "기본값", "범위"]
        usage = f"사용법: python3 {self.prog} [--매개변수 값]…"
        return f"{self.spec['question']}\n\n{usage}\n\n{table(head, rows)}\n"

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n도움말: --help\n")


def parse(name: str, argv: list[str] | None = None) -> tuple[dict, bool, bool]:
    """명령줄을 (매개변수, JSON으로 낼지, 시간도 잴지)로 읽음."""
    parser = Parser(name)
    given, extra = parser.parse_known_args(argv)
    if extra:
        parser.error(f"모르는 인자: {' '.join(extra)}")
    try:
        params = fill(name, vars(given))
    except ParamError as problem:
        parser.error(str(problem))
    return params, given.json, given.measure or not given.json
