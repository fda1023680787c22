import { putKeptBook } from "./bookForNewKey.ts";
import { readPrevious } from "./previousBackup.ts";
import { putBackIfFailed } from "./replacement.ts";
import type { Client } from "./types.ts";

/**
 * Ends what a replacement of the key left open, as far as it is known by now: the old backup goes back into the safe where the
 * new key surely won't be published, the list of names follows where it was. The vault has to hold the published identity.
 *
 * `published`: the recipient that the directory has.
 */
export async function settleReplacement(
  client: Client,
  { published, signal }: { published: string; signal?: AbortSignal },
): Promise<void> {
  for (const previous of readPrevious(client.account)) {
    if (previous.recipient === published) {
      await putBackIfFailed(client, previous, { signal });
    }
  }
  await putKeptBook(client, { signal });
}
