// Generated from the migrations by `node test/schema.ts`; not edited by hand.

import type { ColumnType } from "kysely";

export type ArrayType<T> = ArrayTypeImpl<T> extends (infer U)[]
  ? U[]
  : ArrayTypeImpl<T>;

export type ArrayTypeImpl<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S[], I[], U[]>
  : T[];

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

export type Json = JsonValue;

export type JsonArray = JsonValue[];

export type JsonObject = {
  [x: string]: JsonValue | undefined;
};

export type JsonPrimitive = boolean | number | string | null;

export type JsonValue = JsonArray | JsonObject | JsonPrimitive;

export type Numeric = ColumnType<string, number | string, number | string>;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface Account {
  created_at: Generated<Timestamp>;
  disabled_at: Timestamp | null;
  email: string;
  id: string;
  language: Generated<string>;
  name: string;
  password_changed_at: Timestamp | null;
  password_hash: string | null;
}

export interface AccountTotp {
  account_id: string;
  confirmed_at: Timestamp | null;
  last_step: Generated<number>;
  secret_sealed: Buffer;
}

export interface Agent {
  auto_accept: Generated<boolean>;
  calls: Generated<number>;
  capacity: Generated<number>;
  every_queue: Generated<boolean>;
  gone_at: Timestamp | null;
  id: string;
  interrupts: Generated<Json>;
  languages: Generated<string[]>;
  last_offer_at: Generated<Timestamp>;
  levels: Generated<Json>;
  load: Generated<number>;
  organisation_id: string;
  pace: number | null;
  pace_at: Timestamp | null;
  pace_least: number | null;
  pace_reason: Json | null;
  presence: Generated<string>;
  presence_reason: string | null;
  presence_since: Generated<Timestamp>;
  skills: Generated<string[]>;
  weights: Generated<Json>;
}

export interface AgentQueue {
  agent_id: string;
  organisation_id: string;
  queue_id: string;
}

export interface ApiKey {
  created_at: Generated<Timestamp>;
  created_by: string | null;
  expires_at: Timestamp | null;
  id: string;
  key_hash: Buffer;
  last_used_at: Timestamp | null;
  name: string;
  organisation_id: string;
  prefix: string;
  revoked_at: Timestamp | null;
  scopes: string[];
}

export interface Appointment {
  confirmed_at: Timestamp | null;
  ends_at: Timestamp;
  id: string;
  order_id: string | null;
  organisation_id: string;
  patient_id: string;
  place_id: string;
  practitioner_id: string;
  prepared: Generated<boolean>;
  service: Json;
  slot_id: string | null;
  specialty: string;
  starts_at: Timestamp;
  status: string;
  updated_at: Generated<Timestamp>;
}

export interface Article {
  created_at: Timestamp;
  created_by: string | null;
  id: string;
  key: string;
  organisation_id: string;
}

export interface ArticleAnswer {
  at: Timestamp;
  conversation_id: string | null;
  id: string;
  organisation_id: string;
  place: string;
  version_id: string;
}

export interface ArticleFeedback {
  answer_id: string;
  at: Timestamp;
  helped: boolean;
  organisation_id: string;
}

export interface ArticleState {
  actor_id: string | null;
  at: Timestamp;
  id: Generated<number>;
  organisation_id: string;
  reason: string | null;
  state: string;
  version_id: string;
}

export interface ArticleVersion {
  article_id: string;
  audience: string;
  body: string;
  id: string;
  language: string;
  number: number;
  organisation_id: string;
  owner_id: string | null;
  questions: Generated<string[]>;
  review_on: Timestamp | null;
  saved_at: Timestamp;
  saved_by: string | null;
  tags: Generated<string[]>;
  title: string;
  valid_from: Timestamp | null;
  valid_to: Timestamp | null;
}

export interface Attachment {
  content_sealed: Buffer | null;
  conversation_id: string | null;
  created_at: Generated<Timestamp>;
  external_id: string | null;
  filename_sealed: Buffer | null;
  id: string;
  mime: string;
  organisation_id: string;
  person_id: string;
  refused: string | null;
  sha256: Buffer | null;
  size: Generated<number>;
  state: Generated<string>;
}

