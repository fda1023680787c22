/** What every drafted act is made of, and what the node alone can know of it. */
import { MendrecError } from "../errors.ts";
import { lyingNode } from "../lyingNode.ts";
import type { ContractName } from "../typedData/build.ts";
import type { AccessRequest } from "./accessRequest.ts";

/** A call without its authorization, and what its signer is to sign, but for nonce and last second. */
export type Draft = {
  readonly contract: ContractName;
  readonly function: string;
  /** In the contract's order, JSON-safe. */
  readonly args: readonly unknown[];
  readonly encodedType: string;
  readonly message: Readonly<Record<string, unknown>>;
};

/** What the node told, in the place of a chain and an index. With a wrong one of these the contract refuses the act. */
export class Facts {
  readonly #categories: ReadonlyMap<number, string>;
  readonly #sequences: readonly number[];
  readonly #request: AccessRequest | null;

  /**
   * @param categories number → code, as the directory has them.
   * @param sequences of the permission blocks, one for each category of the act.
   * @param request the request that is answered, looked at and checked before.
   */
  constructor(
    categories: ReadonlyMap<number, string>,
    sequences: readonly number[],
    request: AccessRequest | null = null,
  ) {
    this.#categories = categories;
    this.#sequences = sequences;
    this.#request = request;
  }

  /** Numbers of codes. Throws `input.unknown_category`. */
  numbers(codes: readonly string[]): number[] {
    const byCode = new Map([...this.#categories].map(([number, code]) => [code, number]));
    return codes.map((code) => {
      const number = byCode.get(code);
      if (number === undefined) {
        throw new MendrecError("input.unknown_category", `There is no category ${code.slice(0, 64)}.`, {
          remedy: `One of: ${[...byCode.keys()].join(", ")}.`,
        });
      }
      return number;
    });
  }

  /** One for each category. Throws `verification.node` where the node stated another number of them. */
  sequences(numbers: readonly number[]): readonly number[] {
    if (this.#sequences.length !== numbers.length) {
      throw lyingNode("The node prepared another act: it is about other categories.");
    }
    return this.#sequences;
  }

  /** The request that was looked at before, and its categories' codes. */
  request(requestIdHex: string): { readonly request: AccessRequest; readonly codes: readonly string[] } {
    const request = this.#request;
    if (request === null || request.requestIdHex !== requestIdHex) {
      throw lyingNode("The request was not looked at before it was answered.");
    }
    return { request, codes: request.categories.map((number) => this.#codeOf(number)) };
  }

  #codeOf(number: number): string {
    const code = this.#categories.get(number);
    if (code === undefined) {
      throw lyingNode("The request names a category that nobody knows.");
    }
    return code;
  }
}
