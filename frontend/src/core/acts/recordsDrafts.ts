/** Acts of Records, from their parameters to a call and the words to be signed (`services/act_drafts.py`). */
import type { Address } from "../ids.ts";
import { ADD_BATCHES_TYPE, ADD_RECORD_TYPE, MEND_PATHS_TYPE, MEND_REASONS } from "../typedData/records.ts";
import type { Draft, Facts } from "./draft.ts";
import type { ParamsReader } from "./paramsReader.ts";

const CODE_MAX_CHARS = 64;

export function draftAdd(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [patient, category] = [params.address("patient"), params.text("category", CODE_MAX_CHARS)];
  const [location, digest] = [params.number("location", 16), `0x${params.digestHex("digest_hex")}`];
  const [number] = facts.numbers([category]);
  const [sequence, previousLink] = [params.number("sequence", 64), `0x${params.digestHex("previous_link_hex")}`];
  return {
    contract: "Records",
    function: "addBySig",
    args: [signer, patient, number, location, digest, sequence, previousLink],
    encodedType: ADD_RECORD_TYPE,
    message: {
      author: signer,
      patient,
      category,
      location,
      digest,
      sequence: String(sequence),
      previousLink,
    },
  };
}

export function draftAddBatches(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const patient = params.address("patient");
  const batches = params.objects("batches").map(readBatch);
  const numbers = facts.numbers(batches.map((batch) => batch.category));
  const [sequence, previousLink] = [params.number("sequence", 64), `0x${params.digestHex("previous_link_hex")}`];
  const structs = batches.map((batch, at) => ({ ...batch, category: numbers[at] }));
  return {
    contract: "Records",
    function: "addBatchesBySig",
    args: [signer, patient, structs, sequence, previousLink],
    encodedType: ADD_BATCHES_TYPE,
    message: { author: signer, patient, batches, sequence: String(sequence), previousLink },
  };
}

export function draftMendPaths(_facts: Facts, signer: Address, params: ParamsReader): Draft {
  const keys = params.objects("entries").map(readEntryKey);
  const [toLocation, reason] = [params.number("to_location", 16), params.mendReason()];
  return {
    contract: "Records",
    function: "mendPathsBySig",
    args: [signer, keys, toLocation, MEND_REASONS[reason]],
    encodedType: MEND_PATHS_TYPE,
    message: {
      mender: signer,
      entries: keys.map(({ patient, sequence }) => ({ patient, sequence: String(sequence) })),
      toLocation,
      reason,
    },
  };
}

function readBatch(stated: ParamsReader) {
  const batch = {
    category: stated.text("category", CODE_MAX_CHARS),
    location: stated.number("location", 16),
    count: stated.number("count", 24),
    root: `0x${stated.digestHex("root_hex")}`,
    listDigest: `0x${stated.digestHex("list_digest_hex")}`,
  };
  stated.requireAllRead();
  return batch;
}

function readEntryKey(stated: ParamsReader) {
  const key = { patient: stated.address("patient"), sequence: stated.number("sequence", 64) };
  stated.requireAllRead();
  return key;
}
