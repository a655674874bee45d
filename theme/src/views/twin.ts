// 그림과 같은 값의 표: 제목 옆의 버튼으로 서로 바꿈.

import { button, uid } from "../dom";

/** 제목에 버튼을 둠. 표는 칸이 수천일 수 있어, 처음 볼 때 만들어 그림 뒤에 둠. */
export function addTwin(
  head: HTMLElement,
  picture: HTMLElement,
  build: () => HTMLElement,
): void {
  let twin: HTMLElement | undefined;
  const made = (): HTMLElement => {
    const table = build();
    table.id = uid("twin");
    table.hidden = true;
    picture.after(table);
    toggle.setAttribute("aria-controls", table.id);
    return table;
  };
  const toggle = button("표로 보기", () => {
    twin ??= made();
    twin.hidden = !twin.hidden;
    picture.hidden = !twin.hidden;
    toggle.textContent = twin.hidden ? "표로 보기" : "그림으로 보기";
    toggle.setAttribute("aria-expanded", String(!twin.hidden));
  });
  toggle.className = "lab-link";
  toggle.setAttribute("aria-expanded", "false");
  head.append(toggle);
}
