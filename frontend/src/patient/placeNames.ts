import type { LocationAnswered } from "../generated/api/types.gen.ts";
import type { AllTexts } from "../i18n/text.ts";

type Words = Pick<AllTexts["care"], "place" | "placeNumber" | "anotherPlace">;
type Place = Pick<LocationAnswered, "number" | "operator" | "store">;

/** Names by the node's own store, and by the number in the public registry; a store without a place there keeps its name. */
export function placeNames(words: Words, places: readonly Place[], called: (operator: string) => string) {
  const nameOf = ({ number, operator, store }: Place) =>
    words.place({ name: called(operator), which: store ?? words.placeNumber({ number: String(number) }) });
  const name = (found: Place | undefined) => (found === undefined ? null : nameOf(found));
  return {
    ofStore: (store: string | null) =>
      store === null ? words.anotherPlace : (name(places.find((one) => one.store === store)) ?? store),
    ofLocation: (number: number | null) => name(places.find((one) => one.number === number)) ?? words.anotherPlace,
  };
}
