/** What was begun and not sent, per conversation, for as long as this tab lives. */
export type Draft = { reply: string; note: string };

const KEPT = 'hebra.draft.';

export function draftOf(conversationId: string): Draft {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + conversationId) ?? '') as Draft;
  } catch {
    return { reply: '', note: '' };
  }
}

export function keepDraft(conversationId: string, draft: Draft): void {
  if (draft.reply || draft.note) sessionStorage.setItem(KEPT + conversationId, JSON.stringify(draft));
  else sessionStorage.removeItem(KEPT + conversationId);
}

/** Nothing of a patient stays behind when the agent leaves the desk. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEPT)) sessionStorage.removeItem(key);
}
