// 카드와 연습의 글쇠: 쪽도 쓰는 글쇠는 안에서 멈추고, 나머지는 올려 보냄.

const TYPING =
  "input:not([type=radio], [type=checkbox]), select, textarea, " +
  "[contenteditable=true]";

/** 글을 적거나 값을 미는 칸인가. 고르기만 하는 칸의 글쇠는 쪽이 씀. */
export const typing = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(TYPING) !== null;

/** 브라우저의 명령인가: Alt와 ←는 앞 쪽으로 돌아감. */
export const commanded = (event: KeyboardEvent): boolean =>
  event.altKey || event.ctrlKey || event.metaKey;

/** 화살표가 장을 넘기거나 적는 글쇠가 찾기를 열지 않게 `root`에서 멈춤. */
export function holdKeys(root: HTMLElement): void {
  root.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (commanded(event)) return;
    if (typing(target) || key.startsWith("Arrow")) event.stopPropagation();
  });
}
