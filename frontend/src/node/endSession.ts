import { path } from "./path.ts";
import type { Client } from "./types.ts";

/** Ends one of one's own sessions: another browser's, or a program's. */
export async function endSession(
  client: Client,
  { sessionId, signal }: { sessionId: string; signal?: AbortSignal },
): Promise<void> {
  await client.http.delete(path`/v1/sessions/${sessionId}`, { signal });
}
