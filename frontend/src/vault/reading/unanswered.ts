/** Tells one object that a node does not answer for from a node that does not answer at all. */
import { isCode, type MendrecError } from "../../core/errors.ts";

/** In a row, each asked for several times: as many are asked for at once. */
const UNANSWERED_MAX = 6;

export class Unanswered {
  #inARow = 0;

  /** The node gave something. */
  answered(): void {
    this.#inARow = 0;
  }

  /** Notes what came instead of an object. Throws it where the node has not answered so many times that it is away. */
  note(error: MendrecError): void {
    if (!isCode(error, "unavailable.node")) {
      this.#inARow = 0;
    } else {
      this.#inARow += 1;
      if (this.#inARow >= UNANSWERED_MAX) {
        throw error;
      }
    }
  }
}
