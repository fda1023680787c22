/** The two keys of one record, together; and the patient's envelope, which holds both. */
import { type Identity, newIdentity, openWith, recipientOf, sealTo } from "./age.ts";
import { identityToBytes } from "./ageRecipient.ts";
import type { Bytes } from "./bytes.ts";
import { canonicalBytes, parseCanonical } from "./canonical.ts";
import { type Envelopes, KEY_NAMES, type KeyName } from "./envelopes.ts";
import { isCode, MendrecError } from "./errors.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { parseRecipients, type Recipients, recipientsJson, sameRecipients } from "./manifest.ts";
import type { RecordBinding } from "./share.ts";

const KIND = "record-keys";
const JSON_MAX_BYTES = 4096;

/** `AGE-SECRET-KEY-1…` of both keys. Secret; kept no longer than the work takes. */
export type RecordKeys = Readonly<Record<KeyName, string>>;

/** Two fresh keys. */
export async function newRecordKeys(): Promise<RecordKeys> {
  return { descriptor: await newIdentity(), payload: await newIdentity() };
}

/** The public halves. */
export async function recipientsOf(keys: RecordKeys): Promise<Recipients> {
  return { descriptor: await recipientOf(keys.descriptor), payload: await recipientOf(keys.payload) };
}

/** `verification.combined_key`: a key is not the one the record was sealed to, though its parts are as committed to. */
export function combinedKey(message: string): MendrecError {
  return new MendrecError("verification.combined_key", message, {
    remedy: "The record was sealed wrongly: tell its author, who alone could have made this.",
  });
}

/** Both keys, age-encrypted to the patient. Throws `input.malformed_recipient`. */
export function sealPatientEnvelope(
  keys: RecordKeys,
  binding: RecordBinding,
  patientRecipient: string,
): Promise<Bytes> {
  const plaintext = canonicalBytes({
    format: FORMAT,
    kind: KIND,
    patient: binding.patient,
    category: binding.category,
    recipients: recipientsJson(binding.recipients),
    identities: { descriptor: keys.descriptor, payload: keys.payload },
  });
  return sealTo(patientRecipient, plaintext);
}

/**
 * Both keys, opened by the patient.
 *
 * Throws `verification.cannot_open`: not sealed to this identity, or altered; `verification.share_binding`: sealed for
 * another record, someone moved it here; `verification.combined_key`: the keys inside are not those of the recipients.
 */
export async function openPatientEnvelope(identity: Identity, envelopes: Envelopes): Promise<RecordKeys> {
  const { keys, stated } = parseRecordKeys(await openWith(identity, envelopes.patientEnvelope));
  const isOfRecord =
    stated.patient === envelopes.patient &&
    stated.category === envelopes.category &&
    sameRecipients(stated.recipients, envelopes.recipients);
  if (!isOfRecord) {
    throw new MendrecError("verification.share_binding", "The patient's envelope was made for another record.", {
      remedy: "Nothing was released. The record's envelopes were not made for it: report its author.",
    });
  }
  if (!sameRecipients(await recipientsOf(keys), envelopes.recipients)) {
    throw combinedKey("The keys in the patient's envelope are not this record's.");
  }
  return keys;
}

function parseRecordKeys(plaintext: Uint8Array) {
  try {
    const fields = new Fields(parseCanonical(plaintext, { maxBytes: JSON_MAX_BYTES, what: KIND }), KIND, {
      required: ["format", "kind", "patient", "category", "recipients", "identities"],
    });
    fields.requireKind(KIND);
    const identities = fields.nested("identities", { required: KEY_NAMES });
    return {
      stated: {
        patient: fields.address("patient"),
        category: fields.integer("category"),
        recipients: parseRecipients(fields),
      },
      keys: {
        descriptor: identities.parsed("descriptor", parseIdentity),
        payload: identities.parsed("payload", parseIdentity),
      },
    };
  } catch (error) {
    if (isCode(error, "input")) {
      throw new MendrecError(
        "verification.cannot_open.content",
        "The patient's envelope holds something else than a record's keys.",
        { cause: error },
      );
    }
    throw error;
  }
}

function parseIdentity(text: string): string {
  identityToBytes(text).fill(0);
  return text;
}
