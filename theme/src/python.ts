// Pyodide 작업자: 처음 쓸 때 내려받고, 멈출 때는 통째로 끝냄.

import type { FromPython, PythonJob } from "./protocol";
import { Stopped } from "./runner";

const ENGINE = new URL("./pyodide/", import.meta.url).href;
const WORKER = new URL("./python-worker.js", import.meta.url).href;

export interface Listener {
  state(text: string): void;
  output(text: string): void;
  /** 정확한 답. 시간보다 먼저 옴. */
  exact(json: string): void;
}

let worker: Worker | null = null;
let cancel: ((error: Error) => void) | null = null;

export type Job = Omit<PythonJob, "engine">;

/** 답과 시간이 모두 나오면 시간의 JSON으로 끝남. */
export function runPython(job: Job, listener: Listener): Promise<string> {
  stopPython();
  worker ??= new Worker(WORKER, { type: "module", name: "python" });
  const current = worker;
  let mine: typeof cancel = null;
  return new Promise<string>((resolve, reject) => {
    cancel = mine = reject;
    current.onmessage = ({ data }: MessageEvent<FromPython>) => {
      if (data.type === "state") listener.state(data.text);
      else if (data.type === "output") listener.output(data.text);
      else if (data.type === "failed") {
        if (data.fatal) discard();
        reject(new Error(data.message));
      } else if (data.part === "run") listener.exact(data.json);
      else resolve(data.json);
    };
    current.onerror = (event) => {
      discard();
      reject(new Error(`파이썬을 시작하지 못함: ${event.message}`));
    };
    const message: PythonJob = { engine: ENGINE, ...job };
    current.postMessage(message);
  }).finally(() => {
    // 다른 카드가 멈춘 것이면 그 카드의 것이 이미 들어 있음
    if (cancel === mine) cancel = null;
  });
}

export function stopPython(): void {
  if (!cancel) return;
  const reject = cancel;
  discard();
  reject(new Stopped());
}

function discard(): void {
  worker?.terminate();
  worker = null;
}
