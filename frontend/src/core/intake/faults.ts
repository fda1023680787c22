/** What is wrong with something that was given, all of it at once, each with its place. */
import { LIMITS } from "../limits.ts";

/** One thing that is wrong. No text of it holds a value from inside the file. */
export type Fault = {
  /** File, then entry, element or byte offset. */
  readonly place: string;
  /** Stable, `intake.what`. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
};

/** Nothing of a file was taken in, because something of it is bad. */
export class IntakeRefused extends Error {
  override readonly name = "IntakeRefused";
  /** The first ones, in the order of the input. */
  readonly faults: readonly Fault[];
  /** How many there are in all. */
  readonly faultCount: number;

  constructor(faults: readonly Fault[], faultCount: number) {
    super("The file was refused.");
    this.faults = faults;
    this.faultCount = faultCount;
  }
}

/** Collects faults; keeps the first ones and counts all, so that a hostile file cannot fill the memory. */
export class FaultLog {
  readonly #kept: Fault[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `code` is given without its `intake.` prefix. */
  add(place: string, code: string, message: string, remedy = ""): void {
    this.#count += 1;
    if (this.#kept.length < LIMITS.intakeMaxFaults) {
      this.#kept.push({ place, code: `intake.${code}`, message, remedy });
    }
  }

  throwIfAny(): void {
    if (this.#kept.length > 0) {
      throw new IntakeRefused(this.#kept, this.#count);
    }
  }
}

/** The refusal for a single fault, for where there is no going on. */
export function refusal(place: string, code: string, message: string, remedy = ""): IntakeRefused {
  return new IntakeRefused([{ place, code: `intake.${code}`, message, remedy }], 1);
}
