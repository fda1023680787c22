/**
 * Errors between worker and page: comlink carries an error's message only, and its code is what everything here goes by.
 * Both sides install this before the first call. What is no MendrecError becomes one: a fault of ours, without its words,
 * which could hold something of a record.
 */
import { transferHandlers } from "comlink";
import { cancelled, MendrecError, type PlainError } from "../core/errors.ts";

type Thrown = { readonly value: unknown };

/** The plain form of anything that was thrown. */
export function toPlainError(thrown: unknown): PlainError {
  if (thrown instanceof MendrecError) {
    const { code, message, remedy, requestId, details } = thrown;
    return { code, message, remedy, requestId, details };
  }
  return toPlainError(asMendrecError(thrown));
}

/** The error of a plain form. */
export function fromPlainError(plain: PlainError): MendrecError {
  return new MendrecError(plain.code, plain.message, {
    remedy: plain.remedy,
    requestId: plain.requestId,
    details: plain.details,
  });
}

/** Anything that was thrown, as the one family of errors. */
export function asMendrecError(thrown: unknown): MendrecError {
  if (thrown instanceof MendrecError) {
    return thrown;
  }
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "AbortError") {
    return cancelled();
  }
  if (name === "QuotaExceededError") {
    return new MendrecError("unavailable.no_room", "The browser has no room left for this.", {
      remedy: "Free some space on this device, or send fewer files at once.",
      cause: thrown,
    });
  }
  return new MendrecError("fault", "Something went wrong on this page.", {
    remedy: "Load the page again. If it happens again, tell the institution that runs it.",
    details: name === "" ? {} : { kind: name },
    cause: thrown,
  });
}

/** Makes thrown MendrecErrors arrive on the other side with their codes. Call it in the page and in the worker. */
export function installErrorTransfer(): void {
  const known = transferHandlers.get("throw");
  if (known === undefined) {
    throw new TypeError("comlink has no handler of what is thrown");
  }
  transferHandlers.set("throw", {
    canHandle: known.canHandle,
    serialize: ({ value }: Thrown): [PlainError, Transferable[]] => [toPlainError(value), []],
    deserialize: (plain: PlainError): never => {
      throw fromPlainError(plain);
    },
  });
}
