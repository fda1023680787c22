/** Where one is signed in, and how to end it there. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "../design/Button.tsx";
import { Section } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Icon } from "../design/Icon.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { showToast } from "../design/toasts.tsx";
import type { SessionAnswered } from "../generated/api/types.gen.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { endSession } from "../node/endSession.ts";
import { listSessions } from "../node/listSessions.ts";
import { useClient } from "../session/context.ts";
import "./patient.css";

export function OpenSessions() {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const queryKey = ["sessions", client.account];
  const sessions = useQuery({ queryKey, queryFn: ({ signal }) => listSessions(client, { signal }) });
  const end = useMutation({
    mutationFn: (sessionId: string) => endSession(client, { sessionId }),
    onSuccess: () => showToast({ title: t.patient.sessionEnded }),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const what = ({ current, in_cookie }: SessionAnswered) =>
    current ? t.patient.sessionHere : in_cookie ? t.patient.sessionBrowser : t.patient.sessionProgram;
  return (
    <Section title={t.patient.sessions} text={t.patient.sessionsText}>
      {sessions.isPending && <Skeleton lines={2} />}
      {sessions.isError && <ErrorNotice error={sessions.error} onRetry={() => void sessions.refetch()} />}
      {end.isError && <ErrorNotice error={end.error} />}
      <ul className="plain-list">
        {(sessions.data ?? []).map((session) => {
          const since = format.dateTime(session.created_at);
          return (
            <li key={session.session_id}>
              <span className="row">
                <Icon name={session.in_cookie ? "home" : "settings"} />
                <span className="plain-list-words">
                  <span>{what(session)}</span>
                  <span className="soft small">
                    {t.patient.sessionSince({ date: since })},{" "}
                    {t.patient.sessionUsed({ ago: format.ago(session.last_used_at) })}
                  </span>
                </span>
              </span>
              {session.current ? (
                <StatusPill tone="good">{t.patient.sessionHere}</StatusPill>
              ) : (
                <Button
                  size="s"
                  icon="signOut"
                  aria-label={t.patient.sessionEndLabel({ what: what(session), date: since })}
                  isDisabled={end.isPending}
                  onPress={() => end.mutate(session.session_id)}
                >
                  {t.patient.sessionEnd}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
