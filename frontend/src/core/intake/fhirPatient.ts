/** One bundle, one patient: what belongs to somebody else must not enter this patient's record. */
import type { FaultLog } from "./faults.ts";
import { isMap, type JsonMap, type JsonText } from "./jsonText.ts";

const SUBJECT_ELEMENTS = ["subject", "patient", "beneficiary", "for"];
const PATIENT_REFERENCE = /^(https?:\/\/[^?#]*\/)?Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/.*)?$/;

export type FhirEntry = { readonly place: string; readonly resource: JsonMap; readonly fullUrl: string | null };

/**
 * Tells apart the patients that a bundle's resources are about.
 *
 * A patient has several names: its id, its `fullUrl`, relative and absolute references. Two servers may use one id for two
 * people, so the `fullUrl` decides where there is one. A reference that leads to an entry which is no Patient (a Group, a
 * Device), or into the resource itself (`#…`), is not counted.
 */
export class PatientWatch {
  readonly #typeByUrl = new Map<string, JsonText | undefined>();
  readonly #patientByName = new Map<string, string>();
  readonly #nameless = new Map<JsonMap, string>();
  #first: string | null = null;

  constructor(entries: readonly FhirEntry[]) {
    for (const { resource, fullUrl } of entries) {
      if (fullUrl !== null) {
        this.#typeByUrl.set(fullUrl, resource.resourceType);
      }
      if (resource.resourceType === "Patient") {
        const [name, id] = [this.#nameOf(resource, fullUrl), resource.id];
        this.#remember(name, name);
        if (typeof id === "string") {
          this.#remember(id, name);
        }
      }
    }
  }

  /** Notes a fault where an entry is about another patient than those before it. */
  check({ resource, fullUrl, place }: FhirEntry, log: FaultLog): void {
    for (const patient of this.#patientsOf(resource, fullUrl)) {
      if (this.#first === null || patient.endsWith(`/Patient/${this.#first}`)) {
        this.#first = patient; // the same one, named more exactly
      } else if (patient !== this.#first && !this.#first.endsWith(`/Patient/${patient}`)) {
        log.add(
          place,
          "fhir_second_patient",
          "It is about another patient than the entries before it.",
          "Export each patient in a bundle of its own.",
        );
        return;
      }
    }
  }

  #patientsOf(resource: JsonMap, fullUrl: string | null): string[] {
    if (resource.resourceType === "Patient") {
      return [this.#nameOf(resource, fullUrl)];
    }
    return SUBJECT_ELEMENTS.flatMap((element) => {
      const value = resource[element];
      const reference = isMap(value) ? value.reference : null;
      const name = typeof reference === "string" ? this.#resolve(reference) : null;
      return name === null ? [] : [name];
    });
  }

  #resolve(reference: string): string | null {
    if (this.#typeByUrl.has(reference) && this.#typeByUrl.get(reference) !== "Patient") {
      return null;
    }
    const known = this.#patientByName.get(reference);
    if (known !== undefined) {
      return known;
    }
    const [, base, id] = PATIENT_REFERENCE.exec(reference) ?? [];
    if (id !== undefined) {
      return base === undefined ? (this.#patientByName.get(id) ?? id) : `${base}Patient/${id}`;
    }
    return reference.startsWith("urn:") ? reference : null;
  }

  /** Its fullUrl, else its id, else a name of its own: two nameless patients are two. */
  #nameOf(patient: JsonMap, fullUrl: string | null): string {
    const id = patient.id;
    if (fullUrl || typeof id === "string") {
      return fullUrl || String(id);
    }
    const name = this.#nameless.get(patient) ?? `nameless ${this.#nameless.size}`;
    this.#nameless.set(patient, name);
    return name;
  }

  #remember(name: string, patient: string): void {
    if (!this.#patientByName.has(name)) {
      this.#patientByName.set(name, patient);
    }
  }
}
