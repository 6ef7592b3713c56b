/** @jsxImportSource preact */
import { clock, safeHref } from './format.ts';
import { Icon } from './icons.tsx';
import type { Language, Way } from './protocol.ts';
import type { State, Store } from './store.ts';
import { fill, type Texts } from './texts.ts';

type Props = { state: State; store: Store; t: Texts; emergency: string; onClose(): void };

/** The ways to talk with the organisation, each with its present wait where that is known. */
export function Ways({ state, store, t, emergency, onClose }: Props) {
  const { config, language } = state;
  const minutes = config.ways.map((way) => way.wait).filter((wait): wait is number => typeof wait === 'number');
  const going = state.messages.length > 0 || state.pending.length > 0;
  const quickest = Math.min(...minutes);
  const longest = minutes.length > 1 ? Math.max(...minutes) : Infinity;
  const best = config.ways.find((way) => way.wait === quickest) ?? config.ways.find((way) => way.kind === 'chat');

  function hint(way: Way) {
    if (minutes.length > 1 && way === best) return t.fastest;
    if (way.wait === longest) return t.slowest;
    return t[`${way.kind}Hint`];
  }

  function row(way: Way) {
    const href = safeHref(way.href);
    const inside = (
      <>
        <span class="disc">
          <Icon name={way.kind} />
        </span>
        <span class="grow">
          <b>
            {way.kind === 'chat' && going
              ? t.chatOn
              : (way.label ?? (way.kind === 'whatsapp' ? 'WhatsApp' : t[way.kind]))}
          </b>
          <small>{hint(way)}</small>
        </span>
        {way.wait != null && (
          <span class="wait">
            <b>{way.wait}</b>
            <small>{typeof way.wait === 'number' ? 'min' : t.today}</small>
          </span>
        )}
      </>
    );
    const look = 'way' + (way === best ? ' best' : way.wait === longest ? ' slow' : '');
    if (href && way.kind !== 'chat') {
      return (
        <a class={look} href={href} {...(/^http/i.test(href) ? { target: '_blank', rel: 'noopener noreferrer' } : {})}>
          {inside}
        </a>
      );
    }
    // Without an address a call-back is asked for in the chat, where the assistant arranges it.
    const go = () => (way.kind === 'chat' ? store.show('chat') : store.say({ kind: 'text', text: t.callMe }));
    return (
      <button type="button" class={look} onClick={go}>
        {inside}
      </button>
    );
  }

  return (
    <>
      <div class="head">
        <div class="grow">
          <h2>{t.title}</h2>
          <p>{minutes.length ? fill(t.waitAt, clock(Date.now(), language)) : config.name}</p>
        </div>
        <button type="button" class="tool" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="body">
        {!config.open && (
          <p class="notice">
            <Icon name="clock" size={18} />
            <span>{t.closedNow}</span>
          </p>
        )}
        <ul>
          {config.ways.map((way) => (
            <li key={way.kind}>{row(way)}</li>
          ))}
        </ul>
      </div>
      <Emergency t={t} number={emergency} />
      <div class="foot">
        <span>
          <Icon name="lock" size={16} /> {t.privacy}
        </span>
        <span class="tongues" role="group" aria-label={t.language}>
          {config.languages.map((one: Language) => (
            <button
              type="button"
              key={one}
              lang={one}
              title={NAMES[one]}
              aria-pressed={one === language}
              onClick={() => store.speak(one)}
            >
              {one}
            </button>
          ))}
        </span>
      </div>
    </>
  );
}

const NAMES: Record<Language, string> = { es: 'Español', ca: 'Català', en: 'English', pt: 'Português' };

/** What stands at the foot of every screen: this is not the place to wait with an emergency. */
export function Emergency({ t, number }: { t: Texts; number: string }) {
  return (
    <p class="urgent">
      <Icon name="urgent" size={18} />
      <span>
        {t.emergency} <a href={'tel:' + number}>{fill(t.emergencyCall, number)}</a>
      </span>
    </p>
  );
}
