import { MendrecError } from "./errors.ts";

/** `verification.sealed_to_oneself_older`: the node gave something else than what this browser saw there last. */
export function olderThanSeen(): MendrecError {
  return new MendrecError(
    "verification.sealed_to_oneself_older",
    "The node gave back an older version than this browser has seen.",
    { remedy: "Nothing of it was used. Tell the node's operator, or put something new in its place." },
  );
}
