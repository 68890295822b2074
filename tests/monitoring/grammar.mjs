// Parses expressions with Prometheus' own grammar. Reads what expressions.py prints.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.NODE_MODULES + "/");
const { parser } = require("@prometheus-io/lezer-promql");

// Returns the text of the first part that is no PromQL.
function fault(expression) {
  let found;
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) found ??= `${node.from}: ${expression.slice(node.from, node.from + 20)}`;
    },
  });
  return found;
}

const broken = ["sum(", "rate(x[5m)", "a and", "histogram_quantile(0.9 x)"].filter((text) => !fault(text));
if (broken.length) throw new Error(`the grammar takes ${broken}`);

const lines = readFileSync(0, "utf8").trim().split("\n");
let wrong = 0;
for (const line of lines) {
  const { where, expr } = JSON.parse(line);
  const found = fault(expr);
  if (found) {
    wrong += 1;
    console.error(`${where}: at ${found}\n  ${expr}`);
  }
}
if (wrong) process.exit(1);
console.log(`grammar: ${lines.length} expressions`);
