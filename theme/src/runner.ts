// WASM 작업자 하나를 페이지의 모든 카드가 차례로 씀.

import { chapter, type Timing } from "./data";
import { settle } from "./dom";
import { faultOf, type FromLab, type ToLab } from "./protocol";
import type { Outcome, Panic, Part } from "./protocol";
import type { Report, Verdict, View } from "./report";

export class Stopped extends Error {}

/** 매개변수가 잘못되었거나 이 환경에서 할 수 없음. */
export class Refused extends Error {
  constructor(
    readonly field: string | null,
    message: string,
  ) {
    super(message);
  }
}

type OnProgress = (done: number, label: string) => void;

interface Job {
  /** 작업자에게 넘겼는가. 뜨는 중의 오류는 `prepare`가 말함. */
  sent: boolean;
  owner: object;
  part: Part;
  name: string;
  input: string;
  onProgress: OnProgress;
  resolve: (json: string) => void;
  reject: (error: Error) => void;
}

// 모듈은 장마다 하나임
const CHAPTER = chapter();
const GLUE = new URL(`./lab/${CHAPTER}/lab.js`, import.meta.url).href;
const WASM = new URL(`./lab/${CHAPTER}/lab_bg.wasm`, import.meta.url).href;
const WORKER = new URL("./lab-worker.js", import.meta.url).href;
const MAX_THREADS = 8;
/** 드물게 작업자가 소식 없이 뜨지 않음: 이만큼 기다리고 새로 띄움. */
const PATIENCE_MS = [2500, 5000, 10_000];
/** 작업자가 스레드를 기다리는 6초보다 넉넉해야 함. */
const BOOT_TIMEOUT_MS = 12_000;
/** 패닉 문구는 다른 길로 오므로 잠깐 기다려 봄. */
const PANIC_GRACE_MS = 300;

let compiled: Promise<WebAssembly.Module> | null = null;
let worker: Worker | null = null;
let ready: Promise<void> | null = null;
let busy: Job | null = null;
// 다른 탭의 패닉 알림과 섞이지 않게 아무 데서나 셈을 시작함
let lastId = Math.floor(Math.random() * 2 ** 31);
let threadNote: string | null = null;
const waiting: Job[] = [];

/** 한 스레드로 도는 까닭. 여러 스레드로 돌면 `null`. */
export const threadProblem = (): string | null => threadNote;

/**
 * 모듈을 내려받아 컴파일함. 한 번만 하고 작업자마다 나눠 줌.
 *
 * 받으면서 컴파일하지 않음: 떠난 쪽이 받다 만 것이 파이어폭스의 컴파일
 * 스레드를 붙들어, 다음 쪽이 아무것도 컴파일하지 못하는 때가 있음.
 */
async function compile(): Promise<WebAssembly.Module> {
  const answer = await fetch(WASM);
  if (!answer.ok) throw new Error(`서버의 답 ${answer.status}`);
  return WebAssembly.compile(await answer.arrayBuffer());
}

function download(): Promise<WebAssembly.Module> {
  compiled ??= compile().catch((error: Error) => {
    compiled = null;
    throw new Error(`WASM을 받지 못함: ${error.message}`);
  });
  return compiled;
}

/** 내려받기·컴파일·스레드 띄우기를 미리 해 둠. */
export function prepare(): Promise<void> {
  if (ready) return ready;
  const mine = start().catch((error: Error) => {
    if (ready === mine) discard();
    throw error;
  });
  ready = mine;
  return mine;
}

async function start(): Promise<void> {
  const module = download();
  for (const patience of PATIENCE_MS) {
    const fresh = new Worker(WORKER, { type: "module", name: "lab" });
    worker = fresh;
    if (await boot(fresh, module, patience)) return;
    // 뜨는 동안 멈추었으면, 그 뒤에 띄운 것을 기다림
    if (worker !== fresh) return prepare();
    fresh.terminate();
  }
  throw new Error("작업자가 뜨지 않음");
}

/**
 * 작업자가 뜨기를 기다림. 모듈을 컴파일하는 동안 작업자는 연결 코드를 읽음.
 * 작업자가 소식이 없으면 `false`.
 */
