// Style sheets that a strict Content-Security-Policy lets through.
import { StyleModule } from "style-mod";

const sheets = new Map(); // by module

function sheetOf(module) {
  if (!sheets.has(module)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(module.getRules());
    sheets.set(module, sheet);
  }
  return sheets.get(module);
}

// The library writes a <style> element into a document, which our policy refuses: it
// constructs a sheet only within a shadow root. Here it does so everywhere.
export function useAdoptedStyles() {
  if (!("adoptedStyleSheets" in document)) throw new Error("no constructed style sheets");
  StyleModule.mount = (root, modules) => {
    const ours = [modules].flat().map(sheetOf);
    const others = [...root.adoptedStyleSheets].filter((sheet) => !ours.includes(sheet));
    root.adoptedStyleSheets = [...ours, ...others];
  };
}
