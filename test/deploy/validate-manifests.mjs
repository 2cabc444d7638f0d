// node validate-manifests.mjs < manifests.json: checks Kubernetes objects against the schemas of
// their versions. A script of its own, because the package can be loaded by `import` alone.
import { text } from 'node:stream/consumers';

/** Module of each version of the API that deploy/kubernetes uses. */
const MODULES = {
  v1: () => import('kubernetes-models/v1'),
  'apps/v1': () => import('kubernetes-models/apps/v1'),
  'batch/v1': () => import('kubernetes-models/batch/v1'),
  'policy/v1': () => import('kubernetes-models/policy/v1'),
  'autoscaling/v2': () => import('kubernetes-models/autoscaling/v2'),
  'networking.k8s.io/v1': () => import('kubernetes-models/networking.k8s.io/v1'),
};

const faults = [];
for (const manifest of JSON.parse(await text(process.stdin))) {
  const { apiVersion, kind, metadata } = manifest;
  const name = `${kind} ${metadata?.name}`;
  const models = await MODULES[apiVersion]?.();
  if (!models?.[kind]) faults.push(`${name}: unknown version or kind ${apiVersion}`);
  else {
    try {
      new models[kind](manifest).validate();
    } catch (error) {
      faults.push(`${name}: ${error.message}`);
    }
  }
}
process.stdout.write(JSON.stringify(faults));
