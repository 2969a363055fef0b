// Where the notes stand. The same graph is placed the same way each time, and nobody
// watches it move: it is drawn when it has come to rest.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const SLICE_MS = 24;
// After this it is drawn as far as it came.
const MOST_MS = 1200;
const FEW = 400;

export async function place({ nodes, links }) {
  const isSmall = nodes.length <= FEW;
  const ticks = isSmall ? 300 : 110;
  const simulation = forceSimulation(nodes)
    .stop()
    .alphaDecay(1 - 0.001 ** (1 / ticks))
    .force("links", forceLink(links).distance(isSmall ? 46 : 34))
    .force("apart", forceManyBody().strength(isSmall ? -140 : -60).theta(1.1).distanceMax(500))
    // What has no link to the rest stays in sight.
    .force("x", forceX().strength(0.06))
    .force("y", forceY().strength(0.06));
  if (isSmall) simulation.force("own place", forceCollide((node) => node.radius + 4));
  const until = performance.now() + MOST_MS;
  for (let tick = 0; tick < ticks && performance.now() < until;) {
    const pause = performance.now() + SLICE_MS;
    while (tick < ticks && performance.now() < pause) {
      simulation.tick();
      tick += 1;
    }
    await othersTurn();
  }
}

// Typing and scrolling come in between. A timer would wait longer each time.
function othersTurn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
