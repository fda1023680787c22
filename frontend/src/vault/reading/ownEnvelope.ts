/** A patient's own way to the keys of a record, and the one reason for which it may be closed to them that is nobody's fault. */
import type { Identity } from "../../core/age.ts";
import type { Envelopes } from "../../core/envelopes.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import { openPatientEnvelope, type RecordKeys } from "../../core/recordKeys.ts";

const CANNOT_OPEN = "verification.cannot_open";

/**
 * Opens it with the first identity that does.
 *
 * Throws `verification.cannot_open.own` where it was sealed to another key: one of before that is not here, where the patient
 * has replaced it since, which says nothing against the record; else what `openPatientEnvelope` throws.
 */
export async function openOwnEnvelope(identities: readonly Identity[], envelopes: Envelopes): Promise<RecordKeys> {
  let last: unknown;
  for (const identity of identities) {
    try {
      return await openPatientEnvelope(identity, envelopes);
    } catch (cause) {
      // Another code of this family is of an envelope that did open, and holds what it should not.
      if (!isCode(cause, CANNOT_OPEN) || cause.code !== CANNOT_OPEN) {
        throw cause;
      }
      last = cause;
    }
  }
  throw new MendrecError("verification.cannot_open.own", "Your key does not open this entry.", {
    remedy: "If you have replaced your key since, the one before opens it; else ask whoever added it.",
    cause: last,
  });
}
