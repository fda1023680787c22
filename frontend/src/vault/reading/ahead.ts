/** Fetches what comes next while what came is being opened; few requests at a time, and never far ahead. */
import type { Address } from "../../core/ids.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import { fetchRun, type Run, type Sent } from "./sealedPages.ts";

const IN_FLIGHT = 3;

export class Ahead {
  readonly #http: NodeHttp;
  readonly #patient: Address;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(http: NodeHttp, patient: Address, signal: AbortSignal) {
    this.#http = http;
    this.#patient = patient;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  /** Begins to fetch runs. The promise may be left alone: its error is no unhandled one. */
  begin(runs: readonly Run[]): Promise<Sent> {
    const fetching = this.#all(runs);
    fetching.catch(() => undefined);
    return fetching;
  }

  /** Ends what still runs: nobody wants it any more. */
  stop(): void {
    this.#stop.abort();
  }

  async #all(runs: readonly Run[]): Promise<Sent> {
    const parts = await Promise.all(runs.map((run) => this.#one(run)));
    const sent = new Map();
    for (const part of parts) {
      for (const [place, objects] of part) {
        sent.set(place, objects);
      }
    }
    return sent;
  }

  async #one(run: Run): Promise<Sent> {
    if (this.#running >= IN_FLIGHT) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve)); // whoever ends hands their place on
    } else {
      this.#running += 1;
    }
    try {
      return await fetchRun(this.#http, this.#patient, run, this.#signal);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        next();
      }
    }
  }
}
