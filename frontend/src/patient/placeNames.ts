import type { LocationAnswered } from "../generated/api/types.gen.ts";
import type { AllTexts } from "../i18n/text.ts";
import type { People } from "./usePeople.ts";

type Words = Pick<AllTexts["care"], "place" | "placeNumber" | "anotherPlace">;
type Place = Pick<LocationAnswered, "number" | "operator" | "store">;

/**
 * Names by the node's own store, and by the number in the public registry. A store without a place there keeps its name; so does
 * one whose operator nobody has a name for: the ends of an address say less than "archive".
 */
export function placeNames(words: Words, places: readonly Place[], people: Pick<People, "name" | "called">) {
  const nameOf = ({ number, operator, store }: Place) => {
    const which = store ?? words.placeNumber({ number: String(number) });
    const isUnnamed = store !== null && people.name(operator) === null;
    return isUnnamed ? store : words.place({ name: people.called(operator), which });
  };
  const name = (found: Place | undefined) => (found === undefined ? null : nameOf(found));
  return {
    ofStore: (store: string | null) =>
      store === null ? words.anotherPlace : (name(places.find((one) => one.store === store)) ?? store),
    ofLocation: (number: number | null) => name(places.find((one) => one.number === number)) ?? words.anotherPlace,
  };
}
