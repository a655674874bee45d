// 실험 카드 하나: 매개변수 → 실행 → 보고서 → 그림.

import { cardData, toRoot, type Timing } from "./data";
import { copyButton, h, handOver, need } from "./dom";
import { createForm, commandLine, words, type Texts } from "./form";
import { createImplementations, sameParams } from "./implementations";
import { whyOneThread } from "./isolation";
import { holdKeys } from "./keys";
import { createRecorder, sameTexts } from "./labbook/record";
import type { Reply } from "./labbook/schema";
import { createPrediction } from "./predict";
import type { Env, Image, Verdict, View } from "./report";
import {
  judge,
  prepare,
  Refused,
  runExact,
  runMeasure,
  stop,
  Stopped,
  type Exact,
} from "./runner";
import { linkTo, readHash, showInBar } from "./url";
import { showViews, type Scene } from "./views";
import { withUnit } from "./views/format";
import type { Knob } from "./views/image";

const ASKED = "질문은 처음 값에 대한 것이고, 위의 답은 바꾼 값의 것임";
const LATER = "다른 실행이 끝난 뒤에 옮길 수 있음";
const NOT_KEPT =
  "브라우저의 저장소가 막혔거나 가득 차, 실험 노트에 남기지 못함";

type Phase = "idle" | "running" | "measuring";

/** 카드에 놓인 결과: 실행을 누른 때의 것이고, 그 뒤에 폼과 예측을 고쳐도 같음. */
interface Run {
  texts: Texts;
  /** 기본값과 다른 매개변수였는가. */
  changed: boolean;
  guess: Reply | null;
  exact: Exact;
  /** 잰 것. */
  timed: View[];
}

