const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** Minutes since the week began, in UTC; nothing for what is no moment of a week. */
function minuteOf(text: string | undefined): number | undefined {
  const [, day = '', hours, minutes] = /^([a-z]{3}):(\d{2}):(\d{2})$/.exec(text?.toLowerCase() ?? '') ?? [];
  const index = DAYS.indexOf(day);
  return index < 0 ? undefined : index * DAY + Number(hours) * 60 + Number(minutes);
}

/**
 * Whether a moment lies in a weekly maintenance window such as
 * `sun:06:00-sun:14:00` (UTC), or so close before it that a change could still
 * be under way. A window that cannot be read is none.
 */
export function isInWindow(window: string | undefined, now: Date, minutesBefore: number): boolean {
  const [from, to] = (window ?? '').split('-').map(minuteOf);
  if (from === undefined || to === undefined) return false;
  const moment = now.getUTCDay() * DAY + now.getUTCHours() * 60 + now.getUTCMinutes();
  const length = (to - from + WEEK) % WEEK;
  return (moment - from + minutesBefore + WEEK) % WEEK < length + minutesBefore;
}
