// A graph of notes on a canvas: placed once, then looked at, moved and zoomed.
//
// Drawn in two dimensions and not by WebGL, which not every machine has. It puts no
// style into the page and starts no worker: both are refused by our policy.
import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";

import { coloursOf } from "./graph/colours.js";
import { drawGraph } from "./graph/drawing.js";
import { place } from "./graph/layout.js";
import { nodeAt, prepared } from "./graph/nodes.js";

const STEP = 1.5;
const MOST_ZOOMED = 8;
const MARGIN_PX = 28;

// Draws it into the canvas; what comes back lets the page around point at a note.
export async function showGraph(canvas, data, { zoomIn, zoomOut, whole, openNote } = {}) {
  const graph = prepared(data);
  await place(graph);

  const context = canvas.getContext("2d");
  let colours = coloursOf(canvas);
  let view = zoomIdentity;
  let fitted = zoomIdentity;
  let pointed = null;
  let isAsked = false;

  const draw = () => {
    isAsked = false;
    drawGraph(context, graph, { view, colours, pointed, width: canvas.clientWidth, height: canvas.clientHeight });
  };
  const ask = () => {
    if (!isAsked) requestAnimationFrame(draw);
    isAsked = true;
  };
  const pointAt = (node) => {
    if (node === pointed) return;
    pointed = node;
    canvas.classList.toggle("on-note", Boolean(node));
    ask();
  };

  const surface = select(canvas);
  const zooming = zoom()
    // A page is scrolled over it as over any picture: zooming takes Ctrl, or two fingers.
    .filter((event) => {
      if (event.type === "wheel") return event.ctrlKey || event.metaKey;
      if (event.type === "touchstart") return event.touches.length > 1;
      return !event.button && !event.ctrlKey;
    })
    .touchable(() => true)
    .on("zoom", (event) => {
      view = event.transform;
      ask();
    });
  surface.call(zooming).on("dblclick.zoom", null);

  const fit = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const wasFitted = view.toString() === fitted.toString();
    fitted = wholeView(graph, width, height);
    zooming.scaleExtent([Math.min(fitted.k, 1) / 2, MOST_ZOOMED]).extent([[0, 0], [width, height]]);
    // Whoever has moved it stays where they are.
    if (wasFitted) zooming.transform(surface, fitted);
    draw();
  };
  const noteUnder = (event) => {
    const [x, y] = view.invert([event.offsetX, event.offsetY]);
    return nodeAt(graph, x, y, view.k);
  };

  // What is around stays when another graph comes in the place of this one.
  const ending = new AbortController();
  const listen = (target, type, listener) =>
    target?.addEventListener(type, listener, { signal: ending.signal });
  listen(canvas, "pointermove", (event) => pointAt(noteUnder(event)));
  listen(canvas, "pointerleave", () => pointAt(null));
  listen(canvas, "click", (event) => {
    const node = noteUnder(event);
    if (node) openNote?.(node.path, event);
  });
  listen(zoomIn, "click", () => zooming.scaleBy(surface, STEP));
  listen(zoomOut, "click", () => zooming.scaleBy(surface, 1 / STEP));
  listen(whole, "click", () => zooming.transform(surface, fitted));

  const recolour = () => {
    colours = coloursOf(canvas);
    ask();
  };
  listen(matchMedia("(prefers-color-scheme: dark)"), "change", recolour);
  const theme = new MutationObserver(recolour);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const size = new ResizeObserver(fit);
  size.observe(canvas);
  fit();

  const byPath = new Map(graph.nodes.map((node) => [node.path, node]));
  return {
    groups: graph.groups,
    pointAt: (path) => pointAt(byPath.get(path) ?? null),
    stop() {
      ending.abort();
      theme.disconnect();
      size.disconnect();
    },
  };
}

function wholeView({ nodes }, width, height) {
  if (!nodes.length || !width || !height) return zoomIdentity;
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const across = (width - 2 * MARGIN_PX) / Math.max(right - left, 1);
  const down = (height - 2 * MARGIN_PX) / Math.max(bottom - top, 1);
  const scale = Math.max(0.02, Math.min(across, down, 2));
  return zoomIdentity
    .translate(width / 2, height / 2)
    .scale(scale)
    .translate(-(left + right) / 2, -(top + bottom) / 2);
}