export function hydrate(root: HTMLElement): void {
  const data = cardData(root);
  const { name } = data;
  const run = need<HTMLButtonElement>(root, ".lab-run");
  const halt = need<HTMLButtonElement>(root, ".lab-stop");
  const status = need(root, ".lab-status");
  const meter = need<HTMLProgressElement>(root, ".lab-meter");
  const results = need(root, ".lab-results");
  const replay = need(root, ".lab-replay");
  const timing = need(root, ".lab-timing");
  const verdict = need(root, ".lab-verdict");
  const gate = need(root, ".lab-gate");
  const why = root.querySelector<HTMLDetailsElement>(".lab-why");
  const commands = root.querySelectorAll<HTMLElement>("[data-start]");
  const kernel = root.querySelector<HTMLElement>("[data-lang=rust]");
  const scene: Scene = { kernel, explorer: { knob, redraw } };
  const me = {};
  let phase: Phase = "idle";
  let turn = 0;
  /** 그리는 동안에는 끊을 일이 없어, 다 그리고 멈춤. */
  let halted = false;
  let renewed = false;
  let shown: Run | null = null;

  const prediction = createPrediction(need(root, ".lab-predict"), () => {
    renewed = true;
    update();
  });
  const recorder = createRecorder(data, prediction);
  const formRoot = need<HTMLFormElement>(root, ".lab-params");
  const form = createForm(formRoot, update);
  const rust = async (values: Texts): Promise<Exact> => {
    form.clearErrors();
    try {
      return await runExact(me, name, JSON.stringify(values), progress);
    } catch (error) {
      if (error instanceof Refused) form.refuse(error.field, error.message);
      throw error;
    }
  };
  const implementations = createImplementations(root, data, {
    values: form.read,
    rust: async (values) =>
      shown && sameTexts(shown.texts, values) ? shown.exact : rust(values),
    timed(python) {
      // 예측하고 실행하기 전에 정답을 말하면 예측이 아니게 됨
      if (!shown || !sameParams(python, shown.exact.report)) return;
      const mine = turn;
      settleOn(shown, python.timings).catch((error: Error) => {
        if (mine === turn && phase === "idle") fail(error);
      });
    },
  });

  function update(): void {
    const busy = phase !== "idle";
    const [from, to] = busy ? [run, halt] : [halt, run];
    handOver(from, to, () => {
      run.disabled = busy || !prediction.answered();
      halt.disabled = !busy;
    });
    gate.hidden = prediction.answered();
    meter.hidden = !busy;
    root.setAttribute("aria-busy", String(busy));
    for (const command of commands) {
      const text = commandLine(command, form.changed());
      need(command, "code").replaceChildren(...words(text));
    }
  }

  function enter(next: Phase, text: string): void {
    phase = next;
    status.textContent = text;
    meter.removeAttribute("value");
    update();
  }

  function progress(done: number, label: string): void {
    if (done === 0 && phase === "running") status.textContent = "계산하는 중";
    meter.value = done;
    const percent = Math.round(done * 100);
    meter.setAttribute("aria-valuetext", `${label} ${percent} %`);
  }

  async function execute(): Promise<void> {
    if (run.disabled) return;
    turn += 1;
    const mine = turn;
    const current = (): boolean => mine === turn;
    halted = false;
    if (renewed) recorder.renew();
    renewed = false;
    const [texts, changes] = [form.read(), form.changed()];
    const changed = Object.keys(changes).length > 0;
    const guess = prediction.guess();
    showInBar(name, changes);
    enter("running", "준비하는 중");
    try {
      const exact = await rust(texts);
      if (!current()) return;
      shown = { texts, changed, guess, exact, timed: [] };
      await show(shown, current);
      if (current() && halted) throw new Stopped();
      if (current() && data.measures) await measure(shown, current);
      if (current()) enter("idle", environment(exact.report.env));
    } catch (error) {
      if (current()) fail(error as Error);
    }
  }

  async function show(done: Run, current: () => boolean): Promise<void> {
    const { report } = done.exact;
    const traces = report.views.filter(({ kind }) => kind === "trace");
    const notes = report.notes.map((text) => ({ kind: "note", text }) as View);
    const rest = report.views.filter(({ kind }) => kind !== "trace");
    await showViews(results, [...rest, ...notes], scene, current);
    await showViews(replay, traces, scene, current);
    await showViews(timing, [], scene, current);
    if (!current()) return;
    tell(done, report.verdict);
    if (why) why.open = true;
    implementations.exact(report);
  }

  function knob(field: string): Knob {
    const { dataset } = need(formRoot, `[data-name="${field}"]`);
    const number = (text: string | undefined): number => Number(text);
    return {
      value: number(shown?.texts[field]),
      low: number(dataset["low"]),
      high: number(dataset["high"]),
    };
  }

  /**
   * 놓인 결과의 그림만 다시 계산함. 다른 실행을 끊지 않음. 그리지 못하면 그
   * 까닭이고, 카드가 이미 말했으면 빈 글.
   */
  async function redraw(
    changes: Record<string, number>,
  ): Promise<Image | string> {
    if (phase !== "idle") return LATER;
    // 그리는 사이에 처음으로 되돌림
    if (!shown) return "";
    const mine = turn;
    const texts = Object.entries(changes).map(([k, v]) => [k, String(v)]);
    const moved = Object.fromEntries(texts) as Texts;
    form.write(moved);
    showInBar(name, form.changed());
    try {
      const { report } = await rust({ ...shown.texts, ...moved });
      return report.views.find((view) => view.kind === "image") ?? "";
    } catch (error) {
      if (mine === turn && phase === "idle") fail(error as Error);
      return "";
    }
  }

  function tell(done: Run, answer: Verdict | null): void {
    if (!answer) return;
    const mine = h("span", {}, prediction.compare(done.guess, answer));
    const text = h("p", {}, mine, " ", answer.sentence);
    verdict.replaceChildren(h("b", {}, answer.headline), text);
    if (done.changed) verdict.append(h("p", { class: "lab-hint" }, ASKED));
    const place = environment(done.exact.report.env);
    const kept = recorder.record(answer, done, place);
    if (kept !== null) verdict.append(keptLine(kept));
    verdict.hidden = false;
  }

  /** 잰 것까지 놓고 정답을 다시 말함. */
  async function settleOn(done: Run, timings: Timing[]): Promise<void> {
    const { answers, views } = done.exact.report;
    const tables = [...views, ...done.timed].filter(
      ({ kind }) => kind === "table",
    );
    const known = { params: done.texts, answers, tables, timings };
    const answer = await judge(me, name, known);
    if (done === shown) tell(done, answer);
  }

  async function measure(done: Run, current: () => boolean): Promise<void> {
    enter("measuring", "시간을 재는 중");
    const params = JSON.stringify(done.texts);
    const views = await runMeasure(me, name, params, progress);
    if (!current()) return;
    done.timed = views;
    await showViews(timing, views, scene, current);
    if (!current()) return;
    await settleOn(done, implementations.measured(done.exact.report, views));
  }

  function fail(error: Error): void {
    if (error instanceof Stopped) return enter("idle", "중지함");
    enter("idle", "실행하지 못함");
    if (error instanceof Refused && error.field !== null) return;
    const text = h("p", { class: "lab-problem", role: "alert" });
    text.append(error.message);
    results.querySelector(".lab-problem")?.remove();
    results.prepend(text);
    results.hidden = false;
  }

  function reset(): void {
    turn += 1;
    stop(me);
    shown = null;
    form.write(defaultsOf(formRoot));
    form.clearErrors();
    prediction.reset();
    for (const place of [results, replay, timing]) {
      place.replaceChildren();
      place.hidden = true;
    }
    verdict.hidden = true;
    implementations.reset();
    showInBar(name, {});
    enter("idle", "");
  }

  function restore(): void {
    const hash = readHash();
    if (hash?.name !== name) return;
    form.write({ ...defaultsOf(formRoot), ...hash.values });
    root.scrollIntoView();
  }

  run.addEventListener("click", () => void execute());
  formRoot.addEventListener("submit", (event) => {
    event.preventDefault();
    void execute();
  });
  halt.addEventListener("click", () => {
    halted = true;
    stop(me);
  });
  need(root, ".lab-reset").addEventListener("click", reset);
  copyButton(need(root, ".lab-share"), () => linkTo(name, form.changed()));
  for (const copy of root.querySelectorAll<HTMLButtonElement>(".lab-copy")) {
    copyButton(copy, () => need(copy.parentElement!, "code").textContent ?? "");
  }
  holdKeys(root);
  root.addEventListener("pointerenter", warm, { once: true });
  root.addEventListener("focusin", warm, { once: true });
  addEventListener("hashchange", restore);
  if (why) why.open = false;
  tuckAway(root);
  root.dataset["live"] = "";
  update();
  restore();
}

