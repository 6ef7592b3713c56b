import type { TFunction } from 'i18next';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ProtocolContent, Question } from '../../../../server/triage/protocols/contract.ts';
import { spoken } from '../../i18n.ts';
import { holdsNow, type Leaf, type Tree, treeOf } from './tree.ts';

type Given = Parameters<typeof holdsNow>[2];

/** When a rule fires, in the words of its questions; with answers at hand, which parts of it hold. */
export function Condition({
  when,
  content,
  given,
}: {
  when: string;
  content: ProtocolContent;
  given?: Given | undefined;
}) {
  const tree = treeOf(when);
  if (!tree) return <code>{when}</code>;
  return (
    <div className="pr-when small">
      <Part tree={tree} content={content} given={given} top />
    </div>
  );
}

function Part({
  tree,
  content,
  given,
  top = false,
}: {
  tree: Tree;
  content: ProtocolContent;
  given?: Given | undefined;
  top?: boolean;
}) {
  const { t } = useTranslation();
  if (tree.kind === 'always') return <>{t(tree.holds ? 'protocols.when.always' : 'protocols.when.never')}</>;
  const held = given ? holdsNow(tree, content.questions, given) === true : false;
  if (tree.kind === 'leaf')
    return (
      <span className={held ? 'pr-held' : undefined}>
        {held && <IconCheck size={14} stroke={2} aria-label={t('protocols.when.held')} />}
        <LeafText leaf={tree} content={content} />
      </span>
    );
  return (
    <>
      <span className={top ? 'soft' : 'soft pr-inner'}>{t(`protocols.when.${tree.kind}`)}</span>
      <ul>
        {tree.of.map((one, index) => (
          <li key={index}>
            <Part tree={one} content={content} given={given} />
          </li>
        ))}
      </ul>
    </>
  );
}

function LeafText({ leaf, content }: { leaf: Leaf; content: ProtocolContent }) {
  const { t } = useTranslation();
  const find = (name: string): Question | undefined => content.questions.find((one) => one.id === name);
  const named = (name: string): string =>
    name === 'age' ? t('protocols.when.age') : (find(name)?.text[spoken()] ?? name);
  const { says, names } = leaf;
  if (leaf.count)
    return (
      <>
        {t('protocols.when.count', {
          sign: typeof says === 'string' || 'among' in says ? '' : t(`protocols.sign.${says.sign}`),
          to: typeof says === 'string' || 'among' in says ? '' : says.to,
        })}{' '}
        {names.map((one) => `«${named(one)}»`).join(', ')}
      </>
    );
  const [name] = names as [string];
  const question = find(name);
  const title = (id: string): string =>
    (question?.kind === 'choice' && question.options.find((one) => one.id === id)?.title[spoken()]) || id;
  if (says === 'yes' || says === 'no')
    return (
      <>
        {named(name)} <b>{t(says === 'yes' ? 'app.yes' : 'app.no')}</b>
      </>
    );
  if ('among' in says)
    return (
      <>
        {named(name)} <b>{says.among.map(title).join(` ${t('protocols.when.or')} `)}</b>
      </>
    );
  if (question?.kind === 'choice') {
    // options stand from the mildest to the worst: "at least" is the ones from there on
    return (
      <>
        {named(name)} <b>{t(`protocols.optionSign.${says.sign}`, { option: title(says.to) })}</b>
      </>
    );
  }
  return (
    <>
      {named(name)}{' '}
      <b>
        {t(`protocols.sign.${says.sign}`)} {amountOf(t, says.to, question)}
      </b>
    </>
  );
}

const UNIT_SIGNS: Record<string, string> = { celsius: '°C', percent: '%', mmhg: 'mmHg', mg_dl: 'mg/dl', kg: 'kg' };

/** `65y` as it is said; a number with its unit. */
function amountOf(t: TFunction, written: string, question: Question | undefined): string {
  const [, number, unit] = /^([\d.]+)([a-z]*)$/.exec(written) ?? [];
  if (unit) return t(`protocols.span.${unit}`, { count: Number(number) });
  const shown = new Intl.NumberFormat(spoken()).format(Number(written));
  if (question?.kind !== 'number') return shown;
  return `${shown}\u00a0${UNIT_SIGNS[question.unit] ?? t(`protocols.unit.${question.unit}`)}`;
}
