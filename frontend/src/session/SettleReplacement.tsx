/** Ends, each time a person comes in, what a replacement of the key left open: shows nothing, and fails in silence until then. */
import { useEffect } from "react";
import { settleReplacement } from "../node/settleReplacement.ts";
import { useClient, useMe } from "./context.ts";

export function SettleReplacement() {
  const client = useClient();
  const { recipient: published } = useMe();
  useEffect(() => {
    if (published === null) return;
    const stop = new AbortController();
    settleReplacement(client, { published, signal: stop.signal }).catch(() => undefined);
    return () => stop.abort();
  }, [client, published]);
  return null;
}