export interface AuditEntry {
  action: string;
  actor_id: string | null;
  actor_kind: string;
  at: Generated<Timestamp>;
  detail: Generated<Json>;
  hash: Buffer | null;
  id: string;
  organisation_id: string;
  person_id: string | null;
  position: number | null;
  reason: string | null;
  session_id: string | null;
  subject_id: string | null;
  subject_kind: string;
}

export interface AuditHead {
  at: Generated<Timestamp>;
  hash: Buffer;
  organisation_id: string;
  position: number;
  signature: Buffer;
}

export interface Bot {
  allows: Generated<string[]>;
  created_at: Generated<Timestamp>;
  created_by: string | null;
  disabled_at: Timestamp | null;
  id: string;
  key: string;
  most_turns: Generated<number>;
  name: string;
  organisation_id: string;
  private_address: Generated<boolean>;
  timeout_seconds: Generated<number>;
  updated_at: Generated<Timestamp>;
  url: string;
}

export interface BotPassage {
  begun_at: Timestamp;
  bot_id: string;
  conversation_id: string;
  effect: string;
  ended_at: Timestamp | null;
  id: string;
  organisation_id: string;
  outcome: string | null;
  outcomes: string[];
  takes: Json;
}

export interface BotReply {
  answer: Json;
  bot_id: string;
  organisation_id: string;
  received_at: Timestamp;
  reply_id: string;
}

export interface BotSecret {
  bot_id: string;
  created_at: Generated<Timestamp>;
  id: string;
  organisation_id: string;
  retires_at: Timestamp | null;
  secret_sealed: Buffer;
}

export interface Breach {
  at: Timestamp;
  cause: string | null;
  detail: Generated<Json>;
  entity_id: string | null;
  item_id: string;
  organisation_id: string;
  priority: string;
  queue_id: string;
  target_seconds: number;
}

export interface Broadcast {
  author_id: string;
  id: string;
  organisation_id: string;
  queue_id: string | null;
  sent_at: Generated<Timestamp>;
  text_sealed: Buffer;
  until_at: Timestamp;
}

export interface CallBack {
  actor_id: string | null;
  actor_kind: string;
  changed_at: Timestamp;
  consent_at: Timestamp;
  conversation_id: string;
  created_at: Timestamp;
  due_at: Timestamp;
  due_told_at: Timestamp | null;
  ended_at: Timestamp | null;
  id: string;
  item_id: string | null;
  kind: string;
  late_told_at: Timestamp | null;
  missed: Generated<number>;
  number_hash: Buffer | null;
  number_sealed: Buffer | null;
  organisation_id: string;
  person_id: string;
  priority: string;
  queue_id: string;
  reason: string | null;
  since: Timestamp;
  skills: Generated<string[]>;
  slot_at: Timestamp | null;
  slot_ends_at: Timestamp | null;
  state: Generated<string>;
  still_asked_at: Timestamp | null;
  turn_told_at: Timestamp | null;
  version: Generated<number>;
  way: string;
}

export interface CallBackForecast {
  arrivals: number;
  handled: number;
  organisation_id: string;
  quarter: number;
  queue_id: string;
  weekday: number;
}

export interface CallBackHistory {
  computed_at: Timestamp;
  handle_seconds: number | null;
  organisation_id: string;
  queue_id: string;
  weeks: number;
}

export interface CallBackSettings {
  changed_at: Generated<Timestamp>;
  changed_by: string | null;
  organisation_id: string;
  queue_id: string;
  settings: Json;
}

export interface CallBackSlot {
  ends_at: Timestamp;
  organisation_id: string;
  places: number;
  queue_id: string;
  starts_at: Timestamp;
  taken: Generated<number>;
}

export interface CallBackStep {
  actor_id: string | null;
  actor_kind: string;
  at: Timestamp;
  call_back_id: string;
  id: Generated<number>;
  organisation_id: string;
  reason: string | null;
  slot_at: Timestamp | null;
  state: string;
}

export interface CallBackTry {
  agent_id: string;
  began_at: Timestamp;
  call_back_id: string;
  ended_at: Timestamp | null;
  id: Generated<string>;
  item_id: string;
  organisation_id: string;
  outcome: string | null;
}

export interface CannedReply {
  id: string;
  organisation_id: string;
  position: Generated<number>;
  retired_at: Timestamp | null;
  shortcut: string;
  texts: Json;
  titles: Json;
}

