// WASM이 도는 작업자. 멈추라는 말은 오지 않음: 페이지가 통째로 끝냄.

import { echo } from "./echo";
import type { FromLab, ToLab } from "./protocol";

declare const self: DedicatedWorkerGlobalScope & {
  __labProgress: (done: number, label: string) => void;
};

interface Lab {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  initThreadPool(threads: number): Promise<void>;
  /** 패닉 알림이 어느 실행의 것인지 말하게 함. */
  identify(run: number): void;
  run(name: string, params: string): string;
  measure(name: string, params: string): string;
  judge(name: string, known: string): string;
  provide(request: string, samples: Float64Array, problem?: string): void;
}

const PENDING = '{"pending":';
/** 바쁜 기계에서 작업자 하나가 뜨는 데 1초도 걸림, 초. */
const POOL_PATIENCE = 6;
/** 재는 동안 자주 알리면 막대를 그리느라 재는 스레드와 코어를 다툼. */
const PROGRESS_EVERY_MS = { run: 50, measure: 500, judge: 50 };
let loading: Promise<Lab>;
let lab: Lab;

const send = (message: FromLab): void => self.postMessage(message);

let lastProgress = 0;
let every = PROGRESS_EVERY_MS.run;
self.__labProgress = (done, label) => {
  const now = performance.now();
  if (now - lastProgress < every) return;
  lastProgress = now;
  send({ type: "progress", done, label });
};

async function boot(message: ToLab & { type: "boot" }): Promise<void> {
  lab = await loading;
  await lab.default({ module_or_path: message.module });
  send({ type: "ready", note: await startPool(message.threads) });
}

/** 스레드를 쓰지 못하면 그 까닭을 돌려줌. */
async function startPool(threads: number): Promise<string | null> {
  if (!self.crossOriginIsolated) {
    return "격리되지 않은 페이지";
  }
  const late = new Promise<string>((resolve) =>
    setTimeout(
      resolve,
      POOL_PATIENCE * 1000,
      `${POOL_PATIENCE}초 안에 스레드가 뜨지 않음`,
    ),
  );
  const pool = lab.initThreadPool(threads).then(
    () => null,
    (error: unknown) => `스레드를 띄우지 못함 (${String(error)})`,
  );
  return Promise.race([pool, late]);
}

/** 기다릴 일을 부탁하면 해 주고, 답을 들고 처음부터 다시 부름. */
async function call(message: ToLab & { type: "call" }): Promise<string> {
  const { part, name, input } = message;
  for (;;) {
    const json = lab[part](name, input);
    if (!json.startsWith(PENDING)) return json;
    const { pending } = JSON.parse(json) as { pending: string };
    try {
      lab.provide(pending, await echo(pending));
    } catch (error) {
      lab.provide(pending, new Float64Array(), (error as Error).message);
    }
  }
}

self.onmessage = async ({ data }: MessageEvent<ToLab>) => {
  try {
    if (data.type === "load") {
      loading = import(data.glue) as Promise<Lab>;
      // 실패는 기다리는 `boot`가 말함: 그 전에 쪽이 닫히면 들을 이가 없음
      loading.catch(() => {});
    } else if (data.type === "boot") {
      await boot(data);
    } else {
      lab.identify(data.id);
      every = PROGRESS_EVERY_MS[data.part];
      send({ type: "result", id: data.id, json: await call(data) });
    }
  } catch (error) {
    send({ type: "broken", message: String(error) });
  }
};

// 들을 수 있게 된 뒤에 알림
send({ type: "alive" });
