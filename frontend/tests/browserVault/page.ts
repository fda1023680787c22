/** The vault as a page has it. Python calls these through the browser's debugging door, and is the wallet. */
import { MendrecError } from "../../src/core/errors.ts";
import type { Address, ListedRecord, VerificationStep } from "../../src/node/types.ts";
import { openVault } from "../../src/vault/openVault.ts";
import type { AskSignature, ReadAsked, SealItem, UploadAsked } from "../../src/vault/types.ts";

declare const askWallet: AskSignature;
declare const askChain: (to: Address, data: string) => Promise<`0x${string}`>;

type Made = {
  readonly title: string;
  readonly categoryCode: string;
  readonly sizeBytes: number;
  readonly fill: number;
};
type Told<T> = { readonly done: T } | { readonly error: { code: string; message: string; details: unknown } };

const { vault } = openVault();
const steps = new Set<string>();
const onProgress = ({ step }: { readonly step: string }) => void steps.add(step);
const sign: AskSignature = (typedData) => askWallet(typedData);

/** What a person would see of a call: what it returned, or why it failed. */
async function told<T>(work: Promise<T>): Promise<Told<T>> {
  try {
    return { done: await work };
  } catch (thrown) {
    const error = thrown instanceof MendrecError ? thrown : new MendrecError("not_ours", String(thrown));
    return { error: { code: error.code, message: error.message, details: error.details } };
  }
}

function itemOf({ title, categoryCode, sizeBytes, fill }: Made): SealItem {
  const content = new Blob([new Uint8Array(sizeBytes).fill(fill)]);
  const described = { title, categoryCode, mediaType: "application/octet-stream", fhirType: null, codes: [] };
  return { ...described, fileName: null, content };
}

const calls = {
  restore: (backupHex: string, account: Address, published: string) => {
    const backup = Uint8Array.from(backupHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return told(vault.restore(backup, location.origin, account, published, sign));
  },
  resume: (account: Address, published: string) => told(vault.resume(account, published)),
  recipient: () => told(vault.recipient()),
  lock: () => told(vault.lock()),
  list: (asked: ReadAsked) => told(vault.list("list", asked, sign, onProgress)),
  open: (asked: ReadAsked, records: ListedRecord[]) =>
    told(
      vault.open("open", asked, records, sign, onProgress).then((opened) =>
        Promise.all(
          opened.map(async ({ descriptor, blob }) => {
            const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
            const sha256Hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
            return { title: descriptor.title, sizeBytes: blob.size, sha256Hex };
          }),
        ),
      ),
    ),
  verify: async (asked: ReadAsked, record: ListedRecord) => {
    const states: Record<string, string> = {};
    const onStep = ({ id, state }: VerificationStep) => {
      states[id] = state;
    };
    const outcome = await told(vault.verify("verify", asked, record, (to, data) => askChain(to, data), onStep));
    return { outcome, states };
  },
  upload: (asked: Omit<UploadAsked, "items">, made: Made[]) =>
    told(
      vault.upload("upload", { ...asked, items: made.map(itemOf) }, sign, (to, data) => askChain(to, data), onProgress),
    ),
  resumeUpload: (key: string, author: Address, csrfToken: string) =>
    told(vault.resumeUpload("upload", key, author, csrfToken, sign, (to, data) => askChain(to, data), onProgress)),
  unfinished: (author: Address) => told(vault.unfinishedUploads(author)),
  discard: (key: string) => told(vault.discardUpload(key)),
  cancel: (jobId: string) => told(vault.cancel(jobId)),
  steps: async () => [...steps],
};

Object.assign(window, { vaultCalls: calls });
