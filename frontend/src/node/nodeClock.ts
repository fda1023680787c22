/** What time it is by the node, as its answers tell it: what is signed to begin "now" begins by the network's clock. */

/** Seconds. Further off than this is no clock that runs wrong: a node can't move what people sign by years. */
const FOLLOWED_MAX_S = 24 * 3_600;

export type NodeClock = {
  /** Takes the `Date` of an answer; null and what is no date change nothing. */
  readonly hear: (date: string | null) => void;
  /** Unix seconds by the node's clock; by this device's before the first answer. */
  readonly now: () => number;
  /** Seconds by which this device's clock is ahead of the node's, as its last answer tells it; 0 before the first. */
  readonly aheadS: () => number;
  /** Told of each answer by which the clocks are otherwise apart than before. */
  readonly subscribe: (changed: () => void) => () => void;
};

/** `device` tells this device's time in milliseconds. */
export function nodeClock(device: () => number = Date.now): NodeClock {
  let aheadMs = 0;
  let aheadS = 0;
  const listeners = new Set<() => void>();
  return {
    hear: (date) => {
      const told = date === null ? Number.NaN : Date.parse(date);
      if (!Number.isFinite(told)) return;
      const found = device() - told;
      aheadMs = Math.abs(found) > FOLLOWED_MAX_S * 1_000 ? 0 : found;
      const before = aheadS;
      aheadS = Math.round(found / 1_000);
      if (aheadS !== before) for (const changed of listeners) changed();
    },
    now: () => Math.floor((device() - aheadMs) / 1_000),
    aheadS: () => aheadS,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
