/** The author's signature under each manifest: one for each record, since each is signed for by itself for good. */
import { withSignature } from "../../core/sealing.ts";
import { manifestTypedData } from "../../core/typedData/record.ts";
import { normalSignature } from "../../core/typedData/signature.ts";
import type { Progress } from "../../node/types.ts";
import { requireNotStopped } from "../jobs.ts";
import type { AskSignature } from "../types.ts";
import type { KeptUpload, KeptUploads } from "./keptUpload.ts";

/**
 * Has every manifest signed that is not signed yet, one after the other. Step `sign_manifest`: `total` is how many the wallet
 * will ask for here, before the first one; one more follows for the place on the patient's chain.
 *
 * Throws what the wallet throws: what was signed until then is kept.
 */
export async function signAll(
  uploads: KeptUploads,
  upload: KeptUpload,
  sign: AskSignature,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const records = await uploads.records(upload.key);
  const total = records.length;
  let done = records.filter((one) => one.manifest !== null).length;
  for (const record of records) {
    if (record.manifest !== null) {
      continue;
    }
    requireNotStopped(signal);
    onProgress({ step: "sign_manifest", done, total, unit: "steps" });
    const signature = normalSignature(await sign(manifestTypedData(record.body)));
    const signed = withSignature({ body: record.body, envelopesBytes: record.envelopes }, signature);
    await uploads.putRecord(upload.key, { ...record, manifest: signed.manifestBytes });
    done += 1;
  }
  onProgress({ step: "sign_manifest", done, total, unit: "steps" });
}
