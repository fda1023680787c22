import { MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { stillOpen } from "../core/mayHappen.ts";
import { pause } from "../core/waiting.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { zRelayedActAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Client } from "./types.ts";
import { patiently, pausesMs } from "./waiting.ts";

const TWO_MINUTES_MS = 120_000;

/**
 * Waits until an act is in a block; with `until: "final"`, until no reorganisation is expected to undo it.
 *
 * Throws `refused.<Contract>.<Name>` where it failed, in the contract's own words; `unavailable.act_pending` where it is not
 * in time. Whatever else ends the waiting says that it may happen (`mayHappen`): nobody looked whether it did.
 */
export async function waitForAct(
  client: Client,
  asked: { actIdHex: string; until?: "mined" | "final"; signal?: AbortSignal | undefined; timeoutMs?: number },
): Promise<RelayedActAnswered> {
  const { actIdHex, until = "mined", signal, timeoutMs = TWO_MINUTES_MS } = asked;
  const look = () => client.http.get(path`/v1/acts/${actIdHex}`, zRelayedActAnswered, { signal });
  const waited = <T>(promise: Promise<T>) =>
    promise.catch((error: unknown) => {
      throw stillOpen(error);
    });
  for (const pauseMs of pausesMs(timeoutMs)) {
    const found = await waited(patiently(look, signal));
    if (found.act_id_hex !== actIdHex) {
      throw stillOpen(lyingNode("The node tells of another act than the one that was asked about."));
    }
    if (found.state === "final" || (found.state === "mined" && until === "mined")) {
      return found;
    }
    if (found.state === "failed") {
      throw failure(found);
    }
    await waited(pause(pauseMs, signal));
  }
  throw stillOpen(
    new MendrecError("unavailable.act_pending", "What you signed is on its way, and not done yet.", {
      remedy: "Look again in a while, before you sign again.",
      details: { act_id_hex: actIdHex },
    }),
  );
}

function failure({ failure: told }: RelayedActAnswered): MendrecError {
  if (told === null) {
    return new MendrecError("refused", "What you signed was refused, and the node does not tell why.");
  }
  return new MendrecError(`refused.${told.contract}.${told.name}`, told.message, {
    remedy: told.remedy,
    details: { contract: told.contract, name: told.name },
  });
}
