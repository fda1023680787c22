/** Whether all is well, one sentence a thing, from what the node measured and what the last check found. */
import type { Tone } from "../design/StatusPill.tsx";
import type { Format } from "../i18n/format.ts";
import type { AllTexts } from "../i18n/text.ts";
import type { Job } from "../node/readJob.ts";
import type { Operations } from "../node/readOperations.ts";
import { allCount, badCount, careState, lostCount } from "./careState.ts";

export type Sentence = {
  readonly id: "stores" | "copies" | "queue" | "index" | "worker";
  readonly tone: Tone;
  readonly title: string;
  readonly href: string;
};

const QUEUE_SLOW_S = 300;
const LAG_MAX = 20;

export function wellbeing(
  operations: Operations,
  jobs: readonly Job[],
  t: AllTexts,
  format: Format,
  nowS: number,
): readonly Sentence[] {
  return [
    stores(operations, t, format),
    copies(jobs, t, format),
    queue(operations, t, format, nowS),
    index(operations, t, format),
    worker(operations, t),
  ];
}

/** What the node says is not well, worst first. */
export function troubles(operations: Operations): Operations["conditions"] {
  const bad = operations.conditions.filter((one) => one.state !== "ok");
  return [...bad.filter((one) => one.state === "error"), ...bad.filter((one) => one.state === "warning")];
}

/** Acts that are decided on and not in force yet. */
export function waitingActs(operations: Operations): number {
  const { queued = 0, signed = 0 } = operations.outbox.by_state;
  return queued + signed;
}

function stores(operations: Operations, t: AllTexts, format: Format): Sentence {
  const words = t.institution.overview;
  const down = operations.stores.filter((store) => !store.up).map((store) => store.name);
  const place = { id: "stores", href: "/institution/stores" } as const;
  if (operations.stores.length === 0) return { ...place, tone: "bad", title: words.storesNone };
  return down.length > 0
    ? { ...place, tone: "bad", title: words.storesBad({ names: format.list(down) }) }
    : { ...place, tone: "good", title: words.storesGood({ count: format.number(operations.stores.length) }) };
}

function copies(jobs: readonly Job[], t: AllTexts, format: Format): Sentence {
  const words = t.institution.overview;
  const place = { id: "copies", href: "/institution/mending" } as const;
  const look = careState(jobs).lastLook;
  if (look === null) return { ...place, tone: "neutral", title: words.copiesNever };
  const ago = format.ago(look.finished_at ?? look.created_at);
  const lost = lostCount(look);
  if (lost > 0) return { ...place, tone: "bad", title: words.copiesLost({ count: format.number(lost), ago }) };
  const bad = badCount(look);
  return bad > 0
    ? { ...place, tone: "caution", title: words.copiesBad({ count: format.number(bad), ago }) }
    : { ...place, tone: "good", title: words.copiesGood({ count: format.number(allCount(look)), ago }) };
}

function queue(operations: Operations, t: AllTexts, format: Format, nowS: number): Sentence {
  const words = t.institution.overview;
  const place = { id: "queue", href: "/institution/operations" } as const;
  const waiting = waitingActs(operations);
  if (waiting === 0) return { ...place, tone: "good", title: words.queueGood };
  const count = format.number(waiting);
  const age = operations.outbox.oldest_at === null ? 0 : nowS - operations.outbox.oldest_at;
  return age > QUEUE_SLOW_S
    ? { ...place, tone: "caution", title: words.queueSlow({ count, length: format.duration(age) }) }
    : { ...place, tone: "good", title: words.queueWaits({ count }) };
}

function index(operations: Operations, t: AllTexts, format: Format): Sentence {
  const words = t.institution.overview;
  const place = { id: "index", href: "/institution/operations" } as const;
  const lag = operations.index.lag_blocks;
  if (lag === null) return { ...place, tone: "bad", title: words.indexUnknown };
  return lag > LAG_MAX
    ? { ...place, tone: "caution", title: words.indexBehind({ count: format.number(lag) }) }
    : { ...place, tone: "good", title: words.indexGood };
}

function worker(operations: Operations, t: AllTexts): Sentence {
  const words = t.institution.overview;
  const place = { id: "worker", href: "/institution/operations" } as const;
  return operations.worker.lease_holder_alive
    ? { ...place, tone: "good", title: words.workerGood }
    : { ...place, tone: "bad", title: words.workerBad };
}
