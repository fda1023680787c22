/**
 * What a person seals to oneself and keeps at a node: the address book (`crypto/sealed_to_oneself.py`).
 *
 * Everybody knows a person's recipient, so everybody, the node too, can seal something to it. What was sealed here therefore
 * carries, inside its encryption, a tag that only the holder of the identity can make:
 *
 *     shared = X25519(the identity's secret, its own public key)
 *     key    = HKDF-SHA256(ikm = shared, salt = none, info = "mendrec/sealed-to-oneself/v1")
 *     tag    = HMAC-SHA-256(key, canonical JSON of format, kind, slot, account, version, content)
 *
 * The tag names the slot, the account and a version that whoever seals counts up, so that nothing sealed for one place is taken
 * for another's, and an older version is not taken for a newer one. The node's own count of the safe's items has no part in it.
 */
import { type Identity, openWith, recipientOf, sealTo, toStoredKey } from "./age.ts";
import { recipientToBytes } from "./ageRecipient.ts";
import { type Bytes, fromHex, toHex, toUtf8 } from "./bytes.ts";
import { canonicalBytes, isObject, type JsonObject, parseCanonical } from "./canonical.ts";
import { isCode, MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { LIMITS } from "./limits.ts";
import { SEALED_TO_ONESELF } from "./tags.ts";

/** Where something is kept: whose safe, and which slot. */
export type SelfSlot = { readonly account: Address; readonly slot: string };
/** And as which version: 1 or more, each one newer than all that were seen there. */
export type SelfPlace = SelfSlot & { readonly version: number };

export type OpenedFromOneself = {
  readonly version: number;
  readonly content: JsonObject;
  /** 64 hex digits; two contents of one version have two tags. */
  readonly tagHex: string;
};

const KIND = "sealed-to-oneself";
const KEY_BITS = 256;

/**
 * `content` with its tag, sealed to the identity's own recipient.
 *
 * @throws MendrecError `input.malformed_json`: a value that canonical JSON can't hold; `refused.old_browser`.
 */
export async function sealToOneself(identity: Identity, place: SelfPlace, content: JsonObject): Promise<Bytes> {
  const said = saidOf(place, content);
  const tag = await crypto.subtle.sign("HMAC", await tagKey(identity), canonicalBytes(said));
  return sealTo(await recipientOf(identity), canonicalBytes({ ...said, tag: toHex(new Uint8Array(tag)) }));
}

/**
 * What the holder of `identity` sealed for `slot`, and as which version: whether that is the newest one, the caller has to know.
 *
 * @param slot as asked of the node.
 * @param sealed as the node returned it, untrusted.
 * @throws MendrecError `verification.cannot_open`: sealed to another identity, or altered;
 * `verification.sealed_to_oneself_mismatch`: no tag, somebody else's, or of another slot or account;
 * `refused.old_browser`.
 */
export async function openFromOneself(
  identity: Identity,
  slot: SelfSlot,
  sealed: Uint8Array,
): Promise<OpenedFromOneself> {
  const { content, version, tagHex } = parsed(await openWith(identity, sealed), slot);
  const said = canonicalBytes(saidOf({ ...slot, version }, content));
  if (!(await crypto.subtle.verify("HMAC", await tagKey(identity), fromHex(tagHex), said))) {
    throw selfSealMismatch();
  }
  return { content, version, tagHex };
}

/** `verification.sealed_to_oneself_mismatch`. */
export function selfSealMismatch(cause?: unknown): MendrecError {
  return new MendrecError(
    "verification.sealed_to_oneself_mismatch",
    "What is kept here was not sealed by you for this place.",
    {
      remedy: "Nothing of it was used. Tell the node's operator, or put something new in its place.",
      cause,
    },
  );
}

/** What is stated, of the right form and for the place asked for; whether it is true, the tag has to say. */
function parsed(plaintext: Uint8Array, slot: SelfSlot): OpenedFromOneself {
  try {
    const value = parseCanonical(plaintext, { maxBytes: LIMITS.safeItemMaxBytes, what: KIND });
    const fields = new Fields(value, KIND, {
      required: ["format", "kind", "slot", "account", "version", "content", "tag"],
    });
    const tagHex = fields.hex64("tag");
    const version = fields.integer("version", { low: 1 });
    const { content } = value;
    if (!isObject(content)) {
      throw selfSealMismatch();
    }
    const isOfPlace = Object.entries(saidOf({ ...slot, version }, content)).every(
      ([name, said]) => value[name] === said,
    );
    if (isOfPlace) {
      return { content, version, tagHex };
    }
  } catch (error) {
    if (isCode(error, "input")) {
      throw selfSealMismatch(error);
    }
    throw error;
  }
  throw selfSealMismatch();
}

function saidOf({ slot, account, version }: SelfPlace, content: JsonObject): JsonObject {
  return { format: FORMAT, kind: KIND, slot, account: account.toLowerCase(), version, content };
}

/** The key of the tags, which can be used and not read out: nobody without the identity's secret can compute it. */
async function tagKey(identity: Identity): Promise<CryptoKey> {
  const publicKey = recipientToBytes(await recipientOf(identity));
  const shared = await sharedWithOneself(identity, publicKey);
  try {
    const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    return await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: toUtf8(SEALED_TO_ONESELF) },
      secret,
      { name: "HMAC", hash: "SHA-256", length: KEY_BITS },
      false,
      ["sign", "verify"],
    );
  } finally {
    shared.fill(0);
  }
}

async function sharedWithOneself(identity: Identity, publicKey: Bytes): Promise<Bytes> {
  try {
    const own = typeof identity === "string" ? await toStoredKey(identity) : identity;
    const oneself = await crypto.subtle.importKey("raw", publicKey, { name: "X25519" }, true, []);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: oneself }, own, KEY_BITS));
  } catch (cause) {
    throw new MendrecError("refused.old_browser", "This browser can't do X25519 by itself.", {
      remedy: "Use a newer version of it; nothing was changed.",
      cause,
    });
  }
}
