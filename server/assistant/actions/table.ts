import type { Action } from './action.ts';
import { cancel, change, confirm, nextAppointments } from './appointments.ts';
import { book, bookingHint, bookingPlaces, otherSpecialty, professionals, slots, specialties } from './booking.ts';
import { askCallBack, callBackSlots, callBackStanding, callBackStill, revokeCallBack } from './call-back.ts';
import { medication, orders, places, results } from './chart.ts';
import { identify, identityState } from './identify.ts';
import { articleHelped, findArticle } from './knowledge.ts';
import { actFor, chooseWriter, peopleHere, relatives, unknownWriter } from './people.ts';
import { ageSaid, recordAge, triageBooking, triageOpen, triageProtocols } from './triage.ts';
import { joinWaiting, leaveWaiting, myWaiting, standingOffer } from './waiting.ts';

/** Everything a flow can call, by the name it calls it. */
export const ACTIONS: Record<string, Action> = {
  identity_state: identityState,
  identify,
  people_here: peopleHere,
  choose_writer: chooseWriter,
  unknown_writer: unknownWriter,
  relatives,
  act_for: actFor,
  next_appointments: nextAppointments,
  other_specialty: otherSpecialty,
  confirm,
  change,
  cancel,
  specialties,
  booking_hint: bookingHint,
  professionals,
  booking_places: bookingPlaces,
  find_slots: slots,
  book,
  join_waiting: joinWaiting,
  my_waiting: myWaiting,
  leave_waiting: leaveWaiting,
  standing_offer: standingOffer,
  orders,
  results,
  medication,
  places,
  find_article: findArticle,
  article_helped: articleHelped,
  record_age: recordAge,
  age_said: ageSaid,
  triage_protocols: triageProtocols,
  triage_open: triageOpen,
  triage_booking: triageBooking,
  call_back_standing: callBackStanding,
  call_back_slots: callBackSlots,
  call_back_still: callBackStill,
  ask_call_back: askCallBack,
  revoke_call_back: revokeCallBack,
};
