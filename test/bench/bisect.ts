// How often bisections of a flaky bug end at the right commit, and how many runs they take.
//
//   npm run bench:bisect [-- --seed N --rounds N --commits N --hit-rate P --confidence P]
import { parseArgs } from "node:util";
import { simulate, STRATEGIES } from "../bisect/simulation.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rounds: { type: "string", default: "1000" },
    commits: { type: "string", default: "64" },
    "hit-rate": { type: "string", default: "0.3" },
    confidence: { type: "string", default: "0.99" },
  },
});
const game = {
  seed: Number(values.seed),
  rounds: Number(values.rounds),
  commits: Number(values.commits),
  hitRate: Number(values["hit-rate"]),
  confidence: Number(values.confidence),
};
console.log(
  `${game.rounds} bisections over ${game.commits} commits, hit rate ${game.hitRate}, confidence ${game.confidence}, seed ${game.seed}`,
);
for (const strategy of Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[]) {
  const { right, runs } = simulate(strategy, game);
  console.log(`${String(right).padStart(6)} right  ${runs.toFixed(1).padStart(6)} runs each  ${strategy}`);
}