export interface ChannelAccount {
  channel: string;
  created_at: Generated<Timestamp>;
  disabled_at: Timestamp | null;
  external_id: string;
  id: string;
  name: string;
  organisation_id: string;
  secrets_sealed: Buffer | null;
  settings: Generated<Json>;
}

export interface ChannelDirectory {
  account_id: string;
  channel: string;
  external_id: string;
  organisation_id: string;
}

export interface ChannelTemplate {
  account_id: string;
  body: string;
  category: string;
  language: string;
  name: string;
  organisation_id: string;
  status: Generated<string>;
  updated_at: Generated<Timestamp>;
}

export interface Chart {
  erased_at: Timestamp | null;
  organisation_id: string;
  patient_id: string;
  wrapped: Buffer | null;
}

export interface Connection {
  agent_id: string;
  id: string;
  last_seen_at: Generated<Timestamp>;
  opened_at: Generated<Timestamp>;
  organisation_id: string;
  process_id: string | null;
  seen_until: Timestamp;
  silent_since: Timestamp | null;
}

export interface Contact {
  answered_at: Timestamp | null;
  began_at: Timestamp | null;
  channel: string | null;
  due_at: Timestamp | null;
  ended_at: Timestamp | null;
  entity_id: string | null;
  item_id: string | null;
  kind: string | null;
  organisation_id: string | null;
  priority: string | null;
  queue_id: string | null;
  state: string | null;
  target_seconds: number | null;
}

export interface ContactConsent {
  at: Timestamp;
  by_id: string | null;
  given: boolean;
  id: string;
  kind: string;
  organisation_id: string;
  person_id: string;
  source: string;
}

export interface ContactPoint {
  account_id: string;
  address_hash: Buffer;
  address_sealed: Buffer;
  blocked_at: Timestamp | null;
  channel: string;
  created_at: Generated<Timestamp>;
  id: string;
  last_inbound_at: Timestamp | null;
  organisation_id: string;
  person_id: string;
  profile_name_sealed: Buffer | null;
}

export interface ContactPointPerson {
  contact_point_id: string;
  expires_at: Timestamp | null;
  organisation_id: string;
  person_id: string;
  proof: Generated<string>;
  proved_at: Timestamp | null;
}

export interface Conversation {
  about_id: string;
  agent_id: string | null;
  closed_at: Timestamp | null;
  handover_reason: string | null;
  id: string;
  language: Generated<string>;
  last_inbound_at: Timestamp | null;
  last_message_at: Generated<Timestamp>;
  last_message_id: string | null;
  last_sent_at: Timestamp | null;
  message_count: Generated<number>;
  opened_at: Generated<Timestamp>;
  organisation_id: string;
  outcome: string | null;
  person_id: string;
  priority: Generated<string>;
  queue_id: string | null;
  reason: string | null;
  state: Generated<string>;
  summary_person_id: string | null;
  summary_sealed: Buffer | null;
  unanswered_since: Timestamp | null;
  unread: Generated<number>;
  version: Generated<number>;
  waiting_since: Timestamp | null;
}

export interface ConversationState {
  actor_id: string | null;
  actor_kind: string;
  at: Generated<Timestamp>;
  conversation_id: string;
  id: Generated<number>;
  organisation_id: string;
  reason: string | null;
  state: string;
}

export interface DeadLetter {
  at: Generated<Timestamp>;
  external_id: string | null;
  id: string;
  organisation_id: string;
  reason: string;
  resolved_at: Timestamp | null;
  resolved_by: string | null;
  sealed: Buffer | null;
  source: string;
}

export interface Departure {
  account_id: string;
  attempt: Generated<number>;
  contact_point_id: string;
  conversation_id: string;
  lease_owner: string | null;
  lease_until: Timestamp | null;
  message_id: string;
  next_try_at: Generated<Timestamp>;
  organisation_id: string;
  position: Generated<number>;
}

export interface EarlyReceipt {
  account_id: string;
  at: Timestamp;
  error_code: string | null;
  error_title: string | null;
  external_id: string;
  organisation_id: string;
  state: string;
}

export interface Entity {
  created_at: Generated<Timestamp>;
  id: string;
  key: string;
  name: string;
  organisation_id: string;
  position: Generated<number>;
  retired_at: Timestamp | null;
}

