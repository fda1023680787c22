/**
 * Whether what a record's page asked for is asked for again by itself once the connection is back: where it failed for want of
 * one. For a query that is not `enabled`, as a reader's, which costs a signature, it is not looked at.
 */
import { isCode } from "../core/errors.ts";

export function againWhenBack(query: { readonly state: { readonly error: unknown } }): "always" | false {
  const { error } = query.state;
  return isCode(error, "offline") || isCode(error, "unavailable") ? "always" : false;
}
