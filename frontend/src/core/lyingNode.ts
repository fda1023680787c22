import { MendrecError } from "./errors.ts";

/** `verification.node`: the node's answer contradicts what was asked for, told before, or can be computed here. */
export function lyingNode(message: string, cause?: unknown): MendrecError {
  return new MendrecError("verification.node", message, {
    remedy: "Do not sign or believe it; tell the institution that runs the node, or use another node.",
    cause,
  });
}
