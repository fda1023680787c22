/** What is known of an entry without opening it. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import type { Descriptor } from "../core/descriptor.ts";
import { DataList } from "../design/DataList.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { When } from "../design/Times.tsx";
import { type Clinical, typeWord, useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { listLocations } from "../node/listLocations.ts";
import type { Address, ListedRecord } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { categoryName } from "./categories.ts";
import { entryNumber } from "./entryNumber.ts";
import { type People, usePeople } from "./usePeople.ts";

const PLACES_STALE_MS = 60_000;

type Props = { readonly record: ListedRecord; readonly people: People };

export function EntryFacts({ record, people }: Props) {
  const t = useText();
  const words = t.record.entry;
  const clinical = useClinical();
  const format = useFormat();
  const client = useClient();
  const locations = useQuery({
    queryKey: queryKeys.locations(),
    queryFn: ({ signal }) => listLocations(client, { signal }),
    staleTime: PLACES_STALE_MS,
  });
  const place = locations.data?.find((one) => one.number === record.location);
  const operators = usePeople(place === undefined ? NOBODY : [place.operator as Address], record.patient);
  const { descriptor } = record;
  const institution = people.institutionOf(record.author);
  return (
    <DataList
      items={[
        { term: words.recorded, value: <When at={record.recordedAt} /> },
        {
          term: words.author,
          value: (
            <PersonName
              address={record.author}
              name={people.nameOf(record.author)}
              {...(institution === null ? {} : { role: institution })}
            />
          ),
        },
        { term: words.category, value: categoryName(t, record.categoryCode) },
        ...(descriptor === null ? [] : [{ term: words.type, value: typeOf(clinical, descriptor) }]),
        ...(descriptor === null || descriptor.codes.length === 0
          ? []
          : [{ term: words.codes, value: format.list(descriptor.codes.map((one) => one.display ?? one.code)) }]),
        ...(descriptor?.fileName == null ? [] : [{ term: words.file, value: descriptor.fileName }]),
        ...(record.sizeBytes === null ? [] : [{ term: words.size, value: format.bytes(record.sizeBytes) }]),
        {
          term: words.place,
          value:
            place === undefined
              ? words.placeUnknown({ number: format.number(record.location) })
              : operators.nameOf(place.operator as Address),
        },
        { term: words.who, value: record.private ? words.whoPrivate : words.whoShared },
        { term: words.state, value: record.final ? words.final : words.notFinal },
        {
          term: words.number,
          value:
            record.leafIndex === null
              ? format.number(entryNumber(record.sequence))
              : words.numberOf({
                  sequence: format.number(entryNumber(record.sequence)),
                  leaf: format.number(entryNumber(record.leafIndex)),
                }),
        },
      ]}
    />
  );
}

function typeOf(clinical: Clinical, { fhirType, mediaType }: Descriptor): string {
  return fhirType === null ? mediaType : (typeWord(clinical, fhirType) ?? fhirType);
}

const NOBODY: readonly Address[] = [];
