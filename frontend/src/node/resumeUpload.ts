import type { UploadDone } from "../vault/types.ts";
import { askChain } from "./askChain.ts";
import { askSignature } from "./askSignature.ts";
import type { Client, Long } from "./types.ts";
import { csrfToken } from "./upload.ts";
import { vaultJob } from "./vaultJob.ts";

/** Goes on with an upload that a reload broke off; see `unfinishedUploads`. Throws as `upload` does. */
export async function resumeUpload(client: Client, { key, ...long }: { key: string } & Long): Promise<UploadDone> {
  return await vaultJob(client, long, (jobId, told) =>
    client.vault.resumeUpload(
      jobId,
      key,
      client.account,
      csrfToken(client),
      askSignature(client),
      askChain(client),
      told,
    ),
  );
}
