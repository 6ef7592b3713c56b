import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBrandMessenger,
  IconBrandWhatsapp,
  IconCheck,
  IconChecks,
  IconClock,
  IconDeviceMobileMessage,
  IconMail,
  IconMessage2,
  IconPhone,
  IconVideo,
} from '@tabler/icons-react';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelKind, DeliveryState, Priority, ProofLevel } from '../../server/conversation/contract.ts';
import { MARK } from '../ui/brand.ts';

const CHANNEL_ICONS = {
  whatsapp: IconBrandWhatsapp,
  webchat: IconMessage2,
  sms: IconDeviceMobileMessage,
  email: IconMail,
  messenger: IconBrandMessenger,
  voice: IconPhone,
  video: IconVideo,
} as const;

/** A channel is a shape, always the same one, never a colour. */
export function ChannelIcon({ channel, size = 17 }: { channel: ChannelKind | null; size?: number }) {
  const Icon = channel ? CHANNEL_ICONS[channel] : IconMessage2;
  return <Icon size={size} stroke={1.6} aria-hidden />;
}

/**
 * The wait, as the share of the target that is used up.
 * @param share null while we wait for the patient
 */
export function Ring({
  share,
  channel,
  label,
  near,
  size = 34,
}: {
  share: number | null;
  channel: ChannelKind | null;
  label: string;
  /** Whether it is near the end of its target, where somebody else decides that. */
  near?: boolean | undefined;
  size?: number;
}) {
  const radius = size / 2 - 1.5;
  const round = 2 * Math.PI * radius;
  const state = share === null ? 'rest' : share >= 1 ? 'over' : (near ?? share >= 0.7) ? 'near' : '';
  return (
    <span className={`ring ${state}`} style={{ width: size, height: size }} role="img" aria-label={label}>
      <svg width={size} height={size} viewBox={`0 0 ${size} ${size}`} aria-hidden>
        <circle className="ring-bg" cx={size / 2} cy={size / 2} r={radius} />
        {share !== null && (
          <circle
            className="ring-fg"
            cx={size / 2}
            cy={size / 2}
            r={radius}
            strokeDasharray={`${Math.max(0.02, Math.min(1, share)) * round} ${round}`}
            transform={`rotate(-90 ${size / 2} ${size / 2})`}
          />
        )}
      </svg>
      <ChannelIcon channel={channel} />
    </span>
  );
}

/** Clinical urgency: filled for critical, hollow for urgent, nothing for the rest. The only red there is. */
export function Diamond({ priority, size = 13 }: { priority: Priority; size?: number }) {
  const { t } = useTranslation();
  if (priority !== 'critical' && priority !== 'urgent') return null;
  return (
    <svg
      className={`diamond ${priority}`}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      role="img"
      aria-label={t(`priority.${priority}`)}
    >
      <path className="edge" d="M7 .9 13.1 7 7 13.1.9 7Z" />
      {priority === 'critical' && <path className="bang" d="M7 3.8v3.6M7 9.7v.1" />}
    </svg>
  );
}

/** The load: a stitch for every place, as many filled as are taken. */
export function Stitches({ load, capacity, label }: { load: number; capacity: number; label: string }) {
  const shown = Math.max(capacity, load);
  return (
    <span className={`stitches ${capacity > 0 && load >= capacity ? 'full' : ''}`} role="img" aria-label={label}>
      {Array.from({ length: shown }, (_, i) => (
        <i key={i} className={i < load ? 'on' : ''} />
      ))}
    </span>
  );
}

const PROOF_LEVEL: Record<ProofLevel, number> = { none: 0, claimed: 1, matched: 2, confirmed: 3 };

/** How sure we are of who writes: three blocks. */
export function Proof({ level }: { level: ProofLevel }) {
  const { t } = useTranslation();
  const filled = PROOF_LEVEL[level];
  return (
    <span className="proof" role="img" aria-label={t('patient.proofLevel', { level: filled })}>
      {[1, 2, 3].map((block) => (
        <i key={block} className={block <= filled ? 'on' : ''} />
      ))}
    </span>
  );
}

/** One tick sent, two delivered, two in thread read; a clock while it leaves. */
export function Ticks({ delivery }: { delivery: DeliveryState | null }) {
  const { t } = useTranslation();
  if (!delivery) return null;
  const Icon =
    delivery === 'failed'
      ? IconAlertTriangle
      : delivery === 'pending' || delivery === 'sending'
        ? IconClock
        : delivery === 'sent'
          ? IconCheck
          : IconChecks;
  return (
    <span className={`tick ${delivery}`} role="img" aria-label={t(`conversation.delivery.${delivery}`)}>
      <Icon size={14} stroke={1.8} aria-hidden />
    </span>
  );
}

export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth={2.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d={MARK} />
    </svg>
  );
}

/** A button that shows only an icon: its name is read and floats on hover and focus, with its key. */
export function IconButton({
  label,
  keyName,
  children,
  className = '',
  ...rest
}: { label: string; keyName?: string; children: ReactNode } & ComponentPropsWithRef<'button'>) {
  return (
    <Tooltip
      label={keyName ? `${label} (${keyName})` : label}
      openDelay={400}
      withArrow={false}
      events={{ hover: true, focus: true, touch: false }}
    >
      <button type="button" className={`ib ${className}`} aria-label={label} aria-keyshortcuts={keyName} {...rest}>
        {children}
      </button>
    </Tooltip>
  );
}

/** Something could not be fetched: what happened, and the next step. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const network = (error as { code?: string } | null)?.code === 'network';
  return (
    <div className="broken" role="alert">
      <IconAlertTriangle size={20} stroke={1.6} aria-hidden />
      <div>
        <p className="strong">{t('app.failed')}</p>
        <p className="small soft">{t(network ? 'app.noNetwork' : 'app.failedText')}</p>
        <button type="button" className="btn sm line" onClick={retry}>
          {t('app.retry')}
        </button>
      </div>
    </div>
  );
}

/** Grey lines where words will be. */
export function Skeleton({ lines = 3, label }: { lines?: number; label: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        <i key={i} style={{ width: `${[92, 64, 80, 48, 72][i % 5]}%` }} />
      ))}
    </div>
  );
}
