// Python을 고쳐 보는 편집기. 처음 열 때 내려받음.

import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { EditorView, minimalSetup } from "codemirror";

export interface Editor {
  text(): string;
  replace(text: string): void;
}

const STYLE = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--lab-tok-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--lab-tok-str)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--lab-tok-num)" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.definition(tags.variableName)),
    ],
    color: "var(--lab-tok-fn)",
  },
  { tag: [tags.className, tags.typeName], color: "var(--lab-tok-type)" },
  { tag: tags.comment, color: "var(--lab-tok-note)" },
]);

const THEME = EditorView.theme({
  "&": { color: "var(--lab-ink)", backgroundColor: "var(--lab-panel)" },
  "&.cm-focused": { outline: "2px solid var(--lab-accent)" },
  ".cm-scroller": { fontFamily: "var(--lab-mono)", lineHeight: "1.6" },
  ".cm-gutters": {
    color: "var(--lab-ink-3)",
    backgroundColor: "transparent",
    border: "0",
  },
  ".cm-content": { caretColor: "var(--lab-accent)" },
  ".cm-cursor": { borderLeftColor: "var(--lab-accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--lab-accent-soft)",
  },
  ".cm-selectionBackground": { background: "var(--lab-accent-soft)" },
});

export function createEditor(
  parent: HTMLElement,
  doc: string,
  label: string,
): Editor {
  const attributes = EditorView.contentAttributes.of({ "aria-label": label });
  const view = new EditorView({
    parent,
    doc,
    extensions: [
      lineNumbers(),
      minimalSetup,
      indentUnit.of("    "),
      keymap.of([indentWithTab]),
      python(),
      syntaxHighlighting(STYLE),
      THEME,
      attributes,
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    replace(text) {
      const to = view.state.doc.length;
      view.dispatch({ changes: { from: 0, to, insert: text } });
    },
  };
}
