// 내 컴퓨터 결과 붙이기: 글로 붙이거나, 파일을 고르거나 끌어다 놓음.

import type { Column } from "./data";
import { button, h, uid } from "./dom";
import { BadPaste, fileText, LARGEST, readPaste } from "./paste";

export function createPastePanel(
  panel: HTMLElement,
  name: string,
  onPaste: (pasted: Column) => Promise<void>,
): void {
  const id = uid("paste");
  const area = h("textarea", {
    id,
    rows: 5,
    spellcheck: "false",
    autocomplete: "off",
    placeholder: '{"schema":1,"name":"…"}',
  });
  const label = h(
    "label",
    { for: id },
    "--json 출력: 붙이거나, 파일을 여기에 끌어다 놓음",
  );
  const problem = h("p", { class: "lab-error", role: "alert" });
  problem.hidden = true;

  async function take(text: () => string | Promise<string>): Promise<void> {
    try {
      await onPaste(readPaste(await text(), name));
      problem.hidden = true;
      area.removeAttribute("aria-invalid");
    } catch (error) {
      problem.textContent = (error as Error).message;
      problem.hidden = false;
      area.setAttribute("aria-invalid", "true");
    }
  }

  const takeFile = ([file, ...more]: Iterable<File>): Promise<void> =>
    take(() => {
      if (!file || more.length > 0) throw new BadPaste("파일 하나만 받음");
      if (file.size > LARGEST) throw new BadPaste("파일이 너무 큼");
      return fileText(file).catch(() => {
        // 폴더도 파일처럼 놓이지만 읽히지 않음
        throw new BadPaste("파일을 읽지 못함");
      });
    });

  const picker = h("input", { type: "file", accept: ".json,.txt" });
  picker.hidden = true;
  picker.addEventListener("change", () => {
    void takeFile(picker.files ?? []);
    // 같은 파일을 다시 골라도 알 수 있게 비움
    picker.value = "";
  });
  const bar = h(
    "div",
    { class: "lab-actions" },
    button("비교에 넣기", () => void take(() => area.value)),
    button("파일 고르기", () => picker.click()),
    picker,
  );
  const box = h("div", { class: "lab-paste" }, label, area, problem, bar);
  // 글을 끌어다 놓는 것은 칸이 알아서 받음
  const files = (event: DragEvent): DataTransfer | null => {
    const { dataTransfer } = event;
    return dataTransfer?.types.includes("Files") ? dataTransfer : null;
  };
  box.addEventListener("dragover", (event) => {
    const held = files(event);
    if (held) event.preventDefault();
    box.classList.toggle("lab-drop", held !== null);
  });
  box.addEventListener("dragleave", () => box.classList.remove("lab-drop"));
  box.addEventListener("drop", (event) => {
    box.classList.remove("lab-drop");
    const held = files(event);
    if (!held) return;
    event.preventDefault();
    void takeFile(held.files);
  });
  panel.append(box);
}
