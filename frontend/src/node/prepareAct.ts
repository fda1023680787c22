import { type AccessRequest, type AccessRequestTold, checkedAccessRequest } from "../core/acts/accessRequest.ts";
import type { ActRequest } from "../core/acts/params.ts";
import { type CheckedAct, requireAsAsked } from "../core/acts/requireAsAsked.ts";
import { isCode, MendrecError } from "../core/errors.ts";
import { zPreparedActAnswered } from "../generated/api/zod.gen.ts";
import { listCategories } from "./listCategories.ts";
import type { Client } from "./types.ts";

/** An act, and for the answer to a request for access the request as the person was shown it. */
export type ActAsked = ActRequest & { readonly request?: AccessRequestTold };

/**
 * Has an act prepared, makes it again here, and compares. What is signed then was made here.
 *
 * Throws `verification.node.prepared` where the node prepared something else; nothing was signed.
 */
export async function prepareAct(
  client: Client,
  asked: ActAsked,
  options: { signal?: AbortSignal; now?: number } = {},
): Promise<CheckedAct> {
  try {
    return await prepared(client, asked, options);
  } catch (error) {
    // A code of its own: here, and only here, it is sure that nothing was signed.
    if (isCode(error, "verification.node")) {
      const { message, remedy, requestId, details } = error;
      throw new MendrecError("verification.node.prepared", message, { remedy, requestId, details, cause: error });
    }
    throw error;
  }
}

async function prepared(
  client: Client,
  asked: ActAsked,
  { signal, now = Date.now() / 1000 }: { signal?: AbortSignal; now?: number },
): Promise<CheckedAct> {
  const { kind, params } = asked;
  const [told, items] = await Promise.all([
    client.http.post("/v1/acts/preparations", zPreparedActAnswered, { kind, params }, { signal }),
    listCategories(client, signal === undefined ? {} : { signal }),
  ]);
  const categories = new Map(items.map(({ number, code }) => [number, code]));
  const request: AccessRequest | null =
    asked.request === undefined ? null : checkedAccessRequest(asked.request, categories);
  const wanted = { kind, params, signer: client.account, categories, request };
  // A kind and its own parameters belong together in `asked`; taking them apart loses that.
  return requireAsAsked(told, wanted as typeof wanted & ActRequest, client.trust, Math.floor(now));
}
