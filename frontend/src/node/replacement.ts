/** What became of an act that is to publish another key: until that is sure, both keys' backups stay. */
import { equalBytes } from "../core/bytes.ts";
import { isCode, MendrecError } from "../core/errors.ts";
import { mayHappen } from "../core/mayHappen.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { keepBackup } from "./backup.ts";
import { forgetKeptBook } from "./keptBook.ts";
import { listActs } from "./listActs.ts";
import { forgetPrevious, keepPrevious, type PreviousBackup, readPrevious } from "./previousBackup.ts";
import { readSafe } from "./safe.ts";
import type { Client } from "./types.ts";
import { waitForAct } from "./waitForAct.ts";

const REPLACING: ReadonlySet<string> = new Set(["publishRecipientBySig"]);
const UNDER_WAY = new Set(["queued", "sent"]);
/** Seconds after its deadline in which a block may still become known that took the act in time. */
const SLACK_S = 3_600;

type Asked = { readonly signal?: AbortSignal | undefined };

/** One's own act under way that publishes a recipient by one of these functions; null where there is none. */
export async function publishingUnderWay(
  client: Client,
  functions: ReadonlySet<string>,
  { signal }: Asked,
): Promise<RelayedActAnswered | null> {
  const acts = await listActs(client, signal === undefined ? {} : { signal });
  return acts.find((act) => functions.has(act.function) && UNDER_WAY.has(act.state)) ?? null;
}

/** Waits for the end of the replacement that is under way, if there is one. Throws where its end is not known. */
export async function waitForReplacement(client: Client, { signal }: Asked): Promise<void> {
  const underWay = await publishingUnderWay(client, REPLACING, { signal });
  if (underWay === null) {
    return;
  }
  try {
    await waitForAct(client, { actIdHex: underWay.act_id_hex, signal });
  } catch (error) {
    if (mayHappen(error) || !isCode(error, "refused")) {
      throw error;
    }
  }
}

/**
 * Throws `refused.replacement_under_way` where it is open whether `published` is being replaced: with a third key nobody would
 * know which of three backups counts. The safe has the backup of `published` afterwards, where it has any.
 */
export async function requireNoReplacement(client: Client, published: string | null, { signal }: Asked): Promise<void> {
  const ofPublished = () => readPrevious(client.account).filter(({ recipient }) => recipient === published);
  for (const previous of ofPublished()) {
    await putBackIfFailed(client, previous, { signal });
  }
  if (ofPublished().length > 0 || (await publishingUnderWay(client, REPLACING, { signal })) !== null) {
    throw new MendrecError("refused.replacement_under_way", "Another key of yours is about to be registered.", {
      remedy: "Wait until it is, then look again.",
    });
  }
}

/**
 * Whether it is sure that this identity, and not the other one, counts: the act failed, or the time for it is over; or this one,
 * which was to replace the other, was published after all.
 */
async function hasSurelyFailed(client: Client, previous: PreviousBackup, { signal }: Asked): Promise<boolean> {
  const { replacing } = previous;
  if (!previous.wasPublished || replacing.hasFailed) {
    return true;
  }
  const acts = await listActs(client, signal === undefined ? {} : { signal });
  const told = acts.find((act) => act.act_id_hex === replacing.actIdHex);
  return told === undefined ? client.http.now() > replacing.deadlineAt + SLACK_S : told.state === "failed";
}

/**
 * Puts the backup of the published identity back into the safe, once the other one surely won't be published. What was
 * in the safe stays in this browser even so: it is all there is of that key.
 */
export async function putBackIfFailed(client: Client, previous: PreviousBackup, { signal }: Asked = {}): Promise<void> {
  const { slot, backup, replacing } = previous;
  if (!(await hasSurelyFailed(client, previous, { signal }))) {
    return;
  }
  const there = await readSafe(client, { slot, signal });
  if (there !== null && !equalBytes(there.sealed, backup)) {
    keepPrevious(client.account, {
      recipient: replacing.recipient,
      slot,
      backup: there.sealed,
      keptAt: client.http.now(),
      wasPublished: !previous.wasPublished,
      replacing: { ...replacing, recipient: previous.recipient, hasFailed: true },
    });
  }
  await keepBackup(client, { slot, backup, signal });
  forgetPrevious(client.account, previous);
  forgetKeptBook(client.account);
}
