// The look of the editor, from the same tokens as every page: light and dark alike.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: ".90625rem" },
  "&.cm-focused": { outline: "2.5px solid var(--focus)", outlineOffset: "-3px", borderRadius: "var(--r2)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.8" },
  ".cm-content": { padding: ".9rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-lineWrapping": { wordBreak: "normal", overflowWrap: "anywhere" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r2)",
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    boxShadow: "var(--shadow)",
    overflow: "clip",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    maxHeight: "18rem",
    minWidth: "12rem",
    padding: ".25rem",
    fontFamily: "var(--font)",
    fontSize: "var(--t-base)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    alignItems: "center",
    gap: ".6rem",
    minHeight: "2rem",
    padding: ".15rem .6rem",
    borderRadius: "var(--r1)",
    lineHeight: "1.4",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--accent-strong)",
    outline: "1px solid transparent", // seen where colours are forced
  },
  ".cm-completionLabel": { overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionDetail": { marginInlineStart: "auto", fontStyle: "normal", fontSize: "var(--t-sm)" },
});

export const colours = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  // Hangul has no italics.
  { tag: tags.emphasis, color: "var(--c-keyword)" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.link, color: "var(--link)" },
  { tag: tags.monospace, color: "var(--c-string)" },
  { tag: tags.quote, color: "var(--ink-2)" },
  { tag: [tags.list, tags.labelName], color: "inherit" },
  { tag: [tags.url, tags.processingInstruction, tags.contentSeparator, tags.comment], color: "var(--ink-3)" },
]);
