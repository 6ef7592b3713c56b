import { z } from 'zod';

/** As in trust/address.ts, which web/ does not read. */
const address = z.enum(['usted', 'tu', 'vos']);

export const voiceChange = z.object({ address });

const inEveryForm = z.object({ usted: z.string(), tu: z.string(), vos: z.string() });

/** How the organisation speaks to its patients, and some of its own texts in each form to judge by. */
export const voiceView = z.object({
  address,
  languages: z.array(z.enum(['es', 'ca', 'en', 'pt'])),
  texts: z.array(
    z.object({
      key: z.string(),
      said: z.object({ es: inEveryForm, ca: inEveryForm, en: inEveryForm, pt: inEveryForm }),
    }),
  ),
});
export type VoiceView = z.infer<typeof voiceView>;
