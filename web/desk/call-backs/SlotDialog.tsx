import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clock, longDay } from '../../ui/format.ts';
import { Failed, Skeleton } from '../parts.tsx';
import { Dialog } from '../Dialog.tsx';
import { tellRefusal } from '../say.ts';
import { useWhen } from '../session.ts';
import { renewCallBacks, slotsQuery } from './data.ts';

/**
 * A time with a place left, by day. `number`: also asks which number to call.
 * @param choose what is done with it; the dialog closes when that succeeds
 */
export function SlotDialog({
  title,
  action,
  where,
  number: asksNumber = false,
  choose,
  close,
}: {
  title: string;
  action: string;
  where: { queue: string } | { conversation: string };
  number?: boolean;
  choose: (slotAt: string, number: string | null) => Promise<unknown>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const { language, zone } = useWhen();
  const slots = useQuery(slotsQuery(where));
  const [at, setAt] = useState<string | null>(null);
  const [number, setNumber] = useState('');
  const [busy, setBusy] = useState(false);
  const days = Map.groupBy(slots.data?.slots ?? [], (slot) => slot.local.slice(0, 10));

  async function submit(): Promise<void> {
    if (!at || busy) return;
    setBusy(true);
    try {
      await choose(at, number.trim() || null);
      close();
    } catch (error) {
      tellRefusal(error);
      void slots.refetch();
    } finally {
      setBusy(false);
      void renewCallBacks();
    }
  }

  return (
    <Dialog title={title} action={action} ready={at !== null && !busy} close={close} submit={() => void submit()}>
      {asksNumber && (
        <TextInput
          label={t('callBacks.number')}
          description={t('callBacks.numberText')}
          type="tel"
          inputMode="tel"
          autoComplete="off"
          value={number}
          maxLength={40}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
      )}
      {slots.isError ? (
        <Failed error={slots.error} retry={() => void slots.refetch()} />
      ) : !slots.data ? (
        <Skeleton lines={4} label={t('app.loading')} />
      ) : days.size === 0 ? (
        <p className="small soft">{t('callBacks.noSlots')}</p>
      ) : (
        <div className="slot-days" tabIndex={-1} data-autofocus>
          {[...days].map(([day, list]) => (
            <fieldset key={day} className="slot-day">
              <legend>{longDay(new Date(list[0]!.startsAt), language, zone)}</legend>
              {list.map((slot) => (
                <label key={slot.startsAt} className={at === slot.startsAt ? 'on' : ''}>
                  <input
                    type="radio"
                    name="slot"
                    checked={at === slot.startsAt}
                    onChange={() => setAt(slot.startsAt)}
                  />
                  <span className="num">{clock(new Date(slot.startsAt), language, zone)}</span>
                </label>
              ))}
            </fieldset>
          ))}
        </div>
      )}
    </Dialog>
  );
}
