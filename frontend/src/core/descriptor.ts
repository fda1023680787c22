/** The descriptor: what a record is, for those who may see that it exists. It is sealed under the descriptor key. */
import { canonicalBytes, malformedJson, parseCanonical } from "./canonical.ts";
import { MendrecError } from "./errors.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { LIMITS } from "./limits.ts";

const KIND = "descriptor";
const TEXT_MAX_CHARS = 512;
const CODES_MAX_COUNT = 64;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/; // RFC 6838 4.2
const FHIR_TYPE = /^[A-Z][A-Za-z0-9]{0,63}$/;
/** Controls, bidirectional overrides, lone surrogates, line breaks: what can hide or turn around other text. */
const HIDING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** One code of a code system, as in FHIR's Coding. */
export type Coding = { readonly system: string; readonly code: string; readonly display?: string };

/** Title, media type (RFC 6838, lower case, no parameters), FHIR resource type, codes, and one path component. */
export type Descriptor = {
  readonly title: string;
  readonly mediaType: string;
  readonly fhirType: string | null;
  readonly codes: readonly Coding[];
  readonly fileName: string | null;
};

/**
 * Checks what a descriptor is made of: who saves under its file name can neither be led out of a folder nor be shown
 * another ending than the real one.
 *
 * @throws MendrecError `input.descriptor`.
 */
export function requireDescriptor(descriptor: Descriptor): void {
  requireTexts("title", descriptor.title);
  requireTexts("fileName", descriptor.fileName);
  for (const { system, code, display } of descriptor.codes) {
    requireTexts("codes", system, code, display ?? null);
  }
  if (!MEDIA_TYPE.test(descriptor.mediaType)) {
    throw invalid("The media type is not of the form type/subtype in lower case.");
  }
  if (descriptor.fhirType !== null && !FHIR_TYPE.test(descriptor.fhirType)) {
    throw invalid("The FHIR type is not the name of a resource type.");
  }
  const fileName = descriptor.fileName;
  if (fileName !== null && (fileName === "." || fileName === ".." || /[/\\]/.test(fileName))) {
    throw invalid("The file name is not a single path component.");
  }
  if (descriptor.codes.length > CODES_MAX_COUNT) {
    throw invalid(`A descriptor has at most ${CODES_MAX_COUNT} codes.`);
  }
}

/**
 * The canonical JSON of a descriptor; optional fields that are not set are left out.
 *
 * @throws MendrecError `input.descriptor`.
 */
export function descriptorBytes(descriptor: Descriptor): Uint8Array {
  requireDescriptor(descriptor);
  return canonicalBytes({
    format: FORMAT,
    kind: KIND,
    title: descriptor.title,
    mediaType: descriptor.mediaType,
    ...(descriptor.fhirType === null ? {} : { fhirType: descriptor.fhirType }),
    ...(descriptor.codes.length === 0 ? {} : { codes: descriptor.codes.map(codingToJson) }),
    ...(descriptor.fileName === null ? {} : { fileName: descriptor.fileName }),
  });
}

/**
 * The descriptor that `data` holds.
 *
 * @throws MendrecError `input.*`: too large, malformed, not canonical, or a field that {@link requireDescriptor} refuses.
 */
export function parseDescriptor(data: Uint8Array): Descriptor {
  const value = parseCanonical(data, { maxBytes: LIMITS.manifestMaxBytes, what: KIND });
  const fields = new Fields(value, KIND, {
    required: ["format", "kind", "title", "mediaType"],
    optional: ["fhirType", "codes", "fileName"],
  });
  fields.requireKind(KIND);
  const codes = fields.has("codes") ? fields.objects("codes", { maxCount: CODES_MAX_COUNT }) : [];
  if (fields.has("codes") && codes.length === 0) {
    throw malformedJson("descriptor.codes is empty; it is left out then.");
  }
  const descriptor: Descriptor = {
    title: text(fields, "title"),
    mediaType: text(fields, "mediaType"),
    fhirType: fields.has("fhirType") ? text(fields, "fhirType") : null,
    codes: codes.map(parseCoding),
    fileName: fields.has("fileName") ? text(fields, "fileName") : null,
  };
  requireDescriptor(descriptor);
  return descriptor;
}

function codingToJson({ system, code, display }: Coding): Coding {
  return display === undefined ? { system, code } : { system, code, display };
}

function parseCoding(value: unknown): Coding {
  const fields = new Fields(value, "descriptor.codes", { required: ["system", "code"], optional: ["display"] });
  return codingToJson({
    system: text(fields, "system"),
    code: text(fields, "code"),
    ...(fields.has("display") ? { display: text(fields, "display") } : {}),
  });
}

function text(fields: Fields, name: string): string {
  return fields.text(name, { maxChars: TEXT_MAX_CHARS });
}

function requireTexts(name: string, ...texts: readonly (string | null)[]): void {
  for (const one of texts) {
    if (one === null) {
      continue;
    }
    const length = [...one].length; // characters, as the node counts them, and not UTF-16 units
    if (length === 0 || length > TEXT_MAX_CHARS) {
      throw invalid(`${name} is empty or longer than ${TEXT_MAX_CHARS} characters.`);
    }
    if (HIDING.test(one)) {
      throw invalid(`${name} holds a control or direction-changing character.`);
    }
  }
}

function invalid(message: string): MendrecError {
  return new MendrecError("input.descriptor", message);
}
