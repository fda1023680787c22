/**
 * Adding records: sealed here, kept as ciphertext until they are anchored, so that a reload at any point costs nothing that
 * was done. Two tabs do not work on one upload at the same time.
 */
import { sealTo } from "../../core/age.ts";
import { fromUtf8, toUtf8 } from "../../core/bytes.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { LIMITS } from "../../core/limits.ts";
import type { ChainCall } from "../../core/typedData/contractWallet.ts";
import { zCurrentSessionAnswered } from "../../generated/api/zod.gen.ts";
import type { Progress } from "../../node/types.ts";
import { isGivenUp } from "../jobs.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import { fetchCategories } from "../reading/told.ts";
import type { AskSignature, UnfinishedUpload, UploadAsked, UploadDone } from "../types.ts";
import { anchor, giveUp } from "./anchoring.ts";
import { fetchSealedTo } from "./context.ts";
import { type KeptUpload, type KeptUploads, UPLOAD_LOCK, unfinished } from "./keptUpload.ts";
import { requireOnLedger } from "./requireOnLedger.ts";
import { sealAll } from "./sealAll.ts";
import { signAll } from "./signing.ts";

export type Uploading = {
  readonly http: NodeHttp;
  readonly uploads: KeptUploads;
  /** The recipient of the identity that is held; null where the vault is locked. */
  readonly recipient: () => Promise<string | null>;
  /** Opens what was sealed to the identity that is held. */
  readonly openOwn: (sealed: Uint8Array) => Promise<Uint8Array>;
};

type Call = {
  readonly csrfToken: string;
  readonly sign: AskSignature;
  readonly call: ChainCall;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
};

/** See {@link Vault.upload}. Steps: `context`, `seal`, `sign_manifest`, then those of {@link anchor}. */
export function upload(uploading: Uploading, asked: UploadAsked, call: Call): Promise<UploadDone> {
  requireItems(asked);
  return alone(asked.key, () =>
    givingUpCleanly(uploading, asked.key, call, async () => {
      const { http, uploads } = uploading;
      const { signal, onProgress } = call;
      onProgress({ step: "context", done: 0, total: 1, unit: "steps" });
      const kept = await begun(uploading, asked);
      const ownRecipient =
        asked.author === asked.patient ? (asked.ownRecipient ?? (await uploading.recipient())) : null;
      const to = await fetchSealedTo(http, { ...kept, ownRecipient }, signal);
      const codes = await fetchCategories(http, signal);
      const numbers = new Map([...codes].map(([number, code]) => [code, number]));
      await sealAll({ uploads, upload: kept, items: asked.items, to, numbers, onProgress, signal });
      return finish(uploading, kept, call);
    }),
  );
}

/** See {@link Vault.resumeUpload}. Throws `not_found.upload`, `input.choose_again`. */
export function resumeUpload(uploading: Uploading, key: string, author: Address, call: Call): Promise<UploadDone> {
  return alone(key, async () => {
    const kept = await uploading.uploads.get(key);
    if (kept?.author !== author) {
      // Another person's, who used this browser before, stays as it is.
      throw new MendrecError("not_found.upload", "This browser keeps no such upload.", {
        remedy: "Look whether the records are there already; else choose the files again.",
      });
    }
    return givingUpCleanly(uploading, key, call, async () => {
      const sealed = await uploading.uploads.countRecords(key);
      if (sealed < kept.total) {
        throw new MendrecError("input.choose_again", "Not all of the files were sealed before it broke off.", {
          remedy: "Choose the same files again; what is sealed is not sealed twice.",
          details: { sealed, total: kept.total },
        });
      }
      return finish(uploading, kept, call);
    });
  });
}

/** What was begun in this browser and is not anchored yet, oldest first. Titles are there while the vault is open. */
export async function unfinishedUploads(uploading: Uploading, author: Address): Promise<UnfinishedUpload[]> {
  const kept = (await uploading.uploads.ofAuthor(author)).sort((one, other) => one.beganAt - other.beganAt);
  return Promise.all(
    kept.map(async (one) => {
      return unfinished(one, await titlesOf(uploading, one), await uploading.uploads.countRecords(one.key));
    }),
  );
}

/** Gives an upload up, at the node too where it can be reached. One that is on its way to the chain is only let go of here. */
export function discardUpload(uploading: Uploading, key: string): Promise<void> {
  return alone(key, async () => {
    const kept = await uploading.uploads.get(key);
    if (kept !== null && kept.uploadId !== null) {
      const { uploadId } = kept;
      const session = await uploading.http
        .json("GET", "/v1/sessions/current", zCurrentSessionAnswered)
        .catch(() => null); // the node gives it up by itself after a day
      if (session !== null && typeof session.csrf_token === "string") {
        await giveUp(uploading.http, uploadId, session.csrf_token);
      }
    }
    await uploading.uploads.remove(key);
  });
}