/** 노트에 남았는지 말함. */
function keptLine(kept: boolean): HTMLElement {
  const line = h("p", { class: "lab-hint" });
  if (!kept) {
    line.append(NOT_KEPT);
    return line;
  }
  const link = h("a", { href: `${toRoot()}labbook.html` }, "내 실험 노트");
  line.append(link, "에 남김");
  return line;
}

/** 기록된 결과는 예측을 망치지 않게 접고, 새 결과가 설 자리를 비움. */
function tuckAway(root: HTMLElement): void {
  const recorded = need(root, ".lab-recorded");
  if (recorded instanceof HTMLDetailsElement) recorded.open = false;
  need(root, ".lab-implementations").before(recorded);
}

/** 손이 카드에 닿으면 작업자를 미리 띄움. 실패는 실행할 때 말함. */
function warm(): void {
  prepare().catch(() => {});
}

function defaultsOf(form: HTMLElement): Record<string, string> {
  const fields = [...form.querySelectorAll<HTMLElement>(".lab-field")];
  return Object.fromEntries(
    fields.map(({ dataset }) => [dataset["name"]!, dataset["default"]!]),
  );
}

function environment(env: Env): string {
  const clock = withUnit(env.clock_step_ns, "ns");
  const parts = ["WASM", "SIMD", `스레드 ${env.threads}`, `시계 ${clock}`];
  const reason = whyOneThread();
  return parts.join(" · ") + (reason ? ` · 한 스레드: ${reason}` : "");
}
