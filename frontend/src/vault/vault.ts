/** The vault itself, wherever it runs: in its worker, and in tests. Holds the identity and what was seen; keeps ciphertext. */
import { openWith } from "../core/age.ts";
import { openFromOneself, sealToOneself } from "../core/sealedToOneself.ts";
import { LazyDatabase } from "./database.ts";
import { asMendrecError } from "./errorTransfer.ts";
import { IdentityKeeper } from "./identityKeeper.ts";
import { Jobs } from "./jobs.ts";
import { type KeptFiles, openKeptFiles } from "./keptFiles.ts";
import { NewestSeen } from "./newestSeen.ts";
import { NodeHttp } from "./nodeHttp.ts";
import { list } from "./reading/list.ts";
import { open } from "./reading/open.ts";
import { Reading } from "./reading/reading.ts";
import { verify } from "./reading/verify.ts";
import { heard, telling } from "./telling.ts";
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
  http.askFor(() => keeper.account);
  const newest = new NewestSeen(database);
  const reading = new Reading(http, keeper);
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
    restoreOlder: (backup, site, account, sign) => keeper.restoreOlder(backup, site, account, sign),
    restoreOlderWithPassphrase: (backup, passphrase, account) =>
      keeper.restoreOlderWithPassphrase(backup, passphrase, account),
    backupWithPassphrase: (passphrase) => keeper.backupWithPassphrase(passphrase),
    resume: (account, published) => {
      // Whoever comes in waits for the key and not for this; what fails is tried again at the next time.
      uploading.uploads.removeStrays().catch(() => undefined);
      return keeper.resume(account, published);
    },
    lock: async () => {
      forget();
      try {
        await keeper.lock();
      } finally {
        channel?.postMessage(LOCKED); // what the others hold goes, though the browser may keep its copy
      }
    },
    forget: async () => forget(),
    sealToSelf: async (place, content) => sealToOneself(keeper.identity(place.account), place, content),
    openFromSelf: async (slot, sealed) => {
      const { content, version, tagHex } = await openFromOneself(keeper.identity(slot.account), slot, sealed);
      await newest.note({ ...slot, version }, tagHex);
      return { version, content };
    },
    newestOfSelf: (account, slot) => newest.version(account, slot),

    list: (jobId, asked, sign, onProgress) =>
      jobs.run(jobId, (signal) =>
        telling(http, onProgress, (told) => list({ reading, asked, sign, onProgress: told, signal })),
      ),
    open: (jobId, asked, records, sign, onProgress) =>
      jobs.run(jobId, (signal) =>
        telling(http, onProgress, (told) => open({ reading, asked, records, sign, onProgress: told, signal })),
      ),
    verify: (jobId, asked, record, call, onStep) =>
      jobs.run(jobId, (signal) =>
        heard(onStep, (tell) => verify({ reading, asked, record, call, onStep: tell, signal })),
      ),

    upload: (jobId, asked, sign, call, onProgress) =>
      jobs.run(jobId, (signal) =>
        telling(http, onProgress, (told) =>
          upload(uploading, asked, { csrfToken: asked.csrfToken, sign, call, onProgress: told, signal }),
        ),
      ),
    unfinishedUploads: (author) => unfinishedUploads(uploading, author),
    resumeUpload: (jobId, key, author, csrfToken, sign, call, onProgress) =>
      jobs.run(jobId, (signal) =>
        telling(http, onProgress, (told) =>
          resumeUpload(uploading, key, author, { csrfToken, sign, call, onProgress: told, signal }),
        ),
      ),
    discardUpload: (key) => discardUpload(uploading, key),
    cancel: async (jobId) => jobs.cancel(jobId),
  });
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
