/** Who was chosen, with all that the directory says of them, and the way to choose another. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import { readPerson } from "../node/readPerson.ts";
import { useClient } from "../session/context.ts";
import type { Chosen } from "./chosen.ts";
import { professionalRole } from "./professionalRole.ts";
import { UnknownPerson } from "./UnknownPerson.tsx";
import { useProfessionals } from "./useNames.ts";

type Props = { readonly label: string; readonly chosen: Chosen; readonly onChangeAsked: () => void };

export function ChosenPerson({ label, chosen, onChangeAsked }: Props) {
  const t = useText();
  const { address } = chosen;
  const found = useProfessionals([address]);
  const known = found.data?.[0];
  const role = professionalRole(known, t.words.roles);
  const isUnknown = found.isSuccess && known === undefined;
  // Whom the directory of professionals does not list may still be enrolled, as a patient.
  const client = useClient();
  const person = useQuery({
    queryKey: queryKeys.person(address),
    queryFn: ({ signal }) => readPerson(client, { address, signal }),
    enabled: isUnknown,
  });
  return (
    <div className="stack-s">
      <span className="field-label">{label}</span>
      <div className="row-spread">
        <PersonName
          address={address}
          name={chosen.name ?? known?.display_name ?? null}
          avatar
          copy
          {...(role === undefined ? {} : { role })}
        />
        {/* What was typed into is gone: whoever goes by keyboard goes on here. */}
        <Button size="s" autoFocus onPress={onChangeAsked}>
          {t.sharing.whoChange}
        </Button>
      </div>
      {isUnknown && <UnknownPerson address={address} isEnrolled={person.data?.roles.length !== 0} />}
      {known?.standing.good === false && <Callout tone="caution">{t.sharing.whoNotInStanding}</Callout>}
    </div>
  );
}
