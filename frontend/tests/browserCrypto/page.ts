/** Runs jobs in a worker, under the page's own policy. Python calls `runJob` through the browser's debugging door. */
import { trustedScriptUrl } from "../../src/app/trustedTypes.ts";
import type { Done, Job } from "./jobs.ts";
import url from "./worker.ts?worker&url";

const worker = new Worker(trustedScriptUrl(url), { type: "module" });

function runJob(job: Job): Promise<Done> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Done>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(job);
  });
}

Object.assign(window, { runJob });
