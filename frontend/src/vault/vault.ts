/** The vault itself, wherever it runs: in its worker, and in tests. Holds the identity and what was seen; keeps ciphertext. */
import { openWith } from "../core/age.ts";
import { LazyDatabase } from "./database.ts";
import { asMendrecError } from "./errorTransfer.ts";
import { IdentityKeeper } from "./identityKeeper.ts";
import { Jobs } from "./jobs.ts";
import { type KeptFiles, openKeptFiles } from "./keptFiles.ts";
import { NodeHttp } from "./nodeHttp.ts";
import { list } from "./reading/list.ts";
import { open } from "./reading/open.ts";
import { Reading } from "./reading/reading.ts";
import { verify } from "./reading/verify.ts";
import type { Vault } from "./types.ts";
import { KeptUploads } from "./upload/keptUpload.ts";
import { discardUpload, resumeUpload, type Uploading, unfinishedUploads, upload } from "./upload/uploading.ts";

export type VaultParts = {
  readonly http?: NodeHttp;
  readonly database?: LazyDatabase;
  readonly files?: () => Promise<KeptFiles>;
  /** Tells the other tabs, and hears from them, that it was locked; null where there are none. */
  readonly channel?: BroadcastChannel | null;
};

const LOCKED = "locked";

/** Makes a vault that holds nothing yet. */
export function makeVault(parts: VaultParts = {}): Vault {
  const database = parts.database ?? new LazyDatabase();
  const http = parts.http ?? new NodeHttp();
  const channel = parts.channel ?? null;
  const jobs = new Jobs();
  const keeper = new IdentityKeeper(database);
  const reading = new Reading(http, (reader) => keeper.identity(reader));
  let kept: Promise<KeptFiles> | null = null;
  const files = () => {
    kept ??= (parts.files ?? (() => openKeptFiles(database)))();
    return kept;
  };
  const uploading: Uploading = {
    http,
    uploads: new KeptUploads(database, files),
    recipient: async () => keeper.recipient,
    openOwn: (sealed) => openWith(keeper.identity(), sealed),
  };
  const forget = () => {
    keeper.forget();
    reading.clear();
    jobs.interruptAll();
  };
  channel?.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.data === LOCKED) {
      forget();
    }
  });

  return guarded({
    recipient: async () => keeper.recipient,
    create: (site, account, sign) => keeper.create(site, account, sign),
    createWithPassphrase: (account, passphrase) => keeper.createWithPassphrase(account, passphrase),
    restore: (backup, site, account, published, sign) => keeper.restore(backup, site, account, published, sign),
    restoreWithPassphrase: (backup, passphrase, account, published) =>
      keeper.restoreWithPassphrase(backup, passphrase, account, published),
    backupWithPassphrase: (passphrase) => keeper.backupWithPassphrase(passphrase),
    resume: (account, published) => keeper.resume(account, published),
    lock: async () => {
      forget();
      await keeper.lock();
      channel?.postMessage(LOCKED);
    },
    forget: async () => forget(),
    sealToSelf: (json) => keeper.sealToSelf(json),
    openFromSelf: (sealed) => keeper.openFromSelf(sealed),

    list: (jobId, asked, sign, onProgress) =>
      jobs.run(jobId, (signal) => list({ reading, asked, sign, onProgress: calmly(onProgress), signal })),
    open: (jobId, asked, records, sign, onProgress) =>
      jobs.run(jobId, (signal) => open({ reading, asked, records, sign, onProgress: calmly(onProgress), signal })),
    verify: (jobId, asked, record, call, onStep) =>
      jobs.run(jobId, (signal) => verify({ reading, asked, record, call, onStep, signal })),

    upload: (jobId, asked, sign, onProgress) =>
      jobs.run(jobId, (signal) =>
        upload(uploading, asked, { csrfToken: asked.csrfToken, sign, onProgress: calmly(onProgress), signal }),
      ),
    unfinishedUploads: (author) => unfinishedUploads(uploading, author),
    resumeUpload: (jobId, key, author, csrfToken, sign, onProgress) =>
      jobs.run(jobId, (signal) =>
        resumeUpload(uploading, key, author, { csrfToken, sign, onProgress: calmly(onProgress), signal }),
      ),
    discardUpload: (key) => discardUpload(uploading, key),
    cancel: async (jobId) => jobs.cancel(jobId),
  });
}

const CALM_MS = 50;

/** Passes on each new step, and of one step no more than the eye follows: each report crosses to the page. */
function calmly<T extends { readonly step: string; readonly done: number; readonly total: number | null }>(
  onProgress: (progress: T) => void,
): (progress: T) => void {
  let step = "";
  let at = 0;
  return (progress) => {
    const now = Date.now();
    if (progress.step !== step || progress.done === progress.total || now - at >= CALM_MS) {
      step = progress.step;
      at = now;
      onProgress(progress);
    }
  };
}

/** Throws MendrecErrors only, whatever goes wrong within. */
function guarded(vault: Vault): Vault {
  const calls = Object.entries(vault).map(([name, call]) => [
    name,
    async (...parameters: unknown[]) => {
      try {
        return await (call as (...sent: unknown[]) => Promise<unknown>)(...parameters);
      } catch (thrown) {
        throw asMendrecError(thrown);
      }
    },
  ]);
  return Object.fromEntries(calls) as Vault;
}