export interface Errand {
  agent_id: string;
  begun_at: Timestamp;
  conversation_id: string;
  ended_at: Timestamp | null;
  id: string;
  kind: string;
  organisation_id: string;
  outcome: string | null;
  priority: string;
  purpose: string;
  queue_id: string | null;
}

export interface Event {
  at: Generated<Timestamp>;
  conversation_id: string | null;
  id: Generated<number>;
  kind: string;
  organisation_id: string;
  payload: Generated<Json>;
  xid: Generated<string>;
}

export interface Flag {
  agent_id: string | null;
  answer: string | null;
  answered_at: Timestamp | null;
  asked_at: Timestamp | null;
  at: Generated<Timestamp>;
  categories: string[];
  conversation_id: string;
  due_at: Timestamp | null;
  id: string;
  level: string;
  lowered_at: Timestamp | null;
  lowered_by: string | null;
  lowered_reason: string | null;
  message_id: string | null;
  organisation_id: string;
  raised_at: Timestamp | null;
  raised_why: string | null;
  rules: string[];
  said_at: Timestamp | null;
  unattended_at: Timestamp | null;
}

export interface FlowPublication {
  id: Generated<number>;
  organisation_id: string;
  published_at: Generated<Timestamp>;
  published_by: string | null;
  set_hash: string;
}

export interface FlowSet {
  created_at: Generated<Timestamp>;
  flows: Json;
  hash: string;
  organisation_id: string;
}

export interface FlowVersion {
  content: Json;
  created_at: Generated<Timestamp>;
  flow: string;
  hash: string;
  organisation_id: string;
}

export interface HebraMigration {
  applied_at: Generated<Timestamp>;
  hash: string;
  name: string;
}

export interface IdentificationAttempt {
  at: Generated<Timestamp>;
  contact_point_id: string;
  id: string;
  organisation_id: string;
  succeeded: boolean;
}

export interface Invitation {
  account_id: string | null;
  created_at: Generated<Timestamp>;
  email: string | null;
  expires_at: Timestamp;
  id: string;
  invited_by: string | null;
  kind: string;
  name: string | null;
  organisation_id: string;
  redeemed_at: Timestamp | null;
  revoked_at: Timestamp | null;
  roles: Generated<string[]>;
  token_hash: Buffer;
}

export interface Item {
  accepted_at: Timestamp | null;
  agent_id: string | null;
  answered_by: string | null;
  channel: string | null;
  conversation_id: string | null;
  end_reason: string | null;
  ended_at: Timestamp | null;
  first_queue_id: string | null;
  front: Generated<boolean>;
  id: string;
  ignored_by: Generated<string[]>;
  ignored_until: Generated<ArrayType<Timestamp>>;
  kind: Generated<string>;
  language: Generated<string>;
  not_before: Timestamp | null;
  offers: Generated<number>;
  organisation_id: string;
  overflow_queue_id: string | null;
  person_id: string | null;
  pinned_by: string | null;
  priority: Generated<string>;
  queue_id: string;
  queued_at: Generated<Timestamp>;
  rank: Generated<number>;
  reason: string | null;
  shape: Generated<number>;
  skills: Generated<string[]>;
  state: Generated<string>;
  target_seconds: number | null;
  wanted_agent_id: string | null;
  wanted_since: Timestamp | null;
  wanted_until: Timestamp | null;
  weight: number | null;
}

export interface Joining {
  agent_id: string | null;
  answered_at: Timestamp | null;
  conversation_id: string;
  ended_at: Timestamp | null;
  ended_by: string | null;
  expires_at: Timestamp;
  from_agent_id: string;
  id: string;
  kind: string;
  language: string | null;
  offered_at: Timestamp;
  organisation_id: string;
  reason: string | null;
  role: string | null;
  state: Generated<string>;
  to_agent_id: string | null;
  to_entity_id: string | null;
  to_queue_id: string | null;
}

export interface JoiningAsked {
  agent_id: string;
  joining_id: string;
  organisation_id: string;
  refused_at: Timestamp | null;
}

export interface JoiningMessage {
  at: Timestamp;
  author_id: string;
  content_sealed: Buffer;
  id: string;
  joining_id: string;
  organisation_id: string;
  person_id: string;
  seq: number;
}

