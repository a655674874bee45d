// 실험 카드 하나: 매개변수 → 실행 → 보고서 → 그림.

import { cardData, toRoot } from "./data";
import { copyButton, h, handOver, need } from "./dom";
import { createForm, commandLine, words, type Texts } from "./form";
import { createImplementations } from "./implementations";
import { whyOneThread } from "./isolation";
import { createRecorder } from "./labbook/record";
import { createPrediction } from "./predict";
import type { Env, Image, Report, Verdict, View } from "./report";
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
const NOT_KEPT =
  "브라우저의 저장소가 막혔거나 가득 차, 실험 노트에 남기지 못함";

/** 글쇠를 받는 칸. 버튼 위에서는 찾기의 글쇠가 그대로 들음. */
const TYPING = "input, select, textarea, [contenteditable=true]";

type Phase = "idle" | "running" | "measuring";

/** 마지막 실행: 매개변수와 그 답. */
interface Run {
  params: string;
  exact: Exact;
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

  const prediction = createPrediction(need(root, ".lab-predict"), () => {
    recorder.renew();
    update();
  });
  const recorder = createRecorder(data, prediction);
  const formRoot = need<HTMLFormElement>(root, ".lab-params");
  const form = createForm(formRoot, update);
  let last: Run | null = null;
  const rust = async (values: Texts): Promise<Exact> => {
    form.clearErrors();
    const params = JSON.stringify(values);
    try {
      const exact = await runExact(me, name, params, progress);
      last = { params, exact };
      return exact;
    } catch (error) {
      if (error instanceof Refused) form.refuse(error.field, error.message);
      throw error;
    }
  };
  // Python과 견줄 때 다시 돌리면 잰 시간이 버려짐
  const known = async (values: Texts): Promise<Exact> =>
    last?.params === JSON.stringify(values) ? last.exact : rust(values);
  const implementations = createImplementations(root, data, {
    values: form.read,
    rust: known,
    timed(timings) {
      // 예측하기 전에 정답을 말하면 예측이 아니게 됨
      if (!prediction.answered()) return;
      void judge(me, name, timings).then(tell).catch(fail);
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
    const params = JSON.stringify(form.read());
    showInBar(name, form.changed());
    enter("running", "준비하는 중");
    try {
      const { report } = await rust(form.read());
      if (mine !== turn) return;
      await show(report);
      if (data.measures) {
        enter("measuring", "시간을 재는 중");
        await measure(params);
      }
      enter("idle", environment(report.env));
    } catch (error) {
      if (mine === turn) fail(error as Error);
    }
  }

  async function show(report: Report): Promise<void> {
    const traces = report.views.filter(({ kind }) => kind === "trace");
    const notes = report.notes.map((text) => ({ kind: "note", text }) as View);
    const rest = report.views.filter(({ kind }) => kind !== "trace");
    await showViews(results, [...rest, ...notes], scene);
    await showViews(replay, traces, scene);
    await showViews(timing, [], scene);
    tell(report.verdict);
    if (why) why.open = true;
    implementations.exact(report);
  }

  function knob(field: string): Knob {
    const { dataset } = need(formRoot, `[data-name="${field}"]`);
    const number = (text: string | undefined): number => Number(text);
    return {
      value: number(form.read()[field]),
      low: number(dataset["low"]),
      high: number(dataset["high"]),
    };
  }

  /** 그림만 다시 계산함. 다른 실행을 끊지 않음. */
  async function redraw(changes: Record<string, number>): Promise<Image | null> {
    if (phase !== "idle") return null;
    const texts = Object.entries(changes).map(([k, v]) => [k, String(v)]);
    form.write(Object.fromEntries(texts) as Texts);
    showInBar(name, form.changed());
    try {
      const { report } = await rust(form.read());
      return report.views.find((view) => view.kind === "image") ?? null;
    } catch (error) {
      fail(error as Error);
      return null;
    }
  }

  function tell(answer: Verdict | null): void {
    if (!answer) return;
    const mine = h("span", {}, prediction.compare(answer));
    const text = h("p", {}, mine, " ", answer.sentence);
    verdict.replaceChildren(h("b", {}, answer.headline), text);
    if (Object.keys(form.changed()).length > 0) {
      verdict.append(h("p", { class: "lab-hint" }, ASKED));
    }
    if (last) verdict.append(keep(answer, last));
    verdict.hidden = false;
  }

  /** 노트에 남기고, 그랬다고 말함. */
  function keep(answer: Verdict, { params, exact }: Run): HTMLElement {
    const texts = JSON.parse(params) as Texts;
    const place = environment(exact.report.env);
    const kept = recorder.record(answer, texts, place);
    const line = h("p", { class: "lab-hint" });
    if (!kept) {
      line.append(NOT_KEPT);
    } else {
      const link = h("a", { href: `${toRoot()}labbook.html` }, "내 실험 노트");
      line.append(link, "에 남김");
    }
    return line;
  }

  async function measure(params: string): Promise<void> {
    const views = await runMeasure(me, name, params, progress);
    await showViews(timing, views, scene);
    tell(await judge(me, name, implementations.measured(views)));
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
  halt.addEventListener("click", () => stop(me));
  need(root, ".lab-reset").addEventListener("click", reset);
  copyButton(need(root, ".lab-share"), () => linkTo(name, form.changed()));
  for (const copy of root.querySelectorAll<HTMLButtonElement>(".lab-copy")) {
    copyButton(copy, () => need(copy.parentElement!, "code").textContent ?? "");
  }
  // 화살표 키가 장을 넘기거나 글쇠가 찾기를 열지 않게 카드 안에서 멈춤
  root.addEventListener("keydown", (event) => {
    const { ctrlKey, metaKey, key, target } = event;
    const typing = target instanceof Element && target.closest(TYPING);
    if (ctrlKey || metaKey) return;
    if (typing || key.startsWith("Arrow")) event.stopPropagation();
  });
  root.addEventListener("pointerenter", warm, { once: true });
  root.addEventListener("focusin", warm, { once: true });
  addEventListener("hashchange", restore);
  if (why) why.open = false;
  tuckAway(root);
  root.dataset["live"] = "";
  update();
  restore();
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