function boot(
  fresh: Worker,
  module: Promise<WebAssembly.Module>,
  patience: number,
): Promise<boolean> {
  const threads = Math.min(navigator.hardwareConcurrency || 1, MAX_THREADS);
  const send = (message: ToLab): void => fresh.postMessage(message);
  return new Promise((resolve, reject) => {
    let timer = setTimeout(resolve, patience, false);
    const begin = (compiled: WebAssembly.Module): void => {
      timer = setTimeout(resolve, BOOT_TIMEOUT_MS, false);
      send({ type: "boot", module: compiled, threads });
    };
    fresh.onmessage = ({ data }: MessageEvent<FromLab>) => {
      if (data.type === "alive") {
        clearTimeout(timer);
        send({ type: "load", glue: GLUE });
        module.then(begin, reject);
      } else if (data.type === "ready") {
        clearTimeout(timer);
        threadNote = data.note;
        resolve(true);
      } else if (data.type === "broken") {
        reject(new Error(data.message));
        crash(data.message);
      } else {
        receive(data);
      }
    };
    fresh.onerror = (event) => {
      const reason = faultOf(event);
      reject(new Error(reason));
      crash(reason);
    };
    // 작업자보다 먼저 실패할 수 있음
    module.catch(reject);
  });
}

function receive(data: FromLab): void {
  if (!busy) return;
  if (data.type === "progress") busy.onProgress(data.done, data.label);
  if (data.type === "result" && data.id === lastId) {
    const job = busy;
    busy = null;
    job.resolve(data.json);
    void next();
  }
}

/** 작업자와 그 아래 스레드를 모두 끝냄. 컴파일한 모듈은 남음. */
function discard(): void {
  worker?.terminate();
  worker = null;
  ready = null;
}

function end(error: Error): void {
  const job = busy;
  busy = null;
  discard();
  job?.reject(error);
  void next();
}

new BroadcastChannel("lab-panic").onmessage = ({ data }) => {
  const { run, text } = data as Panic;
  // 스레드마다 알리므로, 늦게 온 것은 아직 넘기지 않은 다음 일과 만남
  if (busy?.sent && run === lastId) end(new Error(text));
};

function crash(reason: string): void {
  const job = busy;
  if (!job?.sent) return;
  setTimeout(() => {
    if (busy === job) end(new Error(`실험이 멈춤: ${reason}`));
  }, PANIC_GRACE_MS);
}

function call(
  owner: object,
  part: Part,
  name: string,
  input: string,
  onProgress: OnProgress = () => {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const what = { owner, part, name, input, sent: false };
    waiting.push({ ...what, onProgress, resolve, reject });
    void next();
  });
}

function unwrap<T>(json: string): T {
  const outcome = JSON.parse(json) as Outcome<T>;
  if ("ok" in outcome) return outcome.ok;
  throw new Refused(outcome.error.field, outcome.error.message);
}

export interface Exact {
  report: Report;
  /** 받은 그대로의 글. 2^53보다 큰 정수를 잃지 않은 것. */
  json: string;
}

/** 정확한 부분. `owner`는 이 일을 나중에 멈출 때 쓰는 이름. */
export async function runExact(
  owner: object,
  name: string,
  params: string,
  onProgress: OnProgress,
): Promise<Exact> {
  const json = await call(owner, "run", name, params, onProgress);
  return { report: unwrap<Report>(json), json };
}

/** 시간을 재는 부분. */
export async function runMeasure(
  owner: object,
  name: string,
  params: string,
  onProgress: OnProgress,
): Promise<View[]> {
  return unwrap(await call(owner, "measure", name, params, onProgress));
}

/** 한 실행에서 예측의 정답을 정하는 것. */
interface Case {
  /** 글자로: 큰 정수를 잃지 않음. */
  params: Record<string, string>;
  answers: Report["answers"];
  /** 보고서의 표와 잰 표. */
  tables: View[];
  /** Python의 시간. */
  timings: Timing[];
}

/** 잰 것과 Python의 시간으로 다시 셈한 예측의 정답. */
export async function judge(
  owner: object,
  name: string,
  known: Case,
): Promise<Verdict | null> {
  return unwrap(await call(owner, "judge", name, JSON.stringify(known)));
}

async function next(): Promise<void> {
  if (busy) return;
  const job = waiting.shift();
  if (!job) return;
  busy = job;
  try {
    await prepare();
    if (job.part === "measure") await settle();
  } catch (error) {
    if (busy === job) end(error as Error);
    return;
  }
  if (busy !== job) return;
  lastId += 1;
  job.sent = true;
  const { part, name, input } = job;
  const message: ToLab = { type: "call", id: lastId, part, name, input };
  worker?.postMessage(message);
  job.onProgress(0, "");
}

/** 이 카드의 일을 모두 그만둠. */
export function stop(owner: object): void {
  for (let i = waiting.length - 1; i >= 0; i -= 1) {
    const job = waiting[i];
    if (job?.owner !== owner) continue;
    waiting.splice(i, 1);
    job.reject(new Stopped());
  }
  if (busy?.owner === owner) {
    end(new Stopped());
    // 띄우지 못하면 다음 실행이 말함
    prepare().catch(() => {});
  }
}