export interface Leg {
  began_at: Generated<Timestamp>;
  channel: string;
  contact_point_id: string;
  conversation_id: string;
  last_at: Generated<Timestamp>;
  organisation_id: string;
}

export interface LevelWarning {
  at: Timestamp;
  item_id: string;
  organisation_id: string;
  queue_id: string;
}

export interface Listening {
  began_at: Generated<Timestamp>;
  conversation_id: string;
  ended_at: Timestamp | null;
  id: string;
  lease_until: Timestamp;
  organisation_id: string;
  reason: string;
  supervisor_id: string;
  visible: boolean;
}

export interface Membership {
  account_id: string;
  created_at: Generated<Timestamp>;
  deactivated_at: Timestamp | null;
  id: string;
  name: string;
  organisation_id: string;
  roles: string[];
}

export interface Message {
  account_id: string | null;
  author: string;
  author_id: string | null;
  channel: string | null;
  contact_point_id: string | null;
  content_sealed: Buffer;
  conversation_id: string;
  created_at: Generated<Timestamp>;
  delivered_at: Timestamp | null;
  delivery: string | null;
  direction: string;
  external_id: string | null;
  failure_code: string | null;
  failure_reason: string | null;
  id: string;
  kind: string;
  organisation_id: string;
  person_id: string;
  read_at: Timestamp | null;
  reply_to: string | null;
  resent_as: string | null;
  sent_at: Timestamp;
  seq: number;
  shown_at: Timestamp;
}

export interface ModelAgreement {
  agreed_at: Timestamp;
  agreed_by: string;
  id: string;
  language: string;
  organisation_id: string;
  provider: string;
  purpose: string;
  revoked_at: Timestamp | null;
  revoked_by: string | null;
  text_hash: string;
  text_version: string;
}

export interface ModelLog {
  answer_sealed: Buffer | null;
  at: Timestamp;
  expires_at: Timestamp;
  id: string;
  micros: Generated<number>;
  ms: Generated<number>;
  organisation_id: string;
  outcome: string;
  provider: string;
  purpose: string;
  reason: string | null;
  sent_sealed: Buffer | null;
  tokens_in: Generated<number>;
  tokens_out: Generated<number>;
}

export interface ModelMonth {
  calls: Generated<number>;
  held_micros: Generated<number>;
  held_tokens: Generated<number>;
  micros: Generated<number>;
  month: Timestamp;
  organisation_id: string;
  tokens_in: Generated<number>;
  tokens_out: Generated<number>;
}

export interface ModelSettings {
  budget_micros: number | null;
  budget_tokens: Generated<number>;
  currency: Generated<string>;
  key_sealed: Buffer | null;
  model: string;
  organisation_id: string;
  price_in_micros: Generated<number>;
  price_out_micros: Generated<number>;
  private_address: Generated<boolean>;
  retention_days: Generated<number>;
  stopped_at: Timestamp | null;
  stopped_by: string | null;
  timeout_ms: Generated<number>;
  updated_at: Generated<Timestamp>;
  updated_by: string | null;
  url: string;
}

export interface Notice {
  agent_id: string;
  at: Generated<Timestamp>;
  author_id: string;
  broadcast_id: string | null;
  conversation_id: string | null;
  detail: Generated<Json>;
  id: string;
  kind: string;
  organisation_id: string;
  read_at: Timestamp | null;
  until_at: Timestamp;
}

export interface Offer {
  agent_id: string;
  answered_at: Timestamp | null;
  by_hand: Generated<boolean>;
  expires_at: Timestamp;
  id: string;
  item_id: string;
  offered_at: Generated<Timestamp>;
  organisation_id: string;
  reason: string | null;
  state: Generated<string>;
}

export interface Organisation {
  country: Generated<string>;
  created_at: Generated<Timestamp>;
  emergency_number: Generated<string>;
  id: string;
  languages: Generated<string[]>;
  name: string;
  settings: Generated<Json>;
  slug: string;
  timezone: Generated<string>;
}

export interface OrganisationKey {
  created_at: Generated<Timestamp>;
  organisation_id: string;
  wrapped: Buffer;
}

export interface OutsideRequest {
  attempts: Generated<number>;
  conversation_id: string;
  created_at: Timestamp;
  deadline_at: Timestamp;
  effect: string;
  ended_at: Timestamp | null;
  id: string;
  kind: string;
  lease_until: Timestamp | null;
  organisation_id: string;
  outcome: string | null;
  passage_id: string | null;
  payload_sealed: Buffer | null;
  person_id: string;
  state: Generated<string>;
}

