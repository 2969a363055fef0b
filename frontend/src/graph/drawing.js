// One picture of the graph, from its view and what is pointed at.
const LABEL_PX = 12;
const MOST_LABELS = 60;
const LONGEST_LABEL = 28;
const FADED = 0.16;

export function drawGraph(context, graph, { view, colours, pointed, width, height }) {
  const ratio = context.canvas.width / Math.max(width, 1);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const picture = { context, graph, view, colours, pointed, width, height };
  drawLinks(picture);
  drawNodes(picture);
  drawLabels(picture);
}

const isLit = (pointed, node) => !pointed || node === pointed || pointed.near.has(node);

function drawLinks({ context, graph, view, colours, pointed }) {
  const path = (wanted) => {
    context.beginPath();
    for (const { source, target } of graph.links) {
      if (!wanted(source, target)) continue;
      context.moveTo(view.applyX(source.x), view.applyY(source.y));
      context.lineTo(view.applyX(target.x), view.applyY(target.y));
    }
    context.stroke();
  };
  const touches = (source, target) => source === pointed || target === pointed;
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  context.globalAlpha = pointed ? FADED : 0.45;
  path((source, target) => !pointed || !touches(source, target));
  if (pointed) {
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.strokeStyle = colours.accent;
    path(touches);
  }
}

function drawNodes({ context, graph, view, colours, pointed }) {
  context.lineWidth = 1.5;
  context.strokeStyle = colours.ground;
  for (const node of graph.nodes) {
    context.globalAlpha = isLit(pointed, node) ? 1 : FADED;
    context.fillStyle = node === pointed || node.isCentre ? colours.accent : colours.groups[node.group];
    context.beginPath();
    context.arc(view.applyX(node.x), view.applyY(node.y), sizeOf(node, view), 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.globalAlpha = 1;
}

// From afar notes are small, from near they do not cover what is beside them.
const sizeOf = (node, view) => Math.max(2, node.radius * Math.min(1.4, Math.sqrt(view.k)));

function drawLabels(picture) {
  const { context, graph, view, colours, pointed, width, height } = picture;
  context.font = `${LABEL_PX}px ${colours.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colours.ground;
  graph.byDegree ??= [...graph.nodes].sort((one, other) => other.isCentre - one.isCentre || other.degree - one.degree);
  const first = pointed ? [pointed, ...pointed.near] : [];
  const taken = [];
  for (const node of pointed ? first : graph.byDegree) {
    if (taken.length >= MOST_LABELS) break;
    const [at, y] = view.apply([node.x, node.y]);
    if (at < 0 || y < 0 || at > width || y > height) continue;
    const text = node.title.length > LONGEST_LABEL ? `${node.title.slice(0, LONGEST_LABEL)}…` : node.title;
    const length = context.measureText(text).width;
    const beside = sizeOf(node, view) + 4;
    // At the right edge it stands on the left of its note.
    const x = at + beside + length > width ? Math.max(0, at - beside - length) : at + beside;
    const box = [x, y - LABEL_PX / 2 - 1, x + length, y + LABEL_PX / 2 + 1];
    if (node !== pointed && taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.strokeText(text, x, y);
    context.fillStyle = node === pointed || node.isCentre ? colours.ink : colours.quiet;
    context.fillText(text, x, y);
  }
}

const overlap = (one, other) =>
  one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
