import type { NodeAnswered } from "../generated/api/types.gen.ts";
import { zNodeAnswered } from "../generated/api/zod.gen.ts";
import type { Http } from "./http.ts";

/** What the node says of itself: chain, contracts, custodians. Give it to `meetNode`, or to `trust.requireSame`. */
export async function readNode(http: Http, { signal }: { signal?: AbortSignal } = {}): Promise<NodeAnswered> {
  return await http.get("/v1/node", zNodeAnswered, { signal });
}