export interface Passkey {
  account_id: string;
  counter: number;
  created_at: Generated<Timestamp>;
  id: string;
  last_used_at: Timestamp | null;
  name: string;
  public_key: Buffer;
  transports: Generated<string[]>;
}

export interface Person {
  created_at: Generated<Timestamp>;
  erased_at: Timestamp | null;
  id: string;
  language: Generated<string>;
  merged_into: string | null;
  name_sealed: Buffer | null;
  organisation_id: string;
  patient_id: string | null;
  preferred_language: string | null;
  preferred_way: string | null;
}

export interface PersonKey {
  destroyed_at: Timestamp | null;
  organisation_id: string;
  person_id: string;
  wrapped: Buffer | null;
}

export interface PersonToken {
  organisation_id: string;
  person_id: string;
  token: Buffer;
}

export interface Presence {
  agent_id: string;
  began_at: Generated<Timestamp>;
  ended_at: Timestamp | null;
  id: Generated<number>;
  organisation_id: string;
  reason: string | null;
  state: string;
}

export interface Proof {
  at: Generated<Timestamp>;
  by_account: string | null;
  contact_point_id: string | null;
  id: string;
  level: string;
  method: string;
  organisation_id: string;
  person_id: string;
}

export interface ProtocolSignature {
  expires_at: Timestamp;
  hash: string;
  id: string;
  licence: string;
  mac: Buffer;
  membership_id: string;
  name: string;
  organisation_id: string;
  signed_at: Timestamp;
}

export interface ProtocolState {
  actor_id: string | null;
  actor_kind: string;
  at: Timestamp;
  hash: string;
  id: Generated<number>;
  organisation_id: string;
  reason: string | null;
  state: string;
}

export interface ProtocolVersion {
  content: Json;
  hash: string;
  imported_at: Generated<Timestamp>;
  imported_by: string | null;
  organisation_id: string;
  protocol: string;
  version: number;
}

export interface Proxy {
  created_at: Generated<Timestamp>;
  expires_at: Timestamp | null;
  for_person_id: string;
  id: string;
  organisation_id: string;
  person_id: string;
  relation: string;
  revoked_at: Timestamp | null;
  scope: Generated<string[]>;
}

export interface Queue {
  auto_accept: Generated<boolean>;
  cost: Generated<Numeric>;
  created_at: Generated<Timestamp>;
  entity_id: string | null;
  goal: Generated<Numeric>;
  holidays: Generated<Json>;
  hours: Json | null;
  id: string;
  key: string;
  levels: Generated<Json>;
  names: Json;
  offer_seconds: number | null;
  organisation_id: string;
  out_of_hours: Json;
  overflow: Generated<Json>;
  position: Generated<number>;
  priority: Generated<string>;
  retired_at: Timestamp | null;
  rings: Generated<Json>;
  skills: Generated<string[]>;
  sticky_seconds: Generated<number>;
  target_seconds: Generated<number>;
  targets: Generated<Json>;
}

export interface QueueOpening {
  ended_at: Timestamp | null;
  ended_by: string | null;
  from_at: Timestamp;
  id: string;
  open: boolean;
  organisation_id: string;
  queue_id: string;
  reason: string;
  set_by: string;
  until_at: Timestamp;
}

export interface QueueWorkedFor {
  entity_id: string | null;
  from_at: Generated<Timestamp>;
  id: Generated<number>;
  organisation_id: string;
  queue_id: string;
  until_at: Timestamp | null;
}

export interface RecoveryCode {
  account_id: string;
  code_hash: Buffer;
  used_at: Timestamp | null;
}

export interface RedFlagSignature {
  expires_at: Timestamp;
  hash: string;
  id: string;
  licence: string;
  mac: Buffer;
  membership_id: string;
  name: string;
  organisation_id: string;
  signed_at: Timestamp;
  version: string;
}

export interface RedFlagState {
  at: Timestamp;
  hash: string;
  id: Generated<number>;
  membership_id: string;
  organisation_id: string;
  reason: string | null;
  state: string;
}

