/** What FHIR's JSON format (https://hl7.org/fhir/R4/json.html) forbids whatever the type is. */
import { isMap, type JsonText } from "./jsonText.ts";

const ELEMENT_NAME = /^_?[a-z][A-Za-z0-9]{0,63}$/;

export type FaultKind = "missing_element" | "unknown_element" | "wrong_type" | "bad_value" | "bad_code" | "empty";

/** A fault at an element path such as `valueQuantity.value` or `category[0].coding`. */
export type ElementFault = { readonly path: string; readonly kind: FaultKind };

/** In words, without the value. */
export const ELEMENT_FAULT_WORDS: Readonly<Record<FaultKind, string>> = {
  missing_element: "A required element is missing.",
  unknown_element: "FHIR R4 has no such element here.",
  wrong_type: "The value has the wrong JSON type for this element.",
  bad_value: "The value breaks a rule of FHIR R4 for this element.",
  bad_code: "The code is none of those that FHIR R4 allows here.",
  empty: "Null, and an object or list without content, are not allowed here.",
};

export function formFaults(value: JsonText, path = ""): ElementFault[] {
  const faults: ElementFault[] = [];
  collect(value, path, faults);
  return faults;
}

export function joinPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function collect(value: JsonText, path: string, faults: ElementFault[]): void {
  if (Array.isArray(value)) {
    if (value.every((item) => item === null)) {
      faults.push({ path, kind: "empty" });
    }
    value.forEach((item: JsonText, at) => {
      collect(item, `${path}[${at}]`, faults);
    });
  } else if (isMap(value)) {
    const members = Object.entries(value);
    if (members.length === 0) {
      faults.push({ path, kind: "empty" });
    }
    for (const [name, child] of members) {
      if (!ELEMENT_NAME.test(name)) {
        faults.push({ path, kind: "unknown_element" });
      } else if (child === null) {
        faults.push({ path: joinPath(path, name), kind: "empty" });
      } else {
        collect(child, joinPath(path, name), faults);
      }
    }
  }
}
