/**
 * Runs a person's uploads, one at a time, for as long as the page lives: going to another page of ours does not stop one. Where
 * the node or the connection is away it waits and goes on by itself; where a person is needed it stops, and keeps what is sealed.
 */
import { isCode } from "../core/errors.ts";
import { discardUpload } from "../node/discardUpload.ts";
import { resumeUpload } from "../node/resumeUpload.ts";
import type { Address, Client, Long, Progress } from "../node/types.ts";
import { type Uploading, upload } from "../node/upload.ts";
import type { UnfinishedUpload, UploadDone } from "../vault/types.ts";
import { holdPage, onVaultLocked } from "./holdPage.ts";

type About = {
  readonly key: string;
  readonly patient: Address;
  readonly titles: readonly string[];
  /** The entries' categories; null for an upload from before a reload, of which only the titles are kept. */
  readonly categories: readonly string[] | null;
};

export type UploadState =
  | { readonly phase: "idle" }
  | (About & { readonly phase: "running"; readonly progress: Progress | null; readonly isStopping: boolean })
  /** Something is away; it goes on by itself. */
  | (About & { readonly phase: "waiting"; readonly progress: Progress | null; readonly error: unknown })
  /** Only a person can go on with it, or give it up. */
  | (About & { readonly phase: "stopped"; readonly progress: Progress | null; readonly error: unknown })
  | (About & { readonly phase: "done"; readonly done: UploadDone });

/** What the uploader does outside of itself; tests give their own. */
export type UploaderDoings = {
  readonly upload: (asked: Uploading) => Promise<UploadDone>;
  readonly resume: (asked: { key: string } & Long) => Promise<UploadDone>;
  readonly discard: (key: string) => Promise<void>;
  /** Warns a person who closes the window meanwhile; null: not any more. */
  readonly warnOnLeaving: (warns: boolean) => void;
  /** Keeps a newer version from loading the page anew; returns how to let go of it. */
  readonly holdPage: (key: string) => () => void;
  readonly retryAfterMs: number;
};

type Work = About & { readonly run: (long: Long) => Promise<UploadDone> };

const RETRY_AFTER_MS = 5_000;
const REPORT_EVERY_MS = 100;

export class Uploader {
  readonly #doings: UploaderDoings;
  readonly #listeners = new Set<() => void>();
  #state: UploadState = { phase: "idle" };
  #work: Work | null = null;
  #stop = new AbortController();
  #wake: () => void = () => undefined;
  #reportedAt = 0;
  /** Held from the start until it is done or given up, pauses included: what is not sealed yet is in this page alone. */
  #letGo: (() => void) | null = null;

  constructor(doings: UploaderDoings) {
    this.#doings = doings;
  }

  readonly state = (): UploadState => this.#state;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /**
   * Adds entries. Nothing happens while another upload is under way.
   *
   * @param titles what the entries are called on the screen, in their order; their sealed titles where it is not given.
   */
  start(
    asked: Omit<Uploading, "onProgress" | "signal">,
    titles: readonly string[] = asked.items.map(({ title }) => title),
  ): Promise<void> {
    const { key, patient } = asked;
    const categories = asked.items.map(({ categoryCode }) => categoryCode);
    return this.#begin({ key, patient, titles, categories, run: (long) => this.#doings.upload({ ...asked, ...long }) });
  }

