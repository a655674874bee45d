// Pyodide 작업자: 처음 쓸 때 내려받고, 멈출 때는 통째로 끝냄.

import { faultOf, type FromPython, type PythonJob } from "./protocol";
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
/** 지금 하는 일을 그만두게 함. */
let quit: (() => void) | null = null;

export type Job = Omit<PythonJob, "engine">;

/**
 * 답과 시간이 모두 나오면 시간의 JSON으로 끝남. 앞의 일은 누가 시켰든
 * 그만두고, `signal`은 이 일만 그만두게 함.
 */
export function runPython(
  job: Job,
  listener: Listener,
  signal: AbortSignal,
): Promise<string> {
  quit?.();
  worker ??= new Worker(WORKER, { type: "module", name: "python" });
  const current = worker;
  let mine: typeof quit = null;
  return new Promise<string>((resolve, reject) => {
    quit = mine = () => {
      discard();
      reject(new Stopped());
    };
    signal.addEventListener("abort", () => {
      if (quit === mine) mine?.();
    });
    const take = (data: FromPython): void => {
      if (data.type === "state") listener.state(data.text);
      else if (data.type === "output") listener.output(data.text);
      else if (data.type === "failed") {
        if (data.fatal) discard();
        reject(new Error(data.message));
      } else if (data.part === "run") listener.exact(data.json);
      else resolve(data.json);
    };
    current.onmessage = ({ data }: MessageEvent<FromPython>) => {
      try {
        take(data);
      } catch (error) {
        // 이 일의 남은 말이 다음 일의 것으로 들리지 않게 함
        discard();
        reject(error as Error);
      }
    };
    current.onerror = (event) => {
      discard();
      reject(new Error(`파이썬을 시작하지 못함: ${faultOf(event)}`));
    };
    const message: PythonJob = { engine: ENGINE, ...job };
    current.postMessage(message);
  }).finally(() => {
    // 다음 일이 그만두게 한 것이면 그 일의 것이 이미 들어 있음
    if (quit === mine) quit = null;
  });
}

function discard(): void {
  worker?.terminate();
  worker = null;
}
