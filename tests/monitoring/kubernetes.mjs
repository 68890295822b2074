// Validates objects with the types of Kubernetes and of its Prometheus operator. Reads JSON: [[path, object], ...].
// The arguments are kinds of which there has to be one.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

async function type({ apiVersion, kind }) {
  const own = apiVersion.startsWith("monitoring.coreos.com/");
  const from = own ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  const module = await import(pathToFileURL(`${process.env.NODE_MODULES}/${from}/${apiVersion}/${kind}.js`));
  return module[kind];
}

// Returns why an object is none of its type.
async function fault(object) {
  // If there is no such type, it is an error of this script.
  const Type = await type(object);
  try {
    new Type(object).validate();
  } catch (error) {
    return error.message;
  }
}

const bad = [
  { apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor", metadata: { name: "x" }, spec: { endpoints: [{ port: 1 }] } },
  { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "x" }, spec: { replicas: "three" } },
  { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata: { name: "x" }, spec: { groups: [{ rules: [] }] } },
];
for (const object of bad) {
  if (!(await fault(object))) throw new Error(`the types take ${JSON.stringify(object)}`);
}

const objects = JSON.parse(readFileSync(0, "utf8"));
const kinds = new Set();
let wrong = 0;
for (const [path, object] of objects) {
  kinds.add(object.kind);
  const found = await fault(object);
  if (found) {
    wrong += 1;
    console.error(`${path}: ${found}`);
  }
}
for (const kind of process.argv.slice(2)) {
  if (!kinds.has(kind)) throw new Error(`there is no ${kind}`);
}
if (wrong) process.exit(1);
console.log(`kubernetes: ${objects.length} objects of ${kinds.size} kinds`);