  /** Goes on with one that a reload broke off. */
  resume({ key, patient, titles }: UnfinishedUpload): Promise<void> {
    return this.#begin({
      key,
      patient,
      titles,
      categories: null,
      run: (long) => this.#doings.resume({ key, ...long }),
    });
  }

  /** Goes on at once: after a stop, or instead of waiting. */
  goOn(): void {
    if (this.#state.phase === "waiting") this.#wake();
    else if (this.#state.phase === "stopped" && this.#work !== null) void this.#run(this.#work);
  }

  /** Gives up what is under way: nothing of it stays. */
  giveUp(): void {
    const state = this.#state;
    if (state.phase === "running") {
      this.#set({ ...state, isStopping: true });
      this.#stop.abort();
    } else if (state.phase === "waiting") {
      this.#stop.abort();
      this.#wake();
    } else if (state.phase === "stopped") {
      void this.#discard(state.key);
    }
  }

  /** Puts it out of sight: it is done, or stays unfinished. */
  clear(): void {
    if (this.#state.phase === "done" || this.#state.phase === "stopped") {
      this.#work = null;
      this.#set({ phase: "idle" });
    }
  }

  /** Whoever it was is leaving: nothing here is worth keeping the page for. */
  leave(): void {
    this.#letGo?.();
    this.#letGo = null;
  }

  #begin(work: Work): Promise<void> {
    const { phase } = this.#state;
    if (phase === "running" || phase === "waiting") return Promise.resolve();
    return this.#run(work);
  }

  async #run(work: Work): Promise<void> {
    const { run, ...about } = work;
    this.#work = work;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    let progress: Progress | null = null;
    const running = (): UploadState => ({ phase: "running", ...about, progress, isStopping: signal.aborted });
    this.#doings.warnOnLeaving(true);
    this.#letGo ??= this.#doings.holdPage(about.key);
    try {
      for (;;) {
        this.#set(running());
        try {
          const done = await run({
            signal,
            onProgress: (told) => {
              const isNew = progress?.step !== told.step || progress.unit !== told.unit;
              progress = told;
              this.#report(running, isNew);
            },
          });
          return this.#set({ phase: "done", ...about, done });
        } catch (error) {
          if (signal.aborted) return this.#set({ phase: "idle" });
          if (!passesByItself(error)) return this.#set({ phase: "stopped", ...about, progress, error });
          this.#set({ phase: "waiting", ...about, progress, error });
          await this.#pause();
          if (signal.aborted) return await this.#discard(about.key);
        }
      }
    } finally {
      this.#doings.warnOnLeaving(false);
    }
  }

  async #discard(key: string): Promise<void> {
    this.#work = null;
    this.#set({ phase: "idle" });
    // What can't be taken away at the node now, the node forgets by itself.
    await this.#doings.discard(key).catch(() => undefined);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        globalThis.removeEventListener?.("online", go);
        resolve();
      };
      const timer = setTimeout(go, this.#doings.retryAfterMs);
      globalThis.addEventListener?.("online", go);
      this.#wake = go;
    });
  }

  /** Reports come with every few bytes: the screen is drawn anew a few times a second. */
  #report(running: () => UploadState, isNew: boolean): void {
    const now = Date.now();
    if (!isNew && now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    this.#set(running());
  }

  #set(state: UploadState): void {
    this.#state = state;
    if (state.phase === "idle" || state.phase === "done") this.leave();
    for (const changed of this.#listeners) changed();
  }
}

/** Whether it goes on where one only waits. */
export function passesByItself(error: unknown): boolean {
  if (isCode(error, "unavailable.other_tab") || isCode(error, "unavailable.no_room")) return false;
  return isCode(error, "unavailable") || isCode(error, "offline");
}

const uploaders = new WeakMap<Client, Uploader>();

/** The uploader of whoever is at work: one for as long as they are. */
export function uploaderOf(client: Client): Uploader {
  const known = uploaders.get(client);
  if (known !== undefined) return known;
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  const made = new Uploader({
    upload: (asked) => upload(client, asked),
    resume: (asked) => resumeUpload(client, asked),
    discard: (key) => discardUpload(client, { key }),
    warnOnLeaving: (warns) => {
      if (warns) globalThis.addEventListener("beforeunload", warn);
      else globalThis.removeEventListener("beforeunload", warn);
    },
    holdPage,
    retryAfterMs: RETRY_AFTER_MS,
  });
  onVaultLocked(() => made.leave());
  uploaders.set(client, made);
  return made;
}
