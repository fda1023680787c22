/** Long calls of the vault: each gets an id, and a signal that stops it. */
import { cancelled } from "../core/errors.ts";
import type { Client, Long, Progress } from "./types.ts";

/**
 * Runs one call. Where `signal` stops it the vault is told, and its answer is awaited: nothing goes on in secret.
 *
 * Throws what the call throws; `cancelled`.
 */
export async function vaultJob<T>(
  client: Client,
  { onProgress, signal }: Long,
  run: (jobId: string, told: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) {
    throw cancelled();
  }
  const jobId = crypto.randomUUID();
  const stop = () => void client.vault.cancel(jobId).catch(() => undefined);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    // What was done all the same, because it was stopped too late, is told: an upload may be anchored already.
    return await run(jobId, (progress) => onProgress?.(progress));
  } catch (error) {
    throw signal?.aborted ? cancelled() : error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
