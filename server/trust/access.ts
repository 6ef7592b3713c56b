import { ROLES } from './contract.ts';
import type { Actor, Role } from './contract.ts';

const everyone: readonly Role[] = ROLES;
const care: readonly Role[] = ['agent', 'nurse', 'supervisor'];
const lead: readonly Role[] = ['supervisor', 'administrator'];

/**
 * What may be done, and which roles may do it. It reads as law: a route names one line of it, and
 * nothing else decides. `public` is not here: it is written on a route that asks for nobody.
 */
export const PERMISSIONS = {
  // one's own account
  'self.read': everyone,
  'self.manage': everyone,

  // conversations and the people in them
  'inbox.read': care,
  'conversation.read': ['agent', 'nurse', 'supervisor', 'quality'],
  'conversation.reply': care,
  'conversation.note': ['agent', 'nurse', 'supervisor', 'quality'],
  'conversation.hold': care,
  'conversation.transfer': care,
  'conversation.close': care,
  'conversation.give_back': care,
  // colleagues in a conversation: who is asked to take it, to write in it too, or for advice
  'joining.read': care,
  'joining.ask': care,
  'joining.answer': care,
  // what is to be done later
  'task.read': care,
  'task.write': care,
  // who is to be called back: seen and tried by who serves the queue; what a queue promises
  'call_back.read': care,
  'call_back.write': care,
  'call_back.plan': lead,
  'conversation.assign': ['supervisor'],
  'message.resend': care,
  'attachment.read': ['agent', 'nurse', 'supervisor', 'quality'],
  'attachment.write': care,
  'person.read': care,
  'person.write': care,
  'person.search': care,
  'person.erase': ['privacy'],
  'person.export': ['privacy'],

  // the record
  'record.read': care,
  'record.write': care,
  'appointment.read': care,
  'appointment.book': care,
  'slot.read': care,
  'triage.lower': ['nurse'],

  // routing and presence
  'presence.set': care,
  'presence.read': ['agent', 'nurse', 'supervisor', 'planner'],
  'offer.answer': care,
  'item.take': care,
  'item.manage': ['supervisor'],
  'queue.read': ['agent', 'nurse', 'supervisor', 'planner', 'quality', 'administrator'],
  'queue.manage': lead,
  'agent.read': ['agent', 'nurse', 'supervisor', 'planner', 'quality', 'administrator'],
  'agent.manage': lead,
  'entity.manage': ['administrator'],
  'level.read': ['supervisor', 'planner', 'quality', 'administrator'],
  'desk.read': care,
  'live.follow': ['agent', 'nurse', 'supervisor', 'quality', 'planner'],
  'notice.read': care,

  // the live room
  'room.read': ['supervisor'],
  'room.move': ['supervisor'],
  'room.pin': ['supervisor'],
  'room.prioritise': ['supervisor'],
  'room.assign': ['supervisor'],
  'room.open_queue': ['supervisor'],
  'room.set_presence': ['supervisor'],
  'room.broadcast': ['supervisor'],
  'room.listen': ['supervisor'],
  'room.whisper': ['supervisor'],
  'room.take_over': ['supervisor'],
  'room.retry': ['supervisor'],

  // what the organisation says and asks
  'flow.read': ['author', 'supervisor', 'quality', 'administrator'],
  'flow.write': ['author'],
  'template.read': ['agent', 'nurse', 'supervisor', 'author', 'administrator'],
  'template.write': ['author', 'administrator'],
  'canned_reply.read': ['agent', 'nurse', 'supervisor', 'author', 'quality'],
  'canned_reply.write': ['author', 'supervisor'],
  'knowledge.read': ['agent', 'nurse', 'supervisor', 'author', 'quality', 'administrator'],
  'knowledge.write': ['author'],
  'knowledge.publish': ['author', 'supervisor'],
  // which ways patients are offered
  'ways.read': ['author', 'supervisor', 'administrator'],
  'ways.write': ['author'],

  // triage protocols: written and reviewed by authors, signed by clinicians
  'protocol.read': ['author', 'clinician', 'nurse', 'supervisor', 'quality', 'administrator'],
  'protocol.write': ['author'],
  'protocol.sign': ['clinician'],
  'protocol.activate': ['author', 'clinician'],
  'triage_run.read': ['agent', 'nurse', 'supervisor', 'quality'],
  // the red-flag pack: read and tried by who works with it, signed by clinicians
  'redflags.read': ['nurse', 'clinician', 'supervisor', 'quality', 'author'],
  'redflags.sign': ['clinician'],

  // the house
  'channel.read': ['administrator', 'supervisor'],
  'channel.manage': ['administrator'],
  'organisation.manage': ['administrator'],
  'staff.read': ['administrator', 'supervisor', 'planner', 'privacy'],
  'staff.manage': ['administrator'],
  'api_key.manage': ['administrator'],
  'bot.manage': ['administrator'],
  'model.manage': ['administrator'],
  'model_log.read': ['administrator', 'privacy'],
  'dead_letter.read': ['administrator'],
  'audit.read': ['privacy'],
} as const satisfies Record<string, readonly Role[]>;

/** A line of the table above. */
export type Permission = keyof typeof PERMISSIONS;

/** What no program may be given: it belongs to a signed-in human. */
const HUMAN_ONLY: readonly Permission[] = [
  'call_back.read',
  'call_back.write',
  'call_back.plan',
  'joining.read',
  'joining.ask',
  'joining.answer',
  'self.read',
  'self.manage',
  'presence.set',
  'offer.answer',
  'item.take',
  'triage.lower',
  'protocol.sign',
  'redflags.sign',
  'staff.manage',
  'api_key.manage',
  'bot.manage',
  'model.manage',
  'model_log.read',
  'person.erase',
  'inbox.read',
  'live.follow',
  'notice.read',
  'room.read',
  'room.move',
  'room.pin',
  'room.prioritise',
  'room.assign',
  'room.open_queue',
  'room.set_presence',
  'room.broadcast',
  'room.listen',
  'room.whisper',
  'room.take_over',
  'room.retry',
];

/** Permissions that an API key may carry as scopes. */
export const SCOPES: readonly Permission[] = (Object.keys(PERMISSIONS) as Permission[]).filter(
  (permission) => !HUMAN_ONLY.includes(permission),
);

/** Whether the table has this line; a route that names another refuses to register. */
export function isPermission(name: string): name is Permission {
  return Object.hasOwn(PERMISSIONS, name);
}

/**
 * Whether the actor may do this. Staff by role, programs by the scopes of their key, the system itself always;
 * patients and the assistant never through a route: their verbs ask for proof instead.
 */
export function may(actor: Actor, permission: Permission): boolean {
  switch (actor.kind) {
    case 'staff':
      return actor.roles.some((role) => (PERMISSIONS[permission] as readonly Role[]).includes(role));
    case 'integration':
      return SCOPES.includes(permission) && actor.scopes.includes(permission);
    case 'system':
      return true;
    default:
      return false;
  }
}

/** Everything that a set of roles may do, in the table's order. */
export function permissionsOf(roles: readonly Role[]): Permission[] {
  return (Object.keys(PERMISSIONS) as Permission[]).filter((permission) =>
    roles.some((role) => (PERMISSIONS[permission] as readonly Role[]).includes(role)),
  );
}