export interface Resource {
  at: Timestamp | null;
  content: Json;
  id: string;
  organisation_id: string;
  patient_id: string | null;
  sealed: Buffer | null;
  status: string | null;
  type: string;
  updated_at: Generated<Timestamp>;
  version: Generated<number>;
}

export interface ResourceHash {
  hash: Buffer;
  id: string;
  organisation_id: string;
  purpose: string;
  type: string;
}

export interface ResourceHistory {
  content: Json;
  id: string;
  organisation_id: string;
  replaced_at: Generated<Timestamp>;
  replaced_by: string | null;
  replaced_by_kind: string;
  sealed: Buffer | null;
  type: string;
  updated_at: Timestamp;
  version: number;
}

export interface ResourceIndex {
  id: string;
  organisation_id: string;
  param: string;
  type: string;
  value: string;
}

export interface Session {
  conversation_id: string;
  organisation_id: string;
  person_id: string;
  state_sealed: Buffer;
  updated_at: Generated<Timestamp>;
  wake_at: Timestamp | null;
}

export interface SignInSession {
  account_id: string;
  address: string | null;
  created_at: Timestamp;
  end_reason: string | null;
  ended_at: Timestamp | null;
  expires_at: Timestamp;
  id: string;
  last_seen_at: Timestamp;
  membership_id: string;
  method: string;
  token_hash: Buffer;
  user_agent: string | null;
}

export interface SignInThrottle {
  key: Buffer;
  last_at: Timestamp;
  locked_until: Timestamp | null;
  tries: number;
}

export interface SignInTicket {
  account_id: string | null;
  challenge: string | null;
  expires_at: Timestamp;
  method: string | null;
  organisation: string | null;
  purpose: string;
  token_hash: Buffer;
}

export interface Slot {
  ends_at: Timestamp;
  id: string;
  organisation_id: string;
  place_id: string;
  practitioner_id: string;
  schedule_id: string;
  service_id: string;
  specialty: string;
  starts_at: Timestamp;
  status: Generated<string>;
  version: Generated<number>;
}

export interface SlotOffer {
  entry_id: string;
  id: string;
  offered_at: Generated<Timestamp>;
  organisation_id: string;
  slot_id: string;
  told_at: Timestamp | null;
  until: Timestamp;
}

export interface Task {
  agent_id: string | null;
  conversation_id: string | null;
  due_at: Timestamp;
  ended_at: Timestamp | null;
  ended_by: string | null;
  id: string;
  item_id: string;
  made_at: Timestamp;
  made_by: string;
  note_sealed: Buffer | null;
  organisation_id: string;
  outcome: string | null;
  person_id: string;
  priority: string;
  queue_id: string;
  state: Generated<string>;
  taken_by: string | null;
  text_sealed: Buffer;
  version: Generated<number>;
}

export interface TriageRun {
  begun_at: Timestamp;
  channel: string;
  content_sealed: Buffer;
  conversation_id: string;
  draft: boolean;
  ended_at: Timestamp | null;
  id: string;
  language: string;
  level: string | null;
  organisation_id: string;
  person_id: string;
  protocol: string;
  protocol_hash: string;
  state: string;
}

export interface UnansweredQuestion {
  article_id: string | null;
  at: Timestamp;
  audience: string;
  conversation_id: string | null;
  id: string;
  language: string;
  organisation_id: string;
  person_id: string;
  question_sealed: Buffer;
  settled_as: string | null;
  settled_at: Timestamp | null;
  settled_by: string | null;
  version_id: string | null;
}

export interface WaitingEntry {
  appointment_id: string | null;
  ended_as: string | null;
  ended_at: Timestamp | null;
  id: string;
  organisation_id: string;
  part_of_day: string | null;
  patient_id: string;
  place_id: string | null;
  practitioner_id: string | null;
  since: Generated<Timestamp>;
  specialty: string;
}

export interface WaitTold {
  high_at: Timestamp | null;
  item_id: string;
  leave_asked_at: Timestamp | null;
  low_at: Timestamp | null;
  organisation_id: string;
  shown_at: Timestamp | null;
  shown_seconds: number | null;
  told_at: Timestamp | null;
  what: string | null;
}

export interface WaysVersion {
  content: Json;
  id: string;
  note: string | null;
  number: number;
  organisation_id: string;
  published_at: Timestamp;
  published_by: string | null;
  restored: number | null;
}

