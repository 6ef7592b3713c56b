import { Fragment, type ReactNode } from 'react';
import type { Block } from '../../../../server/assistant/knowledge/contract.ts';

/** An article's text as it reads: parts made into elements, never HTML. */
export function Blocks({ blocks }: { blocks: Block[] }) {
  const out: ReactNode[] = [];
  for (let at = 0; at < blocks.length; at++) {
    const one = blocks[at]!;
    if (one.kind !== 'item') {
      out.push(
        <p key={at} className={one.kind === 'heading' ? 'strong' : undefined}>
          <Parts block={one} />
        </p>,
      );
      continue;
    }
    const items: Block[] = [];
    while (blocks[at]?.kind === 'item') items.push(blocks[at++]!);
    const first = items[0]!;
    const List = first.number === undefined ? 'ul' : 'ol';
    out.push(
      <List key={at} {...(first.number !== undefined && { start: first.number })}>
        {items.map((item, i) => (
          <li key={i} style={item.level ? { marginLeft: item.level * 16 } : undefined}>
            <Parts block={item} />
          </li>
        ))}
      </List>,
    );
    at--;
  }
  return <div className="article-text">{out}</div>;
}

function Parts({ block }: { block: Block }) {
  return block.parts.map((part, i) => {
    let shown: ReactNode = part.text;
    if (part.bold) shown = <b>{shown}</b>;
    if (part.italic) shown = <em>{shown}</em>;
    if (part.href)
      shown = (
        <a href={part.href} target="_blank" rel="noopener noreferrer">
          {shown}
        </a>
      );
    return <Fragment key={i}>{shown}</Fragment>;
  });
}
