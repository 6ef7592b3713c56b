/** @jsxImportSource preact */
import { clock, daysAgo, safeHref, weekday } from './format.ts';
import { Icon } from './icons.tsx';
import type { Language, Way } from './protocol.ts';
import type { State, Store } from './store.ts';
import { fill, type Texts } from './texts.ts';

type Props = { state: State; store: Store; t: Texts; emergency: string; onClose(): void };

/** The ways as they are offered now, or as the window's settings said. */
export const waysNow = ({ offer, config }: State): Way[] => (offer ?? config).ways;

/** How a way is called, as the organisation says it. */
export const nameOf = (way: Way, t: Texts): string => way.label ?? t.launch;

/** A page opens beside this one; a telephone or a letter does not. */
export const linkTo = (href: string) => ({
  href,
  ...(/^http/i.test(href) ? { target: '_blank', rel: 'noopener noreferrer' } : {}),
});

/** The ways to talk with the organisation, each with its present wait where that is known. */
export function Ways({ state, store, t, emergency, onClose }: Props) {
  const { config, offer, language } = state;
  const going = state.messages.length > 0 || state.pending.length > 0;
  const offered = waysNow(state);
  // who has begun to talk goes on, whatever is offered to others
  const ways: Way[] = going && !offered.some((way) => way.kind === 'chat') ? [{ kind: 'chat' }, ...offered] : offered;
  const [first] = ways;
  const best =
    (/^(first|pref)/.test(first?.reason ?? '') ? first : ways.find((way) => way.pace === 'fastest')) ?? first;
  const open = (offer ?? config).open;

  function wait(way: Way) {
    const { opensAt, wait: now } = way;
    if (!now && !opensAt) return;
    return (
      <span class="wait">
        <b>{now ? now.minutes + '\u00a0min' : clock(opensAt!, language)}</b>
        <small>
          {!now
            ? t.opens + (daysAgo(opensAt!, new Date()) ? ' ' + weekday(opensAt!, language) : '')
            : now.high > 1 && fill(t.range, now.low, now.high)}
        </small>
      </span>
    );
  }

  function row(way: Way) {
    const href = safeHref(way.href);
    const inside = (
      <>
        <span class="disc">
          <Icon name={way.kind} />
        </span>
        <span class="grow">
          <b>{way.kind === 'chat' && going ? t.chatOn : nameOf(way, t)}</b>
          {way.hint && <small>{way.hint}</small>}
        </span>
        {wait(way)}
      </>
    );
    const look =
      'way' + (way.kind === 'emergency' ? ' alarm' : way === best ? ' best' : way.pace === 'slowest' ? ' slow' : '');
    return href && way.kind !== 'chat' ? (
      <a class={look} {...linkTo(href)}>
        {inside}
      </a>
    ) : (
      <button type="button" class={look} onClick={() => (way.says ? store.callBack(way.says) : store.show('chat'))}>
        {inside}
      </button>
    );
  }

  return (
    <>
      <div class="head">
        <div class="grow">
          <h2>{t.title}</h2>
          <p>{ways.some((way) => way.wait) ? fill(t.waitAt, clock(offer?.at ?? Date.now(), language)) : config.name}</p>
        </div>
        <button type="button" class="tool" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="body">
        {!open && (
          <p class="notice">
            <Icon name="clock" size={18} />
            <span>{t.closedNow}</span>
          </p>
        )}
        <ul>
          {ways.map((way) => (
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
              title={new Intl.DisplayNames(one, { type: 'language' }).of(one)}
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

/** The other ways, as buttons: for who waits long in the chat. */
export function OtherWays({ state, store, t }: { state: State; store: Store; t: Texts }) {
  const ways = waysNow(state);
  // Who may be in danger is not sent to a letter or another hour.
  const which = ways.some((way) => way.kind === 'emergency') ? /^(emergency|call)$/ : /^(?!chat)/;
  const others = ways.filter((way) => which.test(way.kind));
  if (!state.offer?.long || !others[0]) return null;
  return (
    <>
      <p class="line">{t.stay}</p>
      <div class="chips">
        {others.map((way) =>
          way.says ? (
            <button type="button" onClick={() => store.callBack(way.says!)}>
              {nameOf(way, t)}
            </button>
          ) : (
            <a {...linkTo(safeHref(way.href)!)}>{nameOf(way, t)}</a>
          ),
        )}
      </div>
    </>
  );
}

/** What stands at the foot of every screen: this is not the place to wait with an emergency. */
export function Emergency({ t, number }: { t: Texts; number: string }) {
  return (
    <p class="urgent">
      <Icon name="emergency" size={18} />
      <span>
        {t.emergency} <a href={'tel:' + number}>{fill(t.emergencyCall, number)}</a>
      </span>
    </p>
  );
}
