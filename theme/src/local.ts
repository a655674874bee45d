// 로컬 실험실: `cargo book serve`가 독자의 컴퓨터에서 실행해 주는 것.

import type { CardData, Column } from "./data";
import { button, h, handOver, uid } from "./dom";
import type { Texts } from "./form";
import { readPaste } from "./paste";

export type Runtime = "native" | "python";

const TITLES = {
  native: "네이티브 · 내 컴퓨터",
  python: "python3 · 내 컴퓨터",
};

const HINT =
  "이 책을 보여 주는 서버가 폼의 값으로 실행함. 페이지보다 큰 값도 받고, " +
  "처음에는 컴파일부터 함.";
const GONE =
  "이 책의 서버에 닿지 못함: cargo book serve가 켜져 있어야 함";
const STRANGE = "이 책의 서버가 한 말을 읽지 못함: 책과 서버의 판이 다름";

/** 서버가 한 줄에 하나씩 보내는 것: xtask/src/local.rs. */
type Line =
  | { kind: "state"; text: string }
  | { kind: "detail"; text: string }
  | { kind: "progress"; done: number; label: string }
  | { kind: "result"; json: string }
  | { kind: "failed"; message: string };

interface Host {
  values(): Texts;
  /** 견줄 수 있는 결과가 나옴. */
  done(runtime: Runtime, column: Column): Promise<void>;
}

interface LocalPanel {
  panel: HTMLElement;
  /** 돌던 것을 멈춤. */
  reset(): void;
}

/** `base`는 서버의 로컬 실험실이 있는 길. */
export function createLocalPanel(
  data: CardData,
  base: string,
  host: Host,
): LocalPanel {
  let running: AbortController | null = null;
  const id = uid("local");
  const native = button("내 컴퓨터에서 실행 (Rust)", () =>
    void start("native", native),
  );
  const python = button("내 컴퓨터에서 실행 (python3)", () =>
    void start("python", python),
  );
  python.hidden = data.python.kind === "none";
  const reset = (): void => running?.abort();
  const halt = button("중지", reset, { disabled: true });
  const status = h("span", { class: "lab-status", role: "status" });
  const meter = h("progress", { class: "lab-meter", max: 1 });
  meter.setAttribute("aria-label", "내 컴퓨터에서 실행하는 진행");
  meter.hidden = true;
  // 컴파일하는 크레이트마다 읽어 주면 다른 것을 들을 수 없음
  const detail = h("p", { class: "lab-hint" });
  const problem = h("p", { class: "lab-problem", role: "alert" });
  const output = h("pre", { class: "lab-output", role: "group", tabindex: 0 });
  output.setAttribute("aria-label", "실험이 덧붙인 말");
  detail.hidden = problem.hidden = output.hidden = true;
  const bar = h("div", { class: "lab-actions" }, native, python, halt, status);
  const attrs = { class: "lab-local", role: "group", "aria-describedby": id };
  const hint = h("p", { class: "lab-hint", id }, HINT);
  const panel = h("div", attrs, hint, bar, meter, detail, problem, output);
  panel.setAttribute("aria-label", "내 컴퓨터에서 실행");

  function busy(on: boolean): void {
    native.disabled = python.disabled = on;
    halt.disabled = !on;
    meter.hidden = detail.hidden = !on;
    meter.removeAttribute("value");
    meter.removeAttribute("aria-valuetext");
    detail.textContent = "";
  }

  function hear(event: Line): void {
    if (event.kind === "state") {
      status.textContent = event.text;
      busy(true);
    } else if (event.kind === "detail") {
      detail.textContent = event.text;
    } else if (event.kind === "progress") {
      meter.value = event.done;
      const percent = Math.round(event.done * 100);
      meter.setAttribute("aria-valuetext", `${event.label} ${percent} %`);
      detail.textContent = event.label;
    }
  }

  async function start(runtime: Runtime, pressed: HTMLElement): Promise<void> {
    const { signal } = (running = new AbortController());
    problem.hidden = output.hidden = true;
    status.textContent = "부탁하는 중";
    handOver(pressed, halt, () => busy(true));
    try {
      const { name } = data;
      const ask = { name, runtime, params: host.values() };
      const json = await run(base, ask, signal, hear);
      const { outcome, notes } = readPaste(json, name);
      status.textContent = "끝남";
      output.textContent = notes.join("\n");
      output.hidden = output.textContent === "";
      await host.done(runtime, { title: TITLES[runtime], outcome });
    } catch (error) {
      status.textContent = signal.aborted ? "중지함" : "실행하지 못함";
      problem.textContent = (error as Error).message;
      problem.hidden = signal.aborted;
    } finally {
      handOver(halt, pressed, () => busy(false));
    }
  }

  return { panel, reset };
}

interface Ask {
  name: string;
  runtime: Runtime;
  params: Texts;
}

/** 결과의 글까지. 끊으면 서버가 프로세스를 끝냄. */
async function run(
  base: string,
  ask: Ask,
  signal: AbortSignal,
  hear: (event: Line) => void,
): Promise<string> {
  const at = (path: string): URL => new URL(base + path, location.origin);
  const post = async (): Promise<Response> => {
    const ticket = await fetch(at("token"), { cache: "no-store", signal });
    return fetch(at("run"), {
      method: "POST",
      headers: { "X-Lab-Token": await ticket.text() },
      body: JSON.stringify(ask),
      signal,
    });
  };
  const response = await post().catch(lost);
  // 시작하기 전에 거절한 것
  if (!response.ok || !response.body) {
    const refusal = (await response.json().catch(lost)) as Loose | null;
    const why = refusal?.["message"];
    throw new Error(isText(why) ? why : STRANGE);
  }
  return listen(response.body, hear);
}

function lost(): never {
  throw new Error(GONE);
}

/** 한 줄에 하나씩 들음. 결과의 글까지. */
export async function listen(
  body: ReadableStream<BufferSource>,
  hear: (event: Line) => void,
): Promise<string> {
  const lines = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await lines.read().catch(lost);
    if (done) return lost();
    const whole = (rest + value).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) {
      const event = readLine(line);
      if (event.kind === "failed") throw new Error(event.message);
      if (event.kind === "result") return event.json;
      hear(event);
    }
  }
}

function readLine(text: string): Line {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    throw new Error(STRANGE);
  }
  if (!isLine(line)) throw new Error(STRANGE);
  return line;
}

type Loose = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === "string";

function isLine(value: unknown): value is Line {
  const line = (value ?? {}) as Loose;
  switch (line["kind"]) {
    case "state":
    case "detail":
      return isText(line["text"]);
    case "progress":
      return isText(line["label"]) && Number.isFinite(line["done"]);
    case "result":
      return isText(line["json"]);
    case "failed":
      return isText(line["message"]);
    default:
      return false;
  }
}