/** The only copy of what was sealed goes when the chain itself names it, and not on the node's word. */
async function finish(uploading: Uploading, kept: KeptUpload, call: Call): Promise<UploadDone> {
  const { uploads } = uploading;
  const done = kept.told ?? (await toldDone(uploading, kept, call));
  try {
    await requireOnLedger(call.call, kept, await uploads.records(kept.key), done, call.signal);
  } catch (thrown) {
    if (isCode(thrown, "verification")) {
      await note(uploads, kept.key, null); // the node is asked again, the next time
    }
    throw thrown;
  }
  await uploads.remove(kept.key);
  return done;
}

/** What the node says of it once it has it anchored; noted, for the node forgets in time. */
async function toldDone(uploading: Uploading, kept: KeptUpload, call: Call): Promise<UploadDone> {
  const { http, uploads } = uploading;
  const { sign, onProgress, signal, csrfToken } = call;
  await signAll(uploads, kept, sign, onProgress, signal);
  const done = await anchor({ http, uploads, upload: kept, csrfToken, sign, onProgress, signal });
  await note(uploads, kept.key, done);
  return done;
}

async function note(uploads: KeptUploads, key: string, told: UploadDone | null): Promise<void> {
  const kept = await uploads.get(key);
  if (kept !== null) {
    await uploads.put({ ...kept, told });
  }
}

/** What is kept under the key, or a beginning. Throws `input.sealed_otherwise` where the key means something else. */
async function begun(uploading: Uploading, asked: UploadAsked): Promise<KeptUpload> {
  const before = await uploading.uploads.get(asked.key);
  if (before !== null) {
    const same =
      before.author === asked.author &&
      before.patient === asked.patient &&
      before.private === asked.private &&
      before.total === asked.items.length;
    if (!same) {
      throw new MendrecError("input.sealed_otherwise", "Other files were sealed under this upload.", {
        remedy: "Choose the same files as before, or give the unfinished upload up and begin anew.",
      });
    }
    return before;
  }
  const recipient = await uploading.recipient();
  const titles = toUtf8(JSON.stringify(asked.items.map((one) => one.title)));
  const upload: KeptUpload = {
    key: asked.key,
    author: asked.author,
    patient: asked.patient,
    private: asked.private,
    trust: asked.trust,
    beganAt: Math.floor(Date.now() / 1000),
    salt: crypto.getRandomValues(new Uint8Array(32)),
    sealedTitles: recipient === null ? null : await sealTo(recipient, titles),
    total: asked.items.length,
    announced: 0,
    uploadId: null,
  };
  await uploading.uploads.put(upload);
  return upload;
}

/** Where a person gave it up, nothing of it stays here or at the node; where it only broke off, all stays. */
async function givingUpCleanly<T>(uploading: Uploading, key: string, call: Call, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (isGivenUp(call.signal)) {
      const kept = await uploading.uploads.get(key);
      await uploading.uploads.remove(key);
      if (kept !== null && kept.uploadId !== null) {
        await giveUp(uploading.http, kept.uploadId, call.csrfToken).catch(() => undefined);
      }
    } else if (await keepsNothing(uploading, key)) {
      await uploading.uploads.remove(key); // refused before anything was sealed: nothing to go on with
    }
    throw thrown;
  }
}

async function keepsNothing(uploading: Uploading, key: string): Promise<boolean> {
  return (await uploading.uploads.countRecords(key)) === 0;
}

async function titlesOf(uploading: Uploading, kept: KeptUpload): Promise<string[]> {
  if (kept.sealedTitles === null) {
    return [];
  }
  try {
    const titles: unknown = JSON.parse(fromUtf8(await uploading.openOwn(kept.sealedTitles)));
    return Array.isArray(titles) ? titles.filter((one) => typeof one === "string") : [];
  } catch {
    return []; // locked, or sealed to an identity that was replaced
  }
}

function requireItems(asked: UploadAsked): void {
  if (asked.items.length === 0) {
    throw new MendrecError("input.nothing_to_upload", "There is nothing to upload.", { remedy: "Choose a file." });
  }
  if (asked.items.length > LIMITS.uploadMaxRecords) {
    throw new MendrecError("input.too_many", `At most ${LIMITS.uploadMaxRecords} records go in one upload.`, {
      remedy: "Send them in several uploads.",
      details: { max: LIMITS.uploadMaxRecords, found: asked.items.length },
    });
  }
}

/** Runs work on an upload that no other tab works on. Throws `unavailable.other_tab`. */
async function alone<T>(key: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) {
    return work();
  }
  return locks.request(`${UPLOAD_LOCK}${key}`, { ifAvailable: true }, (lock) => {
    if (lock === null) {
      throw new MendrecError("unavailable.other_tab", "Another tab of this browser is working on this upload.", {
        remedy: "Go on in that tab, or close it and try again.",
      });
    }
    return work();
  }) as Promise<T>;
}
