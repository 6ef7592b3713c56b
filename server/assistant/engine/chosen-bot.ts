/** The flow, and the bot in its step, that stand for whichever outside bot an agent chose. Every set has it. */
export const CHOSEN_BOT = 'chosen_bot';
