// 페이지와 작업자가 주고받는 말.

/** 서버의 파일이 부른 쪽의 판의 것이 아닐 때 서비스 워커가 답하는 상태. */
export const OTHER_EDITION = 409;
/** 그때 독자에게 하는 말. */
export const NEW_EDITION = "서버에 새 판이 있음: 쪽을 다시 읽으면 됨";

/** 작업자가 넘어진 까닭. 코드를 받지 못한 것에는 글이 없음. */
export const faultOf = ({ message }: ErrorEvent): string =>
  message || "작업자의 코드를 받지 못함";

/** 정확한 부분, 시간을 재는 부분, 잰 것으로 예측의 정답을 다시 셈. */
export type Part = "run" | "measure" | "judge";

export type ToLab =
  | { type: "load"; glue: string }
  | { type: "boot"; module: WebAssembly.Module; threads: number }
  | { type: "call"; id: number; part: Part; name: string; input: string };

export type FromLab =
  | { type: "alive" }
  | { type: "ready"; note: string | null }
  | { type: "progress"; done: number; label: string }
  | { type: "result"; id: number; json: string }
  | { type: "broken"; message: string };

/** WASM이 돌려주는 JSON. */
export type Outcome<T> =
  | { ok: T }
  | { error: { field: string | null; message: string } };

/** 패닉과 메모리 부족의 알림. 같은 출처의 모든 탭에 감. */
export interface Panic {
  run: number;
  text: string;
}

export interface PythonJob {
  /** pyodide 파일이 있는 폴더. */
  engine: string;
  /** 가상 파일 시스템에 놓을 파일: 저장소 안의 길 → 내용. */
  files: Record<string, string>;
  /** 먼저 올릴 패키지. */
  packages: string[];
  /** 돌릴 파일의 길. */
  path: string;
  /** Rust가 읽은 매개변수가 든 JSON. 큰 정수를 잃지 않도록 글자로 넘김. */
  params: string;
}

export type FromPython =
  | { type: "state"; text: string }
  | { type: "output"; text: string }
  | { type: "result"; part: "run" | "measure"; json: string }
  /** `fatal`이면 작업자가 더는 쓸 수 없게 됨. */
  | { type: "failed"; message: string; fatal: boolean };
