// The colours of the drawing: those of the page, light or dark.
import { GROUPS } from "./nodes.js";

export function coloursOf(canvas) {
  const style = getComputedStyle(canvas);
  const of = (name) => style.getPropertyValue(name).trim();
  const groups = Array.from({ length: GROUPS }, (_, number) => of(`--p${number + 1}-ink`));
  return {
    ground: of("--surface"),
    ink: of("--ink"),
    quiet: of("--ink-2"),
    line: of("--line-strong"),
    accent: of("--accent"),
    groups: [of("--ink-3"), ...groups],
    font: style.fontFamily,
  };
}
