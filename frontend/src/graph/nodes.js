// The graph as it is drawn: notes with a place, a size, a group and their neighbours.
import { quadtree } from "d3-quadtree";

// As many as the stylesheet has colours for.
export const GROUPS = 5;
const SMALLEST = 3.2;
const LARGEST = 15;
// How far beside a small note a finger or a pointer may be.
const REACH_PX = 7;

export function prepared({ nodes: notes, links: pairs, centre = null }) {
  const groups = commonTags(notes);
  const nodes = notes.map(({ title, path, tag, degree }, index) => ({
    index,
    title,
    path,
    degree,
    group: groups.indexOf(tag) + 1, // 0 is any other tag, or none
    radius: Math.min(LARGEST, SMALLEST + Math.sqrt(degree) * 1.1),
    isCentre: index === centre,
    near: new Set(),
  }));
  const links = pairs.map(([from, to]) => ({ source: nodes[from], target: nodes[to] }));
  for (const { source, target } of links) {
    source.near.add(target);
    target.near.add(source);
  }
  return { nodes, links, groups };
}

function commonTags(notes) {
  const counts = new Map();
  for (const { tag } of notes) if (tag) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, GROUPS).map(([tag]) => tag);
}

export function nodeAt(graph, x, y, scale) {
  graph.tree ??= quadtree(graph.nodes, (node) => node.x, (node) => node.y);
  const near = graph.tree.find(x, y, LARGEST + REACH_PX / scale);
  if (!near) return null;
  return Math.hypot(near.x - x, near.y - y) <= near.radius + REACH_PX / scale ? near : null;
}