export interface WebFile {
  content_sealed: Buffer;
  created_at: Generated<Timestamp>;
  filename_sealed: Buffer | null;
  id: string;
  mime: string;
  organisation_id: string;
  sha256: Buffer;
  size: number;
  visit_id: string;
}

export interface WebVisit {
  account_id: string;
  created_at: Generated<Timestamp>;
  id: string;
  language: string;
  organisation_id: string;
  seen_at: Generated<Timestamp>;
}

export interface WebVisitToken {
  expires_at: Timestamp;
  organisation_id: string;
  token_hash: Buffer;
  visit_id: string;
}

export interface WrapUpReason {
  key: string;
  names: Json;
  organisation_id: string;
  position: Generated<number>;
  retired_at: Timestamp | null;
}

export interface DB {
  account: Account;
  account_totp: AccountTotp;
  agent: Agent;
  agent_queue: AgentQueue;
  api_key: ApiKey;
  appointment: Appointment;
  article: Article;
  article_answer: ArticleAnswer;
  article_feedback: ArticleFeedback;
  article_state: ArticleState;
  article_version: ArticleVersion;
  attachment: Attachment;
  audit_entry: AuditEntry;
  audit_head: AuditHead;
  bot: Bot;
  bot_passage: BotPassage;
  bot_reply: BotReply;
  bot_secret: BotSecret;
  breach: Breach;
  broadcast: Broadcast;
  call_back: CallBack;
  call_back_forecast: CallBackForecast;
  call_back_history: CallBackHistory;
  call_back_settings: CallBackSettings;
  call_back_slot: CallBackSlot;
  call_back_step: CallBackStep;
  call_back_try: CallBackTry;
  canned_reply: CannedReply;
  channel_account: ChannelAccount;
  channel_directory: ChannelDirectory;
  channel_template: ChannelTemplate;
  chart: Chart;
  connection: Connection;
  contact: Contact;
  contact_consent: ContactConsent;
  contact_point: ContactPoint;
  contact_point_person: ContactPointPerson;
  conversation: Conversation;
  conversation_state: ConversationState;
  dead_letter: DeadLetter;
  departure: Departure;
  early_receipt: EarlyReceipt;
  entity: Entity;
  errand: Errand;
  event: Event;
  flag: Flag;
  flow_publication: FlowPublication;
  flow_set: FlowSet;
  flow_version: FlowVersion;
  hebra_migration: HebraMigration;
  identification_attempt: IdentificationAttempt;
  invitation: Invitation;
  item: Item;
  joining: Joining;
  joining_asked: JoiningAsked;
  joining_message: JoiningMessage;
  leg: Leg;
  level_warning: LevelWarning;
  listening: Listening;
  membership: Membership;
  message: Message;
  model_agreement: ModelAgreement;
  model_log: ModelLog;
  model_month: ModelMonth;
  model_settings: ModelSettings;
  notice: Notice;
  offer: Offer;
  organisation: Organisation;
  organisation_key: OrganisationKey;
  outside_request: OutsideRequest;
  passkey: Passkey;
  person: Person;
  person_key: PersonKey;
  person_token: PersonToken;
  presence: Presence;
  proof: Proof;
  protocol_signature: ProtocolSignature;
  protocol_state: ProtocolState;
  protocol_version: ProtocolVersion;
  proxy: Proxy;
  queue: Queue;
  queue_opening: QueueOpening;
  queue_worked_for: QueueWorkedFor;
  recovery_code: RecoveryCode;
  red_flag_signature: RedFlagSignature;
  red_flag_state: RedFlagState;
  resource: Resource;
  resource_hash: ResourceHash;
  resource_history: ResourceHistory;
  resource_index: ResourceIndex;
  session: Session;
  sign_in_session: SignInSession;
  sign_in_throttle: SignInThrottle;
  sign_in_ticket: SignInTicket;
  slot: Slot;
  slot_offer: SlotOffer;
  task: Task;
  triage_run: TriageRun;
  unanswered_question: UnansweredQuestion;
  wait_told: WaitTold;
  waiting_entry: WaitingEntry;
  ways_version: WaysVersion;
  web_file: WebFile;
  web_visit: WebVisit;
  web_visit_token: WebVisitToken;
  wrap_up_reason: WrapUpReason;
}
